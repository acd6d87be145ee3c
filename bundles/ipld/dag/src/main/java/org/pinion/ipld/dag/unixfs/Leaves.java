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
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.chunk.Chunk;
import org.pinion.ipld.dag.chunk.Chunker;
import org.pinion.ipld.dag.chunk.ChunkerSpec;
import org.pinion.ipld.dag.chunk.Frame;
import org.pinion.ipld.multiformats.Cid;

/** The leaves of one file, written one after another. Reads one chunk ahead, because layouts must know the end. */
final class Leaves {
    private final NodeWriter writer;
    private final @Nullable LeafFrame frame;
    private final Chunker chunker;
    private @Nullable Chunk ahead;

    Leaves(InputStream content, ImportOptions options, NodeWriter writer) throws IOException {
        this.writer = writer;
        // a trickle leaf has the type RAW for historical reasons; a balanced one says FILE
        this.frame = options.rawLeaves()
                ? null
                : new LeafFrame(options.layout() == Layout.TRICKLE ? UnixFsType.RAW : UnixFsType.FILE);
        this.chunker = ChunkerSpec.parse(options.chunker()).open(content, frame == null ? Frame.NONE : frame);
        this.ahead = chunker.next();
    }

    boolean hasNext() {
        return ahead != null;
    }

    DagRoot next() throws IOException {
        Chunk chunk = ahead;
        if (chunk == null) {
            throw new NoSuchElementException("the file has no more leaves");
        }
        NodeWriter.Below below = new NodeWriter.Below(0, chunk.length());
        DagRoot leaf = frame == null
                ? writer.put(Cid.RAW, chunk.array(), below)
                : writer.put(Cid.DAG_PB, frame.seal(chunk), below);
        ahead = chunker.next();
        return leaf;
    }
}
