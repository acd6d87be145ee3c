/*
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */
package org.pinion.consensus.crdt;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.pinion.consensus.crdt.SetView.Winner;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.Varint;

/**
 * Where the consensus keeps what. {@code key} is a packed {@link SetKey}, {@code mh} a multihash.
 *
 * <pre>
 * DAG       mh                       node, only once it is merged
 * ELEMENTS  's' key mh               varint(priority)                     element that is not taken back
 *           't' key mh               empty                                tombstone
 *           'k' key                  varint(priority) varint(index) mh    what the value of the key comes from
 * META      consensus/crdt/h/ mh     varint(height)                       head
 *           consensus/crdt/w/ mh     empty                                node that is linked to and not here yet
 *           consensus/crdt/o/ seq(8) delta of one key                     acknowledged, but in no node yet
 *           consensus/crdt/adopted   CID bytes                            pins without elements have elements up to here
 *           consensus/crdt/version   01                                   this layout
 * </pre>
 *
 * There is no mark for merged nodes: a node is stored in the batch that merges it. The wanted nodes are what a dirty bit
 * stands for elsewhere: none of them means that the DAG below the heads is whole.
 */
final class Rows {
    static final byte[] NOTHING = {};
    /** The start of all tombstones. */
    static final byte[] TOMBSTONES = {'t'};

    static final byte[] HEADS = ascii("consensus/crdt/h/");
    static final byte[] WANTED = ascii("consensus/crdt/w/");
    static final byte[] OPERATIONS = ascii("consensus/crdt/o/");
    static final byte[] ADOPTED = ascii("consensus/crdt/adopted");
    static final byte[] VERSION = ascii("consensus/crdt/version");
    static final byte[] THIS_VERSION = {1};

    private Rows() {}

    static byte[] head(Multihash block) {
        return join(HEADS, block.bytes());
    }

    static byte[] wanted(Multihash block) {
        return join(WANTED, block.bytes());
    }

    static byte[] operation(long sequence) {
        return join(
                OPERATIONS, ByteBuffer.allocate(Long.BYTES).putLong(sequence).array());
    }

    static byte[] elements(SetKey key) {
        return join(new byte[] {'s'}, key.packed());
    }

    static byte[] element(SetKey key, Multihash block) {
        return join(elements(key), block.bytes());
    }

    static byte[] tombstone(SetKey key, Multihash block) {
        return join(join(TOMBSTONES, key.packed()), block.bytes());
    }

    static byte[] winner(SetKey key) {
        return join(new byte[] {'k'}, key.packed());
    }

    static byte[] encode(Winner winner) {
        byte[] block = winner.block().bytes();
        ByteBuffer row =
                ByteBuffer.allocate(Varint.size(winner.priority()) + Varint.size(winner.index()) + block.length);
        Varint.write(winner.priority(), row);
        Varint.write(winner.index(), row);
        return row.put(block).array();
    }

    static Winner decodeWinner(byte[] row) {
        ByteBuffer in = ByteBuffer.wrap(row);
        long priority = Varint.read(in);
        int index = (int) Varint.read(in);
        byte[] block = new byte[in.remaining()];
        in.get(block);
        return new Winner(Multihash.ofBytes(block), priority, index);
    }

    /** The rest of a key behind its prefix. */
    static byte[] suffix(byte[] key, byte[] prefix) {
        return Arrays.copyOfRange(key, prefix.length, key.length);
    }

    /** The first key behind all that start with {@code prefix}. */
    static byte[] endOf(byte[] prefix) {
        int last = prefix.length - 1;
        while (prefix[last] == (byte) 0xff) {
            last--;
        }
        byte[] end = Arrays.copyOf(prefix, last + 1);
        end[last]++;
        return end;
    }

    private static byte[] join(byte[] prefix, byte[] rest) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + rest.length);
        System.arraycopy(rest, 0, key, prefix.length, rest.length);
        return key;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
