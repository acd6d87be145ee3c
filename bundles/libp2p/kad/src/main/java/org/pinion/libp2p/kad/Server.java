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

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.MessageReader;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.api.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads questions from the streams that peers open, one after the other, and answers them. Belongs to the loop. */
final class Server {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.kad");

    private final Loop loop;
    private final Answers answers;
    private final Kademlia.Means means;
    private final Set<Inbound> open = new HashSet<>();
    private final Map<PeerId, Integer> streams = new HashMap<>();
    private final Set<PeerId> violators = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PeerId, Boolean> eldest) {
            return size() > Limits.VIOLATORS;
        }
    });
    private boolean closed;

    Server(Loop loop, Answers answers, Kademlia.Means means) {
        this.loop = loop;
        this.answers = answers;
        this.means = means;
    }

    /** Takes over a stream that a peer opened. Any thread. */
    void accept(Stream stream) {
        if (!loop.execute(() -> add(stream))) {
            stream.reset(Stream.RESET_NONE);
        }
    }

    private void add(Stream stream) {
        PeerId peer = stream.remotePeer();
        boolean tooMany = open.size() >= Limits.INBOUND_STREAMS
                || streams.getOrDefault(peer, 0) >= Limits.INBOUND_STREAMS_PER_PEER;
        if (tooMany || closed) {
            stream.reset(tooMany ? Stream.RESET_RESOURCE_LIMIT : Stream.RESET_NONE);
            return;
        }
        streams.merge(peer, 1, Integer::sum);
        Inbound inbound = new Inbound(stream);
        open.add(inbound);
        inbound.start();
    }

    void close() {
        closed = true;
        List.copyOf(open).forEach(inbound -> inbound.end(Stream.RESET_NONE));
    }

    /** One stream. */
    private final class Inbound {
        private final Stream stream;
        private final MessageReader reader;
        private @Nullable Future<?> timer;

        Inbound(Stream stream) {
            this.stream = stream;
            reader = new MessageReader(stream, Limits.REQUEST_BYTES);
        }

        void start() {
            restartTimer();
            read(CompletableFuture.completedFuture(null));
        }

        /** Waits for a question, and for the answer before it to be taken, within the same time. */
        private void restartTimer() {
            if (timer != null) {
                timer.cancel(false);
            }
            timer = loop.schedule(Limits.IDLE, () -> end(Stream.RESET_NONE));
        }

        /**
         * Reads a question while the one before is answered, on the event loop of the connection where it can: that loop and
         * ours need not wake each other for it.
         */
        private void read(CompletableFuture<Void> before) {
            reader.read()
                    .whenComplete((message, error) -> before.whenComplete((answered, failure) -> {
                        CompletableFuture<Void> done = new CompletableFuture<>();
                        boolean more = error == null && message.isPresent();
                        if (loop.execute(() -> received(message, error, done)) && more) {
                            read(done);
                        }
                    }));
        }

        private void received(
                @Nullable Optional<byte[]> message, @Nullable Throwable error, CompletableFuture<Void> done) {
            if (!open.contains(this)) {
                return;
            }
            if (error != null || message == null) {
                broken(error);
            } else if (message.isEmpty()) {
                end(null);
            } else {
                restartTimer();
                answer(message.get(), done);
            }
        }

        private void answer(byte[] message, CompletableFuture<Void> done) {
            Optional<KadMessage> answer;
            try {
                boolean sameMachine = Addresses.isLoopback(stream.connection().remoteAddress());
                answer = answers.to(
                        KadCodec.decode(message),
                        new Answers.Asker(
                                stream.remotePeer(),
                                sameMachine,
                                means.wall().instant(),
                                means.nanos().getAsLong()));
            } catch (ProtocolException | Refusal e) {
                broken(e);
                return;
            }
            if (answer.isEmpty()) {
                done.complete(null);
                return;
            }
            MessageWriter.write(stream, KadCodec.encode(answer.get())).whenComplete((written, error) -> {
                if (error == null) {
                    done.complete(null);
                } else {
                    loop.execute(() -> broken(error));
                }
            });
        }

        private void broken(@Nullable Throwable error) {
            if (error == null || !(Failures.cause(error) instanceof ProtocolException violation)) {
                log.debug(
                        "a stream of {} ends: {}",
                        stream.remotePeer(),
                        error == null ? "no message" : Failures.message(error));
                end(Stream.RESET_NONE);
                return;
            }
            if (violators.add(stream.remotePeer())) {
                log.warn(
                        "{} breaks the DHT protocol, its stream is reset; further ones are not logged: {}",
                        stream.remotePeer(),
                        violation.getMessage());
            }
            end(Stream.RESET_PROTOCOL_VIOLATION);
        }

        /** Resets the stream with a code, or closes it. */
        void end(@Nullable Long code) {
            if (!open.remove(this)) {
                return;
            }
            streams.computeIfPresent(stream.remotePeer(), (peer, count) -> count == 1 ? null : count - 1);
            if (timer != null) {
                timer.cancel(false);
            }
            if (code == null) {
                stream.close();
            } else {
                stream.reset(code);
            }
        }
    }
}
