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
package org.pinion.libp2p.bitswap;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.ExchangeSettings;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.api.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the streams that peers open. Of each stream one message is worked off by a worker while the next one is read, and
 * no more. Any thread.
 */
final class Inbox {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.bitswap");
    private static final int MAX_STREAMS_PER_PEER = 256;
    private static final Duration STALLED = Duration.ofSeconds(30);

    /** Works off messages. */
    interface Handler {
        /**
         * A message came in; called by a worker.
         *
         * @throws ProtocolException if it is malformed
         */
        void received(PeerId from, byte[] message);

        /** A peer broke the protocol. */
        void violated(PeerId from, String what);
    }

    private final ExchangeSettings settings;
    private final Workers workers;
    private final Handler handler;
    private final LongSupplier nanos;
    private final ReceiveBudget budget;
    private final Set<Inbound> open = ConcurrentHashMap.newKeySet();
    private final Map<PeerId, Integer> streams = new HashMap<>();

    Inbox(ExchangeSettings settings, Workers workers, Handler handler, LongSupplier nanos) {
        this.settings = settings;
        this.workers = workers;
        this.handler = handler;
        this.nanos = nanos;
        long perPeer = 3L * settings.maxMessageBytes();
        long all = Math.max(perPeer, Math.min(96L << 20, Runtime.getRuntime().maxMemory() / 6));
        this.budget = new ReceiveBudget(all, perPeer);
    }

    /** One stream. */
    private final class Inbound {
        final Stream stream;
        final FrameReader reader;

        Inbound(Stream stream) {
            this.stream = stream;
            this.reader = new FrameReader(stream, settings.maxMessageBytes(), budget, nanos);
        }

        /** Reads a message while the one before is worked off. */
        void read(CompletableFuture<Void> before) {
            reader.read()
                    .whenComplete((message, error) -> before.whenComplete((done, failure) -> {
                        if (failure != null || error != null) {
                            if (message != null) {
                                message.ifPresent(reader::release);
                            }
                            end(failure != null ? failure : error);
                        } else if (message.isEmpty()) {
                            end(null);
                        } else {
                            work(message.get());
                        }
                    }));
        }

        private void work(byte[] message) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            boolean accepted = workers.execute(() -> {
                try {
                    handler.received(stream.remotePeer(), message);
                } catch (RuntimeException e) {
                    done.completeExceptionally(e);
                    end(e);
                } finally {
                    reader.release(message);
                    done.complete(null);
                }
            });
            if (accepted) {
                read(done);
            } else {
                reader.release(message);
                end(new NetworkException(NetworkException.Reason.LIMIT, "too much work waits"));
            }
        }

        void end(@Nullable Throwable error) {
            if (!remove(this)) {
                return;
            }
            if (error == null) {
                stream.close();
                return;
            }
            Throwable cause = NetworkErrors.cause(error);
            boolean violation = cause instanceof ProtocolException;
            stream.reset(violation ? Stream.RESET_PROTOCOL_VIOLATION : Stream.RESET_NONE);
            if (violation) {
                handler.violated(stream.remotePeer(), String.valueOf(cause.getMessage()));
            } else {
                log.debug("stream of {} ended: {}", stream.remotePeer(), cause.getMessage());
            }
        }
    }

    /** Takes over a stream that a peer opened. */
    void accept(Stream stream) {
        PeerId peer = stream.remotePeer();
        synchronized (streams) {
            int count = streams.merge(peer, 1, Integer::sum);
            if (count > MAX_STREAMS_PER_PEER) {
                streams.put(peer, count - 1);
                stream.reset(Stream.RESET_RESOURCE_LIMIT);
                return;
            }
        }
        Inbound inbound = new Inbound(stream);
        open.add(inbound);
        inbound.read(CompletableFuture.completedFuture(null));
    }

    private boolean remove(Inbound inbound) {
        if (!open.remove(inbound)) {
            return false;
        }
        synchronized (streams) {
            streams.computeIfPresent(inbound.stream.remotePeer(), (p, count) -> count == 1 ? null : count - 1);
        }
        return true;
    }

    /** Gives up streams whose peer stopped in the middle of a message. */
    void tick(long now) {
        for (Inbound inbound : open) {
            if (inbound.reader.stalled(now, STALLED.toNanos())) {
                inbound.end(new NetworkException(
                        NetworkException.Reason.TIMEOUT, "a message was not completed within " + STALLED));
            }
        }
    }

    /** Peers of which a part of a message came within the last seconds. */
    Set<PeerId> active(long now, Duration within) {
        Set<PeerId> active = new HashSet<>();
        for (Inbound inbound : open) {
            if (inbound.reader.underWay(now, within.toNanos())) {
                active.add(inbound.stream.remotePeer());
            }
        }
        return active;
    }

    void close() {
        open.forEach(inbound -> {
            if (remove(inbound)) {
                inbound.stream.reset(Stream.RESET_NONE);
            }
        });
    }
}
