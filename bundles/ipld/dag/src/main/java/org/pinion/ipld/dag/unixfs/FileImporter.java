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
import java.util.List;
import org.pinion.ipld.dag.BlockSink;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.PbNode;
import org.pinion.ipld.multiformats.Cid;

/**
 * Turns content into DAGs. Holds two chunks and at most {@code maxLinks} links for each level of the tree, whatever the
 * size of the file.
 */
public final class FileImporter {
    private static final int TRICKLE_REPEAT = 4;
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private final NodeWriter writer;
    private final int maxLinks;
    private final Leaves leaves;

    private FileImporter(NodeWriter writer, int maxLinks, Leaves leaves) {
        this.writer = writer;
        this.maxLinks = maxLinks;
        this.leaves = leaves;
    }

    /**
     * Reads a stream to its end and gives the sink its DAG; blocks as stream and sink do. The stream is not closed.
     *
     * @throws IOException from the stream or the sink; what the sink already has stays there
     */
    public static DagRoot addFile(InputStream content, ImportOptions options, BlockSink sink) throws IOException {
        NodeWriter writer = new NodeWriter(options, sink);
        FileImporter importer = new FileImporter(writer, options.maxLinks(), new Leaves(content, options, writer));
        return switch (options.layout()) {
            case BALANCED -> importer.balanced(options.rawLeaves());
            case TRICKLE -> importer.trickle(UNBOUNDED);
        };
    }

    /** Gives the sink the node of a symbolic link. */
    public static DagRoot addSymlink(String target, ImportOptions options, BlockSink sink) throws IOException {
        byte[] data = UnixFsNode.symlink(target).encode();
        return new NodeWriter(options, sink).put(Cid.DAG_PB, DagPb.encode(node(data)), new NodeWriter.Below(0, 0));
    }

    private static PbNode node(byte[] data) {
        return new PbNode(List.of(), data);
    }

    private DagRoot balanced(boolean rawLeaves) throws IOException {
        if (!leaves.hasNext()) {
            return empty(rawLeaves);
        }
        DagRoot root = leaves.next();
        for (int depth = 1; leaves.hasNext(); depth++) {
            InnerNode higher = new InnerNode();
            higher.add(root);
            root = fill(higher, depth);
        }
        return root;
    }

    private DagRoot empty(boolean rawLeaves) throws IOException {
        NodeWriter.Below nothing = new NodeWriter.Below(0, 0);
        if (rawLeaves) {
            return writer.put(Cid.RAW, new byte[0], nothing);
        }
        byte[] data = UnixFsNode.file(0, List.of()).encode();
        return writer.put(Cid.DAG_PB, DagPb.encode(node(data)), nothing);
    }

    private DagRoot fill(InnerNode node, int depth) throws IOException {
        while (node.size() < maxLinks && leaves.hasNext()) {
            node.add(depth == 1 ? leaves.next() : fill(new InnerNode(), depth - 1));
        }
        return node.put(writer);
    }

    /** Leaves first, then four subtrees of depth 1, four of depth 2, and so on below the given depth. */
    private DagRoot trickle(int maxDepth) throws IOException {
        InnerNode node = new InnerNode();
        while (node.size() < maxLinks && leaves.hasNext()) {
            node.add(leaves.next());
        }
        for (int depth = 1; depth < maxDepth && leaves.hasNext(); depth++) {
            for (int i = 0; i < TRICKLE_REPEAT && leaves.hasNext(); i++) {
                node.add(trickle(depth));
            }
        }
        return node.put(writer);
    }
}
