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
package org.pinion.libp2p.kad;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pinion.ipld.multiformats.Multiaddr;

/**
 * The two DHTs: one of peers that share a private network, one of peers that everybody can reach. Each has its own
 * protocol, and rules on whom it takes and which addresses it believes and tells. Pure.
 *
 * @spec libp2p "Kademlia DHT", dual DHT of IPFS
 */
enum Scope {
    /** Peers on private networks. */
    LAN("/ipfs/lan/kad/1.0.0") {
        @Override
        boolean accepts(Place place) {
            return place.remotes().stream()
                    .filter(remote -> !Addresses.isRelay(remote))
                    .anyMatch(remote -> Addresses.isPrivate(remote) || isNear(remote, place));
        }

        @Override
        boolean canAsk(Collection<Multiaddr> known) {
            return !known.isEmpty();
        }

        @Override
        boolean credible(Multiaddr address, boolean sameMachine) {
            return sameMachine || !Addresses.isLoopback(address);
        }
    },
    /** Peers on the public network. */
    WAN("/ipfs/kad/1.0.0") {
        @Override
        boolean accepts(Place place) {
            return canAsk(place.known());
        }

        @Override
        boolean canAsk(Collection<Multiaddr> known) {
            return known.stream().anyMatch(address -> !Addresses.isRelay(address) && Addresses.isPublic(address));
        }

        @Override
        boolean credible(Multiaddr address, boolean sameMachine) {
            return Addresses.isPublic(address) || Addresses.isPublicName(address);
        }
    };

    /** Addresses that are kept of one peer. */
    static final int MAX_ADDRESSES = 32;

    private final String protocol;

    Scope(String protocol) {
        this.protocol = protocol;
    }

    /** The protocol id. */
    String protocol() {
        return protocol;
    }

    /**
     * Where a connected peer is.
     *
     * @param remotes the other ends of its connections
     * @param known its addresses
     * @param ours our own addresses
     * @param onLink whether an IP address is on a network that this machine is on
     */
    record Place(
            Collection<Multiaddr> remotes,
            Collection<Multiaddr> known,
            Collection<Multiaddr> ours,
            Predicate<InetAddress> onLink) {}

    /** True if a connected peer belongs into the table. */
    abstract boolean accepts(Place place);

    /** True if a peer with these addresses may be asked. */
    abstract boolean canAsk(Collection<Multiaddr> known);

    /** True if an address may be told and believed. Loopback means something on the same machine only. */
    abstract boolean credible(Multiaddr address, boolean sameMachine);

    /**
     * What is kept of the addresses that a peer told or is told.
     *
     * @param sameMachine true if that peer is connected over loopback
     */
    List<Multiaddr> credible(Collection<Multiaddr> addresses, boolean sameMachine) {
        return addresses.stream()
                .map(Multiaddr::withoutPeerId)
                .filter(address -> !address.isEmpty() && credible(address, sameMachine))
                .distinct()
                .limit(MAX_ADDRESSES)
                .toList();
    }

    /** A public address on our own network: shared with us, or reached without a gateway. */
    private static boolean isNear(Multiaddr remote, Place place) {
        Optional<InetAddress> ip = Addresses.ip(remote).filter(Addresses::isPublic);
        if (ip.isEmpty()) {
            return false;
        }
        boolean shared = place.ours().stream()
                .filter(ours -> !Addresses.isRelay(ours))
                .map(Addresses::ip)
                .anyMatch(ip::equals);
        return shared || place.onLink().test(ip.get());
    }
}
