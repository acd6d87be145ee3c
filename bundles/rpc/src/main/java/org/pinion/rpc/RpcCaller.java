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
package org.pinion.rpc;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamInput;
import org.pinion.libp2p.api.StreamOutput;
import org.pinion.rpc.Frames.ServiceId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.rpc.RpcClient;
import org.pinion.spi.rpc.RpcException;
import org.pinion.spi.rpc.RpcException.Kind;
import org.pinion.spi.rpc.RpcMethod;

/** Calls other peers: one call, one stream. */
@Component(service = RpcClient.class)
public final class RpcCaller implements RpcClient {
    private static final int MAX_CALLS = 64;
    private static final int MAX_WAITING = 1024;
    private static final int MAX_SENDERS = 64;
    private static final Duration DIAL = Duration.ofSeconds(15);
    /** Stands for "no limit": longer than any peer runs, short enough for nanoseconds. */
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private final Host host;
    private final Workers callers;
    private final Workers senders;

    /** Calls over the cluster host. */
    @Activate
    public RpcCaller(@Reference(target = "(pinion.host=cluster)") Host host, @Reference Executors executors) {
        this.host = host;
        callers = executors.workers("rpc-client", MAX_CALLS, MAX_WAITING);
        senders = executors.workers("rpc-sender", MAX_SENDERS, 0);
    }

    /** Ends calls under way with an error. */
    @Deactivate
    void close() {
        callers.close();
        senders.close();
    }

