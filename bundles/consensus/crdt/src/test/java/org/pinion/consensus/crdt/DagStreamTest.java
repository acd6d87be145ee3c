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
package org.pinion.consensus.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.exec.ExecutorsComponent;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamHandler;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.flow.Cursor;

class DagStreamTest {
    private static final Settings OPEN = TestPeer.settings(Map.of());
    private static final int CHAIN = 1500;

    @TempDir
    Path folder;

    private final MemoryNetwork network = new MemoryNetwork();
    private final List<TestPeer> peers = new ArrayList<>();
    private final ExecutorsComponent executors = new ExecutorsComponent();
    private TestPeer source;

    @BeforeEach
    void startSource() {
        source = start("source", OPEN);
    }

    @AfterEach
    void stop() {
        peers.forEach(TestPeer::close);
        network.close();
        executors.close();
    }

    private TestPeer start(String name, Settings settings) {
        TestPeer peer = TestPeer.start(network, folder.resolve(name), settings);
        peers.add(peer);
        return peer;
    }

    private void makeChain(int length) {
        for (int i = 0; i < length; i++) {
            source.pin(i, "n" + i).join();
        }
    }

    /** The source's streams are something else. */
    private void sourceSends(StreamHandler handler) {
        network.handle(source.id, DagStream.PROTOCOL, handler);
    }

    /** Everything that is to be equal: nodes, set, heads, and that nothing is wanted. */
    private static Map<String, String> content(TestPeer peer) {
        Map<String, String> all = new TreeMap<>();
        for (Space space : List.of(Space.DAG, Space.ELEMENTS, Space.PINS, Space.INDEX)) {
            rows(peer, space, new byte[0], null, all);
        }
        rows(peer, Space.META, Rows.HEADS, Rows.endOf(Rows.HEADS), all);
        rows(peer, Space.META, Rows.WANTED, Rows.endOf(Rows.WANTED), all);
        return all;
    }

