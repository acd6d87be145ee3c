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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.multiformats.Cid;

/** Reads directories that are hash array mapped tries, of any fan-out that Kubo reads. */
final class HamtReader {
    private static final int MAX_FANOUT = 1024;

    private final NodeReader nodes;

    HamtReader(NodeReader nodes) {
        this.nodes = nodes;
    }

    void forEach(NodeReader.Node root, UnixFsReader.EntryVisitor visitor) throws IOException {
        visit(root, bitsPerLevel(root), 0, visitor);
    }

    private void visit(NodeReader.Node shard, int bits, int usedBits, UnixFsReader.EntryVisitor visitor)
            throws IOException {
        int prefix = prefixChars(bits);
        for (PbLink link : shard.links()) {
            String name = link.name();
            if (name.length() > prefix) {
                visitor.entry(new DirectoryEntry(name.substring(prefix), link.cid(), link.tsize()));
            } else {
                visit(child(shard, link, bits, usedBits), bits, usedBits + bits, visitor);
            }
        }
    }

    Optional<Cid> find(NodeReader.Node root, String name) throws IOException {
        long hash = Murmur3.hash64(name.getBytes(StandardCharsets.UTF_8));
        int bits = bitsPerLevel(root);
        NodeReader.Node shard = root;
        for (int usedBits = 0; ; usedBits += bits) {
            int slot = (int) (hash << usedBits >>> (Long.SIZE - bits));
            String prefix = String.format(Locale.ROOT, "%0" + prefixChars(bits) + "X", slot);
            Optional<PbLink> found = inSlot(shard.links(), prefix);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            PbLink link = found.get();
            if (link.name().length() > prefix.length()) {
                return link.name().substring(prefix.length()).equals(name) ? Optional.of(link.cid()) : Optional.empty();
            }
            shard = child(shard, link, bits, usedBits);
        }
    }

    private static Optional<PbLink> inSlot(List<PbLink> links, String prefix) {
        for (PbLink link : links) {
            if (link.name().startsWith(prefix)) {
                return Optional.of(link);
            }
        }
        return Optional.empty();
    }

    private NodeReader.Node child(NodeReader.Node parent, PbLink link, int bits, int usedBits) throws IOException {
        if (link.name().length() < prefixChars(bits)) {
            throw new IOException(
                    "HAMT node " + parent.cid() + " has a link with the short name \"" + link.name() + "\"");
        }
        if (usedBits + 2 * bits > Long.SIZE) {
            throw new IOException("HAMT under " + parent.cid() + " is deeper than its 64-bit hash allows");
        }
        NodeReader.Node child = nodes.node(link.cid());
        if (child.message().type() != UnixFsType.HAMT_SHARD || bitsPerLevel(child) != bits) {
            throw new IOException("HAMT node " + parent.cid() + " links to " + link.cid()
                    + ", which is no HAMT node of the same fan-out");
        }
        if (child.links().isEmpty()) {
            // only a root may be empty; else few blocks could make a tree that is walked for ever and gives nothing
            throw new IOException("HAMT node " + child.cid() + " under " + parent.cid() + " is empty");
        }
        return child;
    }

    private static int bitsPerLevel(NodeReader.Node shard) throws IOException {
        long fanout = shard.message().fanout();
        if (fanout < 8 || fanout > MAX_FANOUT || Long.bitCount(fanout) != 1) {
            throw new IOException("HAMT node " + shard.cid() + " has a fan-out of " + fanout
                    + ", it must be a power of two from 8 to " + MAX_FANOUT);
        }
        if (shard.message().hashType() != Murmur3.MULTICODEC) {
            throw new IOException("HAMT node " + shard.cid() + " uses the hash function "
                    + shard.message().hashType() + ", only murmur3-x64-64 is known");
        }
        return Long.numberOfTrailingZeros(fanout);
    }

    /** Hexadecimal digits of the highest slot. */
    private static int prefixChars(int bits) {
        return (bits + 3) / 4;
    }
}
