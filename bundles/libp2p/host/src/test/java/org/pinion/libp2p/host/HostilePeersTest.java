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
import static org.pinion.libp2p.host.RawPeer.yamux;
import static org.pinion.libp2p.host.TestHosts.await;
import static org.pinion.libp2p.host.TestHosts.connect;
import static org.pinion.libp2p.host.TestHosts.readAll;
import static org.pinion.libp2p.host.TestHosts.settings;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.ConnectionLimits;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.NetworkSecret;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.host.multistream.Tokens;
import org.pinion.libp2p.host.noise.NoisePayload;
import org.pinion.libp2p.host.pnet.PnetCipher;

/** Peers that mean harm: each is limited or cut off and named in one line, and a friend notices nothing. */
class HostilePeersTest {
    private static final String ECHO = "/test/echo/1.0.0";
    private static final int DATA = 0;
    private static final int WINDOW = 1;
    private static final int PING = 2;
    private static final int GO_AWAY = 3;
    private static final int SYN = 1;
    private static final int ACK = 2;
    private static final int RST = 8;
    private static final int MAX_STREAMS = 20;

    private final TestHosts hosts = new TestHosts();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final PrintStream realErr = System.err;
    private final BlockingQueue<NetworkException> inboundFailures = new ArrayBlockingQueue<>(1000);
    private final BlockingQueue<PeerId> gone = new ArrayBlockingQueue<>(1000);
    private Host host;
    private Stream friend;

    @BeforeEach
    void openHostAndFriend() throws IOException {
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        host = hosts.open(settings()
                .withLimits(
                        new ConnectionLimits(10, 40, Duration.ofMinutes(1), 8, MAX_STREAMS, 8), Duration.ofSeconds(3)));
        host.handle(ECHO, TestHosts::echo);
        listen(host);
        friend = await(connect(hosts.open(settings()), host).newStream(List.of(ECHO)));
    }

    private void listen(Host heard) {
        heard.listen(new HostListener() {
            @Override
            public void inboundFailed(Multiaddr remote, NetworkException error) {
                inboundFailures.offer(error);
            }

            @Override
            public void peerDisconnected(PeerId peer) {
                gone.offer(peer);
            }
        });
    }

    /** A host that gives an inbound connection little time for its set-up. */
    private Host hasty(NetworkSecret secret) throws IOException {
        HostSettings usual = settings();
        Host hasty = hosts.open(new HostSettings(
                usual.key(),
                secret,
                usual.listen(),
                List.of(),
                List.of(),
                "test",
                "",
                usual.limits(),
                usual.dialTimeout(),
                Duration.ofMillis(400),
                usual.secureChannels()));
        listen(hasty);
        return hasty;
    }

    @AfterEach
    void theFriendNoticedNothing() {
        try {
            byte[] words = "still here".getBytes(StandardCharsets.UTF_8);
            friend.write(ByteBuffer.wrap(words));
            friend.closeWrite();
            assertThat(readAll(friend)).isEqualTo(words);
        } finally {
            hosts.close();
            System.setErr(realErr);
        }
    }

    private void isGoneAndNamedOnce(RawPeer peer) throws InterruptedException {
        assertThat(gone.poll(20, TimeUnit.SECONDS)).isEqualTo(peer.id());
        isNamedOnce(peer);
    }