    private static void rows(TestPeer peer, Space space, byte[] from, byte[] to, Map<String, String> target) {
        HexFormat hex = HexFormat.of();
        try (Cursor<Row> rows = peer.store().scan(space, from, to)) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                target.put(space + hex.formatHex(row.key()), hex.formatHex(row.value()));
            }
        }
    }

    private void awaitEqual(TestPeer joiner) {
        TestPeer.await("all pins, there are " + source.pins.size(), () -> joiner.pins.size() == source.pins.size());
        TestPeer.await("the same rows", () -> content(joiner).equals(content(source)));
    }

    @Test
    void aDeepChainComesAsOneStream() {
        makeChain(CHAIN);

        TestPeer joiner = start("joiner", OPEN);

        awaitEqual(joiner);
        assertThat(network.streams()).isEqualTo(1);
        assertThat(network.exchanged()).as("the head and no other").isLessThan(10);
        TestPeer.await("all of them told", () -> joiner.events().size() == CHAIN);
    }

    @Test
    void fewLargeDeltasOfManyClientsComeWhole() {
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            writes.add(source.pin(i, "n" + i));
        }
        writes.forEach(CompletableFuture::join);

        TestPeer joiner = start("joiner", OPEN);

        awaitEqual(joiner);
        TestPeer.await("all of them told", () -> joiner.events().size() == 3000);
    }

    @Test
    void aSourceThatIsBusyWithOthersIsNotWaitedFor() {
        makeChain(200);
        DagSource busy = source();
        List<MemoryStream[]> others = new ArrayList<>();
        for (int i = 0; i < DagSource.MAX_STREAMS; i++) {
            MemoryStream[] ends = MemoryStream.pair(DagStream.PROTOCOL, TestPeer.newId(), source.id);
            others.add(ends);
            busy.accept(ends[1]);
        }
        sourceSends(busy::accept);

        TestPeer joiner = start("joiner", OPEN);

        awaitEqual(joiner);
        others.forEach(ends -> ends[0].reset(Stream.RESET_NONE));
    }

    @Test
    void aDagWithRemovalsAndBranchesComesAsAStream() {
        long seed = 7;
        Random random = new Random(seed);
        TestPeer other = start("other", OPEN);
        for (int round = 0; round < 20; round++) {
            network.cutOff(other.id, round % 2 == 0);
            for (int i = 0; i < 20; i++) {
                TestPeer peer = random.nextBoolean() ? source : other;
                int number = random.nextInt(60);
                (random.nextInt(3) == 0 ? peer.unpin(number) : peer.pin(number, "r" + round + "." + i)).join();
            }
        }
        network.cutOff(other.id, false);
        source.pin(1000, "last of one").join();
        other.pin(1001, "last of the other").join();
        TestPeer.await("one set", () -> content(source).equals(content(other)));
        int before = network.streams();

        TestPeer joiner = start("joiner", OPEN);

        awaitEqual(joiner);
        assertThat(network.streams()).isGreaterThan(before);
    }

    @Test
    void aPeerThatWasAwayCatchesUpAsAStream() {
        makeChain(10);
        TestPeer joiner = start("joiner", OPEN);
        awaitEqual(joiner);
        network.cutOff(joiner.id, true);
        for (int i = 10; i < 600; i++) {
            source.pin(i, "n" + i).join();
        }
        network.cutOff(joiner.id, false);
        source.pin(600, "one more").join();

        awaitEqual(joiner);
        assertThat(network.exchanged()).isLessThan(300);
    }

    @Test
    void aStreamThatEndsMidwayIsGoneOnWith() {
        makeChain(CHAIN);
        DagSource honest = source();
        AtomicInteger streams = new AtomicInteger();
        sourceSends(stream -> {
            streams.incrementAndGet();
            honest.accept(new Cut(stream, 40_000));
        });

        TestPeer joiner = start("joiner", OPEN);

        awaitEqual(joiner);
        assertThat(streams.get()).isPositive();
    }

    @Test
    void aSourceOfGarbageIsLeftAlone() {
        makeChain(100);
        sourceSends(stream -> {
            stream.write(ByteBuffer.wrap(new byte[] {5, 1, 2, 3, 4, 5}));
            stream.closeWrite();
        });

        TestPeer joiner = start("joiner", OPEN);

        awaitEqual(joiner);
        assertThat(network.streams()).isLessThanOrEqualTo(2);
    }

    @Test
    void aSourceThatNamesALengthOfGigabytesIsLeftAlone() {
        makeChain(100);
        sourceSends(stream ->
                stream.write(ByteBuffer.wrap(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0x7f})));

        TestPeer joiner = start("joiner", OPEN);

        awaitEqual(joiner);
        assertThat(network.streams()).isLessThanOrEqualTo(2);
    }

    @Test
    void nodesThatNobodyWantsAreNotMergedAndEndTheStream() {
        makeChain(100);
        AtomicLong sent = new AtomicLong();
        sourceSends(stream -> sendForEver(stream, sent));

        TestPeer joiner = start("joiner", OPEN);

        awaitEqual(joiner);
        assertThat(joiner.names()).doesNotContainValue("forged");
        assertThat(sent.get()).as("what fits into the windows").isLessThan(20_000);
    }

    @Test
    void aSourceThatSendsNothingIsGivenUp() {
        makeChain(100);
        sourceSends(stream -> {});

        TestPeer joiner = start("joiner", OPEN);

        awaitEqual(joiner);
    }

    @Test
    void aPeerThatIsNotTrustedIsNotAsked() {
        makeChain(100);
        TestPeer joiner = start("joiner", TestPeer.settings(Map.of("trusted.peers", source.id.toString())));
        awaitEqual(joiner);
        int before = network.streams();
        TestPeer stranger = start("stranger", OPEN);
        awaitEqual(stranger);
        network.cutOff(source.id, true);
        AtomicInteger asked = new AtomicInteger();
        network.handle(stranger.id, DagStream.PROTOCOL, stream -> asked.incrementAndGet());
        for (int i = 100; i < 200; i++) {
            stranger.pin(i, "n" + i).join();
        }
        joiner.pin(300, "own").join();

        TestPeer.await("the stranger has it", () -> stranger.pins.size() == 201);
        assertThat(asked.get()).isZero();
        assertThat(joiner.pins.size()).isEqualTo(101);
        assertThat(before).isEqualTo(1);
    }

    private static void sendForEver(Stream stream, AtomicLong sent) {
        byte[] forged = DagNode.create(
                        List.of(),
                        new Delta(
                                List.of(Delta.Element.put(SetKey.of("/forged" + sent.incrementAndGet()), new byte[20])),
                                List.of(),
                                1))
                .bytes();
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        try {
            DagStream.writeFrame(frame, forged);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        stream.write(ByteBuffer.wrap(frame.toByteArray())).whenCompleteAsync((done, error) -> {
            if (error == null) {
                sendForEver(stream, sent);
            }
        });
    }

    private DagSource source() {
        return new DagSource(source::store, executors.workers("test.streams", 3, 1), System::nanoTime);
    }

    /** Breaks after so many bytes. */
    private static final class Cut implements Stream {
        private final Stream stream;
        private int left;

        Cut(Stream stream, int bytes) {
            this.stream = stream;
            left = bytes;
        }

        @Override
        public String protocol() {
            return stream.protocol();
        }

        @Override
        public Connection connection() {
            return stream.connection();
        }

        @Override
        public CompletionStage<Optional<ByteBuffer>> read() {
            return stream.read();
        }

        @Override
        public CompletionStage<Void> write(ByteBuffer data) {
            left -= data.remaining();
            if (left < 0) {
                stream.write(data.slice(data.position(), data.remaining() / 2));
                stream.closeWrite();
            }
            return left < 0 ? CompletableFuture.failedFuture(new IOException("cut")) : stream.write(data);
        }

        @Override
        public CompletionStage<Void> closeWrite() {
            return stream.closeWrite();
        }

        @Override
        public void reset(long code) {}

        @Override
        public void close() {
            stream.close();
        }
    }

    @Test
    void anyBytesAreEitherARequestOrRefused() throws IOException {
        long seed = 3;
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            try {
                DagStream.readRequest(new ByteArrayInputStream(bytes));
            } catch (IOException expected) {
                assertThat(expected).hasMessageNotContaining("null");
            }
        }
        assertThatThrownBy(() -> DagStream.readFrame(
                        new ByteArrayInputStream(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, 1}), 100))
                .hasMessageContaining("the limit is 100");
    }

    @Test
    void aRequestIsReadAsItWasWritten() throws IOException {
        List<Cid> wanted = List.of(
                DagNode.create(List.of(), new Delta(List.of(), List.of(), 1)).cid());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DagStream.write(out, new DagStream.Request(wanted, List.of()));

        assertThat(DagStream.readRequest(new ByteArrayInputStream(out.toByteArray())))
                .isEqualTo(new DagStream.Request(wanted, List.of()));
    }

    @Test
    void aFullSetOfFingerprintsTakesNoMore() {
        DagSource.Fingerprints seen = new DagSource.Fingerprints(5000);
        for (int i = 0; i < 5000; i++) {
            assertThat(seen.add(hash(i))).isTrue();
            assertThat(seen.add(hash(i))).isFalse();
        }
        assertThat(seen.add(hash(5000))).isFalse();
    }

    private static Multihash hash(int number) {
        return Multihash.sha256(ByteBuffer.allocate(4).putInt(number).array());
    }
}
