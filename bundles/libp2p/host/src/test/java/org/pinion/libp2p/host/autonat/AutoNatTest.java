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
package org.pinion.libp2p.host.autonat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.host.Vectors;
import org.pinion.libp2p.host.identify.Proto;

class AutoNatTest {
    private static final PeerId PEER =
            PeerId.of(PrivateKey.ofEd25519Seed(new byte[32]).publicKey());

    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong now = new AtomicLong();
    private final List<List<Multiaddr>> dialed = new ArrayList<>();
    private CompletableFuture<Multiaddr> reached = new CompletableFuture<>();
    private final AutoNatService service = new AutoNatService(
            timers,
            (peer, addresses) -> {
                dialed.add(addresses);
                return reached;
            },
            now::get);

    @AfterEach
    void close() {
        timers.shutdownNow();
    }

    private record From(Multiaddr remoteAddress) implements Connection {
        @Override
        public PeerId remotePeer() {
            return PEER;
        }

        @Override
        public Multiaddr localAddress() {
            return address("/ip4/192.0.2.1/tcp/9096");
        }

        @Override
        public boolean outbound() {
            return false;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public CompletionStage<Stream> newStream(List<String> protocols) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    /** One question; the answer is what was written, or empty after a reset. */
    private static final class Question implements Stream {
        private final Connection connection;
        private final ByteBuffer question;
        private final CompletableFuture<byte[]> answer = new CompletableFuture<>();

        private Question(String from, byte[] question) {
            this.connection = new From(address(from));
            this.question = ByteBuffer.wrap(question);
        }

        @Override
        public String protocol() {
            return AutoNatService.PROTOCOL;
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public CompletionStage<Optional<ByteBuffer>> read() {
            ByteBuffer next = question.slice();
            question.position(question.limit());
            return CompletableFuture.completedFuture(next.hasRemaining() ? Optional.of(next) : Optional.empty());
        }

        @Override
        public CompletionStage<Void> write(ByteBuffer data) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            answer.complete(bytes);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> closeWrite() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void reset(long code) {
            answer.complete(new byte[0]);
        }

        @Override
        public void close() {}
    }

    private static Multiaddr address(String text) {
        return Multiaddr.parse(text);
    }

    private static byte[] question(byte[] peer, String... addresses) {
        byte[] info = Proto.write(out -> {
            out.writeByteArray(1, peer);
            for (String each : addresses) {
                out.writeByteArray(2, address(each).bytes());
            }
        });
        byte[] message = Proto.write(out -> {
            out.writeEnum(1, 0);
            out.writeByteArray(2, Proto.write(dial -> dial.writeByteArray(1, info)));
        });
        return frame(message);
    }

    private static byte[] frame(byte[] message) {
        ByteBuffer framed = MessageWriter.frame(message);
        byte[] bytes = new byte[framed.remaining()];
        framed.get(bytes);
        return bytes;
    }

    private CompletableFuture<byte[]> ask(String from, byte[] question) {
        Question stream = new Question(from, question);
        service.accept(stream);
        return stream.answer;
    }

    private static byte[] refusal(int status, String text) {
        return frame(DialAnswer.no(status, text).encode());
    }

    @Test
    void aPeerIsDialedAtTheAddressFromWhichItAsksOnly() throws Exception {
        byte[] question = question(
                PEER.bytes(),
                "/ip4/10.0.0.1/tcp/9096",
                "/ip4/8.8.8.8/tcp/4001/ws",
                "/ip4/8.8.4.4/udp/4001/quic-v1",
                "/dns4/a.example/tcp/1");
        reached = CompletableFuture.completedFuture(address("/ip4/8.8.8.8/tcp/9096"));

        byte[] answer = ask("/ip4/8.8.8.8/tcp/40000", question).get(20, TimeUnit.SECONDS);
        assertThat(dialed)
                .containsExactly(List.of(
                        address("/ip4/8.8.8.8/tcp/40000"),
                        address("/ip4/8.8.8.8/tcp/9096"),
                        address("/ip4/8.8.8.8/tcp/4001/ws")));
        // type 1, response { status 0, address }
        assertThat(answer).isEqualTo(Vectors.hex("10" + "0801" + "1a0c" + "0800" + "1a08" + "0408080808062388"));
    }

    @Test
    void privatePeersAreNotDialed() throws Exception {
        for (String from : List.of("/ip4/127.0.0.1/tcp/1", "/ip4/10.0.0.1/tcp/1", "/ip6/fd00::1/tcp/1")) {
            assertThat(ask(from, question(PEER.bytes(), "/ip4/8.8.8.8/tcp/1")).get(20, TimeUnit.SECONDS))
                    .isEqualTo(refusal(101, "refusing to dial peer with blocked observed address"));
        }
        assertThat(dialed).isEmpty();
    }

    @Test
    void questionsForOthersAndIncompleteOnesAreRefused() throws Exception {
        assertThat(ask("/ip4/8.8.8.8/tcp/1", question(new byte[] {1, 2, 3})).get(20, TimeUnit.SECONDS))
                .isEqualTo(refusal(200, "peer id mismatch"));
        assertThat(ask("/ip4/8.8.8.8/tcp/1", frame(Vectors.hex("0800"))).get(20, TimeUnit.SECONDS))
                .isEqualTo(refusal(200, "missing peer info"));
        assertThat(ask("/ip4/8.8.8.8/tcp/1", frame(Vectors.hex("0801"))).get(20, TimeUnit.SECONDS))
                .isEmpty();
        assertThat(dialed).isEmpty();
    }

    @Test
    void onePeerGetsThreeDialsInAMinute() throws Exception {
        reached = CompletableFuture.completedFuture(address("/ip4/8.8.8.8/tcp/1"));
        for (int i = 0; i < 3; i++) {
            ask("/ip4/8.8.8.8/tcp/1", question(PEER.bytes())).get(20, TimeUnit.SECONDS);
        }
        assertThat(ask("/ip4/8.8.8.8/tcp/1", question(PEER.bytes())).get(20, TimeUnit.SECONDS))
                .isEqualTo(refusal(101, "too many dials"));

        now.addAndGet(TimeUnit.MINUTES.toNanos(1));
        ask("/ip4/8.8.8.8/tcp/1", question(PEER.bytes())).get(20, TimeUnit.SECONDS);
        assertThat(dialed).hasSize(4);
    }

    @Test
    void onePeerHasTwoQuestionsOpen() {
        CompletableFuture<byte[]> first = ask("/ip4/8.8.8.8/tcp/1", question(PEER.bytes()));
        CompletableFuture<byte[]> second = ask("/ip4/8.8.8.8/tcp/1", question(PEER.bytes()));
        assertThat(ask("/ip4/8.8.8.8/tcp/1", question(PEER.bytes())).getNow(new byte[1]))
                .isEmpty();
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
    }

    @Test
    void damagedQuestionsEndTheirStreamOnly() throws Exception {
        byte[] good = question(PEER.bytes(), "/ip4/8.8.8.8/tcp/4001", "/ip6/2001:db8::1/tcp/9096/ws");
        Random random = new Random(20_260_105);
        for (int i = 0; i < 5000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 3));
            for (int n = random.nextInt(5); n > 0 && bad.length > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            // every one is answered or reset at once, since this address is never dialed
            assertThat(ask("/ip4/127.0.0.1/tcp/1", bad)).isDone();
        }
        assertThat(ask("/ip4/8.8.8.8/tcp/1", new byte[] {(byte) 0xff, (byte) 0xff, 3})
                        .get(20, TimeUnit.SECONDS))
                .isEmpty();
    }
}
