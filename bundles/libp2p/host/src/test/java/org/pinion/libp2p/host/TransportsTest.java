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
import static org.pinion.libp2p.host.TestHosts.readAll;
import static org.pinion.libp2p.host.TestHosts.settings;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.NetworkSecret;
import org.pinion.libp2p.api.SecureChannel;
import org.pinion.libp2p.api.Stream;

class TransportsTest {
    private static final String ECHO = "/test/echo/1.0.0";
    private static final List<SecureChannel> TLS = List.of(SecureChannel.TLS);
    private static final List<SecureChannel> NOISE = List.of(SecureChannel.NOISE);
    private static final List<SecureChannel> BOTH = List.of(SecureChannel.NOISE, SecureChannel.TLS);

    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void close() {
        hosts.close();
    }

    private static HostSettings webSocket(boolean secret) {
        HostSettings settings = settings().withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0/ws")));
        return secret ? settings.withSecret(TestHosts.SECRET) : settings;
    }

    private Host open(HostSettings settings, List<SecureChannel> channels) throws IOException {
        return hosts.open(settings.withSecureChannels(channels));
    }

    /** More than a window of every layer, and not a multiple of any of their sizes. */
    private static void carriesManyBytes(Host from, Host to) {
        to.handle(ECHO, TestHosts::echo);
        byte[] data = new byte[900_001];
        new Random(7).nextBytes(data);
        Stream stream = await(connect(from, to).newStream(List.of(ECHO)));
        stream.write(ByteBuffer.wrap(data));
        stream.closeWrite();
        assertThat(readAll(stream)).isEqualTo(data);
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void tlsProvesIdentitiesOfEveryKeyType(KeyType type) throws IOException {
        provesIdentities(type, TLS);
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void noiseProvesIdentitiesOfEveryKeyType(KeyType type) throws IOException {
        provesIdentities(type, NOISE);
    }

    private void provesIdentities(KeyType type, List<SecureChannel> channels) throws IOException {
        Host a = open(HostSettings.of(PrivateKey.generate(type)), channels);
        Host b = open(
                HostSettings.of(PrivateKey.generate(type)).withListen(settings().listen()), channels);

        carriesManyBytes(a, b);
        assertThat(b.connections())
                .singleElement()
                .extracting(Connection::remotePeer)
                .isEqualTo(a.id());
    }

    @ParameterizedTest
    @CsvSource({"false, true", "true, false"})
    void aDialerFallsBackToTheSecureChannelOfTheListener(boolean dialerHasNoise, boolean listenerHasNoise)
            throws IOException {
        Host a = open(settings().withSecret(TestHosts.SECRET), dialerHasNoise ? BOTH : TLS);
        Host b = open(settings().withSecret(TestHosts.SECRET), listenerHasNoise ? BOTH : TLS);

        carriesManyBytes(a, b);
    }

    @Test
    void hostsWithoutACommonSecureChannelSaySo() throws IOException {
        Host a = open(settings(), TLS);
        Host b = open(settings(), NOISE);

        assertThatThrownBy(() -> connect(a, b)).hasMessageContaining("the peer speaks none of [/tls/1.0.0]");
    }

    @Test
    void anotherPeerThanTheDialedOneIsRefusedByTls() throws IOException {
        Host a = open(settings(), TLS);
        Host b = open(settings(), TLS);
        PeerId stranger = PeerId.of(PrivateKey.generate(KeyType.ED25519).publicKey());

        assertThatThrownBy(() -> await(a.connect(stranger, b.listenAddresses())))
                .hasMessageContaining("the peer is " + b.id());
        assertThat(a.connections()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aWebSocketCarriesBytesBothWays(boolean secret) throws IOException {
        Host a = hosts.open(webSocket(secret));
        Host b = hosts.open(webSocket(secret));

        carriesManyBytes(a, b);
        Connection connection = a.connections().iterator().next();
        assertThat(connection.remoteAddress()).isEqualTo(b.listenAddresses().get(0));
        assertThat(connection.remoteAddress().toString()).endsWith("/ws");
    }

    @Test
    void aWebSocketCarriesTlsToo() throws IOException {
        carriesManyBytes(open(webSocket(true), TLS), open(webSocket(true), TLS));
    }

    @Test
    void anotherSecretIsNamedBehindAWebSocketToo() throws IOException {
        Host a = hosts.open(webSocket(true));
        Host b = hosts.open(webSocket(false).withSecret(NetworkSecret.of(new byte[32])));

        assertThatThrownBy(() -> connect(a, b))
                .cause()
                .extracting(error -> ((NetworkException) error).reason())
                .isEqualTo(Reason.SECRET_DIFFERS);
    }

    @Test
    void aWebSocketListenerIsNamedAsSuchInTheAnnouncedAddresses() throws IOException {
        Host host = hosts.open(settings()
                .withListen(
                        List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/0/ws"), Multiaddr.parse("/ip4/127.0.0.1/tcp/0"))));

        assertThat(host.listenAddresses()).hasSize(2);
        assertThat(host.addresses()).anyMatch(address -> address.toString().matches("/ip4/127.0.0.1/tcp/[0-9]+/ws"));
        assertThat(host.addresses()).noneMatch(address -> address.toString().contains("0.0.0.0"));
    }
}
