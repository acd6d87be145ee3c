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
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Where a peer is said to be.
 *
 * @param id the peer
 * @param addresses without {@code /p2p}; may be empty
 */
public record PeerAddresses(PeerId id, List<Multiaddr> addresses) {
    public PeerAddresses {
        addresses = List.copyOf(addresses);
    }
}
