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
package org.pinion.ipld.dag.unixfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.dag.PbNode;
import org.pinion.ipld.multiformats.Cid;

/**
 * Writes a directory as a hash array mapped trie of 256 slots a node: each byte of the name's hash, the highest first,
 * picks a slot; a slot with several names in it becomes a node of its own. What comes out does not depend on the order in
 * which names came.
 */
final class HamtWriter {
    static final int FANOUT = 256;
    private static final int HASH_BYTES = Long.BYTES;

    private final NodeWriter writer;

    HamtWriter(NodeWriter writer) {
        this.writer = writer;
    }

    private record Entry(long hash, PbLink link) {
        int slot(int depth) {
            return (int) (hash >>> (Long.SIZE - Byte.SIZE * (depth + 1))) & 0xff;
        }
    }

    DagRoot put(Collection<PbLink> links) throws IOException {
        List<Entry> entries = new ArrayList<>(links.size());
        for (PbLink link : links) {
            entries.add(new Entry(Murmur3.hash64(link.name().getBytes(StandardCharsets.UTF_8)), link));
        }
        entries.sort((left, right) -> Long.compareUnsigned(left.hash(), right.hash()));
        return put(entries, 0);
    }

    /** Writes the node of entries that share the first {@code depth} bytes of their hashes and are sorted by them. */
    private DagRoot put(List<Entry> entries, int depth) throws IOException {
        if (depth >= HASH_BYTES) {
            throw new IllegalArgumentException(
                    "the names \"" + entries.get(0).link().name() + "\" and \""
                            + entries.get(1).link().name() + "\" have the same hash: sharded directory too deep");
        }
        List<PbLink> links = new ArrayList<>();
        byte[] bits = new byte[FANOUT / Byte.SIZE];
        for (int from = 0, to; from < entries.size(); from = to) {
            int slot = entries.get(from).slot(depth);
            to = from + 1;
            while (to < entries.size() && entries.get(to).slot(depth) == slot) {
                to++;
            }
            links.add(link(entries.subList(from, to), slot, depth));
            bits[bits.length - 1 - slot / Byte.SIZE] |= (byte) (1 << slot % Byte.SIZE);
        }
        byte[] data = UnixFsNode.shard(withoutLeadingZeros(bits), FANOUT).encode();
        long blockBytes = links.stream().mapToLong(PbLink::tsize).sum();
        return writer.put(Cid.DAG_PB, DagPb.encode(new PbNode(links, data)), new NodeWriter.Below(blockBytes, 0));
    }

    private PbLink link(List<Entry> inSlot, int slot, int depth) throws IOException {
        String prefix = String.format(Locale.ROOT, "%02X", slot);
        if (inSlot.size() == 1) {
            PbLink link = inSlot.get(0).link();
            return new PbLink(link.cid(), prefix + link.name(), link.tsize());
        }
        DagRoot child = put(inSlot, depth + 1);
        return new PbLink(child.cid(), prefix, child.cumulativeBytes());
    }

    /** The bit field is a big-endian number: slot 0 is the lowest bit of the last byte. */
    private static byte[] withoutLeadingZeros(byte[] bits) {
        int first = 0;
        while (first < bits.length && bits[first] == 0) {
            first++;
        }
        return Arrays.copyOfRange(bits, first, bits.length);
    }
}
