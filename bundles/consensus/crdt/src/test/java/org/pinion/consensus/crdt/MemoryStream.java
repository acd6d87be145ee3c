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

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.Stream;

/** One end of a stream in memory; a write completes when little of what was written waits to be read. */
final class MemoryStream implements Stream {
    private static final int WINDOW_BYTES = 64 * 1024;

    private final String protocol;
    private final Connection connection;
    private final Pipe in;
    private final Pipe out;

    private MemoryStream(String protocol, PeerId remote, Pipe in, Pipe out) {
        this.protocol = protocol;
        this.connection = connection(remote);
        this.in = in;
        this.out = out;
    }

    /** Two ends: the first one is that of {@code dialer}. */
    static MemoryStream[] pair(String protocol, PeerId dialer, PeerId listener) {
        Pipe there = new Pipe();
        Pipe back = new Pipe();
        return new MemoryStream[] {
            new MemoryStream(protocol, listener, back, there), new MemoryStream(protocol, dialer, there, back)
        };
    }

    static Connection connection(PeerId remote) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> method.getName().equals("remotePeer") ? remote : null);
    }

    /** Bytes on their way. */
    private static final class Pipe {
        private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
        private int bytes;
        private boolean ended;
        private boolean broken;
        private CompletableFuture<Void> room = CompletableFuture.completedFuture(null);
        private CompletableFuture<Void> filled = new CompletableFuture<>();

        synchronized CompletableFuture<Void> write(ByteBuffer data) {
            if (broken) {
                return CompletableFuture.failedFuture(reset());
            }
            ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data).flip();
            waiting.add(copy);
            bytes += copy.remaining();
            if (bytes > WINDOW_BYTES && room.isDone()) {
                room = new CompletableFuture<>();
            }
            filled.complete(null);
            return room;
        }

        synchronized void end(boolean abort) {
            ended = true;
            broken |= abort;
            if (abort) {
                room.completeExceptionally(reset());
            }
            filled.complete(null);
        }

        private synchronized CompletableFuture<Void> filled() {
            if (waiting.isEmpty() && !ended) {
                filled = new CompletableFuture<>();
                return filled;
            }
            return CompletableFuture.completedFuture(null);
        }

        private synchronized Optional<ByteBuffer> take() throws NetworkException {
            if (broken) {
                throw reset();
            }
            ByteBuffer next = waiting.poll();
            if (next != null) {
                bytes -= next.remaining();
                if (bytes <= WINDOW_BYTES) {
                    room.complete(null);
                }
            }
            return Optional.ofNullable(next);
        }

        private static NetworkException reset() {
            return new NetworkException(NetworkException.Reason.RESET, "the stream was reset");
        }
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
        return in.filled().thenCompose(any -> {
            try {
                return CompletableFuture.completedFuture(in.take());
            } catch (NetworkException e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    @Override
    public CompletionStage<Void> write(ByteBuffer data) {
        return out.write(data);
    }

    @Override
    public CompletionStage<Void> closeWrite() {
        out.end(false);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void reset(long code) {
        in.end(true);
        out.end(true);
    }

    @Override
    public void close() {
        out.end(false);
    }
}
