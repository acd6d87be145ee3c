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
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.BlockSource;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.dag.PbNode;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;

/** Gets blocks and takes them for UnixFS nodes; malformed ones are I/O errors that name the block. */
final class NodeReader {
    private final BlockSource source;

    NodeReader(BlockSource source) {
        this.source = source;
    }

    /** A node of UnixFS; a bare chunk is a file without links. */
    record Node(Cid cid, UnixFsNode message, List<PbLink> links, int encodedBytes) {}

    byte[] bytes(Cid cid) throws IOException {
        Multihash hash = cid.multihash();
        return hash.code() == Multihash.IDENTITY ? hash.digest() : source.get(cid);
    }

    Node node(Cid cid) throws IOException {
        byte[] encoded = bytes(cid);
        if (cid.codec() == Cid.RAW) {
            UnixFsNode message = new UnixFsNode(
                    UnixFsType.FILE,
                    encoded,
                    encoded.length,
                    List.of(),
                    UnixFsNode.ABSENT,
                    UnixFsNode.ABSENT,
                    UnixFsNode.ABSENT,
                    null);
            return new Node(cid, message, List.of(), encoded.length);
        }
        PbNode node = dagPb(cid, encoded);
        byte[] data = node.data();
        try {
            if (data == null) {
                throw new IllegalArgumentException("it has no data");
            }
            return new Node(cid, UnixFsNode.decode(data), node.links(), encoded.length);
        } catch (IllegalArgumentException e) {
            throw new IOException(cid + " is not a UnixFS node: " + e.getMessage(), e);
        }
    }

    static PbNode dagPb(Cid cid, byte[] encoded) throws IOException {
        if (cid.codec() != Cid.DAG_PB) {
            throw new IOException(cid + " is not a UnixFS node: its codec is 0x" + Long.toHexString(cid.codec())
                    + ", not dag-pb or raw");
        }
        try {
            return DagPb.decode(encoded);
        } catch (IllegalArgumentException e) {
            throw new IOException("block " + cid + ": " + e.getMessage(), e);
        }
    }

    /** The message of a dag-pb node if it is UnixFS at all. */
    static @Nullable UnixFsNode messageOf(PbNode node) {
        byte[] data = node.data();
        if (data == null) {
            return null;
        }
        try {
            return UnixFsNode.decode(data);
        } catch (IllegalArgumentException e) {
            return null; // a dag-pb node may hold anything
        }
    }
}
