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
package org.pinion.ipfsconnector.embedded;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.Varint;

/**
 * Keys and values of the node's rows. Blocks themselves are in their own space, by multihash.
 *
 * <pre>
 * b &lt;multihash&gt;    = varint(bytes * 2 + leaf)   a block that is here; leaf: it has no links as dag-pb
 * w &lt;multihash&gt;    = as b                       a block that is here, but that a crash may lose
 * p &lt;CID&gt;          = depth name                 a pin: 4 bytes, -1 = everything; its name in UTF-8
 * s                = bytes blocks               8 bytes each, of all blocks
 * k &lt;id&gt; &lt;CIDv1&gt;   =                            held for the time being, by the holder of that 8-byte id
 * m &lt;multihash&gt;    = 0 or 1                     reached by the running collection; 1: all below it too
 * </pre>
 */
final class Rows {
    static final byte BLOCK = 'b';
    static final byte UNSETTLED = 'w';
    static final byte PIN = 'p';
    static final byte KEPT = 'k';
    static final byte MARK = 'm';
    static final byte[] STAT = {'s'};
    static final byte[] NOTHING = {};

    private Rows() {}

    static byte[] from(byte prefix) {
        return new byte[] {prefix};
    }

    static byte[] to(byte prefix) {
        return new byte[] {(byte) (prefix + 1)};
    }

    static byte[] block(Multihash hash) {
        return hashKey(BLOCK, hash);
    }

    static byte[] unsettled(Multihash hash) {
        return hashKey(UNSETTLED, hash);
    }

    static byte[] mark(Multihash hash) {
        return hashKey(MARK, hash);
    }

    private static byte[] hashKey(byte prefix, Multihash hash) {
        ByteBuffer out = ByteBuffer.allocate(1 + hash.size()).put(prefix);
        hash.writeTo(out);
        return out.array();
    }

    static Multihash hashOf(byte[] key) {
        return Multihash.ofBytes(Arrays.copyOfRange(key, 1, key.length));
    }

    static byte[] pin(Cid cid) {
        ByteBuffer out = ByteBuffer.allocate(1 + cid.size()).put(PIN);
        cid.writeTo(out);
        return out.array();
    }

    static Cid cidOfPin(byte[] key) {
        return Cid.ofBytes(Arrays.copyOfRange(key, 1, key.length));
    }

    static byte[] pinned(int depth, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + text.length)
                .putInt(depth)
                .put(text)
                .array();
    }

    static String name(byte[] value) {
        return new String(value, Integer.BYTES, value.length - Integer.BYTES, StandardCharsets.UTF_8);
    }

    static int depth(byte[] value) {
        return ByteBuffer.wrap(value).getInt();
    }

    static byte[] kept(long id, Cid v1) {
        ByteBuffer out =
                ByteBuffer.allocate(1 + Long.BYTES + v1.size()).put(KEPT).putLong(id);
        v1.writeTo(out);
        return out.array();
    }

    static byte[] keptBy(long id) {
        return ByteBuffer.allocate(1 + Long.BYTES).put(KEPT).putLong(id).array();
    }

    static Cid cidOfKept(byte[] key) {
        return Cid.ofBytes(Arrays.copyOfRange(key, 1 + Long.BYTES, key.length));
    }

    static byte[] entry(int bytes, boolean leaf) {
        return Varint.encode(bytes * 2L + (leaf ? 1 : 0));
    }

    static Entry entry(byte[] value) {
        long number = Varint.read(ByteBuffer.wrap(value));
        return new Entry((int) (number >> 1), (number & 1) == 1);
    }

    static byte[] stat(long bytes, long blocks) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(bytes)
                .putLong(blocks)
                .array();
    }

    /**
     * A block that is here.
     *
     * @param bytes its size
     * @param leaf whether it is known to have no links when read as dag-pb
     */
    record Entry(int bytes, boolean leaf) {
        /** Whether the block has to be read to know what is below it. */
        boolean mayLink(Cid cid) {
            return cid.codec() != Cid.RAW && !(leaf && cid.codec() == Cid.DAG_PB);
        }
    }
}
