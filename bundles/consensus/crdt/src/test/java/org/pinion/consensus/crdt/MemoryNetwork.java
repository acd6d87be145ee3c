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

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.BlockExchange;
import org.pinion.libp2p.api.ExchangeBlockstore;
import org.pinion.libp2p.api.ExchangeStats;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.MessageValidator;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.Peerstore;
import org.pinion.libp2p.api.PubSub;
import org.pinion.libp2p.api.PubSubMessage;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamHandler;
import org.pinion.libp2p.api.Topic;
import org.pinion.libp2p.api.TopicListener;

/** Peers in one process: topics and block exchange over plain calls on one thread, with faults on demand. */
final class MemoryNetwork implements AutoCloseable {
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final Map<PeerId, Node> nodes = new HashMap<>();
    private final Set<PeerId> cutOff = new HashSet<>();
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicInteger exchanged = new AtomicInteger();
    private volatile Predicate<Cid> lost = cid -> false;
    private volatile Predicate<Cid> stalled = cid -> false;

    /** Blocks that nobody delivers. */
    void lose(Predicate<Cid> blocks) {
        lost = blocks;
    }

    /** Blocks whose requests get no answer at all. */
    void stall(Predicate<Cid> blocks) {
        stalled = blocks;
    }

    /** How many streams were opened so far. */
    int streams() {
        return streams.get();
    }

    /** How many blocks the block exchange delivered so far. */
    int exchanged() {
        return exchanged.get();
    }

    /** Makes a peer that is there serve a protocol so. */
    synchronized void handle(PeerId peer, String protocol, StreamHandler handler) {
        nodes.get(peer).handlers.put(protocol, handler);
    }

