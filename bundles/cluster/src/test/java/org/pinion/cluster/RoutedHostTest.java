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
package org.pinion.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.cluster.Fakes.peer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.PeerAddresses;
import org.pinion.libp2p.api.Routing;

class RoutedHostTest {
    private static final Multiaddr ADDRESS = Multiaddr.parse("/ip4/10.0.0.9/tcp/1");

    private final FakeHost plain = new FakeHost();
    private final RoutedHost host = new RoutedHost(plain);
    private final FakeRouting routing = new FakeRouting();

    /** Knows where the peer 9 is, which can be reached only after it was found. */
    private final class FakeRouting implements Routing {
        final List<PeerId> asked = new ArrayList<>();

        @Override
        public CompletionStage<List<Multiaddr>> findPeer(PeerId peer) {
            asked.add(peer);
            if (!peer.equals(peer(9))) {
                return CompletableFuture.failedFuture(new NetworkException(Reason.NO_ADDRESS, "nobody knows"));
            }
            plain.reachable.add(peer);
            return CompletableFuture.completedFuture(List.of(ADDRESS));
        }

        @Override
        public CompletionStage<List<PeerAddresses>> closestPeers(byte[] key) {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public CompletionStage<Void> refresh() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Set<PeerId> peers() {
            return Set.of();
        }

        @Override
        public void close() {}
    }

    @Test
    void lostPeerIsFoundAndDialledAgain() {
        plain.failure = new NetworkException(Reason.NO_ADDRESS, "no address");
        host.route(routing);
        assertThat(host.connect(peer(9), List.of()).toCompletableFuture().join().remotePeer())
                .isEqualTo(peer(9));
        assertThat(routing.asked).containsExactly(peer(9));
    }

    @Test
    void peerThatNobodyKnowsFailsWithTheFirstReason() {
        plain.failure = new NetworkException(Reason.DIAL_FAILED, "connection refused");
        host.route(routing);
        assertThatThrownBy(() ->
                        host.connect(peer(8), List.of()).toCompletableFuture().join())
                .hasRootCause(plain.failure);
        assertThat(plain.dialled).containsExactly(peer(8));
    }

    @Test
    void nobodyIsAskedForAPeerThatIsWhereWeLooked() {
        host.route(routing);
        for (IOException failure : List.of(
                new NetworkException(Reason.SECRET_DIFFERS, "another secret"),
                new NetworkException(Reason.BACK_OFF, "paused"),
                new IOException("other"))) {
            plain.failure = failure;
            assertThatThrownBy(() -> host.connect(peer(9), List.of())
                            .toCompletableFuture()
                            .join())
                    .hasRootCause(failure);
        }
        assertThat(routing.asked).isEmpty();
    }

    @Test
    void withoutRoutingOnlyKnownAddressesCount() {
        plain.failure = new NetworkException(Reason.NO_ADDRESS, "no address");
        host.route(routing);
        host.route(null);
        assertThatThrownBy(() ->
                        host.connect(peer(9), List.of()).toCompletableFuture().join())
                .hasRootCause(plain.failure);
        assertThat(routing.asked).isEmpty();
    }
}
