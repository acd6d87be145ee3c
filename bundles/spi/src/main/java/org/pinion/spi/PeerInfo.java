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

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/**
 * What a cluster peer says of itself (the reference's {@code ID}).
 *
 * @param id the peer
 * @param addresses where it listens, with {@code /p2p}
 * @param clusterPeers the members it knows
 * @param clusterPeerAddresses where it would dial them
 * @param version its version
 * @param commit always empty in the reference
 * @param rpcProtocol the RPC protocol it speaks
 * @param error why it could not be asked, else empty
 * @param ipfs its IPFS node; null when the peer could not be asked
 * @param peername its configured name
 */
public record PeerInfo(
        PeerId id,
        List<Multiaddr> addresses,
        List<PeerId> clusterPeers,
        List<Multiaddr> clusterPeerAddresses,
        String version,
        String commit,
        String rpcProtocol,
        String error,
        @Nullable IpfsId ipfs,
        String peername) {
    /** Copies the lists. */
    public PeerInfo {
        addresses = List.copyOf(addresses);
        clusterPeers = List.copyOf(clusterPeers);
        clusterPeerAddresses = List.copyOf(clusterPeerAddresses);
    }

    /** A peer that could not be asked. */
    public static PeerInfo failed(PeerId id, String error) {
        return new PeerInfo(id, List.of(), List.of(), List.of(), "", "", "", error, null, "");
    }
}
