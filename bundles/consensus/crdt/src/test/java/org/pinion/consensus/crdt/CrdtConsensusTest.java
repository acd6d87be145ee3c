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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.flow.Cursor;

class CrdtConsensusTest {
    private static final Settings OPEN = TestPeer.settings(Map.of());

    @TempDir
    Path folder;

    private final MemoryNetwork network = new MemoryNetwork();
    private final List<TestPeer> peers = new ArrayList<>();

    @AfterEach
    void stop() {
        peers.forEach(TestPeer::close);
        network.close();
    }

    private TestPeer start(String name, Settings settings) {
        TestPeer peer = TestPeer.start(network, folder.resolve(name), settings);
        peers.add(peer);
        return peer;
    }

    private void stop(TestPeer peer) {
        peers.remove(peer);
        peer.close();
    }

    @Test
    void aCompletedPinIsReadableAtOnceAndHeardOf() {
        TestPeer peer = start("a", OPEN);

        peer.pin(1, "one").join();
        assertThat(peer.names()).containsValue("one");
        peer.unpin(1).join();
        peer.unpin(1).join();

        assertThat(peer.names()).isEmpty();
        assertThat(peer.events()).containsExactly("+one", "-one");
    }

    @Test
    void threePeersThatWriteAtOnceEndWithOnePinSet() {
        long seed = 1;
        List<TestPeer> three = List.of(start("a", OPEN), start("b", OPEN), start("c", OPEN));
        Random random = new Random(seed);
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            TestPeer peer = three.get(random.nextInt(3));
            int number = random.nextInt(150);
            writes.add(random.nextInt(4) == 0 ? peer.unpin(number) : peer.pin(number, "n" + i));
        }
        writes.forEach(CompletableFuture::join);

