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
package org.pinion.libp2p.kad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.MessageReader;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.PeerAddresses;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.Routing;
import org.pinion.libp2p.api.RoutingSettings;
import org.pinion.libp2p.api.RoutingSettings.Mode;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.kad.KadMessage.Kind;

/** Real hosts on the loopback device. */
class KademliaTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        Collections.reverse(opened);
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    /** A host with a routing. */
    private final class Node {
        final Host host = host();
        final Routing routing;
        final BlockingQueue<PeerInfo> identified = new LinkedBlockingQueue<>();

        Node() throws IOException {
            this(RoutingSettings.CLUSTER);
        }

        Node(RoutingSettings settings) throws IOException {
            host.listen(new HostListener() {
                @Override
                public void peerIdentified(PeerInfo info) {
                    identified.add(info);
                }
            });
            routing = new KadRoutings().open(host, settings);
            opened.add(routing);
        }

        PeerId id() {
            return host.id();
        }

        /** Connects, and waits until both have told about themselves. */
        void meet(Node other) throws Exception {
            await(host.connect(other.id(), other.host.addresses()));
            awaitIdentified(other.id());
            other.awaitIdentified(id());
        }

        void awaitIdentified(PeerId peer) throws InterruptedException {
            while (true) {
                PeerInfo info = identified.poll(LONG.toSeconds(), TimeUnit.SECONDS);
                assertThat(info).as("an answer of %s", peer).isNotNull();
                if (info.id().equals(peer)) {
                    return;
                }
            }
        }

        Set<PeerId> connected() {
            Set<PeerId> peers = new HashSet<>();
            host.connections().forEach(connection -> peers.add(connection.remotePeer()));
            return peers;
        }

        /** Asks as any other program would. */
        KadMessage ask(Node other, KadMessage question) throws Exception {
            Stream stream = await(host.newStream(other.id(), List.of(Scope.LAN.protocol())));
            await(MessageWriter.write(stream, KadCodec.encode(question)));
            Optional<byte[]> answer = await(new MessageReader(stream, 1 << 20).read());
            stream.close();
            return KadCodec.decode(answer.orElseThrow());
        }
    }

    private Host host() throws IOException {
        byte[] seed = new byte[32];
        RANDOM.nextBytes(seed);
        HostFactory hosts = ServiceLoader.load(HostFactory.class).findFirst().orElseThrow();
        Host host = hosts.open(HostSettings.of(PrivateKey.ofEd25519Seed(seed))
                .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"))));
        opened.add(host);
        return host;
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    /** Refreshes the table of a node until a condition holds. */
    private static void refreshUntil(Node node, BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time of the test").isLessThan(deadline);
            await(node.routing.refresh());
        }
    }

    @Test
    void serviceLoaderFindsIt() {
        assertThat(ServiceLoader.load(org.pinion.libp2p.api.Routings.class).findFirst())
                .containsInstanceOf(KadRoutings.class);
    }

    @Test
    void peerThatKnowsOneMemberFindsAll() throws Exception {
        Node first = new Node();
        Node second = new Node();
        Node third = new Node();
        second.meet(first);
        third.meet(second);
        refreshUntil(third, () -> third.connected().contains(first.id()));
        refreshUntil(first, () -> first.routing.peers().equals(Set.of(second.id(), third.id())));
        refreshUntil(third, () -> third.routing.peers().equals(Set.of(first.id(), second.id())));
    }

    @Test
    void chainOfManyBecomesAMesh() throws Exception {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            nodes.add(new Node());
        }
        for (int i = 1; i < nodes.size(); i++) {
            nodes.get(i).meet(nodes.get(i - 1));
        }
        for (Node node : nodes) {
            refreshUntil(node, () -> node.connected().size() == nodes.size() - 1);
        }
        Node last = nodes.get(7);
        refreshUntil(last, () -> last.routing.peers().size() == 7);
        List<PeerAddresses> near =
                await(last.routing.closestPeers(nodes.get(3).id().bytes()));
        assertThat(near).hasSize(7);
        assertThat(near.get(0).id()).isEqualTo(nodes.get(3).id());
        assertThat(near).allSatisfy(peer -> assertThat(peer.addresses()).isNotEmpty());
    }

    @Test
    void peerThatDoesNotTakePartIsFoundByThoseThatDo() throws Exception {
        Node middle = new Node();
        Node seeker = new Node();
        Host silent = host();
        await(silent.connect(middle.id(), middle.host.addresses()));
        middle.awaitIdentified(silent.id());
        seeker.meet(middle);
        refreshUntil(seeker, () -> seeker.routing.peers().contains(middle.id()));

        List<Multiaddr> found = await(seeker.routing.findPeer(silent.id()));
        assertThat(found).containsAll(silent.addresses());
        assertThat(seeker.connected()).contains(silent.id());
        assertThat(seeker.routing.peers()).containsExactly(middle.id());
    }

    @Test
    void peerThatNobodyKnowsIsNotFound() throws Exception {
        Node alone = new Node();
        Node other = new Node();
        assertThatThrownBy(() -> await(alone.routing.findPeer(TestPeers.peer(1))))
                .hasRootCauseInstanceOf(NetworkException.class)
                .hasMessageContaining("nobody who was asked knows");
        alone.meet(other);
        refreshUntil(alone, () -> !alone.routing.peers().isEmpty());
        assertThatThrownBy(() -> await(alone.routing.findPeer(TestPeers.peer(1))))
                .hasMessageContaining("nobody who was asked knows");
        assertThat(await(alone.routing.findPeer(alone.id()))).isEqualTo(alone.host.addresses());
        assertThat(await(alone.routing.findPeer(other.id()))).containsAll(other.host.addresses());
        assertThat(await(new Node().routing.closestPeers(new byte[] {1}))).isEmpty();
    }

    @Test
    void peerThatIsGoneLeavesTheTable() throws Exception {
        Node stays = new Node();
        Node goes = new Node();
        stays.meet(goes);
        refreshUntil(stays, () -> stays.routing.peers().contains(goes.id()));
        goes.routing.close();
        refreshUntil(stays, () -> stays.routing.peers().isEmpty());
    }

    @Test
    void clientAsksAndIsNotAsked() throws Exception {
        Node server = new Node();
        RoutingSettings base = RoutingSettings.CLUSTER;
        Node client = new Node(new RoutingSettings(
                Mode.CLIENT,
                Mode.OFF,
                base.bucketSize(),
                base.concurrency(),
                base.resiliency(),
                base.requestTimeout(),
                base.searchTimeout(),
                base.refreshInterval()));
        client.meet(server);
        refreshUntil(client, () -> client.routing.peers().contains(server.id()));
        await(server.routing.refresh());
        assertThat(server.routing.peers()).isEmpty();
        assertThat(client.host.peerstore().protocols(server.id()))
                .contains(Scope.LAN.protocol())
                .doesNotContain(Scope.WAN.protocol());
    }

    @Test
    void oneStreamTakesManyQuestions() throws Exception {
        Node server = new Node();
        Node asker = new Node();
        asker.meet(server);
        Stream stream = await(asker.host.newStream(server.id(), List.of(Scope.LAN.protocol())));
        MessageReader reader = new MessageReader(stream, 1 << 20);
        for (int i = 0; i < 20; i++) {
            KadMessage ping = new KadMessage(Kind.PING, new byte[] {(byte) i}, null, List.of(), List.of(), 0);
            await(MessageWriter.write(stream, KadCodec.encode(ping)));
            KadMessage answer = KadCodec.decode(await(reader.read()).orElseThrow());
            assertThat(answer).usingRecursiveComparison().isEqualTo(ping);
        }
        await(stream.closeWrite());
        assertThat(await(reader.read())).isEmpty();
    }

    @Test
    void whoBreaksTheRulesLosesTheStreamAndOthersNoticeNothing() throws Exception {
        Node server = new Node();
        Node bad = new Node();
        bad.meet(server);
        byte[][] attacks = {
            {4, 8, 6, 8, 6},
            {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f},
            {2, 8, 4},
            {3, 0x0a, 0x7f, 1},
            Vectors.hex(Vectors.kad("PUT_VALUE").get("hex")),
            Vectors.hex(Vectors.kad("ADD_PROVIDER").get("hex")),
        };
        for (byte[] attack : attacks) {
            Stream stream = await(bad.host.newStream(server.id(), List.of(Scope.LAN.protocol())));
            await(stream.write(ByteBuffer.wrap(attack)));
            assertThatThrownBy(() -> await(stream.read())).hasRootCauseInstanceOf(NetworkException.class);
        }
        Node good = new Node();
        good.meet(server);
        assertThat(good.ask(server, KadMessage.findNode(good.id().bytes())).closer())
                .extracting(KadMessage.Peer::id)
                .contains(good.id());
    }

    @Test
    void streamsOfOnePeerAreBounded() throws Exception {
        Node server = new Node();
        Node greedy = new Node();
        greedy.meet(server);
        List<Stream> streams = new ArrayList<>();
        KadMessage ping = new KadMessage(Kind.PING, new byte[0], null, List.of(), List.of(), 0);
        for (int i = 0; i <= 2 * Limits.INBOUND_STREAMS_PER_PEER; i++) {
            Stream stream = await(greedy.host.newStream(server.id(), List.of(Scope.LAN.protocol())));
            await(MessageWriter.write(stream, KadCodec.encode(ping)));
            streams.add(stream);
        }
        int answered = 0;
        for (Stream stream : streams) {
            try {
                answered += await(stream.read()).isPresent() ? 1 : 0;
            } catch (ExecutionException refused) {
                assertThat(refused).hasRootCauseInstanceOf(NetworkException.class);
            }
        }
        assertThat(answered).isBetween(1, Limits.INBOUND_STREAMS_PER_PEER);
    }

    @Test
    void peerThatAnswersNonsenseIsNotTakenIn() throws Exception {
        Node node = new Node();
        Host liar = host();
        liar.handle(Scope.LAN.protocol(), stream -> stream.write(ByteBuffer.wrap(new byte[] {3, 0x0a, 0x7f, 1})));
        await(node.host.connect(liar.id(), liar.addresses()));
        node.awaitIdentified(liar.id());
        await(node.routing.refresh());
        assertThat(node.routing.peers()).isEmpty();
    }

    @Test
    void closedRoutingFailsWhatWaitsAndLeavesNoThread() throws Exception {
        Node node = new Node();
        Host mute = host();
        mute.handle(Scope.LAN.protocol(), stream -> {});
        await(node.host.connect(mute.id(), mute.addresses()));
        node.awaitIdentified(mute.id());
        CompletionStage<Void> waits = node.routing.refresh();
        node.routing.close();
        assertThatThrownBy(() -> await(waits)).hasMessageContaining("closed");
        assertThatThrownBy(() -> await(node.routing.findPeer(mute.id()))).hasMessageContaining("closed");
        String id = node.id().toString();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("pinion-libp2p-kad-" + id.substring(id.length() - 6));
        opened.add(new KadRoutings().open(node.host, RoutingSettings.CLUSTER));
    }

    @Test
    void onlyOneRoutingServesAHost() throws Exception {
        Node node = new Node();
        assertThatThrownBy(() -> new KadRoutings().open(node.host, RoutingSettings.CLUSTER))
                .isInstanceOf(IllegalStateException.class);
        assertThat(await(node.routing.findPeer(node.id()))).isEqualTo(node.host.addresses());
    }
}
