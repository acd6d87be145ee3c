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
package org.pinion.adder;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.BlockSink;
import org.pinion.ipld.dag.DagCbor;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Hasher;
import org.pinion.ipld.multiformats.Hashes;

/**
 * The dag-cbor nodes that list links: one {@code {"0": link, "1": link, …}}, or one such node of nodes when there are too
 * many. The same bytes as the reference's, the empty last node of an exact multiple included.
 *
 * @spec adder facts "Shard DAG format"
 */
final class LinkDag {
    /** Most links of one node. */
    static final int MAX_LINKS = 5984;

    private final List<Cid> links;
    private final List<Cid> leaves;
    private final Block root;

    private LinkDag(List<Cid> links) {
        this.links = links;
        leaves = new ArrayList<>();
        if (links.size() > MAX_LINKS) {
            for (int i = 0; i <= links.size() / MAX_LINKS; i++) {
                leaves.add(leaf(i).cid());
            }
            root = node(leaves);
        } else {
            root = node(links);
        }
    }

    /** The nodes for these links, which must not change any more. */
    static LinkDag of(List<Cid> links) {
        return new LinkDag(links);
    }

    Cid root() {
        return root.cid();
    }

    /** Sends the root, then the nodes below it; these are made again, so that never all are in memory. */
    void forEach(BlockSink to) throws IOException {
        to.put(root, root.data().length);
        for (int i = 0; i < leaves.size(); i++) {
            Block leaf = leaf(i);
            to.put(leaf, leaf.data().length);
        }
    }

    private Block leaf(int index) {
        int from = index * MAX_LINKS;
        return node(links.subList(from, Math.min(from + MAX_LINKS, links.size())));
    }

    private static Block node(List<Cid> links) {
        byte[] data = DagCbor.encodeLinks(links);
        Hasher hasher = Hashes.byName("sha2-256");
        hasher.update(data, 0, data.length);
        return new Block(Cid.v1(Cid.DAG_CBOR, hasher.digest()), data);
    }
}