        TestPeer.await(
                "one pin set, seed " + seed,
                () -> three.get(0).names().equals(three.get(1).names())
                        && three.get(0).names().equals(three.get(2).names()));
        assertThat(three.get(0).names()).isNotEmpty();
        assertThat(three.get(0).pins.size())
                .isEqualTo(three.get(0).names().size())
                .isEqualTo(three.get(1).pins.size());
    }

    @Test
    void aNewcomerGetsEverythingWithoutANewWrite() {
        TestPeer old = start("a", OPEN);
        for (int i = 0; i < 300; i++) {
            old.pin(i, "n" + i).join();
        }

        TestPeer newcomer = start("b", OPEN);

        TestPeer.await("300 pins", () -> newcomer.pins.size() == 300);
        assertThat(newcomer.names()).isEqualTo(old.names());
    }

    @Test
    void whatOnePeerMissedWhileItWasAwayArrivesWhenItIsBack() {
        TestPeer one = start("a", OPEN);
        TestPeer two = start("b", OPEN);
        one.pin(1, "one").join();
        TestPeer.await("first pin", () -> two.pins.size() == 1);
        network.cutOff(two.id, true);
        one.pin(2, "two").join();
        two.pin(3, "three").join();
        two.unpin(1).join();

        network.cutOff(two.id, false);
        one.pin(4, "four").join();
        two.pin(5, "five").join();

        TestPeer.await("healed", () -> one.names().equals(two.names()) && one.pins.size() == 4);
        assertThat(one.names().values()).containsExactlyInAnyOrder("two", "three", "four", "five");
    }

    @Test
    void everyAcknowledgedOperationOfAKilledPeerIsThereAfterItsRestart() throws Exception {
        TestPeer peer = start("a", OPEN);
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            writes.add(peer.pin(i, "n" + i));
        }
        writes.get(1000).join();
        // the files as a process leaves them that is killed now
        List<Integer> acknowledged = IntStream.range(0, 2000)
                .filter(i -> writes.get(i).isDone())
                .boxed()
                .toList();
        copy(folder.resolve("a"), folder.resolve("killed"));
        writes.forEach(CompletableFuture::join);

        TestPeer restarted = start("killed", OPEN);

        assertThat(restarted.names().values())
                .containsAll(acknowledged.stream().map(i -> "n" + i).toList());
        assertThat(restarted.pins.size()).isEqualTo(restarted.names().size());
        restarted.pin(5000, "more").join();
        assertThat(restarted.names()).containsValue("more");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.sorted().toList()) {
                if (Files.exists(file)) {
                    Files.copy(file, to.resolve(from.relativize(file).toString()));
                }
            }
        }
    }

    @Test
    void aWalkThatFailedInTheMiddleIsFinishedAfterARestart() {
        TestPeer one = start("a", OPEN);
        for (int i = 0; i < 30; i++) {
            one.pin(i, "n" + i).join();
        }
        List<Cid> nodes = new ArrayList<>();
        try (Cursor<Row> rows = one.store().scan(Space.DAG, new byte[0], null)) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                DagNode node = DagNode.parse(org.pinion.ipld.multiformats.Multihash.ofBytes(row.key()), row.value());
                if (node.delta().priority() == 15) {
                    nodes.add(node.cid());
                }
            }
        }
        network.lose(nodes::contains);
        network.handle(one.id, DagStream.PROTOCOL, stream -> stream.reset(0));
        TestPeer two = start("b", OPEN);
        TestPeer.await("the newer half", () -> two.pins.size() == 15);
        stop(two);

        network.lose(cid -> false);
        TestPeer again = start("b", OPEN);

        TestPeer.await("all", () -> again.pins.size() == 30);
        assertThat(again.names()).isEqualTo(one.names());
    }

    @Test
    void headsOfUntrustedPeersAreIgnored() {
        TestPeer trusted = start("a", TestPeer.settings(Map.of("trusted.peers", new String[0])));
        TestPeer careful = start("b", TestPeer.settings(Map.of("trusted.peers", trusted.id.toString())));
        TestPeer stranger = start("c", TestPeer.settings(Map.of("trusted.peers", trusted.id.toString())));
        stranger.pin(1, "strange").join();
        trusted.pin(2, "good").join();
        TestPeer.await("the trusted pin", () -> careful.names().containsValue("good"));
        TestPeer.await("the same at the stranger", () -> stranger.pins.size() == 2);

        assertThat(careful.names().values()).containsExactly("good");
        assertThat(trusted.names().values()).containsExactly("good");

        assertThat(careful.consensus.isTrusted(trusted.id)).isTrue();
        assertThat(careful.consensus.isTrusted(careful.id)).isTrue();
        assertThat(careful.consensus.isTrusted(stranger.id)).isFalse();
        assertThat(careful.consensus.isTrusted(TestPeer.newId())).isFalse();
    }

    @Test
    void trustCanBeGivenAndTakenBack() {
        TestPeer peer = start("a", TestPeer.settings(Map.of("trusted.peers", new String[0])));
        PeerId other = TestPeer.newId();

        assertThat(peer.consensus.isTrusted(other)).isFalse();
        peer.consensus.trust(other);
        assertThat(peer.consensus.isTrusted(other)).isTrue();
        peer.consensus.distrust(other);
        assertThat(peer.consensus.isTrusted(other)).isFalse();
        peer.consensus.modified(Map.of("trusted.peers", new String[] {other.toString()}));
        assertThat(peer.consensus.isTrusted(other)).isFalse();
        peer.consensus.trust(other);
        assertThat(peer.consensus.isTrusted(other)).isTrue();
    }

    @Test
    void aMessageInTheOldFormAndGarbageAreBothHandled() {
        TestPeer one = start("a", OPEN);
        one.pin(1, "one").join();
        TestPeer two = start("b", OPEN);
        TestPeer.await("first", () -> two.pins.size() == 1);
        String topic = TopicName.of("ipfs-cluster");
        network.cutOff(one.id, true);
        one.pin(2, "two").join();
        Cid head;
        try (Cursor<Row> rows = one.store().scan(Space.META, Rows.HEADS, Rows.endOf(Rows.HEADS))) {
            head = DagNode.cidOf(org.pinion.ipld.multiformats.Multihash.ofBytes(
                    Rows.suffix(rows.next().key(), Rows.HEADS)));
        }
        network.cutOff(one.id, false);

        network.publish(TestPeer.newId(), topic, new byte[] {1, 2, 3});
        network.publish(TestPeer.newId(), topic, head.bytes());

        TestPeer.await("second", () -> two.pins.size() == 2);
    }

    @Test
    void withBatchingAPinIsDurableAndReadableBeforeItsNodeExists() {
        Settings batching = TestPeer.settings(Map.of("batching.max.batch.size", 100, "batching.max.batch.age", "1h"));
        TestPeer one = start("a", batching);
        TestPeer two = start("b", OPEN);
        for (int i = 0; i < 99; i++) {
            one.pin(i, "n" + i).join();
        }
        assertThat(one.pins.size()).isEqualTo(99);
        assertThat(nodes(one)).isZero();

        one.pin(99, "n99").join();

        TestPeer.await("the batch", () -> two.pins.size() == 100);
        assertThat(nodes(one)).isEqualTo(1);
        assertThat(one.events()).hasSize(100);
    }

    @Test
    void aBatchIsWrittenAtStopAndAfterARestart() throws Exception {
        Settings batching = TestPeer.settings(Map.of("batching.max.batch.size", 100, "batching.max.batch.age", "1h"));
        TestPeer one = start("a", batching);
        one.pin(1, "one").join();
        one.pin(2, "two").join();
        copy(folder.resolve("a"), folder.resolve("killed"));
        stop(one);

        TestPeer killed = start("killed", OPEN);
        assertThat(killed.names().values()).containsExactlyInAnyOrder("one", "two");
        TestPeer stopped = start("a", batching);
        assertThat(nodes(stopped)).isOne();
        TestPeer.await("a node of the log", () -> nodes(killed) > 0);
    }

    private static int nodes(TestPeer peer) {
        int nodes = 0;
        try (Cursor<Row> rows = peer.store().scan(Space.DAG, new byte[0], null)) {
            while (rows.next() != null) {
                nodes++;
            }
        }
        return nodes;
    }

    @Test
    void aFullQueueRefusesAndNothingAcceptedIsLost() {
        TestPeer peer = start("a", TestPeer.settings(Map.of("batching.max.queue.size", 10)));
        List<CompletableFuture<Void>> writes =
                IntStream.range(0, 500).mapToObj(i -> peer.pin(i, "n" + i)).toList();
        int accepted = 0;
        for (CompletableFuture<Void> write : writes) {
            try {
                write.join();
                accepted++;
            } catch (CompletionException e) {
                assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                ClusterException.class,
                                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                        .hasMessageContaining("max_queue_size reached");
            }
        }
        assertThat(peer.pins.size()).isEqualTo(accepted);
    }

    @Test
    void aPinThatFitsIntoNoNodeIsRefused() {
        TestPeer peer = start("a", OPEN);

        assertThatThrownBy(() -> peer.pin(1, "x".repeat(600_000)).join())
                .hasCauseInstanceOf(ClusterException.class)
                .hasMessageContaining("the limit is");
        peer.pin(2, "x".repeat(500_000)).join();
        assertThat(peer.pins.size()).isOne();
    }

    @Test
    void writesAfterTheStopAreRefusedAndWaitingOnesAreDone() {
        TestPeer peer = start("a", OPEN);
        List<CompletableFuture<Void>> writes =
                IntStream.range(0, 200).mapToObj(i -> peer.pin(i, "n" + i)).toList();
        stop(peer);

        assertThat(writes).allMatch(CompletableFuture::isDone);
        assertThatThrownBy(() -> peer.pin(1, "x").join()).hasMessageContaining("shutting down");
        TestPeer again = start("a", OPEN);
        long done = writes.stream()
                .filter(write -> !write.isCompletedExceptionally())
                .count();
        assertThat(again.pins.size()).isEqualTo(done);
    }

    @Test
    void whileTheDatastoreIsAwayWritesWaitAndGoOnWhenItIsBack() {
        TestPeer peer = start("a", OPEN);
        peer.consensus.unsetDatastore(peer.store());
        CompletableFuture<Void> write = peer.pin(1, "one");

        peer.consensus.setDatastore(peer.store());

        write.join();
        assertThat(peer.names()).containsValue("one");
    }

    @Test
    void membershipIsNotDecidedHere() {
        TestPeer peer = start("a", OPEN);

        peer.consensus.addPeer(TestPeer.newId()).toCompletableFuture().join();
        assertThatThrownBy(() -> peer.consensus
                        .removePeer(TestPeer.newId())
                        .toCompletableFuture()
                        .join())
                .hasMessageContaining("crdt consensus component cannot remove peers")
                .hasRootCauseInstanceOf(ClusterException.class)
                .rootCause()
                .extracting(e -> ((ClusterException) e).code().httpStatus())
                .isEqualTo(500);
        assertThat(peer.consensus.leader()).isEmpty();
        assertThat(peer.consensus.peers()).containsExactly(peer.id);
    }

    @Test
    void twentyStopsAndStartsLeaveNoThreadsBehind() {
        start("other", OPEN);
        for (int i = 0; i < 20; i++) {
            TestPeer peer = start("a", OPEN);
            peer.pin(i, "n" + i).join();
            stop(peer);
        }
        long lanes = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("pinion-consensus.crdt"))
                .count();

        // of the other peer: its lane, the one that signs, and those of streams, which end when they are idle
        assertThat(lanes).isLessThanOrEqualTo(2 + 1 + DagSource.MAX_STREAMS);
    }
}
