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
import java.util.ArrayList;
import java.util.List;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.DagRoot;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.dag.PbNode;
import org.pinion.ipld.multiformats.Cid;

/** An inner node of a file that is being filled. */
final class InnerNode {
    private final List<PbLink> links = new ArrayList<>();
    private final List<Long> blockSizes = new ArrayList<>();
    private long contentBytes;
    private long blockBytes;

    void add(DagRoot child) {
        links.add(new PbLink(child.cid(), "", child.cumulativeBytes()));
        blockSizes.add(child.contentBytes());
        contentBytes += child.contentBytes();
        blockBytes += child.cumulativeBytes();
    }

    int size() {
        return links.size();
    }

    DagRoot put(NodeWriter writer) throws IOException {
        byte[] data = UnixFsNode.file(contentBytes, blockSizes).encode();
        byte[] encoded = DagPb.encode(new PbNode(links, data));
        return writer.put(Cid.DAG_PB, encoded, new NodeWriter.Below(blockBytes, contentBytes));
    }
}
