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
package org.pinion.libp2p.host;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.host.peerstore.MemoryPeerstore;
import org.pinion.libp2p.host.swarm.Addresses;
import org.pinion.libp2p.host.swarm.Dials;
import org.pinion.libp2p.host.swarm.MuxedConnection;
import org.pinion.libp2p.host.swarm.Swarm;

/** Finds the connection to a peer, or makes one, and opens streams on it. Any thread. */
final class Connector {
    /** How long addresses live that somebody gave us for a dial. */
    private static final Duration GIVEN_TTL = Duration.ofHours(1);

    private final PeerId self;
    private final MemoryPeerstore peerstore;
    private final Swarm swarm;
    private final Dials dials;

    Connector(PeerId self, MemoryPeerstore peerstore, Swarm swarm, Dials dials) {
        this.self = self;
        this.peerstore = peerstore;
        this.swarm = swarm;
        this.dials = dials;
    }

    /** A connection; one through a relay that limits it is taken only if there is no direct way. */
    CompletableFuture<Connection> connect(PeerId peer, Collection<Multiaddr> addresses) {
        if (peer.equals(self)) {
            return CompletableFuture.failedFuture(
                    new NetworkException(Reason.DIAL_FAILED, "cannot connect to ourselves, " + self));
        }
        peerstore.addAddresses(peer, addresses, GIVEN_TTL);
        MuxedConnection open = swarm.best(peer).orElse(null);
        if (open != null && !open.limited()) {
            return CompletableFuture.completedFuture(open);
        }
        if (open == null) {
            return dials.dial(peer, peerstore.addresses(peer)).thenApply(connection -> connection);
        }
        List<Multiaddr> direct = direct(peer);
        return direct.isEmpty()
                ? CompletableFuture.completedFuture(open)
                : dials.dial(peer, direct).handle((connection, error) -> error == null ? connection : open);
    }

    /** A connection that no relay bears. */
    CompletableFuture<Connection> connectDirectly(PeerId peer, Collection<Multiaddr> addresses) {
        peerstore.addAddresses(peer, addresses, GIVEN_TTL);
        Optional<MuxedConnection> open = swarm.best(peer);
        if (open.isPresent() && !Addresses.isRelayed(open.get().remoteAddress())) {
            return CompletableFuture.completedFuture(open.get());
        }
        return dials.dial(peer, direct(peer)).thenApply(connection -> connection);
    }

    /** Where a peer may be reached without a relay. */
    private List<Multiaddr> direct(PeerId peer) {
        return peerstore.addresses(peer).stream()
                .filter(address -> !Addresses.isRelayed(address))
                .toList();
    }

    /** A stream on such a connection; see {@link org.pinion.libp2p.api.Dialer#newStream}. */
    CompletableFuture<Stream> newStream(PeerId peer, List<String> protocols) {
        CompletableFuture<Stream> result = new CompletableFuture<>();
        connect(peer, List.of())
                .thenCompose(connection -> connection.limited()
                        ? CompletableFuture.failedFuture(new NetworkException(
                                Reason.LIMIT,
                                "only a relay with limits leads to " + peer + ", no stream of " + protocols))
                        : connection.newStream(protocols))
                .whenComplete((stream, error) -> {
                    if (error != null) {
                        result.completeExceptionally(error instanceof CompletionException ? error.getCause() : error);
                    } else if (!result.complete(stream)) {
                        // the caller has given up, nobody else would ever close it
                        stream.reset(Stream.RESET_NONE);
                    }
                });
        return result;
    }
}
