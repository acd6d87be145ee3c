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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.MessageValidator;
import org.pinion.libp2p.api.MessageValidator.Verdict;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.PubSub;
import org.pinion.libp2p.api.PubSubMessage;
import org.pinion.libp2p.api.PubSubSettings;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.Topic;
import org.pinion.libp2p.api.TopicListener;
import org.pinion.libp2p.gossipsub.Rpc.Subscription;

/** Real hosts on the loopback device. The heartbeat is 10 s, so nothing here waits for one. */
class GossipSubTest {
    private static final String TOPIC = "topic";

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        Collections.reverse(opened);
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    private Host host() throws IOException {
        Host host = ServiceLoader.load(HostFactory.class)
                .findFirst()
                .orElseThrow()
                .open(HostSettings.of(PrivateKey.generate(KeyType.ED25519))
                        .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"))));
        opened.add(host);
        return host;
    }

    private PubSub pubSub(Host host) {
        PubSub pubSub = new GossipPubSubs().open(host, PubSubSettings.CLUSTER);
        opened.add(pubSub);
        return pubSub;
    }

    private static void connect(Host from, Host to) {
        await(from.connect(to.id(), to.listenAddresses()));
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What one peer gets on the topic, and who is in it. */
    private static final class Member {
        final Host host;
        final Topic topic;
        final BlockingQueue<PubSubMessage> messages = new LinkedBlockingQueue<>();
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();

        Member(Host host, PubSub pubSub, MessageValidator validator) {
            this.host = host;
            this.topic = pubSub.join(TOPIC, validator);
            topic.listen(new TopicListener() {
                @Override
                public void peerJoined(PeerId peer) {
                    events.add("+" + peer);
                }

                @Override
                public void peerLeft(PeerId peer) {
                    events.add("-" + peer);
                }
            });
        }

        Member subscribe() {
            topic.subscribe(messages::add);
            return this;
        }

        String next() {
            return new String(nextMessage().data(), StandardCharsets.UTF_8);
        }

        PubSubMessage nextMessage() {
            return take(messages);
        }

        void sees(Member... others) {
            List<String> expected =
                    Arrays.stream(others).map(other -> "+" + other.host.id()).toList();
            List<String> seen = new ArrayList<>();
            while (!seen.containsAll(expected)) {
                seen.add(take(events));
            }
        }

        private static <T> T take(BlockingQueue<T> queue) {
            try {
                T next = queue.poll(20, TimeUnit.SECONDS);
                assertThat(next).as("something within the deadline").isNotNull();
                return next;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private Member member() throws IOException {
        Host host = host();
        return new Member(host, pubSub(host), MessageValidator.ACCEPT_ALL).subscribe();
    }

    @Test
    void threePeersInALineDeliverToAllOnce() throws Exception {
        Member a = member();
        Member b = member();
        Member c = member();
        connect(a.host, b.host);
        connect(b.host, c.host);
        a.sees(b);
        b.sees(a, c);
        c.sees(b);

        await(a.topic.publish(bytes("one")));
        await(c.topic.publish(bytes("two")));

        for (Member member : List.of(a, b, c)) {
            assertThat(List.of(member.next(), member.next())).containsExactlyInAnyOrder("one", "two");
        }
        await(a.topic.publish(bytes("three")));
        PubSubMessage atC = c.nextMessage();
        assertThat(atC.author()).isEqualTo(a.host.id());
        assertThat(atC.relayer()).isEqualTo(b.host.id());
        assertThat(atC.topic()).isEqualTo(TOPIC);
        assertThat(atC.seqno()).hasSize(8);
        assertThat(a.next()).isEqualTo("three");
        assertThat(b.next()).isEqualTo("three");
        assertThat(a.messages).isEmpty();
        assertThat(b.messages).isEmpty();
    }

    @Test
    void aTriangleDeliversEachMessageOnce() throws Exception {
        Member a = member();
        Member b = member();
        Member c = member();
        connect(a.host, b.host);
        connect(b.host, c.host);
        connect(c.host, a.host);
        a.sees(b, c);
        b.sees(a, c);
        c.sees(a, b);

        for (int i = 0; i < 50; i++) {
            await(a.topic.publish(bytes("m" + i)));
        }
        await(b.topic.publish(bytes("end")));
        for (Member member : List.of(b, c)) {
            List<String> got = new ArrayList<>();
            for (int i = 0; i < 51; i++) {
                got.add(member.next());
            }
            assertThat(got).doesNotHaveDuplicates().contains("end", "m0", "m49");
            assertThat(member.messages).isEmpty();
        }
    }

    @Test
    void oneWhoSubscribesLaterGetsLaterMessages() throws Exception {
        Member a = member();
        Host lateHost = host();
        Member late = new Member(lateHost, pubSub(lateHost), MessageValidator.ACCEPT_ALL);
        connect(a.host, lateHost);
        late.sees(a);
        await(a.topic.publish(bytes("early")));
        late.subscribe();
        a.sees(late);
        await(a.topic.publish(bytes("later")));

        assertThat(late.next()).isEqualTo("later");
        assertThat(a.topic.peers()).containsExactly(lateHost.id());
    }

    @Test
    void largeMessagesPass() throws Exception {
        Member a = member();
        Member b = member();
        connect(a.host, b.host);
        a.sees(b);
        byte[] large = new byte[1_000_000];
        Arrays.fill(large, (byte) 7);
        await(a.topic.publish(large));

        assertThat(b.nextMessage().data()).isEqualTo(large);
        assertThatThrownBy(() ->
                        a.topic.publish(new byte[1 << 20]).toCompletableFuture().get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit 1048576");
    }

    @Test
    void rejectedMessagesAreNeitherDeliveredNorPassedOn() throws Exception {
        Member a = member();
        Host middle = host();
        MessageValidator onlyGood = message ->
                new String(message.data(), StandardCharsets.UTF_8).startsWith("good") ? Verdict.ACCEPT : Verdict.REJECT;
        Member b = new Member(middle, pubSub(middle), onlyGood).subscribe();
        Member c = member();
        connect(a.host, b.host);
        connect(b.host, c.host);
        a.sees(b);
        b.sees(a, c);
        c.sees(b);

        await(a.topic.publish(bytes("bad")));
        await(a.topic.publish(bytes("good")));

        assertThat(b.next()).isEqualTo("good");
        assertThat(c.next()).isEqualTo("good");
        assertThat(b.messages).isEmpty();
    }

    @Test
    void aFailingValidatorOrSubscriberHarmsNobody() throws Exception {
        Member a = member();
        Host other = host();
        Member b = new Member(other, pubSub(other), message -> {
            if (message.data().length == 1) {
                throw new IllegalStateException("on purpose");
            }
            return Verdict.ACCEPT;
        });
        b.topic.subscribe(message -> {
            throw new IllegalStateException("on purpose");
        });
        b.subscribe();
        connect(a.host, b.host);
        a.sees(b);

        await(a.topic.publish(bytes("x")));
        await(a.topic.publish(bytes("fine")));

        assertThat(b.next()).isEqualTo("fine");
    }

    @Test
    void messagesWithABadSignatureOrOurOwnAreDropped() throws Exception {
        Member victim = member();
        Host attacker = host();
        connect(attacker, victim.host);
        Stream stream = await(attacker.newStream(victim.host.id(), Dialect.PROTOCOLS));
        write(stream, Rpc.subscriptions(List.of(new Subscription(true, TOPIC))));
        Message good = Signatures.sign(attacker, TOPIC, bytes("good"), SignaturesTest.seqno(1));
        write(
                stream,
                Rpc.publish(new Message(
                        good.from(), bytes("forged"), SignaturesTest.seqno(2), TOPIC, good.signature(), null)));
        write(
                stream,
                Rpc.publish(new Message(
                        victim.host.id().bytes(),
                        bytes("yours"),
                        SignaturesTest.seqno(3),
                        TOPIC,
                        good.signature(),
                        null)));
        write(
                stream,
                Rpc.publish(new Message(new byte[3], bytes("short"), SignaturesTest.seqno(4), TOPIC, null, null)));
        write(stream, Rpc.publish(new Message(null, null, null, null, null, null)));
        write(stream, Rpc.publish(good));
        write(stream, Rpc.publish(good));
        write(stream, Rpc.publish(Signatures.sign(attacker, TOPIC, bytes("last"), SignaturesTest.seqno(5))));

        assertThat(victim.next()).isEqualTo("good");
        assertThat(victim.next()).isEqualTo("last");
    }

    @Test
    void garbageResetsTheStreamAndANewOneWorks() throws Exception {
        Member victim = member();
        Host attacker = host();
        connect(attacker, victim.host);
        Stream stream = await(attacker.newStream(victim.host.id(), Dialect.PROTOCOLS));
        await(stream.write(MessageWriter.frame(new byte[] {(byte) 0xff, (byte) 0xff})));
        assertThatThrownBy(() -> stream.read().toCompletableFuture().get(20, TimeUnit.SECONDS))
                .hasMessageContaining("reset");

        Stream second = await(attacker.newStream(victim.host.id(), Dialect.PROTOCOLS));
        write(second, Rpc.publish(Signatures.sign(attacker, TOPIC, bytes("fine"), SignaturesTest.seqno(1))));
        assertThat(victim.next()).isEqualTo("fine");
    }

    private static void write(Stream stream, Rpc rpc) {
        await(stream.write(MessageWriter.frame(RpcCodec.encode(rpc))));
    }

    private static void awaitNoConnection(Host host) {
        long deadline = System.nanoTime() + java.util.concurrent.TimeUnit.SECONDS.toNanos(20);
        while (!host.connections().isEmpty() && System.nanoTime() < deadline) {
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
        assertThat(host.connections()).isEmpty();
    }

    @Test
    void aPeerThatLeavesIsReportedAndComesBack() throws Exception {
        Member a = member();
        Member b = member();
        connect(a.host, b.host);
        a.sees(b);
        b.sees(a);

        a.host.disconnect(b.host.id());
        assertThat(Member.take(a.events)).isEqualTo("-" + b.host.id());
        assertThat(Member.take(b.events)).isEqualTo("-" + a.host.id());
        // A connect while the old connection is still going would get that one.
        awaitNoConnection(a.host);
        awaitNoConnection(b.host);
        connect(b.host, a.host);
        a.sees(b);
        b.sees(a);
        await(a.topic.publish(bytes("again")));
        assertThat(b.next()).isEqualTo("again");
    }

    @Test
    void unsubscribingIsToldAndMessagesStop() throws Exception {
        Member a = member();
        Host other = host();
        Member b = new Member(other, pubSub(other), MessageValidator.ACCEPT_ALL);
        Registration registration = b.topic.subscribe(b.messages::add);
        connect(a.host, b.host);
        a.sees(b);

        registration.close();
        assertThat(Member.take(a.events)).isEqualTo("-" + b.host.id());
        assertThat(a.topic.peers()).isEmpty();
    }

    @Test
    void pubSubThatOpensOnAConnectedHostFindsItsPeers() throws Exception {
        Host one = host();
        Host two = host();
        Member a = new Member(one, pubSub(one), MessageValidator.ACCEPT_ALL).subscribe();
        connect(one, two);
        Member b = new Member(two, pubSub(two), MessageValidator.ACCEPT_ALL).subscribe();
        a.sees(b);
        b.sees(a);
        await(b.topic.publish(bytes("hello")));
        assertThat(a.next()).isEqualTo("hello");
    }

    @Test
    void closingEndsTheThreadAndFreesTheProtocols() throws Exception {
        Host host = host();
        PubSub first = new GossipPubSubs().open(host, PubSubSettings.CLUSTER);
        Topic topic = first.join(TOPIC, MessageValidator.ACCEPT_ALL);
        CountDownLatch delivered = new CountDownLatch(1);
        topic.subscribe(message -> delivered.countDown());
        await(topic.publish(bytes("self")));
        assertThat(delivered.await(20, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> new GossipPubSubs().open(host, PubSubSettings.CLUSTER))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> first.join(TOPIC, MessageValidator.ACCEPT_ALL))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(TOPIC);

        first.close();
        first.close();

        String suffix = host.id().toString().substring(host.id().toString().length() - 6);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("pinion-libp2p-gossipsub-" + suffix));
        assertThatThrownBy(() -> topic.publish(bytes("x")).toCompletableFuture().get(20, TimeUnit.SECONDS))
                .hasMessageContaining("closed");
        pubSub(host);
    }
}
