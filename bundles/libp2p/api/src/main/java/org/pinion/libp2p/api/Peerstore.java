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

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/** Addresses and protocols of other peers, in memory and bounded. Any thread. */
@ProviderType
public interface Peerstore {
    /** Time to live of addresses that never expire. */
    Duration PERMANENT = Duration.ofDays(36_500);

    /**
     * Remembers addresses (with or without {@code /p2p}); a known address keeps the longer life. Beyond the bounds the
     * shortest-lived addresses and the longest unused, unconnected peers are forgotten.
     */
    void addAddresses(PeerId peer, Collection<Multiaddr> addresses, Duration ttl);

    /** The live addresses of a peer, without {@code /p2p}. */
    List<Multiaddr> addresses(PeerId peer);

    /** Forgets the addresses of a peer. */
    void clearAddresses(PeerId peer);

    /** The protocols a peer said it speaks, on a connection that is still open; empty when unknown. */
    Set<String> protocols(PeerId peer);

    /** What a peer last said about itself. */
    Optional<PeerInfo> info(PeerId peer);

    /**
     * The envelope with a peer's addresses that it signed itself, for telling others where it is; empty when it sent
     * none, or one that does not verify. Not to be changed.
     */
    default Optional<byte[]> signedRecord(PeerId peer) {
        return Optional.empty();
    }

    /** All peers with an address or an identify answer. */
    Set<PeerId> peers();
}
