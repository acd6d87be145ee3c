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

import java.util.List;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.dag.PbNode;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;

/**
 * One node of the Merkle-DAG: a dag-pb node (CIDv1, SHA2-256) whose data is a delta and whose links, with empty names and
 * size 0, are the heads that its writer saw.
 *
 * @param hash the multihash of {@code bytes}
 * @param bytes the encoded node; not to be changed
 * @param parents what it links to
 * @param delta what it changes
 * @spec cluster wire "Node, delta, broadcast"
 */
@SuppressWarnings("ArrayRecordComponent") // nodes are compared by hash only
record DagNode(Multihash hash, byte[] bytes, List<Cid> parents, Delta delta) {
    /** Most links that are taken; a node links to the heads its writer knew. */
    static final int MAX_PARENTS = 8192;

    DagNode {
        parents = List.copyOf(parents);
    }

    /** A new node above {@code parents}, which are sorted by their bytes. */
    static DagNode create(List<Cid> parents, Delta delta) {
        List<PbLink> links =
                parents.stream().map(parent -> new PbLink(parent, "", 0)).toList();
        byte[] bytes = DagPb.encode(new PbNode(links, DeltaCodec.encode(delta)));
        return new DagNode(Multihash.sha256(bytes), bytes, parents, delta);
    }

    /**
     * Reads a node.
     *
     * @throws IllegalArgumentException if it is none
     */
    static DagNode parse(Multihash hash, byte[] bytes) {
        PbNode node = DagPb.decode(bytes);
        byte[] data = node.data();
        if (data == null) {
            throw new IllegalArgumentException("bad CRDT node: it has no data");
        }
        if (node.links().size() > MAX_PARENTS) {
            throw new IllegalArgumentException(
                    "bad CRDT node: it has " + node.links().size() + " links, the limit is " + MAX_PARENTS);
        }
        List<Cid> parents = node.links().stream().map(PbLink::cid).toList();
        for (Cid parent : parents) {
            if (!HeadsMessage.canBeHead(parent)) {
                throw new IllegalArgumentException("bad CRDT node: it links to " + parent);
            }
        }
        return new DagNode(hash, bytes, parents, DeltaCodec.decode(data));
    }

    Cid cid() {
        return cidOf(hash);
    }

    /** The CID of the node with that multihash. */
    static Cid cidOf(Multihash hash) {
        return Cid.v1(Cid.DAG_PB, hash);
    }
}