    /** A peer that has these blocks, whatever their CIDs say. */
    synchronized void serve(PeerId id, Map<Cid, byte[]> blocks) {
        Node node = new Node(id);
        node.blocks = new ExchangeBlockstore() {
            @Override
            public Optional<byte[]> get(Cid cid) {
                return Optional.ofNullable(blocks.get(cid));
            }

            @Override
            public OptionalLong size(Cid cid) {
                byte[] bytes = blocks.get(cid);
                return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes.length);
            }
        };
        nodes.put(id, node);
    }

    /** Takes a peer off the network, or puts it back. */
    synchronized void cutOff(PeerId peer, boolean off) {
        if (off) {
            cutOff.add(peer);
        } else {
            cutOff.remove(peer);
        }
    }

    private synchronized boolean connected(PeerId one, PeerId two) {
        return !cutOff.contains(one) && !cutOff.contains(two);
    }

    private synchronized List<Node> others(PeerId self) {
        return nodes.values().stream()
                .filter(node -> !node.id.equals(self) && connected(node.id, self))
                .toList();
    }

    synchronized CrdtConsensus.Network join(PeerId id) {
        Node node = new Node(id);
        nodes.put(id, node);
        return new CrdtConsensus.Network(node.host(), node, (host, blocks, settings) -> {
            node.blocks = blocks;
            return node.new Exchange();
        });
    }

    synchronized void leave(PeerId id) {
        nodes.remove(id);
    }

    /** Sends bytes as if a peer had published them. */
    void publish(PeerId author, String topic, byte[] data) {
        new Node(author).new MemoryTopic(topic, MessageValidator.ACCEPT_ALL).publish(data);
    }

    @Override
    public void close() {
        loop.shutdownNow();
    }

    private void post(Runnable task) {
        if (!loop.isShutdown()) {
            loop.execute(task);
        }
    }

    private final class Node implements PubSub {
        private final PeerId id;
        private final Map<String, MemoryTopic> topics = new ConcurrentHashMap<>();
        private final Map<String, StreamHandler> handlers = new ConcurrentHashMap<>();
        private volatile ExchangeBlockstore blocks;

        Node(PeerId id) {
            this.id = id;
        }

        Host host() {
            Peerstore peerstore = (Peerstore) Proxy.newProxyInstance(
                    Peerstore.class.getClassLoader(),
                    new Class<?>[] {Peerstore.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "protocols" -> protocolsOf((PeerId) arguments[0]);
                        case "addresses" -> List.of();
                        default -> null;
                    });
            return (Host) Proxy.newProxyInstance(
                    Host.class.getClassLoader(),
                    new Class<?>[] {Host.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "peerstore" -> peerstore;
                        case "connections" ->
                            others(id).stream()
                                    .map(other -> MemoryStream.connection(other.id))
                                    .toList();
                        case "handle" -> handlers.put((String) arguments[0], (StreamHandler) arguments[1]);
                        case "unhandle" -> handlers.remove((String) arguments[0]);
                        case "newStream" ->
                            open((PeerId) arguments[0], String.valueOf(((List<?>) arguments[1]).get(0)));
                        default -> null;
                    });
        }

        private Set<String> protocolsOf(PeerId peer) {
            return others(id).stream()
                    .filter(other -> other.id.equals(peer))
                    .flatMap(other -> other.handlers.keySet().stream())
                    .collect(Collectors.toSet());
        }

        private CompletionStage<Stream> open(PeerId peer, String protocol) {
            for (Node other : others(id)) {
                StreamHandler handler = other.handlers.get(protocol);
                if (other.id.equals(peer) && handler != null) {
                    MemoryStream[] ends = MemoryStream.pair(protocol, id, peer);
                    streams.incrementAndGet();
                    post(() -> handler.accept(ends[1]));
                    return CompletableFuture.completedFuture(ends[0]);
                }
            }
            return CompletableFuture.failedFuture(
                    new NetworkException(NetworkException.Reason.DIAL_FAILED, "no way to " + peer));
        }

        @Override
        public Topic join(String name, MessageValidator validator) {
            MemoryTopic topic = new MemoryTopic(name, validator);
            topics.put(name, topic);
            return topic;
        }

        @Override
        public void close() {}

        private final class MemoryTopic implements Topic {
            private final String name;
            private final MessageValidator validator;
            private final List<Consumer<PubSubMessage>> subscribers = new CopyOnWriteArrayList<>();
            private final List<TopicListener> listeners = new CopyOnWriteArrayList<>();

            MemoryTopic(String name, MessageValidator validator) {
                this.name = name;
                this.validator = validator;
            }

            @Override
            public String name() {
                return name;
            }

            @Override
            public CompletionStage<Void> publish(byte[] data) {
                PubSubMessage message = new PubSubMessage(id, id, name, data, new byte[8]);
                subscribers.forEach(subscriber -> post(() -> subscriber.accept(message)));
                for (Node other : others(id)) {
                    MemoryTopic topic = other.topics.get(name);
                    if (topic != null) {
                        post(() -> topic.receive(message));
                    }
                }
                return CompletableFuture.completedFuture(null);
            }

            private void receive(PubSubMessage message) {
                if (connected(id, message.author()) && validator.validate(message) == MessageValidator.Verdict.ACCEPT) {
                    subscribers.forEach(subscriber -> subscriber.accept(message));
                }
            }

            @Override
            public Registration subscribe(Consumer<PubSubMessage> subscriber) {
                subscribers.add(subscriber);
                for (Node other : others(id)) {
                    MemoryTopic topic = other.topics.get(name);
                    if (topic != null) {
                        post(() -> topic.listeners.forEach(listener -> listener.peerJoined(id)));
                    }
                }
                return () -> subscribers.remove(subscriber);
            }

            @Override
            public Registration listen(TopicListener listener) {
                listeners.add(listener);
                peers().forEach(peer -> post(() -> listener.peerJoined(peer)));
                return () -> listeners.remove(listener);
            }

            @Override
            public List<PeerId> peers() {
                List<PeerId> peers = new ArrayList<>();
                for (Node other : others(id)) {
                    MemoryTopic topic = other.topics.get(name);
                    if (topic != null && !topic.subscribers.isEmpty()) {
                        peers.add(other.id);
                    }
                }
                return peers;
            }

            @Override
            public void close() {
                topics.remove(name);
            }
        }

        private final class Exchange implements BlockExchange {
            private final Collection<CompletableFuture<byte[]>> waiting = new CopyOnWriteArrayList<>();
            private volatile boolean closed;

            @Override
            public CompletableFuture<byte[]> get(Cid cid, Duration timeout) {
                CompletableFuture<byte[]> found = new CompletableFuture<>();
                waiting.add(found);
                found.whenComplete((bytes, failure) -> waiting.remove(found));
                post(() -> look(cid, found));
                return found;
            }

            private void look(Cid cid, CompletableFuture<byte[]> found) {
                if (stalled.test(cid)) {
                    return;
                }
                try {
                    for (Node other : others(id)) {
                        ExchangeBlockstore theirs = other.blocks;
                        Optional<byte[]> bytes = theirs == null || lost.test(cid) ? Optional.empty() : theirs.get(cid);
                        if (bytes.isPresent() && !closed) {
                            exchanged.incrementAndGet();
                            found.complete(bytes.get());
                            return;
                        }
                    }
                    found.completeExceptionally(
                            new NetworkException(NetworkException.Reason.TIMEOUT, "nobody has " + cid));
                } catch (IOException | RuntimeException e) {
                    found.completeExceptionally(e);
                }
            }

            @Override
            public void haveNewBlock(Cid cid) {}

            @Override
            public ExchangeStats stats() {
                return new ExchangeStats(0, 0, 0, 0, 0, waiting.size(), 0);
            }

            @Override
            public void close() {
                closed = true;
                waiting.forEach(found ->
                        found.completeExceptionally(new NetworkException(NetworkException.Reason.CLOSED, "closed")));
            }
        }
    }
}
