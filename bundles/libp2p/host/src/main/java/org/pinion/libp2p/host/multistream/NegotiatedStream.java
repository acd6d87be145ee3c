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
package org.pinion.libp2p.host.multistream;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.host.yamux.YamuxStream;

/**
 * A stream whose protocol is agreed, or was proposed without waiting: then the proposal leaves with the first write (or
 * alone, when reading comes first), and the answer is taken off before the first received bytes.
 */
final class NegotiatedStream implements Stream {
    private final YamuxStream raw;
    private final Connection connection;
    private final String protocol;
    private final TrafficCounter.Protocol traffic;
    private byte @Nullable [] proposal;
    private @Nullable TokenReader answer;
    private @Nullable ByteBuffer leftover;
    private boolean wrote;

    private NegotiatedStream(YamuxStream raw, Connection connection, String protocol) {
        this.raw = raw;
        this.connection = connection;
        this.protocol = protocol;
        TrafficCounter counter =
                connection instanceof TrafficCounter.Counted counted ? counted.traffic() : TrafficCounter.UNSEEN;
        this.traffic = counter.of(protocol);
    }

    /** A stream with an agreed protocol; {@code leftover} came behind the negotiation. */
    static NegotiatedStream agreed(YamuxStream raw, Connection connection, String protocol, ByteBuffer leftover) {
        NegotiatedStream stream = new NegotiatedStream(raw, connection, protocol);
        stream.leftover = leftover.hasRemaining() ? leftover : null;
        return stream;
    }

    /** A stream whose proposal is still to be sent. */
    static NegotiatedStream lazy(YamuxStream raw, Connection connection, String protocol) {
        NegotiatedStream stream = new NegotiatedStream(raw, connection, protocol);
        stream.proposal = Tokens.encode(Tokens.HEADER, protocol);
        stream.answer = new TokenReader();
        return stream;
    }

    @Override
    public String protocol() {
        return protocol;
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public CompletionStage<Optional<ByteBuffer>> read() {
        return onLoop(this::readOnLoop, data -> data.ifPresent(bytes -> traffic.in(bytes.remaining())));
    }

    private CompletableFuture<Optional<ByteBuffer>> readOnLoop() {
        ByteBuffer first = leftover;
        if (first != null) {
            leftover = null;
            return CompletableFuture.completedFuture(Optional.of(first));
        }
        if (answer == null) {
            return raw.read();
        }
        propose();
        CompletableFuture<Optional<ByteBuffer>> result = new CompletableFuture<>();
        awaitAnswer(result);
        return result;
    }

    private void awaitAnswer(CompletableFuture<Optional<ByteBuffer>> result) {
        raw.read().whenComplete((data, error) -> {
            if (error != null) {
                result.completeExceptionally(error);
                return;
            }
            try {
                onAnswer(data, result);
            } catch (NetworkException | ProtocolException e) {
                raw.reset(RESET_NEGOTIATION_FAILED);
                result.completeExceptionally(e);
            }
        });
    }

    private void onAnswer(Optional<ByteBuffer> data, CompletableFuture<Optional<ByteBuffer>> result)
            throws NetworkException {
        TokenReader tokens = answer;
        if (data.isEmpty() || tokens == null) {
            throw new NetworkException(
                    Reason.PROTOCOL_NOT_SUPPORTED, remotePeer() + " ended the stream without agreeing on " + protocol);
        }
        ByteBuffer in = data.get();
        while (in.hasRemaining()) {
            String token = tokens.feed(in.get());
            if (token == null || token.equals(Tokens.HEADER)) {
                continue;
            }
            if (!token.equals(protocol)) {
                throw new NetworkException(
                        Reason.PROTOCOL_NOT_SUPPORTED, remotePeer() + " does not serve " + protocol + " any more");
            }
            answer = null;
            if (in.hasRemaining()) {
                result.complete(Optional.of(in));
            } else {
                raw.read().whenComplete((next, error) -> {
                    if (error != null) {
                        result.completeExceptionally(error);
                    } else {
                        result.complete(next);
                    }
                });
            }
            return;
        }
        awaitAnswer(result);
    }

    @Override
    public CompletionStage<Void> write(ByteBuffer data) {
        return onLoop(
                () -> {
                    propose();
                    wrote = true;
                    traffic.out(data.remaining());
                    return raw.write(data);
                },
                done -> {});
    }

    @Override
    public CompletionStage<Void> closeWrite() {
        return onLoop(
                () -> {
                    propose();
                    return raw.closeWrite();
                },
                done -> {});
    }

    /** Both writes leave in one frame, as the session sends later in this turn of the loop. */
    private void propose() {
        byte[] bytes = proposal;
        if (bytes != null) {
            proposal = null;
            CompletableFuture<Void> written = raw.write(ByteBuffer.wrap(bytes));
            if (written.isCompletedExceptionally()) {
                raw.reset(RESET_NONE);
            }
        }
    }

    @Override
    public void reset(long code) {
        raw.execute(() -> raw.reset(code));
    }

    @Override
    public void close() {
        raw.execute(() -> {
            propose();
            leftover = null;
            if (wrote) {
                raw.close();
            } else {
                raw.closeLazily();
            }
        });
    }

    private <T> CompletableFuture<T> onLoop(Supplier<CompletableFuture<T>> action, Consumer<T> before) {
        CompletableFuture<T> result = new CompletableFuture<>();
        boolean accepted = raw.execute(() -> action.get().whenComplete((value, error) -> {
            if (error != null) {
                result.completeExceptionally(error);
            } else {
                before.accept(value);
                result.complete(value);
            }
        }));
        if (!accepted) {
            result.completeExceptionally(new NetworkException(Reason.CLOSED, "the host is closed"));
        }
        return result;
    }

    @Override
    public String toString() {
        return "stream " + raw.id() + " " + protocol + " of " + remotePeer();
    }
}