    @Override
    public <A, R> CompletableFuture<@Nullable R> call(
            PeerId peer, RpcMethod<A, R> method, @Nullable A argument, Duration timeout) {
        CompletableFuture<@Nullable R> result = new CompletableFuture<>();
        try {
            callers.execute(() -> {
                if (!result.isDone()) {
                    callNow(peer, method, argument, timeout, result);
                }
            });
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(new RpcException(Kind.CLIENT, method + ": " + full.getMessage()));
        }
        CompletableFuture<@Nullable R> outcome = new CompletableFuture<>();
        result.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).whenComplete((value, failure) -> {
            if (failure == null) {
                outcome.complete(value);
            } else if (failure instanceof TimeoutException) {
                outcome.completeExceptionally(new RpcException(
                        Kind.CLIENT, method + " on " + peer + ": no answer within " + timeout.toMillis() + " ms"));
            } else {
                outcome.completeExceptionally(ClusterException.of(failure));
            }
        });
        // Whoever cancels what it was given cancels the call: the other side sees the stream's reset.
        outcome.whenComplete((value, failure) -> {
            if (outcome.isCancelled()) {
                result.cancel(false);
            }
        });
        return outcome;
    }

    private <A, R> void callNow(
            PeerId peer,
            RpcMethod<A, R> method,
            @Nullable A argument,
            Duration timeout,
            CompletableFuture<@Nullable R> result) {
        Stream stream;
        try {
            stream = open(peer, method, timeout);
        } catch (RpcException unreachable) {
            result.completeExceptionally(unreachable);
            return;
        }
        // Whoever ends the wait first, by answer, time-out or cancelling, ends the stream too.
        result.whenComplete((value, failure) -> {
            if (failure != null) {
                stream.reset(Stream.RESET_NONE);
            }
        });
        try (MsgIn in = new MsgIn(new StreamInput(stream, timeout))) {
            MsgOut out = MsgOut.to(new StreamOutput(stream, timeout));
            Frames.writeServiceId(out, ServiceId.of(method));
            writeArgument(out, method.argument(), argument);
            out.flush();
            // No half close before the answer: the reference would cancel the method.
            Frames.Response response = Frames.readResponse(in);
            if (response.failed()) {
                result.completeExceptionally(response.exception());
            } else {
                result.complete(read(in, method.result()));
            }
            stream.close();
        } catch (IOException | RuntimeException failed) {
            result.completeExceptionally(broken(peer, method, failed));
        }
    }

    @Override
    public <A, R> Cursor<R> stream(PeerId peer, RpcMethod<A, R> method, Cursor<A> arguments, Duration idleTimeout) {
        Duration idle = idleTimeout.isZero() ? FOR_EVER : idleTimeout;
        Stream stream;
        try {
            stream = open(peer, method, DIAL);
        } catch (RpcException unreachable) {
            arguments.close();
            throw unreachable;
        }
        MsgOut out = MsgOut.to(new StreamOutput(stream, idle));
        try {
            Frames.writeServiceId(out, ServiceId.of(method));
            out.flush();
            if (method.argument() == Void.class) {
                arguments.close();
                stream.closeWrite();
            } else {
                senders.execute(() -> send(stream, method, arguments, out));
            }
        } catch (IOException | RejectedExecutionException failed) {
            arguments.close();
            stream.reset(Stream.RESET_NONE);
            throw broken(peer, method, failed);
        }
        return new Results<>(peer, method, stream, idle);
    }

    private <A> void send(Stream stream, RpcMethod<A, ?> method, Cursor<A> arguments, MsgOut out) {
        try (arguments) {
            Codec<A> codec = Codecs.of(method.argument());
            A argument = arguments.next();
            while (argument != null) {
                codec.write(out, argument);
                argument = arguments.next();
            }
            out.flush();
            stream.closeWrite();
        } catch (IOException | RuntimeException failed) {
            stream.reset(Stream.RESET_NONE); // the reader of the results sees it
        }
    }

    private Stream open(PeerId peer, RpcMethod<?, ?> method, Duration timeout) {
        if (peer.equals(host.id())) {
            throw new IllegalArgumentException(method + ": this peer was asked to call itself");
        }
        CompletableFuture<Stream> opening =
                host.newStream(peer, List.of(Versions.RPC_PROTOCOL)).toCompletableFuture();
        try {
            return opening.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException slow) {
            opening.thenAccept(late -> late.reset(Stream.RESET_NONE));
            throw new RpcException(
                    Kind.CLIENT, method + " on " + peer + ": not connected within " + timeout.toMillis() + " ms");
        } catch (ExecutionException failed) {
            throw broken(peer, method, failed.getCause() == null ? failed : failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RpcException(Kind.CLIENT, method + " on " + peer + ": this peer is closing");
        }
    }

    private static RpcException broken(PeerId peer, RpcMethod<?, ?> method, Throwable cause) {
        if (cause instanceof RpcException known) {
            return known;
        }
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        RpcException failure = new RpcException(Kind.CLIENT, method + " on " + peer + ": " + text);
        failure.initCause(cause);
        return failure;
    }

    private static <A> void writeArgument(MsgOut out, Class<A> type, @Nullable A argument) throws IOException {
        if (argument == null) {
            out.emptyMap();
        } else {
            Codecs.of(type).write(out, argument);
        }
    }

    private static <R> @Nullable R read(MsgIn in, Class<R> type) throws IOException {
        if (type == Void.class) {
            in.nothing();
            return null;
        }
        return Codecs.of(type).read(in);
    }

    /** The results of a streaming call, read as they are pulled. */
    private static final class Results<R> implements Cursor<R> {
        private final PeerId peer;
        private final RpcMethod<?, R> method;
        private final Stream stream;
        private final MsgIn in;
        private boolean ended;

        Results(PeerId peer, RpcMethod<?, R> method, Stream stream, Duration idle) {
            this.peer = peer;
            this.method = method;
            this.stream = stream;
            in = new MsgIn(new StreamInput(stream, idle));
        }

        @Override
        public @Nullable R next() {
            try {
                if (ended || in.atEnd()) {
                    ended = true;
                    return null;
                }
                Frames.Response response = Frames.readResponse(in);
                if (response.failed()) {
                    ended = true;
                    throw response.exception();
                }
                R value = read(in, method.result());
                // Void results carry nothing: only the end of the stream matters.
                return value == null ? next() : value;
            } catch (IOException | IllegalArgumentException failed) {
                throw broken(peer, method, failed);
            }
        }

        @Override
        public void close() {
            if (ended) {
                stream.close();
            } else {
                stream.reset(Stream.RESET_NONE);
            }
        }
    }
}
