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
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.BlockSink;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Hasher;
import org.pinion.ipld.multiformats.Hashes;
import org.pinion.ipld.multiformats.Multihash;

/** Gives encoded nodes their CIDs and hands them to the sink; used by one thread. */
final class NodeWriter {
    private final ImportOptions options;
    private final BlockSink sink;
    private final Hasher hasher;

    NodeWriter(ImportOptions options, BlockSink sink) {
        this.options = options;
        this.sink = sink;
        this.hasher = Hashes.byName(options.hash());
    }

    /** Bytes below a node: encoded blocks of its children, and content of the file. */
    record Below(long blockBytes, long contentBytes) {}

    DagRoot put(long codec, byte[] encoded, Below below) throws IOException {
        long cumulativeBytes = below.blockBytes() + encoded.length;
        Cid cid;
        if (options.inlineLimitBytes() > 0 && encoded.length <= options.inlineLimitBytes()) {
            cid = Cid.v1(codec, Multihash.identity(encoded));
        } else {
            cid = cidOf(codec, encoded);
            sink.put(new Block(cid, encoded), cumulativeBytes);
        }
        return new DagRoot(cid, cumulativeBytes, below.contentBytes());
    }

    private Cid cidOf(long codec, byte[] encoded) {
        hasher.update(encoded, 0, encoded.length);
        Multihash hash = hasher.digest();
        return options.cidVersion() == 0 && codec == Cid.DAG_PB ? Cid.v0(hash) : Cid.v1(codec, hash);
    }
}
