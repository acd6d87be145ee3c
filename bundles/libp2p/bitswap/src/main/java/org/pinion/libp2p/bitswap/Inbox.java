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
import java.util.Optional;
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
 * Reads the streams that peers open. Of each stream one message is worked off while the next one is read, and no more:
 * large ones by a worker, small ones where they come in. Any thread.
 */
final class Inbox {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.bitswap");
    private static final int MAX_STREAMS_PER_PEER = 256;
    /** Up to this size a message is worked off where it comes in: to wake a worker would take longer. */
    private static final int SMALL_BYTES = 16 * 1024;

    private static final Duration STALLED = Duration.ofSeconds(30);

    /** Works off messages. */
    interface Handler {
        /**
         * A message came in; called by a worker, or by an event loop if it is small: never waits.
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
        /** Ends with the work on the last message. */
        private volatile CompletableFuture<Void> worked = CompletableFuture.completedFuture(null);

        Inbound(Stream stream) {
            this.stream = stream;
            this.reader = new FrameReader(stream, settings.maxMessageBytes(), budget, nanos);
        }

        /**
         * Reads messages one after the other, each while the one before is worked off. Loops while they are at hand, so
         * that many tiny ones cannot exhaust the stack.
         */
        void read() {
            boolean more = true;
            while (more) {
                CompletableFuture<Optional<byte[]>> next = reader.read();
                CompletableFuture<Boolean> taken = worked.handle((done, failure) -> failure)
                        .thenCompose(failure ->
                                next.handle((message, error) -> take(message, failure != null ? failure : error)));
                if (!taken.isDone()) {
                    taken.thenAccept(goOn -> {
                        if (goOn) {
                            read();
                        }
                    });
                    return;
                }
                more = taken.getNow(false);
            }
        }

        /** Works off what was read; false when that was the last. */
        private boolean take(@Nullable Optional<byte[]> message, @Nullable Throwable error) {
            if (error != null || message == null) {
                if (message != null) {
                    message.ifPresent(reader::release);
                }
                end(error);
                return false;
            }
            if (message.isEmpty()) {
                end(null);
                return false;
            }
            byte[] bytes = message.get();
            CompletableFuture<Void> done = new CompletableFuture<>();
            worked = done;
            if (bytes.length <= SMALL_BYTES) {
                work(bytes, done);
                return !done.isCompletedExceptionally();
            }
            if (workers.execute(() -> work(bytes, done))) {
                return true;
            }
            reader.release(bytes);
            end(new NetworkException(NetworkException.Reason.LIMIT, "too much work waits"));
            return false;
        }

        private void work(byte[] message, CompletableFuture<Void> done) {
            try {
                handler.received(stream.remotePeer(), message);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
                end(e);
            } finally {
                reader.release(message);
                done.complete(null);
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
        inbound.read();
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
