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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;

class ReplicaTest {
    @Test
    void peersThatWriteAndHearInAnyOrderConverge() {
        for (int seed = 0; seed < (Boolean.getBoolean("pinion.long") ? 3_000 : 150); seed++) {
            converge(seed);
        }
    }

    private static void converge(long seed) {
        Random random = new Random(seed);
        List<TestReplica> peers = List.of(new TestReplica(), new TestReplica(), new TestReplica());
        Map<Cid, byte[]> blocks = new HashMap<>();
        for (int step = 0; step < 60; step++) {
            TestReplica peer = peers.get(random.nextInt(3));
            if (random.nextInt(3) > 0) {
                write(peer, random, blocks);
            } else {
                TestReplica other = peers.get(random.nextInt(3));
                hearSome(peer, other, blocks, random);
            }
            if (random.nextInt(20) == 0) {
                peer.reopen();
            }
        }
        for (int round = 0; round < 3; round++) {
            for (TestReplica peer : peers) {
                for (TestReplica other : peers) {
                    peer.hear(other.replica.heads().cids(), blocks::get, random);
                }
                for (Cid left = next(peer); left != null; left = next(peer)) {
                    peer.merge(left, blocks::get, false);
                }
            }
        }
        TreeMap<String, String> expected = model(blocks.values());
        for (TestReplica peer : peers) {
            assertThat(peer.values()).as("seed %d", seed).isEqualTo(expected);
            assertThat(peer.replica.heads().cids())
                    .as("seed %d", seed)
                    .isEqualTo(peers.get(0).replica.heads().cids());
            assertThat(peer.pinList())
                    .as("seed %d", seed)
                    .isEqualTo(peers.get(0).pinList());
            assertThat((long) peer.pinList().size()).as("seed %d", seed).isEqualTo(peer.pins.size());
            assertThat(peer.pinList()).as("seed %d", seed).hasSize(expected.size());
            assertThat(peer.replica.heads().cids()).as("seed %d", seed).isEqualTo(heads(blocks));
            assertThat(afterChanges(peer)).as("seed %d", seed).isEqualTo(Set.copyOf(peer.pinList()));
        }
    }

    private static Cid next(TestReplica peer) {
        List<Cid> wanted = peer.replica.wanted(1, null, Set.of());
        return wanted.isEmpty() ? null : wanted.get(0);
    }

