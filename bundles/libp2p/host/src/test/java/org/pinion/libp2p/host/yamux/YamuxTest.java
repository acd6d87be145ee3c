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
package org.pinion.libp2p.host.yamux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.libp2p.host.Vectors.hex;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.host.Vectors;

class YamuxTest {
    private final List<YamuxStream> opened = new ArrayList<>();
    private final List<NetworkException> closed = new ArrayList<>();
    private final ReceiveBudget budget = new ReceiveBudget(1 << 20);
    private EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void finish() {
        channel.finishAndReleaseAll();
    }

    private YamuxSession session(boolean dialer) {
        YamuxSession session = new YamuxSession(dialer, 300, budget, new YamuxSession.Listener() {
            @Override
            public void opened(YamuxStream stream) {
                opened.add(stream);
            }

            @Override
            public void closed(NetworkException reason) {
                closed.add(reason);
            }
        });
        channel = new EmbeddedChannel(session);
        // the keep-alive ping of the start
        assertThat(sent()).isEqualTo("000200010000000000000001");
        return session;
    }

    private String sent() {
        channel.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.writeBytes(next);
            next.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return hex(bytes);
    }

    /** What is sent with the frames that nobody waits for. */
    private String sentSoon() {
        channel.advanceTimeBy(10, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        return sent();
    }

    private void receive(String bytes) {
        channel.writeInbound(Unpooled.wrappedBuffer(hex(bytes)));
        channel.runPendingTasks();
    }

    private static String vector(String name) {
        return Vectors.vector("yamux", name).get("hex").asText();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String data(int id, byte[] payload) {
        return String.format("00000000%08x%08x", id, payload.length) + hex(payload);
    }

    @Test
    void aDialerOpensWritesEndsAndResetsWithTheBytesOfTheReference() {
        YamuxSession session = session(true);
        YamuxStream stream = session.open().join();
        assertThat(sent()).isEqualTo(vector("open stream 1 (dialer)"));
        stream.write(bytes("hello"));
        assertThat(sent()).isEqualTo(vector("data on stream 1, 5 bytes"));
        stream.closeWrite();
        assertThat(sent()).isEqualTo(vector("FIN stream 1"));

        stream.reset(0x1001);
        assertThat(sent()).isEqualTo(vector("RST stream 1 code 0x1001"));
        assertThat(session.streamCount()).isZero();
        session.goAway(0x1005, new NetworkException(Reason.CLOSED, "test"));
        assertThat(sent()).isEqualTo(vector("go away 0x1005 (connection garbage collected)"));
        assertThat(closed).hasSize(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anAcceptorAcknowledgesAndGivesTheWindowBackWhenHalfOfItWasRead() {
        session(false);
        receive(vector("open stream 1 (dialer)"));
        assertThat(sentSoon()).isEqualTo(vector("accept stream 1"));
        byte[] half = new byte[131072 - 5];
        receive(vector("data on stream 1, 5 bytes") + data(1, half));
        assertThat(sent()).as("nothing was read yet").isEmpty();
        assertThat(budget.heldBytes()).isEqualTo(131072);

        YamuxStream stream = opened.get(0);
        assertThat(stream.read().join()).contains(bytes("hello"));
        assertThat(sent()).isEmpty();
        assertThat(stream.read().join().orElseThrow().remaining()).isEqualTo(half.length);
        assertThat(sent()).isEqualTo(vector("window update stream 1 +131072"));
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void pingsAreAnswered() {
        session(true);
        receive(vector("ping request 0"));
        assertThat(sent()).isEqualTo(vector("ping reply 0"));
    }

    @Test
    void aMissingPongClosesTheConnection() {
        session(true);
        channel.advanceTimeBy(11, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(closed.get(0).reason()).isEqualTo(Reason.TIMEOUT);
    }

    @Test
    void answeredPingsAreRepeated() {
        session(true);
        receive("000200020000000000000001");
        channel.advanceTimeBy(29, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(sent()).isEmpty();
        channel.advanceTimeBy(2, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(sent()).isEqualTo("000200010000000000000002");
        assertThat(closed).isEmpty();
    }

    @Test
    void framesMayComeInAnyPieces() {
        session(false);
        byte[] all =
                hex(vector("open stream 1 (dialer)") + vector("data on stream 1, 5 bytes") + vector("FIN stream 1"));
        for (byte b : all) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
        }
        assertThat(opened).hasSize(1);
        assertThat(opened.get(0).read().join()).contains(bytes("h"));
        assertThat(opened.get(0).read().join()).contains(bytes("ello"));
        assertThat(opened.get(0).read().join()).isEmpty();
    }

    @Test
    void synMayRideOnDataAndFinEndsBehindIt() {
        session(false);
        receive("000000050000000100000005" + hex("hello".getBytes(StandardCharsets.UTF_8)));
        YamuxStream stream = opened.get(0);
        assertThat(stream.read().join()).contains(bytes("hello"));
        assertThat(stream.read().join()).isEmpty();
    }

    @Test
    void writesStopAtTheWindowAndGoOnWithIt() {
        YamuxSession session = session(true);
        YamuxStream stream = session.open().join();
        sent();
        CompletableFuture<Void> written = stream.write(ByteBuffer.allocate(300_000));
        assertThat(sent().length() / 2).isEqualTo(262144 + 5 * Frame.BYTES);
        assertThat(written).isNotDone();
        receive("00010000000000010000ffff");
        assertThat(sent().length() / 2).isEqualTo(300_000 - 262144 + Frame.BYTES);
        assertThat(written).isCompleted();
    }

    @Test
    void framesAlternateBetweenStreams() {
        YamuxSession session = session(true);
        YamuxStream first = session.open().join();
        YamuxStream second = session.open().join();
        sent();
        first.write(ByteBuffer.allocate(100_000));
        second.write(bytes("x"));
        String frames = sent();
        assertThat(frames.indexOf("000000000000000300000001")).isLessThan(2 * 70_000);
    }

    @Test
    void onlySoManyUnacknowledgedStreamsAreOpened() {
        YamuxSession session = session(true);
        List<CompletableFuture<YamuxStream>> opens = new ArrayList<>();
        for (int i = 0; i < 258; i++) {
            opens.add(session.open());
        }
        assertThat(opens.get(255)).isCompleted();
        assertThat(opens.get(256)).isNotDone();
        receive(vector("accept stream 1"));
        assertThat(opens.get(256)).isCompleted();
        opens.get(5).join().reset(0);
        assertThat(opens.get(257)).isCompleted();
    }

    @Test
    void aResetFailsReadsAndWritesWithItsCode() {
        session(false);
        receive(vector("open stream 1 (dialer)") + vector("data on stream 1, 5 bytes"));
        YamuxStream stream = opened.get(0);
        receive(vector("RST stream 1 code 0x1001"));
        assertThatThrownBy(() -> stream.read().join())
                .cause()
                .isInstanceOfSatisfying(
                        NetworkException.class, e -> assertThat(e.resetCode()).isEqualTo(0x1001));
        assertThatThrownBy(() -> stream.write(bytes("x")).join()).hasMessageContaining("reset by the peer");
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void dataOfAPeerThatEndedSurvivesTheConnection() {
        session(false);
        receive(vector("open stream 1 (dialer)") + vector("data on stream 1, 5 bytes") + vector("FIN stream 1"));
        channel.close();
        assertThat(opened.get(0).read().join()).contains(bytes("hello"));
        assertThat(opened.get(0).read().join()).isEqualTo(Optional.empty());
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void anAcknowledgementWaitsForTheFirstAnswerAndLeavesWithIt() {
        session(false);
        receive(vector("open stream 1 (dialer)"));
        assertThat(sent()).as("nobody waits for it").isEmpty();
        opened.get(0).write(bytes("hello"));
        assertThat(sent()).isEqualTo(vector("accept stream 1") + vector("data on stream 1, 5 bytes"));
        assertThat(sentSoon()).as("once").isEmpty();
    }

    @Test
    void theEndOfAStreamThatThePeerHasEndedLeavesSoonIfNobodyWaitsForIt() {
        YamuxSession session = session(false);
        receive(vector("open stream 1 (dialer)") + vector("FIN stream 1"));
        sentSoon();
        opened.get(0).closeLazily();
        assertThat(session.streamCount()).isZero();
        assertThat(sent()).isEmpty();
        assertThat(sentSoon()).isEqualTo(vector("FIN stream 1"));
    }

    @Test
    void theEndOfAStreamThatThePeerHasNotEndedLeavesAtOnce() {
        session(false);
        receive(vector("open stream 1 (dialer)"));
        sentSoon();
        opened.get(0).closeLazily();
        assertThat(sent()).isEqualTo(vector("FIN stream 1"));
    }

    @Test
    void dataBeyondTheWindowEndsTheSession() {
        session(false);
        receive(vector("open stream 1 (dialer)"));
        sentSoon();
        receive("000000000000000100040001");
        assertThat(sent()).isEqualTo("000300000000000000000001");
        assertThat(closed.get(0)).hasMessageContaining("window 262144");
    }

    @Test
    void brokenFramesEndTheSession() {
        for (String bad : List.of(
                "010000000000000100000000", // version
                "000400000000000100000000", // type
                "000100010000000200000000", // an id of ours
                "000100000000000000000000", // stream frame for the session
                "000100010000000100000000000100010000000100000000", // opened twice
                "0001000100000001000000000001000000000001000000010001000000000001ffffffff" // window overflow
                )) {
            closed.clear();
            session(false);
            receive(bad);
            assertThat(closed).as(bad).hasSize(1);
            assertThat(closed.get(0).reason()).isEqualTo(Reason.PROTOCOL_VIOLATION);
            assertThat(channel.isOpen()).isFalse();
        }
    }

    @Test
    void framesForUnknownStreamsAreSkipped() {
        session(false);
        receive(data(7, new byte[100]) + vector("RST stream 1 code 0") + vector("ping request 0"));
        assertThat(sent()).isEqualTo(vector("ping reply 0"));
    }

    @Test
    void tooManyStreamsAreReset() {
        session(false);
        for (int i = 0; i < 301; i++) {
            receive(String.format("00010001%08x00000000", 2 * i + 1));
        }
        assertThat(opened).hasSize(300);
        assertThat(sent()).endsWith(String.format("00010008%08x00001002", 601));
    }

    @Test
    void unreadDataOfAllStreamsIsBounded() {
        session(false);
        for (int i = 0; i < 5; i++) {
            receive(String.format("00010001%08x00000000", 2 * i + 1));
            receive(data(2 * i + 1, new byte[256 * 1024]));
        }
        assertThat(budget.heldBytes()).isEqualTo(1 << 20);
        assertThat(opened.get(4).read())
                .failsWithin(1, TimeUnit.SECONDS)
                .withThrowableThat()
                .havingCause()
                .withMessageContaining("too many received bytes");
        opened.get(0).close();
        assertThat(budget.heldBytes()).isEqualTo(768 * 1024);
    }

    @Test
    void smallFramesAreHeldTogether() {
        ReceiveQueue queue = new ReceiveQueue();
        for (int i = 0; i < 40_000; i++) {
            queue.add(Unpooled.wrappedBuffer(new byte[] {(byte) i}), 1);
        }
        int chunks = 0;
        int total = 0;
        for (ByteBuffer next = queue.poll(); next != null; next = queue.poll()) {
            chunks++;
            while (next.hasRemaining()) {
                assertThat(next.get()).isEqualTo((byte) total++);
            }
        }
        assertThat(total).isEqualTo(40_000);
        assertThat(chunks).isLessThan(6);
    }

    @Test
    void aStreamLeftToItselfIsResetAfterAWhile() {
        session(false);
        receive(vector("open stream 1 (dialer)"));
        sentSoon();
        opened.get(0).close();
        assertThat(sent()).isEqualTo(vector("FIN stream 1"));
        receive("000200020000000000000001");
        channel.advanceTimeBy(61, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(sent()).contains(vector("RST stream 1 code 0"));
    }

    @Test
    void garbageEndsTheSessionOrIsIgnoredButNeverThrows() {
        Random random = new Random(11);
        for (int round = 0; round < 500; round++) {
            closed.clear();
            session(random.nextBoolean());
            byte[] garbage = new byte[random.nextInt(400)];
            random.nextBytes(garbage);
            for (int at = 0; at + 4 < garbage.length; at += 12) {
                garbage[at] = 0;
                garbage[at + 1] = (byte) random.nextInt(5);
                garbage[at + 2] = 0;
                garbage[at + 3] = (byte) random.nextInt(16);
            }
            channel.writeInbound(Unpooled.wrappedBuffer(garbage));
            channel.runPendingTasks();
            channel.checkException();
            channel.finishAndReleaseAll();
        }
        assertThat(budget.heldBytes()).isZero();
    }
}
