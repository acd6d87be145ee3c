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
package org.pinion.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.MessageValidator;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.PubSub;
import org.pinion.libp2p.api.PubSubSettings;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.Topic;
import org.pinion.libp2p.api.TopicListener;
import org.pinion.libp2p.gossipsub.Rpc.Subscription;

/** One peer that means harm, between two that go on as if nothing were. Real hosts on the loopback device. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostilePeersTest {
    private static final String TOPIC = "topic";
    private static final PubSubSettings CLUSTER = PubSubSettings.CLUSTER;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private Host victim;
    private Host friend;
    private Host attacker;
    private Topic ofVictim;
    private Topic ofFriend;

    @BeforeEach
    void open() throws Exception {
        victim = host();
        friend = host();
        attacker = host();
        CountDownLatch met = new CountDownLatch(2);
        ofVictim = join(victim, CLUSTER, met);
        ofFriend = join(friend, CLUSTER, met);
        ofVictim.subscribe(message -> heard.add(new String(message.data(), StandardCharsets.UTF_8)));
        ofFriend.subscribe(message -> {});
        await(friend.connect(victim.id(), victim.listenAddresses()));
        await(attacker.connect(victim.id(), victim.listenAddresses()));
        assertThat(met.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void close() throws Exception {
        Collections.reverse(opened);
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    private Host host() throws IOException {
        HostFactory factory = ServiceLoader.load(HostFactory.class).findFirst().orElseThrow();
        Host host = factory.open(HostSettings.of(PrivateKey.generate(KeyType.ED25519))
                .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"))));
        opened.add(host);
        return host;
    }

    private Topic join(Host host, PubSubSettings settings, CountDownLatch met) {
        PubSub pubSub = new GossipPubSubs().open(host, settings);
        opened.add(pubSub);
        Topic topic = pubSub.join(TOPIC, MessageValidator.ACCEPT_ALL);
        topic.listen(new TopicListener() {
            @Override
            public void peerJoined(PeerId peer) {
                met.countDown();
            }

            @Override
            public void peerLeft(PeerId peer) {}
        });
        return topic;
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException failed) {
            throw new AssertionError(failed);
        }
    }

    private Stream stream() {
        return await(attacker.newStream(victim.id(), Dialect.PROTOCOLS));
    }

    private static void write(Stream stream, Rpc rpc) {
        await(stream.write(MessageWriter.frame(RpcCodec.encode(rpc))));
    }

    private static void assertReset(Stream stream) {
        assertThatThrownBy(() -> stream.read().toCompletableFuture().get(20, TimeUnit.SECONDS))
                .hasMessageContaining("reset");
    }

    private void othersNoticeNothing(String text) throws InterruptedException {
        await(ofFriend.publish(text.getBytes(StandardCharsets.UTF_8)));
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo(text);
    }

    @Test
    void aLengthOfFourGigabytesIsRefusedBeforeAnyOfItComes() throws Exception {
        Stream stream = stream();
        await(stream.write(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, 15, 10})));
        assertReset(stream);
        othersNoticeNothing("after the length");
    }

    @Test
    void aMillionSubscriptionsEndTheStreamAndTakeNoMoreThanTheirBoundOfMemory() throws Exception {
        Stream stream = stream();
        Thread sender = new Thread(() -> {
            try {
                for (int part = 0; part < 1000; part++) {
                    int begin = part * 1000;
                    write(
                            stream,
                            Rpc.subscriptions(IntStream.range(begin, begin + 1000)
                                    .mapToObj(i -> new Subscription(true, "topic number " + i))
                                    .toList()));
                }
            } catch (AssertionError ended) {
                // it is reset on the way
            }
        });
        sender.start();
        assertReset(stream);
        sender.join();
        othersNoticeNothing("after the subscriptions");
    }

    @Test
    void whoGoesOnBreakingTheRulesIsDisconnected() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        attacker.listen(new HostListener() {
            @Override
            public void peerDisconnected(PeerId peer) {
                gone.countDown();
            }
        });
        for (int i = 0; i < Limits.OFFENCES; i++) {
            Stream stream = stream();
            await(stream.write(MessageWriter.frame(new byte[] {-1, -1})));
            assertThatThrownBy(() -> stream.read().toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
        }
        assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
        othersNoticeNothing("after the garbage");
    }

    @Test
    void floodsOfForgedMessagesEndTheStream() throws Exception {
        Stream stream = stream();
        Message good = Signatures.sign(attacker, TOPIC, new byte[10], SignaturesTest.seqno(1));
        // twice as many, for the case that a heartbeat comes between
        for (int i = 0; i < 2 * Limits.BAD_MESSAGES; i++) {
            Message forged =
                    new Message(good.from(), new byte[10], SignaturesTest.seqno(i + 2), TOPIC, good.signature(), null);
            stream.write(MessageWriter.frame(RpcCodec.encode(Rpc.publish(forged))));
        }
        assertReset(stream);
        othersNoticeNothing("after the forgeries");
    }

    @Test
    void streamsWithoutEndReplaceEachOther() throws Exception {
        List<Stream> streams = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Stream stream = stream();
            write(stream, Rpc.subscriptions(List.of(new Subscription(true, TOPIC))));
            streams.add(stream);
        }
        for (Stream stream : streams.subList(0, 99)) {
            assertReset(stream);
        }
        othersNoticeNothing("after the streams");
    }

    @Test
    void whoNeverReadsLosesMessagesAndNobodyElseDoes() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        for (String protocol : Dialect.PROTOCOLS) {
            attacker.handle(protocol, stream -> open.countDown());
        }
        Stream stream = stream();
        write(stream, Rpc.subscriptions(List.of(new Subscription(true, TOPIC))));
        assertThat(open.await(20, TimeUnit.SECONDS)).isTrue();
        BlockingQueue<Integer> atFriend = new LinkedBlockingQueue<>();
        ofFriend.subscribe(message -> atFriend.add(message.data().length));
        byte[] large = new byte[500_000];
        for (int i = 0; i < 64; i++) {
            await(ofVictim.publish(large));
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isNotNull();
            assertThat(atFriend.poll(20, TimeUnit.SECONDS)).isEqualTo(large.length);
        }
        othersNoticeNothing("after the silence");
    }

    @Test
    void aPeerThatFindsNoPlaceInTheMeshConnectsToThoseItIsToldOfByTheirSignedRecords() throws Exception {
        PubSubSettings narrow = new PubSubSettings(
                Duration.ofSeconds(10),
                new PubSubSettings.Mesh(1, 1, 1, 0, 0, 1),
                0.25,
                6,
                2,
                Duration.ofMinutes(30),
                false,
                true,
                1 << 20,
                128);
        Host hub = host();
        Host first = host();
        Host second = host();
        CountDownLatch met = new CountDownLatch(2);
        join(hub, narrow, met).subscribe(message -> {});
        join(first, narrow, met).subscribe(message -> {});
        await(first.connect(hub.id(), hub.listenAddresses()));
        assertThat(met.await(20, TimeUnit.SECONDS)).isTrue();
        CountDownLatch connected = new CountDownLatch(1);
        second.listen(new HostListener() {
            @Override
            public void peerConnected(PeerId peer) {
                if (peer.equals(first.id())) {
                    connected.countDown();
                }
            }
        });
        join(second, narrow, new CountDownLatch(1)).subscribe(message -> {});
        await(second.connect(hub.id(), hub.listenAddresses()));
        assertThat(connected.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
