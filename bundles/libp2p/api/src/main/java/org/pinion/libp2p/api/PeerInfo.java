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
package org.pinion.libp2p.api;

import java.util.List;
import java.util.Set;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/**
 * What a peer said about itself by identify.
 *
 * @param id the peer
 * @param protocols the protocol ids it serves
 * @param addresses where it listens, without {@code /p2p}
 * @param agentVersion free text
 * @param protocolVersion free text
 */
public record PeerInfo(
        PeerId id, Set<String> protocols, List<Multiaddr> addresses, String agentVersion, String protocolVersion) {
    public PeerInfo {
        protocols = Set.copyOf(protocols);
        addresses = List.copyOf(addresses);
    }
}
