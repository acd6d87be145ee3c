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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.libp2p.host.TestHosts.await;
import static org.pinion.libp2p.host.TestHosts.connect;
import static org.pinion.libp2p.host.TestHosts.settings;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.ConnectionLimits;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.Registration;

class HostLimitsTest {
    private static final ConnectionLimits FEW = new ConnectionLimits(1, 2, Duration.ZERO, 8, 100, 8);

    private final TestHosts hosts = new TestHosts();
    private final BlockingQueue<String> events = new ArrayBlockingQueue<>(100);

    @AfterEach
    void close() {
        hosts.close();
    }

    private Host hub(ConnectionLimits limits) throws IOException {
        Host hub = hosts.open(settings().withLimits(limits, Duration.ofSeconds(3)));
        hub.listen(new HostListener() {
            @Override
            public void peerConnected(PeerId peer) {
                events.add("connected " + peer);
            }

            @Override
            public void peerDisconnected(PeerId peer) {
                events.add("disconnected " + peer);
            }
        });
        return hub;
    }

    private Host connected(Host hub) throws IOException, InterruptedException {
        Host host = hosts.open();
        connect(host, hub);
        assertThat(next()).isEqualTo("connected " + host.id());
        return host;
    }

    private String next() throws InterruptedException {
        return events.poll(20, TimeUnit.SECONDS);
    }

    @Test
    void protectedPeersStayWhenThereAreTooManyConnections() throws Exception {
        Host hub = hub(FEW);
        Host first = connected(hub);
        Registration once = hub.protect(first.id());
        Registration twice = hub.protect(first.id());
        Host second = connected(hub);
        connected(hub);
        assertThat(next()).isEqualTo("disconnected " + second.id());

        // closing one of two, even twice, protects still
        once.close();
        once.close();
        Host fourth = connected(hub);
        assertThat(next()).startsWith("disconnected ").isNotEqualTo("disconnected " + first.id());
        assertThat(hub.connections())
                .extracting(Connection::remotePeer)
                .containsExactlyInAnyOrder(first.id(), fourth.id());

        twice.close();
        connected(hub);
        assertThat(next()).startsWith("disconnected ");
        assertThat(next()).startsWith("disconnected ");
        assertThat(hub.connections()).extracting(Connection::remotePeer).doesNotContain(first.id());
    }

    @Test
    void inboundConnectionsBeyondTheGivenNumberAreRefused() throws Exception {
        Host hub = hub(new ConnectionLimits(10, 20, Duration.ofMinutes(1), 8, 100, 8).withResources(1 << 20, 1));
        Host first = connected(hub);
        Host second = hosts.open();
        second.connect(hub.id(), hub.listenAddresses());
        connect(second, hosts.open());

        assertThat(hub.connections())
                .singleElement()
                .extracting(Connection::remotePeer)
                .isEqualTo(first.id());
        assertThatThrownBy(() -> FEW.withResources(-1, 0)).hasMessageContaining("received bytes -1");
    }

    @Test
    void addressesWithoutANameToLookUpStandForThemselves() throws IOException {
        Multiaddr address = Multiaddr.parse("/ip4/1.2.3.4/tcp/5");

        assertThat(await(hosts.open().resolve(address))).containsExactly(address);
    }
}
