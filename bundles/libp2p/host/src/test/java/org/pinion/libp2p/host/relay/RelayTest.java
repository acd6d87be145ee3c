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
package org.pinion.libp2p.host.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.libp2p.host.TestHosts.await;
import static org.pinion.libp2p.host.TestHosts.readAll;
import static org.pinion.libp2p.host.TestHosts.settings;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.SecureChannel;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.host.TestHosts;

/** Two hosts that reach each other over a third one only. */
class RelayTest {
    private static final String ECHO = "/test/echo/1.0.0";

    private final TestHosts hosts = new TestHosts();
    private final BlockingQueue<PeerInfo> identified = new ArrayBlockingQueue<>(100);
    private final BlockingQueue<PeerId> gone = new ArrayBlockingQueue<>(100);

    @AfterEach
    void close() {
        hosts.close();
    }

    private static Multiaddr place(Host relay) {
        return relay.listenAddresses().get(0).withPeerId(relay.id()).append(Multiaddr.parse("/p2p-circuit"));
    }

    private Host relay(HostSettings settings, RelayLimit limit) throws IOException {
        Host relay = hosts.open(settings);
        FakeRelay.on(relay, limit);
        relay.listen(new HostListener() {
            @Override
            public void peerIdentified(PeerInfo info) {
                identified.add(info);
            }

            @Override
            public void peerDisconnected(PeerId peer) {
                gone.add(peer);
            }
        });
        return relay;
    }

    /** A host that listens at a relay; the relay is told its address there as soon as it has it. */
    private Host behind(Host relay, HostSettings settings) throws Exception {
        Host host = hosts.open(settings.withListen(List.of(place(relay))));
        host.handle(ECHO, TestHosts::echo);
        PeerInfo info = identified.poll(20, TimeUnit.SECONDS);
        while (!info.addresses().contains(place(relay))) {
            info = identified.poll(20, TimeUnit.SECONDS);
            assertThat(info).isNotNull();
        }
        return host;
    }

    @ParameterizedTest
    @CsvSource({"false, NOISE", "true, NOISE", "true, TLS"})
    void bytesCrossARelayWithoutLimits(boolean secret, SecureChannel channel) throws Exception {
        HostSettings usual =
                settings().withSecret(secret ? TestHosts.SECRET : null).withSecureChannels(List.of(channel));
        Host relay = relay(usual, null);
        Host listener = behind(relay, like(usual));
        Host dialer = hosts.open(like(usual));

        Connection connection = await(dialer.connect(listener.id(), listener.addresses()));

        assertThat(connection.remotePeer()).isEqualTo(listener.id());
        assertThat(connection.remoteAddress()).isEqualTo(place(relay));
        assertThat(connection.limited()).isFalse();
        byte[] data = new byte[1_500_000];
        new Random(3).nextBytes(data);
        Stream stream = await(dialer.newStream(listener.id(), List.of(ECHO)));
        for (int at = 0; at < data.length; at += 100_000) {
            stream.write(ByteBuffer.wrap(data, at, 100_000));
        }
        stream.closeWrite();
        ByteBuffer got = ByteBuffer.allocate(data.length);
        for (var next = await(stream.read()); next.isPresent(); next = await(stream.read())) {
            got.put(next.get());
        }
        assertThat(got.array()).isEqualTo(data);
    }

    private static HostSettings like(HostSettings other) {
        return HostSettings.of(settings().key()).withSecret(other.secret()).withSecureChannels(other.secureChannels());
    }

    @Test
    void aConnectionThatTheRelayLimitsIsForAFewWordsOnly() throws Exception {
        Host relay = relay(settings(), new RelayLimit(120, 131_072));
        Host listener = behind(relay, settings());
        Host dialer = hosts.open(settings());

        Connection connection = await(dialer.connect(listener.id(), List.of(place(relay))));

        assertThat(connection.limited()).isTrue();
        assertThatThrownBy(() -> await(dialer.newStream(listener.id(), List.of(ECHO))))
                .hasMessageContaining("only a relay with limits leads to " + listener.id())
                .cause()
                .extracting(error -> ((NetworkException) error).reason())
                .isEqualTo(Reason.LIMIT);
        Stream stream = await(connection.newStream(List.of(ECHO)));
        stream.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        stream.closeWrite();
        assertThat(readAll(stream)).containsExactly(1, 2, 3);
        assertThat(listener.connections())
                .filteredOn(each -> each.remotePeer().equals(dialer.id()))
                .singleElement()
                .satisfies(each -> assertThat(each.limited()).isTrue());
    }

    @Test
    void aDirectWayIsPreferredAsSoonAsItIsKnown() throws Exception {
        Host relay = relay(settings(), new RelayLimit(120, 131_072));
        Host listener =
                hosts.open(settings().withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), place(relay))));
        listener.handle(ECHO, TestHosts::echo);
        PeerInfo info = identified.poll(20, TimeUnit.SECONDS);
        while (!info.addresses().contains(place(relay))) {
            info = identified.poll(20, TimeUnit.SECONDS);
        }
        Host dialer = hosts.open(settings());
        assertThat(await(dialer.connect(listener.id(), List.of(place(relay)))).limited())
                .isTrue();

        Connection direct = await(dialer.connect(listener.id(), listener.listenAddresses()));

        assertThat(direct.limited()).isFalse();
        assertThat(await(dialer.newStream(listener.id(), List.of(ECHO))).connection())
                .isSameAs(direct);
    }

    @Test
    void whatARelayRefusesIsSaid() throws Exception {
        Host relay = relay(settings(), null);
        Host nobody = hosts.open(settings());
        Host dialer = hosts.open(settings());

        assertThatThrownBy(() -> await(dialer.connect(nobody.id(), List.of(place(relay)))))
                .hasMessageContaining("relay " + relay.id() + ": the peer has no reservation there");
        assertThatThrownBy(() -> await(
                        dialer.connect(nobody.id(), List.of(Multiaddr.parse("/p2p/" + nobody.id() + "/p2p-circuit")))))
                .hasMessageContaining("cannot be its own relay");
        Host plain = hosts.open(settings());
        assertThatThrownBy(() -> await(dialer.connect(hosts.open(settings()).id(), List.of(place(plain)))))
                .hasMessageContaining("serves none of [" + RelayClient.HOP);
    }

    @Test
    void aPlaceIsGivenUpWithItsRelay() throws Exception {
        Host relay = relay(settings(), null);
        Host listener = behind(relay, settings());
        assertThat(listener.addresses()).containsExactly(place(relay));

        BlockingQueue<PeerId> left = new ArrayBlockingQueue<>(10);
        listener.listen(new HostListener() {
            @Override
            public void peerDisconnected(PeerId peer) {
                left.add(peer);
            }
        });
        relay.close();

        assertThat(left.poll(20, TimeUnit.SECONDS)).isEqualTo(relay.id());
        assertThat(listener.addresses()).isEmpty();
    }
}