    private static void write(TestReplica peer, Random random, Map<Cid, byte[]> blocks) {
        List<Operation> group = new ArrayList<>();
        Set<Integer> numbers = new HashSet<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int number = random.nextInt(6);
            if (numbers.add(number)) {
                Pin pin = pin(number, "n" + random.nextInt(100));
                group.add(random.nextInt(3) == 0 ? TestReplica.remove(pin) : TestReplica.put(pin));
            }
        }
        Replica.Written written = peer.replica.commit(group);
        peer.changes.addAll(written.changes());
        written.nodes().forEach(node -> blocks.put(node, peer.block(node)));
    }

    /** Hears of the heads of another peer, but fetches only some of what is below. */
    private static void hearSome(TestReplica peer, TestReplica other, Map<Cid, byte[]> blocks, Random random) {
        for (Cid head : other.replica.heads().cids()) {
            if (!peer.replica.has(head.multihash())) {
                peer.merge(head, blocks::get, true);
            }
        }
        for (int i = random.nextInt(6); i > 0; i--) {
            Cid next = next(peer);
            if (next != null) {
                peer.merge(next, blocks::get, false);
            }
        }
    }

    /** What a listener knows that heard of every change. */
    private static Set<Pin> afterChanges(TestReplica peer) {
        Map<Cid, Pin> pins = new HashMap<>();
        for (PinUpdates.Change change : peer.changes) {
            if (change.pinned()) {
                pins.put(change.pin().cid(), change.pin());
            } else {
                pins.remove(change.pin().cid());
            }
        }
        return Set.copyOf(pins.values());
    }

    /** The rules in the shortest form: of all elements that no tombstone names, the highest, then the greatest. */
    private static TreeMap<String, String> model(Iterable<byte[]> blocks) {
        Set<String> dead = new HashSet<>();
        List<DagNode> nodes = new ArrayList<>();
        for (byte[] block : blocks) {
            DagNode node = DagNode.parse(Multihash.sha256(block), block);
            nodes.add(node);
            node.delta().tombstones().forEach(tombstone -> dead.add(tombstone.key() + " " + tombstone.block()));
        }
        TreeMap<String, Long> priorities = new TreeMap<>();
        TreeMap<String, byte[]> values = new TreeMap<>();
        for (DagNode node : nodes) {
            for (Delta.Element element : node.delta().elements()) {
                if (dead.contains(element.key() + " " + node.hash())) {
                    continue;
                }
                long priority = priorities.getOrDefault(element.key(), 0L);
                int order = Long.compareUnsigned(node.delta().priority(), priority);
                if (order > 0 || order == 0 && Arrays.compareUnsigned(element.value(), values.get(element.key())) > 0) {
                    priorities.put(element.key(), node.delta().priority());
                    values.put(element.key(), element.value());
                }
            }
        }
        TreeMap<String, String> texts = new TreeMap<>();
        values.forEach((key, value) -> texts.put(key, new String(value, StandardCharsets.ISO_8859_1)));
        return texts;
    }

    /** The nodes that no other node links to. */
    private static List<Cid> heads(Map<Cid, byte[]> blocks) {
        Set<Cid> heads = new HashSet<>(blocks.keySet());
        blocks.forEach(
                (cid, block) -> DagNode.parse(cid.multihash(), block).parents().forEach(heads::remove));
        return heads.stream().sorted().toList();
    }

    @Test
    void aNodeThatCameTwiceChangesNothing() {
        TestReplica one = new TestReplica();
        TestReplica two = new TestReplica();
        Cid node = one.replica
                .commit(List.of(TestReplica.put(pin(1, "a"))))
                .nodes()
                .get(0);
        two.merge(node, one::block, true);
        two.changes.clear();

        two.merge(node, one::block, true);

        assertThat(two.changes).isEmpty();
        assertThat(two.replica.heads().cids()).containsExactly(node);
    }

    @Test
    void aRestartInTheMiddleOfAWalkGoesOnWithWhatIsMissing() {
        TestReplica one = new TestReplica();
        List<Cid> chain = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            chain.addAll(
                    one.replica.commit(List.of(TestReplica.put(pin(i, "a")))).nodes());
        }
        TestReplica two = new TestReplica();
        two.merge(chain.get(9), one::block, true);
        two.merge(chain.get(8), one::block, false);

        two.reopen();

        assertThat(two.replica.wanted(10, null, Set.of())).containsExactly(chain.get(7));
        assertThat(two.replica.heads().cids()).containsExactly(chain.get(9));
        for (int i = 7; i >= 0; i--) {
            two.merge(chain.get(i), one::block, false);
        }
        assertThat(two.replica.wanted(10, null, Set.of())).isEmpty();
        assertThat(two.pins.size()).isEqualTo(10);
    }

    @Test
    void removingAnUnknownPinWritesNothing() {
        TestReplica peer = new TestReplica();

        Replica.Written written = peer.replica.commit(List.of(TestReplica.remove(pin(1, "a"))));

        assertThat(written.nodes()).isEmpty();
        assertThat(peer.store.rows(Space.DAG)).isEmpty();
    }

    @Test
    void aBigGroupIsCutIntoNodesThatOthersCanFetch() {
        TestReplica peer = new TestReplica();
        List<Operation> group = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            group.add(TestReplica.put(pin(i, "x".repeat(50_000))));
        }

        List<Cid> nodes = peer.replica.commit(group).nodes();

        assertThat(nodes).hasSize(4);
        assertThat(nodes).allSatisfy(node -> assertThat(peer.block(node)).hasSizeLessThan(600 << 10));
        assertThat(peer.replica.heads().cids()).containsExactly(nodes.get(3));
        assertThat(peer.pins.size()).isEqualTo(40);

        group.replaceAll(operation -> new Operation(operation.key(), null, operation.done()));
        peer.replica.commit(group);
        assertThat(peer.pins.size()).isZero();
        assertThat(peer.store.rows(Space.ELEMENTS).keySet()).allMatch(row -> row[0] == 't');
    }

    @Test
    void aValueThatIsNoPinIsKeptInTheSetAndLeftOutOfThePins() {
        TestReplica one = new TestReplica();
        TestReplica two = new TestReplica();
        Pin pin = pin(1, "a");
        one.replica.commit(List.of(TestReplica.put(pin)));
        List<Cid> bad = one.commit(Map.of(SetKey.of(pin.cid()).text(), new byte[] {9, 9}));
        assertThat(one.pins.size()).isZero();

        two.hear(bad, one::block, new Random(1));

        assertThat(two.pins.size()).isZero();
        assertThat(two.values()).isEqualTo(one.values()).hasSize(1);
    }

    @Test
    void loggedOperationsAreInThePinSetAtOnceAndInOneNodeLater() {
        TestReplica peer = new TestReplica();
        peer.replica.append(List.of(TestReplica.put(pin(1, "a")), TestReplica.put(pin(2, "b"))));
        peer.replica.append(List.of(TestReplica.put(pin(1, "c")), TestReplica.remove(pin(2, ""))));
        assertThat(peer.pinList()).containsExactly(stored(pin(1, "c")));
        assertThat(peer.store.rows(Space.DAG)).isEmpty();

        peer.reopen();
        assertThat(peer.replica.operations().size()).isOne();
        Replica.Written written = peer.replica.flushLog();

        assertThat(written.nodes()).hasSize(1);
        assertThat(written.changes()).isEmpty();
        assertThat(peer.pinList()).containsExactly(stored(pin(1, "c")));
        assertThat(peer.values()).hasSize(1);
        assertThat(peer.replica.operations().size()).isZero();
        peer.reopen();
        assertThat(peer.replica.operations().size()).isZero();
    }

    @Test
    void aLoggedRemovalTakesBackOnlyWhatItSaw() {
        TestReplica one = new TestReplica();
        TestReplica two = new TestReplica();
        List<Cid> first =
                one.replica.commit(List.of(TestReplica.put(pin(1, "old")))).nodes();
        two.hear(first, one::block, new Random(1));
        one.replica.append(List.of(TestReplica.remove(pin(1, ""))));
        assertThat(one.pins.size()).isZero();

        List<Cid> later =
                two.replica.commit(List.of(TestReplica.put(pin(1, "new")))).nodes();
        one.hear(later, two::block, new Random(1));
        assertThat(one.pinList()).containsExactly(stored(pin(1, "new")));

        List<Cid> removal = one.replica.flushLog().nodes();
        two.hear(removal, one::block, new Random(1));
        assertThat(one.pinList()).containsExactly(stored(pin(1, "new")));
        assertThat(two.pinList()).isEqualTo(one.pinList());
        assertThat(two.values()).isEqualTo(one.values());
    }

    @Test
    void aLoggedPutIsNotHiddenByWhatArrivesMeanwhile() {
        TestReplica one = new TestReplica();
        TestReplica two = new TestReplica();
        one.replica.append(List.of(TestReplica.put(pin(1, "mine"))));
        List<Cid> other =
                two.replica.commit(List.of(TestReplica.put(pin(1, "other")))).nodes();

        one.hear(other, two::block, new Random(1));
        assertThat(one.pinList()).containsExactly(stored(pin(1, "mine")));

        two.hear(one.replica.flushLog().nodes(), one::block, new Random(1));
        assertThat(two.pinList()).isEqualTo(one.pinList()).containsExactly(stored(pin(1, "mine")));
    }

    @Test
    void importedPinsBecomePartOfTheDagAndChangesSinceThenStay() {
        TestReplica source = new TestReplica();
        for (int i = 0; i < 6000; i++) {
            source.replica.append(List.of(TestReplica.put(pin(i, "x".repeat(60)))));
        }
        TestReplica peer = new TestReplica();
        peer.store.rows(Space.PINS).putAll(source.store.rows(Space.PINS));
        peer.store.rows(Space.INDEX).putAll(source.store.rows(Space.INDEX));
        peer.store.rows(Space.META).clear();
        source.store.rows(Space.META).forEach((key, value) -> {
            if (TestReplica.startsWith(key, "state/".getBytes(StandardCharsets.US_ASCII))) {
                peer.store.rows(Space.META).put(key, value);
            }
        });
        peer.pins.setStore(peer.store);
        peer.reopen();
        assertThat(peer.replica.hasPinsToAdopt()).isTrue();

        peer.replica.adopt();
        peer.reopen();
        List<Pin> pins = peer.pinList();
        peer.replica.commit(List.of(
                TestReplica.remove(pins.get(0)),
                TestReplica.remove(pins.get(5999)),
                TestReplica.put(pins.get(5998).withOptions(PinOptions.NONE))));
        while (peer.replica.hasPinsToAdopt()) {
            peer.replica.adopt();
        }

        assertThat(peer.pins.size()).isEqualTo(5998);
        assertThat(peer.values()).hasSize(5998);
        TestReplica other = new TestReplica();
        other.hear(peer.replica.heads().cids(), peer::block, new Random(1));
        assertThat(other.pinList()).isEqualTo(peer.pinList()).hasSize(5998);
    }

    @Test
    void dataOfALaterVersionAreRefused() {
        TestReplica peer = new TestReplica();
        peer.store.write(new WriteBatch().put(Space.META, Rows.VERSION, new byte[] {2}), Durability.SYNC);

        assertThatThrownBy(peer::reopen)
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE))
                .hasMessageContaining("version 2");
    }

    static Pin stored(Pin pin) {
        TestReplica any = new TestReplica();
        return any.codec.decode(any.codec.encode(pin));
    }

    static Pin pin(int number, String name) {
        byte[] seed = {(byte) number, (byte) (number >> 8), (byte) (number >> 16)};
        Cid cid = Cid.v1(Cid.RAW, Multihash.sha256(seed));
        return Pin.of(cid, PinOptions.builder().name(name).replication(-1, -1).build());
    }
}
