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
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.dag.BlockSource;
import org.pinion.ipld.dag.DagCbor;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.dag.PbNode;
import org.pinion.ipld.multiformats.Cid;

/**
 * Reads files and directories out of blocks. Stateless; any thread; blocks as the source does. Malformed nodes are
 * {@link IOException}s that name the block. It trusts the source for the hashes of blocks.
 */
public final class UnixFsReader {
    private final NodeReader nodes;

    public UnixFsReader(BlockSource source) {
        this.nodes = new NodeReader(source);
    }

    /** Takes the entries of a directory one by one. */
    @ConsumerType
    @FunctionalInterface
    public interface EntryVisitor {
        /** Called on the reading thread; an exception ends the reading. */
        void entry(DirectoryEntry entry) throws IOException;
    }

    /** Tells what a root is; gets that one block only. */
    public UnixFsStat stat(Cid root) throws IOException {
        NodeReader.Node node = nodes.node(root);
        UnixFsNode message = node.message();
        byte[] data = message.data();
        long dataBytes = data == null ? 0 : data.length;
        long fileBytes = message.isDirectory() ? 0 : Math.max(message.fileSize(), 0);
        if (message.type() == UnixFsType.SYMLINK || (message.isFile() && message.fileSize() < 0)) {
            fileBytes = dataBytes;
        }
        long cumulativeBytes = node.encodedBytes();
        for (PbLink link : node.links()) {
            cumulativeBytes += link.tsize();
        }
        return new UnixFsStat(
                message.type(), fileBytes, cumulativeBytes, node.links().size(), message.mode());
    }

    /** Opens a file at its beginning. */
    public InputStream open(Cid file) throws IOException {
        return open(file, 0);
    }

    /**
     * Opens a file at an offset; beyond its end there is nothing to read. Blocks before the offset are not got. The stream
     * holds one node for each level of the DAG and belongs to one thread at a time.
     *
     * @throws IOException if the root cannot be had or is not a file
     */
    public InputStream open(Cid file, long offsetBytes) throws IOException {
        if (offsetBytes < 0) {
            throw new IllegalArgumentException("offset must not be negative: " + offsetBytes);
        }
        return new FileStream(nodes, nodes.node(file), offsetBytes);
    }

    /** Returns the target of a symbolic link. */
    public String symlinkTarget(Cid link) throws IOException {
        UnixFsNode message = nodes.node(link).message();
        byte[] data = message.data();
        if (message.type() != UnixFsType.SYMLINK || data == null) {
            throw new IOException(link + " is not a symbolic link: " + message.type());
        }
        return new String(data, StandardCharsets.UTF_8);
    }

    /** Visits the entries of a directory of either kind; those of a HAMT come in the order of their hashes. */
    public void forEachEntry(Cid directory, EntryVisitor visitor) throws IOException {
        NodeReader.Node node = nodes.node(directory);
        switch (node.message().type()) {
            case DIRECTORY -> {
                for (PbLink link : node.links()) {
                    visitor.entry(new DirectoryEntry(link.name(), link.cid(), link.tsize()));
                }
            }
            case HAMT_SHARD -> new HamtReader(nodes).forEach(node, visitor);
            case RAW, FILE, METADATA, SYMLINK ->
                throw new IOException(
                        directory + " is not a directory: " + node.message().type());
        }
    }

    /**
     * Returns the entries of a directory.
     *
     * @param maxEntries most entries that the caller wants in memory
     * @throws IOException also if there are more
     */
    public List<DirectoryEntry> list(Cid directory, int maxEntries) throws IOException {
        List<DirectoryEntry> entries = new ArrayList<>();
        forEachEntry(directory, entry -> {
            if (entries.size() >= maxEntries) {
                throw new IOException("directory " + directory + " has more than " + maxEntries + " entries");
            }
            entries.add(entry);
        });
        return entries;
    }

    /**
     * Follows a path from a root through directories, links of dag-pb nodes, and maps and lists of dag-cbor. Symbolic links
     * are not followed.
     *
     * @param path names with slashes between them; empty names count for nothing, so an empty path is the root
     * @throws NoSuchEntryException if a name is not there
     */
    public Cid resolve(Cid root, String path) throws IOException {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/", -1)) {
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        Cid at = root;
        for (int i = 0; i < names.size(); ) {
            if (at.codec() == Cid.DAG_CBOR) {
                Inside inside = insideCbor(at, names, i);
                at = inside.target();
                i = inside.next();
            } else {
                at = child(at, names.get(i));
                i++;
            }
        }
        return at;
    }

    private Cid child(Cid parent, String name) throws IOException {
        if (parent.codec() == Cid.RAW) {
            throw new NoSuchEntryException(name, parent);
        }
        byte[] encoded = nodes.bytes(parent);
        PbNode node = NodeReader.dagPb(parent, encoded);
        UnixFsNode message = NodeReader.messageOf(node);
        if (message != null && message.type() == UnixFsType.HAMT_SHARD) {
            NodeReader.Node shard = new NodeReader.Node(parent, message, node.links(), encoded.length);
            Optional<Cid> found = new HamtReader(nodes).find(shard, name);
            return found.orElseThrow(() -> new NoSuchEntryException(name, parent));
        }
        for (PbLink link : node.links()) {
            if (link.name().equals(name)) {
                return link.cid();
            }
        }
        throw new NoSuchEntryException(name, parent);
    }

    private record Inside(Cid target, int next) {}

    /** Goes on inside one dag-cbor block until a link leads out of it. */
    private Inside insideCbor(Cid block, List<String> names, int from) throws IOException {
        Object value;
        try {
            value = DagCbor.decode(nodes.bytes(block));
        } catch (IllegalArgumentException e) {
            throw new IOException("block " + block + ": " + e.getMessage(), e);
        }
        int next = from;
        while (!(value instanceof Cid)) {
            if (next >= names.size()) {
                throw new IOException("the path ends inside the block " + block + ", not at a link");
            }
            value = field(value, names.get(next), block);
            next++;
        }
        return new Inside((Cid) value, next);
    }

    private static @Nullable Object field(@Nullable Object value, String name, Cid block) throws IOException {
        if (value instanceof Map<?, ?> map && map.containsKey(name)) {
            return map.get(name);
        }
        if (value instanceof List<?> list && name.length() < 10 && name.matches("[0-9]+")) {
            int index = Integer.parseInt(name);
            if (index < list.size()) {
                return list.get(index);
            }
        }
        throw new NoSuchEntryException(name, block);
    }
}
