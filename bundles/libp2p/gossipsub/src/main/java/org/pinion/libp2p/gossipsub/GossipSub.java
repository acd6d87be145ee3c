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

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.MessageValidator;
import org.pinion.libp2p.api.MessageValidator.Verdict;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.PubSub;
import org.pinion.libp2p.api.PubSubMessage;
import org.pinion.libp2p.api.PubSubSettings;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Topic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gossipsub on a host: topics, signatures, subscribers. Decisions are the {@link Router}'s, streams the {@link Links}'.
 * All state belongs to the loop; only topics and the subscriber lists are read by other threads.
 */
final class GossipSub implements PubSub {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.gossipsub");

    /**
     * Clocks.
     *
     * @param wall for sequence numbers only
     * @param nanos monotonic nanoseconds
     */
    record Time(InstantSource wall, LongSupplier nanos) {}

    private final Host host;
    private final PubSubSettings settings;
    private final LongSupplier nanos;
    private final Router router;
    private final MeshGuard guard;
    private final Loop loop;
    private final PeerExchange exchange;
    private final Links links;
    private final Authors authors = new Authors();
    private long seqno;
    /** Number of the heartbeat that is planned, and the pause before it; both belong to the loop. */
    private long beat;

    private Duration heartbeat;

    private final Map<String, GossipTopic> topics = new ConcurrentHashMap<>();
    private final Map<String, Set<PeerId>> subscribers = new ConcurrentHashMap<>();
    private final AtomicInteger pendingPublish = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable Registration registration;

