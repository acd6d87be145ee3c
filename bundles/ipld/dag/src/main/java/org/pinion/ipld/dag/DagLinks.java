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
package org.pinion.ipld.dag;

import java.util.ArrayList;
import java.util.List;
import org.pinion.ipld.multiformats.Cid;

/** The links of a block, whatever its codec. */
public final class DagLinks {
    private DagLinks() {}

    /**
     * Returns the links of a block in the order of the encoding, repetitions included.
     *
     * @param cid the block's address: its codec says how to read the bytes (raw, dag-pb, dag-cbor)
     * @param data the block's bytes
     * @throws IllegalArgumentException if the codec is another one or the bytes are malformed
     */
    public static List<Cid> of(Cid cid, byte[] data) {
        long codec = cid.codec();
        if (codec == Cid.RAW) {
            return List.of();
        }
        if (codec == Cid.DAG_PB) {
            return ofDagPb(data);
        }
        if (codec == Cid.DAG_CBOR) {
            return DagCbor.links(data);
        }
        throw new IllegalArgumentException("cannot read the links of " + cid + ": codec 0x" + Long.toHexString(codec)
                + " is not one of raw, dag-pb and dag-cbor");
    }

    private static List<Cid> ofDagPb(byte[] data) {
        List<PbLink> links = DagPb.decode(data).links();
        List<Cid> targets = new ArrayList<>(links.size());
        for (PbLink link : links) {
            targets.add(link.cid());
        }
        return targets;
    }
}
