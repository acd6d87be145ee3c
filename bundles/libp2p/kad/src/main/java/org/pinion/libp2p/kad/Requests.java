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

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.MessageReader;
import org.pinion.libp2p.api.MessageWriter;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.api.Stream;

/** Questions to other peers, each on a stream of its own; so many at once, the others wait. Belongs to the loop. */
final class Requests {
    private final Host host;
    private final Loop loop;
    private final Duration timeout;
    private final Set<Call> running = new HashSet<>();
    private final Deque<Call> queue = new ArrayDeque<>();
    private boolean closed;

    Requests(Host host, Loop loop, Duration timeout) {
        this.host = host;
        this.loop = loop;
        this.timeout = timeout;
    }

    /** Asks a peer, dialing it if need be; completes in the loop, never at once. */
    CompletableFuture<KadMessage> ask(PeerId peer, Scope scope, KadMessage question) {
        Call call = new Call(peer, scope.protocol(), question);
        if (closed || queue.size() >= Limits.WAITING_REQUESTS) {
            Reason reason = closed ? Reason.CLOSED : Reason.LIMIT;
            loop.execute(() -> call.result.completeExceptionally(
                    new NetworkException(reason, closed ? "the routing is closed" : "too many questions wait")));
        } else {
            queue.add(call);
            startNext();
        }
        return call.result;
    }

    private void startNext() {
        while (running.size() < Limits.REQUESTS && !queue.isEmpty()) {
            Call call = queue.remove();
            running.add(call);
            call.start();
        }
    }

    /** Fails what waits. */
    void close() {
        closed = true;
        NetworkException error = new NetworkException(Reason.CLOSED, "the routing is closed");
        queue.forEach(call -> call.result.completeExceptionally(error));
        queue.clear();
        List.copyOf(running).forEach(call -> call.end(null, error));
    }

    /** One question. */
    private final class Call {
        final PeerId peer;
        final String protocol;
        final KadMessage question;
        final CompletableFuture<KadMessage> result = new CompletableFuture<>();
        private @Nullable Stream stream;
        private @Nullable Future<?> timer;

        Call(PeerId peer, String protocol, KadMessage question) {
            this.peer = peer;
            this.protocol = protocol;
            this.question = question;
        }

        void start() {
            timer = loop.schedule(
                    timeout,
                    () -> end(
                            null,
                            new NetworkException(
                                    Reason.TIMEOUT, peer + " did not answer on " + protocol + " within " + timeout)));
            host.newStream(peer, List.of(protocol)).whenComplete((opened, error) -> {
                boolean queued = loop.execute(() -> opened(opened, error));
                if (!queued && opened != null) {
                    opened.reset(Stream.RESET_NONE);
                }
            });
        }

        private void opened(@Nullable Stream opened, @Nullable Throwable error) {
            if (opened == null) {
                end(null, error == null ? new NetworkException(Reason.CLOSED, "no stream") : error);
                return;
            }
            if (result.isDone()) {
                opened.reset(Stream.RESET_NONE);
                return;
            }
            stream = opened;
            MessageWriter.write(opened, KadCodec.encode(question)).whenComplete((done, failure) -> {
                if (failure != null) {
                    loop.execute(() -> end(null, failure));
                }
            });
            new MessageReader(opened, Limits.ANSWER_BYTES)
                    .read()
                    .whenComplete((message, failure) -> loop.execute(() -> answered(message, failure)));
        }

        private void answered(@Nullable Optional<byte[]> message, @Nullable Throwable failure) {
            if (failure != null || message == null) {
                end(null, failure == null ? new NetworkException(Reason.CLOSED, "no answer") : failure);
            } else if (message.isEmpty()) {
                end(null, new NetworkException(Reason.RESET, peer + " ended " + protocol + " without an answer"));
            } else {
                try {
                    end(KadCodec.decode(message.get()), null);
                } catch (ProtocolException e) {
                    end(null, e);
                }
            }
        }

        void end(@Nullable KadMessage answer, @Nullable Throwable error) {
            if (!running.remove(this)) {
                return;
            }
            if (timer != null) {
                timer.cancel(false);
            }
            if (stream != null && answer != null) {
                stream.close();
            } else if (stream != null) {
                boolean violation = error != null && Failures.cause(error) instanceof ProtocolException;
                stream.reset(violation ? Stream.RESET_PROTOCOL_VIOLATION : Stream.RESET_NONE);
            }
            if (answer != null) {
                result.complete(answer);
            } else if (error != null) {
                result.completeExceptionally(Failures.cause(error));
            }
            startNext();
        }
    }
}