    GossipSub(Host host, PubSubSettings settings, Time time, RandomGenerator random) {
        this.host = host;
        this.settings = settings;
        this.heartbeat = settings.heartbeat();
        this.nanos = time.nanos();
        this.router = new Router(settings, random, peer -> host.peerstore().signedRecord(peer));
        this.guard = new MeshGuard(host::protect);
        String id = host.id().toString();
        this.loop = new Loop("pinion-libp2p-gossipsub-" + id.substring(Math.max(0, id.length() - 6)));
        this.exchange = new PeerExchange(host, loop);
        this.links = new Links(host, settings, loop, new FrameHandler());
        Instant now = time.wall().instant();
        this.seqno = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /** Serves the protocols and opens streams to the connected peers. */
    void start() {
        int served = 0;
        try {
            for (String protocol : Dialect.PROTOCOLS) {
                host.handle(protocol, stream -> loop.execute(() -> links.accept(stream)));
                served++;
            }
        } catch (IllegalStateException e) {
            Dialect.PROTOCOLS.subList(0, served).forEach(host::unhandle);
            loop.close();
            throw e;
        }
        registration = host.listen(new Watcher());
        loop.execute(() -> host.connections().forEach(connection -> {
            if (Dialect.spokenBy(host.peerstore().protocols(connection.remotePeer()))) {
                links.add(connection.remotePeer());
            }
        }));
        loop.execute(() -> beatLater(Limits.FIRST_HEARTBEAT));
    }

    @Override
    public void configure(PubSubSettings changed) {
        loop.execute(() -> {
            Duration before = heartbeat;
            heartbeat = changed.heartbeat();
            router.configure(changed);
            if (!before.equals(heartbeat)) {
                beatLater(heartbeat);
            }
        });
    }

    /** Plans the next heartbeat and forgets one that was planned before; in the loop. */
    private void beatLater(Duration pause) {
        long turn = ++beat;
        loop.schedule(pause, () -> {
            if (turn == beat) {
                try {
                    performAndGuard(router.heartbeat(now()));
                } finally {
                    beatLater(heartbeat);
                }
            }
        });
    }

    /** Turns events of the host into tasks of the loop. */
    private final class Watcher implements HostListener {
        @Override
        public void peerIdentified(PeerInfo info) {
            if (Dialect.spokenBy(info.protocols())) {
                loop.execute(() -> links.add(info.id()));
            }
        }

        @Override
        public void peerDisconnected(PeerId peer) {
            loop.execute(() -> links.disconnected(peer));
        }
    }

    // ---- topics ----

    @Override
    public Topic join(String name, MessageValidator validator) {
        if (name.isEmpty() || name.length() > Limits.TOPIC_BYTES) {
            throw new IllegalArgumentException(
                    "a topic name has 1 to " + Limits.TOPIC_BYTES + " characters, not " + name.length());
        }
        if (closed.get()) {
            throw new IllegalStateException("pubsub is closed");
        }
        GossipTopic topic = new GossipTopic(this, name, validator);
        if (topics.putIfAbsent(name, topic) != null) {
            throw new IllegalStateException("topic " + name + " is joined already");
        }
        return topic;
    }

    void leave(GossipTopic topic) {
        topics.remove(topic.name(), topic);
        loop.execute(() -> performAndGuard(router.unsubscribe(topic.name(), now())));
    }

    /** Subscribes or unsubscribes at all peers, as there are subscribers. */
    void updateSubscription(GossipTopic topic) {
        loop.execute(() -> {
            if (topics.get(topic.name()) == topic) {
                performAndGuard(
                        topic.wantsMessages()
                                ? router.subscribe(topic.name(), now())
                                : router.unsubscribe(topic.name(), now()));
            }
        });
    }

    List<PeerId> subscribers(String topic) {
        return List.copyOf(subscribers.getOrDefault(topic, Set.of()));
    }

    void inLoop(Runnable task) {
        loop.execute(task);
    }

    CompletionStage<Void> publish(GossipTopic topic, byte[] data) {
        if (data.length > settings.maxMessageBytes()) {
            return CompletableFuture.failedFuture(tooLarge(topic.name(), data.length));
        }
        if (pendingPublish.incrementAndGet() > Limits.PENDING_PUBLISH) {
            pendingPublish.decrementAndGet();
            return CompletableFuture.failedFuture(new NetworkException(
                    Reason.LIMIT, Limits.PENDING_PUBLISH + " messages wait to be published, try again later"));
        }
        CompletableFuture<Void> result = new CompletableFuture<>();
        boolean queued = loop.execute(() -> {
            pendingPublish.decrementAndGet();
            if (topic.isClosed()) {
                result.completeExceptionally(closedError(topic.name()));
                return;
            }
            try {
                publishNow(topic, data);
                result.complete(null);
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        if (!queued) {
            result.completeExceptionally(closedError(topic.name()));
        }
        return result;
    }

    private void publishNow(GossipTopic topic, byte[] data) {
        byte[] number = ByteBuffer.allocate(Long.BYTES).putLong(seqno++).array();
        Message message = Signatures.sign(host, topic.name(), data, number);
        int size = RpcCodec.encode(Rpc.publish(message)).length;
        if (size > settings.maxMessageBytes()) {
            throw tooLarge(topic.name(), size);
        }
        PeerId self = host.id();
        perform(router.publish(MessageId.of(self.bytes(), number), topic.name(), message, now()));
        topic.deliver(new PubSubMessage(self, self, topic.name(), data, number));
    }

    private IllegalArgumentException tooLarge(String topic, int size) {
        return new IllegalArgumentException("message of " + size + " bytes on topic " + topic + ", limit "
                + settings.maxMessageBytes() + " with signature");
    }

    private static NetworkException closedError(String topic) {
        return new NetworkException(Reason.CLOSED, "topic " + topic + " is closed");
    }

    // ---- frames, inside the loop ----

    /** What happens on the links. */
    private final class FrameHandler implements Links.Handler {
        @Override
        public void opened(PeerId peer, Dialect dialect, boolean outbound) {
            performAndGuard(router.opened(peer, dialect, outbound, now()));
        }

        @Override
        public void closed(PeerId peer) {
            performAndGuard(router.closed(peer));
        }

        @Override
        public void received(PeerId from, Rpc rpc) {
            perform(router.onSubscriptions(from, rpc.subscriptions(), now()));
            for (Message message : rpc.publish()) {
                onMessage(from, message);
            }
            perform(router.onControl(from, rpc.control(), now()));
            if (!rpc.subscriptions().isEmpty()
                    || !rpc.control().graft().isEmpty()
                    || !rpc.control().prune().isEmpty()) {
                guard.update(router.members());
            }
        }

        @Override
        public void silent(PeerId peer) {
            performAndGuard(router.silent(peer));
        }

        @Override
        public void gone(PeerId peer) {
            performAndGuard(router.gone(peer));
        }

        @Override
        public long nanoTime() {
            return now();
        }
    }

    private void onMessage(PeerId from, Message message) {
        String name = message.topic();
        byte[] author = message.from();
        byte[] number = message.seqno();
        if (name == null || !router.subscribed(name)) {
            return;
        }
        if (author == null
                || number == null
                || author.length < MessageId.AUTHOR_BYTES
                || number.length != MessageId.SEQNO_BYTES) {
            bad(from, "a message on topic " + name + " without a whole author or sequence number");
            return;
        }
        MessageId id = MessageId.of(author, number);
        if (router.ignores(from, id, now())) {
            return;
        }
        Optional<PeerId> signer = authors.of(message);
        if (signer.isEmpty()) {
            bad(from, "a message on topic " + name + " with a bad signature");
        } else if (!signer.get().equals(host.id())) {
            perform(router.verified(from, id, message, now()));
            byte[] data = message.data();
            judge(id, message, new PubSubMessage(signer.get(), from, name, data == null ? new byte[0] : data, number));
        }
    }

    private void bad(PeerId from, String what) {
        links.report(from, what);
        perform(router.bad(from));
    }

    private void judge(MessageId id, Message message, PubSubMessage content) {
        GossipTopic topic = topics.get(content.topic());
        if (topic == null) {
            return;
        }
        Verdict verdict = topic.validate(content);
        if (verdict == Verdict.ACCEPT) {
            perform(router.forward(content.relayer(), content.author(), id, message));
            topic.deliver(content);
        } else {
            log.debug("message of {} on topic {}: {}", content.author(), content.topic(), verdict);
        }
    }

    // ---- effects, inside the loop ----

    /** For what may have changed a mesh. */
    private void performAndGuard(List<Effect> effects) {
        perform(effects);
        guard.update(router.members());
    }

    private void perform(List<Effect> effects) {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Send send) {
                links.send(send);
            } else if (effect instanceof Effect.Joined joined) {
                subscribers
                        .computeIfAbsent(joined.topic(), t -> ConcurrentHashMap.newKeySet())
                        .add(joined.peer());
                Optional.ofNullable(topics.get(joined.topic())).ifPresent(t -> t.joined(joined.peer()));
            } else if (effect instanceof Effect.Left left) {
                subscribers.computeIfPresent(
                        left.topic(), (t, peers) -> peers.remove(left.peer()) && peers.isEmpty() ? null : peers);
                Optional.ofNullable(topics.get(left.topic())).ifPresent(t -> t.left(left.peer()));
            } else if (effect instanceof Effect.Offence offence) {
                links.offended(offence.peer(), offence.reason());
            } else if (effect instanceof Effect.Connect connect) {
                exchange.connect(connect.peers());
            }
        }
    }

    private long now() {
        return nanos.getAsLong();
    }

    // ---- end ----

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        Dialect.PROTOCOLS.forEach(host::unhandle);
        if (registration != null) {
            registration.close();
        }
        topics.values().forEach(GossipTopic::close);
        loop.execute(() -> {
            links.close();
            guard.update(Set.of());
            subscribers.clear();
        });
        loop.close();
    }
}
