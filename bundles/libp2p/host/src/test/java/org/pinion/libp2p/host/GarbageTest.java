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
import static org.pinion.libp2p.host.TestHosts.await;
import static org.pinion.libp2p.host.TestHosts.connect;
import static org.pinion.libp2p.host.TestHosts.readAll;
import static org.pinion.libp2p.host.TestHosts.settings;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.host.multistream.Tokens;

/** Sockets that send something else than a connection: the host ends them, and others notice nothing. */
class GarbageTest {
    private static final String ECHO = "/test/echo/1.0.0";
    private static final byte[] NOISE = Tokens.encode(Tokens.HEADER, "/noise");
    private static final byte[] TLS = Tokens.encode(Tokens.HEADER, "/tls/1.0.0");
    private static final byte[] UPGRADE = """
            GET / HTTP/1.1
            Host: a
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13

            """.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);

    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void close() {
        hosts.close();
    }

    /** Starts of real set-ups, so that the bytes behind them reach the later layers. */
    private static List<byte[]> starts(boolean webSocket) {
        byte[] none = {};
        return webSocket ? List.of(none, UPGRADE) : List.of(none, NOISE, TLS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0/ws"})
    void randomBytesEndTheirOwnConnectionOnly(String listen) throws IOException {
        for (boolean secret : new boolean[] {false, true}) {
            HostSettings wanted = settings()
                    .withListen(List.of(Multiaddr.parse(listen)))
                    .withSecret(secret ? TestHosts.SECRET : null);
            Host host = hosts.open(wanted);
            host.handle(ECHO, TestHosts::echo);
            Random random = new Random(20_260_103);
            for (int i = 0; i < 60; i++) {
                List<byte[]> starts = starts(listen.endsWith("/ws"));
                byte[] garbage = new byte[1 + random.nextInt(3000)];
                random.nextBytes(garbage);
                garbage[0] &= 3;
                sendAndWaitForTheEnd(host, starts.get(i % starts.size()), garbage);
            }

            Host other = hosts.open(settings().withSecret(wanted.secret()));
            Stream stream = await(connect(other, host).newStream(List.of(ECHO)));
            stream.write(ByteBuffer.wrap(garbageFree()));
            stream.closeWrite();
            assertThat(readAll(stream)).isEqualTo(garbageFree());
        }
    }

    private static byte[] garbageFree() {
        return "still here".getBytes(StandardCharsets.US_ASCII);
    }

    private static void sendAndWaitForTheEnd(Host host, byte[] start, byte[] garbage) throws IOException {
        int port = Integer.parseInt(host.listenAddresses().get(0).value("tcp").orElseThrow());
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            out.write(start);
            out.write(garbage);
            socket.shutdownOutput();
            // until the host has ended the connection, either way
            byte[] answers = socket.getInputStream().readAllBytes();
            assertThat(answers.length).isLessThan(20_000);
        } catch (IOException e) {
            assertThat(e).message().containsPattern("reset|Broken pipe");
        }
    }

    @Test
    void aDialedServerThatAnswersGarbageIsGivenUp() throws Exception {
        Random random = new Random(20_260_104);
        for (int i = 0; i < 20; i++) {
            byte[] garbage = Arrays.copyOf(NOISE, NOISE.length + random.nextInt(2000));
            for (int at = i % 3 == 0 ? 0 : NOISE.length; at < garbage.length; at++) {
                garbage[at] = (byte) random.nextInt();
            }
            try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
                Host host = hosts.open(HostSettings.of(PrivateKey.generate(KeyType.ED25519))
                        .withLimits(settings().limits(), Duration.ofSeconds(10)));
                PeerId nobody = PeerId.of(PrivateKey.generate(KeyType.ED25519).publicKey());
                String address = "/ip4/127.0.0.1/tcp/" + server.getLocalPort() + (i % 2 == 0 ? "" : "/ws");
                var dial = host.connect(nobody, List.of(Multiaddr.parse(address)));
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write(garbage);
                    socket.shutdownOutput();
                    try {
                        await(dial);
                        throw new AssertionError("connected to garbage");
                    } catch (TestHosts.Failed e) {
                        assertThat(((NetworkException) e.getCause()).reason())
                                .isIn(Reason.DIAL_FAILED, Reason.SECRET_DIFFERS);
                    }
                }
            }
        }
    }
}