    private void isNamedOnce(RawPeer peer) {
        assertThat(log.toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.contains(peer.id().toString()) && line.contains("WARN")))
                .hasSize(1);
    }

    @Test
    void aSilentDialerIsClosedAfterTheTimeOfTheSettings() throws Exception {
        try (RawPeer peer = RawPeer.connect(hasty(null))) {
            // the header comes before the dialer has said anything
            assertThat(peer.rawUntilTheEnd()).isEqualTo(Tokens.encode(Tokens.HEADER));
        }
        NetworkException error = inboundFailures.poll(20, TimeUnit.SECONDS);
        assertThat(error.reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(error).hasMessageContaining("took longer than 400 ms");
    }

    @Test
    void aSilentDialerOfAPrivateNetworkGetsTheHeaderOfTheReference() throws Exception {
        try (RawPeer peer = RawPeer.connect(hasty(TestHosts.SECRET))) {
            byte[] bytes = peer.rawUntilTheEnd();
            byte[] plain = Arrays.copyOfRange(bytes, 24, bytes.length);
            new PnetCipher(TestHosts.SECRET, Arrays.copyOf(bytes, 24)).apply(plain, 0, plain, 0, plain.length);
            assertThat(Vectors.hex(plain))
                    .isEqualTo(Vectors.vector("live-tcp", "we dial and stay silent")
                            .at("/decoded/plain_received")
                            .asText());
        }
    }

    @Test
    void aDialerThatStopsInTheMiddleOfTheHandshakeIsClosed() throws Exception {
        try (RawPeer peer = RawPeer.connect(hasty(null))) {
            peer.raw(Tokens.encode(Tokens.HEADER, "/noise"));
            peer.raw(new byte[] {(byte) 0xff, (byte) 0xff, 1, 2, 3});
            assertThat(peer.rawUntilTheEnd()).isEqualTo(Tokens.encode(Tokens.HEADER, "/noise"));
        }
        assertThat(inboundFailures.poll(20, TimeUnit.SECONDS)).hasMessageContaining("the Noise handshake took longer");
    }

    @Test
    void aWrongSignatureIsRefused() throws Exception {
        PrivateKey other = PrivateKey.generate(KeyType.ED25519);
        try (RawPeer peer = RawPeer.secured(
                host,
                payload -> new NoisePayload(
                        payload.identityKey(),
                        NoisePayload.create(other, new byte[32], List.of()).signature(),
                        List.of()))) {
            peer.untilTheEnd();
        }
        NetworkException error = inboundFailures.poll(20, TimeUnit.SECONDS);
        assertThat(error.reason()).isEqualTo(Reason.HANDSHAKE_FAILED);
        assertThat(error).hasMessageContaining("signature");
    }

    @Test
    void streamsWithoutEndAreResetBeyondTheLimit() throws Exception {
        try (RawPeer peer = RawPeer.secured(host)) {
            for (int i = 0; i < 500; i++) {
                peer.send(yamux(WINDOW, SYN, 2 * i + 1, 0));
            }
            int accepted = 0;
            for (int answered = 0; answered < 500; ) {
                RawPeer.Received next = peer.receive();
                boolean ours = next.type() == WINDOW && (next.id() & 1) == 1;
                answered += ours ? 1 : 0;
                accepted += ours && next.flags() == ACK ? 1 : 0;
                if (ours && next.flags() == RST) {
                    assertThat(next.length()).isEqualTo(Stream.RESET_RESOURCE_LIMIT);
                }
            }
            assertThat(accepted).isEqualTo(MAX_STREAMS);
            isNamedOnce(peer);
        }
    }

    @Test
    void aLengthOfFourGigabytesEndsTheConnection() throws Exception {
        try (RawPeer peer = RawPeer.secured(host)) {
            peer.send(yamux(WINDOW, SYN, 1, 0));
            peer.send(yamux(DATA, 0, 1, 0xffff_ffffL, new byte[100]));
            RawPeer.Received last = peer.untilTheEnd()[2];
            assertThat(last.type()).isEqualTo(GO_AWAY);
            assertThat(last.length()).isEqualTo(1);
            isGoneAndNamedOnce(peer);
        }
    }

    @Test
    void messagesOfFourGigabytesEndTheirStreamOnly() throws Exception {
        byte[] length = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};
        try (RawPeer peer = RawPeer.secured(host)) {
            int id = 1;
            for (String protocol :
                    List.of("/ipfs/id/push/1.0.0", "/libp2p/autonat/1.0.0", "/libp2p/circuit/relay/0.2.0/stop")) {
                ByteArrayOutputStream data = new ByteArrayOutputStream();
                data.writeBytes(Tokens.encode(Tokens.HEADER, protocol));
                data.writeBytes(length);
                peer.open(id, data.toByteArray());
                RawPeer.Received next = peer.receive();
                while (next.id() != id || next.flags() != RST) {
                    next = peer.receive();
                }
                id += 2;
            }
            isNamedOnce(peer);
            peer.send(yamux(PING, SYN, 0, 4711));
            while (peer.receive().length() != 4711) {
                // until the answer shows that the connection lives
            }
        }
    }

    @Test
    void aPeerThatNeverReadsIsCutOff() throws Exception {
        try (RawPeer peer = RawPeer.secured(host)) {
            byte[] pings = new byte[12 * 5000];
            for (int at = 0; at < pings.length; at += 12) {
                System.arraycopy(yamux(PING, SYN, 0, at), 0, pings, at, 12);
            }
            // answers fill the buffers of both sockets, then those of the host up to its limit
            for (int i = 0; i < 2000 && gone.isEmpty(); i++) {
                peer.send(pings);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageMatching(".*(reset|Broken pipe|closed).*");
        }
        assertThat(gone.poll(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(log.toString(StandardCharsets.UTF_8)).containsOnlyOnce("the peer does not read");
    }

    @Test
    void garbageInsteadOfAnIdentifyAnswerEndsThatStreamOnly() throws Exception {
        Random random = new Random(20_261_122);
        byte[] garbage = new byte[300];
        random.nextBytes(garbage);
        garbage[0] = 100;
        try (RawPeer peer = RawPeer.secured(host)) {
            RawPeer.Received opened = peer.receive();
            while (opened.type() != WINDOW || opened.flags() != SYN) {
                opened = peer.receive();
            }
            assertThat(opened.id()).isEqualTo(2);
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            answer.writeBytes(Tokens.encode(Tokens.HEADER, "/ipfs/id/1.0.0"));
            answer.writeBytes(garbage);
            peer.send(yamux(WINDOW, ACK, 2, 0));
            peer.send(yamux(DATA, 4, 2, answer.size(), answer.toByteArray()));
            peer.send(yamux(PING, SYN, 0, 4712));
            RawPeer.Received next = peer.receive();
            while (next.length() != 4712) {
                next = peer.receive();
            }
            assertThat(host.connections()).extracting(Connection::remotePeer).contains(peer.id());
        }
    }

    @Test
    void badNegotiationsAreResetWithTheCodeOfTheReference() throws Exception {
        try (RawPeer peer = RawPeer.secured(host)) {
            for (int id = 1; id < 9; id += 2) {
                peer.open(id, new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, 1, 2});
                RawPeer.Received next = peer.receive();
                while (next.id() != id || next.flags() != RST) {
                    next = peer.receive();
                }
                assertThat(next.length()).isEqualTo(Stream.RESET_NEGOTIATION_FAILED);
            }
            isNamedOnce(peer);
        }
    }

    @Test
    void whatIsNotEncryptedWithTheRightKeyEndsTheConnection() throws Exception {
        try (RawPeer peer = RawPeer.secured(host)) {
            peer.raw(new byte[] {0, 40});
            peer.raw(new byte[40]);
            peer.untilTheEnd();
            assertThat(gone.poll(20, TimeUnit.SECONDS)).isEqualTo(peer.id());
        }
    }
}
