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
package org.pinion.spi;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Who is connected to whom.
 *
 * @param clusterId the peer that asked
 * @param peernames names by peer
 * @param ipfsLinks IPFS node to the nodes it is connected to
 * @param clusterLinks peer to the peers it is connected to
 * @param trustLinks peer to whether this peer trusts it
 * @param clusterToIpfs peer to its IPFS node
 */
public record ConnectGraph(
        PeerId clusterId,
        SortedMap<PeerId, String> peernames,
        SortedMap<PeerId, List<PeerId>> ipfsLinks,
        SortedMap<PeerId, List<PeerId>> clusterLinks,
        SortedMap<PeerId, Boolean> trustLinks,
        SortedMap<PeerId, PeerId> clusterToIpfs) {
    /** Copies the maps. */
    public ConnectGraph {
        peernames = Collections.unmodifiableSortedMap(new TreeMap<>(peernames));
        ipfsLinks = Collections.unmodifiableSortedMap(new TreeMap<>(ipfsLinks));
        clusterLinks = Collections.unmodifiableSortedMap(new TreeMap<>(clusterLinks));
        trustLinks = Collections.unmodifiableSortedMap(new TreeMap<>(trustLinks));
        clusterToIpfs = Collections.unmodifiableSortedMap(new TreeMap<>(clusterToIpfs));
    }
}
