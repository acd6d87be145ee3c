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

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.consensus.crdt.Delta.Element;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Pin;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.flow.Cursor;
import org.pinion.state.ProtobufPinCodec;

/** DAGs and messages that others made, well-meaning ones of every shape and hostile ones. */
class ForeignDagTest {
    private static final Settings OPEN = TestPeer.settings(Map.of());
    private static final String TOPIC = TopicName.of("ipfs-cluster");

    @TempDir
    Path folder;

    private final MemoryNetwork network = new MemoryNetwork();
    private final Map<Cid, byte[]> blocks = new HashMap<>();
    private final PeerId author = TestPeer.newId();
    private final List<TestPeer> peers = new ArrayList<>();
    private final PrintStream standardError = System.err;
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private int nextPin;

    @BeforeEach
    void serve() {
        network.serve(author, blocks);
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() {
        System.setErr(standardError);
        peers.forEach(TestPeer::close);
        network.close();
    }

    private TestPeer start(String name, Settings settings) {
        TestPeer peer = TestPeer.start(network, folder.resolve(name), settings);
        peers.add(peer);
        return peer;
    }

    private void announce(Cid... heads) {
        network.publish(author, TOPIC, HeadsMessage.encode(List.of(heads)));
    }

    /** A node with so many new pins. */
    private Cid node(int pins, long priority, Cid... parents) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < pins; i++) {
            Pin pin = ReplicaTest.pin(nextPin, "n" + nextPin);
            nextPin++;
            elements.add(Element.put(SetKey.of(pin.cid()), new ProtobufPinCodec().encode(pin)));
        }
        return keep(DagNode.create(List.of(parents), new Delta(elements, List.of(), priority)));
    }

    private Cid keep(DagNode node) {
        blocks.put(node.cid(), node.bytes());
        return node.cid();
    }

    private static List<Cid> heads(TestPeer peer) {
        List<Cid> heads = new ArrayList<>();
        try (Cursor<Row> rows = peer.store().scan(Space.META, Rows.HEADS, Rows.endOf(Rows.HEADS))) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                heads.add(DagNode.cidOf(Multihash.ofBytes(Rows.suffix(row.key(), Rows.HEADS))));
            }
        }
        return heads;
    }

    private long linesWith(String text) {
        return log.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(text))
                .count();
    }

    @Test
    void aDeepChainIsRead() {
        TestPeer peer = start("a", OPEN);
        Cid head = node(1, 1);
        for (int i = 2; i <= 3000; i++) {
            head = node(1, i, head);
        }
        announce(head);

        TestPeer.await("3000 pins", () -> peer.pins.size() == 3000);
        assertThat(heads(peer)).containsExactly(head);
        TestPeer.await("all of them told", () -> peer.events().size() == 3000);
    }

    @Test
    void aWideDagOfLargeNodesIsReadAndANewPinBuildsOnItsHead() {
        TestPeer peer = start("a", OPEN);
        List<Cid> leaves = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            leaves.add(node(20, 1));
        }
        Cid left = node(0, 2, leaves.subList(0, 200).toArray(Cid[]::new));
        Cid right = node(0, 2, leaves.subList(100, 300).toArray(Cid[]::new));
        // a parent twice, and one that is also below another parent
        Cid head = node(5, 3, left, right, right, leaves.get(0));
        announce(head);

        TestPeer.await("6005 pins", () -> peer.pins.size() == 6005);
        assertThat(heads(peer)).containsExactly(head);
        peer.pin(100_000, "ours").join();
        assertThat(heads(peer)).hasSize(1).doesNotContain(head);
    }

    @Test
    void manyHeadsOfOneMessageAreAllRead() {
        TestPeer peer = start("a", OPEN);
        Set<Cid> heads = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            heads.add(node(1, 1));
        }
        announce(heads.toArray(Cid[]::new));

        TestPeer.await("200 pins", () -> peer.pins.size() == 200);
        assertThat(heads(peer)).containsExactlyInAnyOrderElementsOf(heads);

        TestPeer newcomer = start("b", OPEN);
        TestPeer.await("200 pins at a newcomer", () -> newcomer.pins.size() == 200);
        assertThat(heads(newcomer)).containsExactlyInAnyOrderElementsOf(heads);
    }

    @Test
    void aLostNodeIsFetchedByTheNextRepairWithoutARestart() {
        TestPeer peer = start("a", TestPeer.settings(Map.of("repair.interval", "300ms", "rebroadcast.interval", "1h")));
        Cid bottom = node(1, 1);
        Cid middle = node(1, 2, bottom);
        Cid head = node(1, 3, middle);
        network.lose(middle::equals);
        announce(head);
        TestPeer.await("the head's pin", () -> peer.pins.size() == 1);

        network.lose(cid -> false);

        TestPeer.await("all pins", () -> peer.pins.size() == 3);
        assertThat(heads(peer)).containsExactly(head);
    }

    @Test
    void headsAreAnnouncedAgainFromTimeToTime() {
        TestPeer one = start("a", TestPeer.settings(Map.of("rebroadcast.interval", "200ms")));
        TestPeer two = start("b", OPEN);
        network.cutOff(two.id, true);
        one.pin(1, "one").join();
        network.cutOff(two.id, false);

        TestPeer.await("the pin that was missed", () -> two.pins.size() == 1);
    }

    @Test
    void aFollowerReadsAndNeitherWritesNorAnnounces() {
        TestPeer leader = start("a", OPEN);
        TestPeer follower = start("b", TestPeer.settings(Map.of("rebroadcast.interval", "50ms")));
        follower.consensus.follow(true);
        leader.pin(1, "one").join();

        TestPeer.await("the pin", () -> follower.pins.size() == 1);
        assertThatThrownBy(() -> follower.pin(2, "two").join()).hasMessageContaining("follower mode");
        assertThatThrownBy(() -> follower.unpin(1).join()).hasMessageContaining("follower mode");
        network.cutOff(leader.id, true);
        TestPeer newcomer = start("c", OPEN);
        Cid sign = node(1, 9);
        announce(sign);
        TestPeer.await("a later announcement", () -> newcomer.pins.size() == 1);
        assertThat(newcomer.names()).doesNotContainValue("one");
    }

    @Test
    void aBatchIsWrittenWhenItIsFullOrOldEnough() {
        TestPeer bySize =
                start("a", TestPeer.settings(Map.of("batching.max.batch.size", 4, "batching.max.batch.age", "1h")));
        TestPeer byAge = start(
                "b", TestPeer.settings(Map.of("batching.max.batch.size", 1000, "batching.max.batch.age", "50ms")));
        for (int i = 0; i < 9; i++) {
            bySize.pin(i, "n" + i).join();
        }
        TestPeer.await("two full batches", () -> byAge.pins.size() == 8);
        byAge.pin(100, "old").join();

        TestPeer.await("an old batch", () -> bySize.names().containsValue("old"));
        assertThat(bySize.pins.size()).isEqualTo(10);
        assertThat(byAge.names()).doesNotContainValue("n8");
    }

    @Test
    void aDeltaOfAMillionElementsIsLeftOutAndItsAuthorNamedOnce() {
        TestPeer peer = start("a", OPEN);
        byte[] entry = {0x0a, 0x00};
        byte[] delta = new byte[2_000_000];
        for (int i = 0; i < delta.length; i++) {
            delta[i] = entry[i % 2];
        }
        byte[] block = org.pinion.ipld.dag.DagPb.encode(new org.pinion.ipld.dag.PbNode(List.of(), delta));
        Cid huge = DagNode.cidOf(Multihash.sha256(block));
        blocks.put(huge, block);
        Cid garbage = DagNode.cidOf(Multihash.sha256(new byte[] {1}));
        blocks.put(garbage, new byte[] {1, 2, 3});
        Cid above = node(1, 2, huge, garbage);
        announce(huge, garbage, above);
        announce(huge, garbage, above);
        announce(node(1, 3));

        TestPeer.await("what is good", () -> peer.pins.size() == 2);
        announce(huge, garbage);
        announce(node(1, 4));
        TestPeer.await("what comes later", () -> peer.pins.size() == 3);
        assertThat(linesWith(author.toString())).isOne();
    }

    @Test
    void nodesThatLinkToEachOtherAreMergedOnce() {
        // no hash allows this: what if the exchange did not look
        Cid one = DagNode.cidOf(Multihash.sha256(new byte[] {1}));
        Cid two = DagNode.cidOf(Multihash.sha256(new byte[] {2}));
        blocks.put(
                one,
                DagNode.create(List.of(two, one), new Delta(List.of(), List.of(), 2))
                        .bytes());
        blocks.put(
                two,
                DagNode.create(List.of(one), new Delta(List.of(), List.of(), 1)).bytes());
        TestPeer peer = start("a", OPEN);
        announce(one);
        announce(two);
        announce(node(1, 5));

        TestPeer.await("the good one", () -> peer.pins.size() == 1);
        peer.pin(100_000, "ours").join();
        assertThat(peer.pins.size()).isEqualTo(2);
    }

    @Test
    void headsThatNobodyHasDoNotKeepOthersWaiting() {
        Set<Cid> nowhere = Collections.synchronizedSet(new HashSet<>());
        network.stall(nowhere::contains);
        TestPeer peer = start("a", OPEN);
        TestPeer good = start("b", OPEN);
        for (int message = 0; message < 20; message++) {
            List<Cid> heads = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                heads.add(DagNode.cidOf(Multihash.sha256(new byte[] {(byte) message, (byte) i, (byte) (i >> 8)})));
            }
            nowhere.addAll(heads);
            announce(heads.toArray(Cid[]::new));
        }
        for (int i = 0; i < 20; i++) {
            good.pin(i, "n" + i).join();
        }

        TestPeer.await("the pins of the other", () -> peer.pins.size() == 20);
        assertThat(linesWith(author + " announces more heads")).isEqualTo(2); // one line of each of our peers
    }

    @Test
    void aNodeWithThousandsOfLinksToNowhereDoesNotKeepOthersWaiting() {
        Set<Cid> nowhere = new HashSet<>();
        for (int i = 0; i < DagNode.MAX_PARENTS; i++) {
            nowhere.add(DagNode.cidOf(Multihash.sha256(new byte[] {7, (byte) i, (byte) (i >> 8)})));
        }
        network.stall(nowhere::contains);
        TestPeer peer = start("a", OPEN);
        TestPeer good = start("b", OPEN);
        announce(node(1, 2, nowhere.toArray(Cid[]::new)));
        TestPeer.await("the node itself", () -> peer.pins.size() == 1 && good.pins.size() == 1);
        for (int i = 1000; i < 1020; i++) {
            good.pin(i, "n" + i).join();
        }

        TestPeer.await("the pins of the other", () -> peer.pins.size() == 21);
    }

    @Test
    void aFloodOfMessagesIsCutAndItsAuthorNamedOnce() {
        TestPeer peer = start("a", OPEN);
        for (int i = 0; i < 3000; i++) {
            network.publish(author, TOPIC, new byte[] {(byte) 0xff, (byte) i});
        }
        announce(node(1, 1));

        TestPeer.await("what is good", () -> peer.pins.size() == 1);
        assertThat(linesWith(author + " sent a message")).isOne();
        assertThat(linesWith(author.toString())).isLessThanOrEqualTo(2);
    }

    @Test
    void aFloodOfAnUntrustedPeerIsNotEvenRead() {
        TestPeer good = start("a", OPEN);
        TestPeer peer = start("b", TestPeer.settings(Map.of("trusted.peers", good.id.toString())));
        for (int i = 0; i < 3000; i++) {
            announce(node(1, 1));
            network.publish(author, TOPIC, new byte[] {(byte) 0xff, (byte) i});
        }
        good.pin(1_000_000, "good").join();

        TestPeer.await("the trusted pin", () -> peer.names().containsValue("good"));
        assertThat(linesWith(author.toString()))
                .isLessThanOrEqualTo(3); // kinds of fault, each once, by the one who trusts
    }
}
