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
package org.pinion.api.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.http.Exchange;

/** An exchange over Jetty. For one thread at a time, but {@link #stop} may come from any. */
final class JettyExchange implements Exchange {
    /** Headers that the server sets first. */
    private static final Set<String> ONCE = Set.of("server", "date");

    /** How long a reader waits for more of a request's body. */
    private static final Duration BODY_IDLE = Duration.ofMinutes(5);

    private record Header(String name, String value) {}

    private Request info;
    private final org.eclipse.jetty.server.Request request;
    private final Response response;
    private final List<Header> base = new ArrayList<>();
    private final List<Header> headers = new ArrayList<>();
    private final Set<String> announced = new HashSet<>();
    private final Map<String, String> trailers = new LinkedHashMap<>();
    private @Nullable InputStream body;
    /** What {@link #read} gave last. */
    private Content.@Nullable Chunk chunk;

    private int status = 200;
    private boolean committed;
    private CompletableFuture<Void> lastWrite = CompletableFuture.completedFuture(null);
    private volatile @Nullable String stopped;
    private volatile @Nullable Runnable ending;
    private @Nullable Tokens tokens;
    private @Nullable WatchedEndPoint watched;

    /** Makes tokens for one user. */
    interface Tokens {
        String token(@Nullable Duration lifetime);
    }

    JettyExchange(Request info, org.eclipse.jetty.server.Request request, Response response) {
        this.info = info;
        this.request = request;
        this.response = response;
    }

    @Override
    public Request request() {
        return info;
    }

    @Override
    public InputStream body() throws IOException {
        refuseStopped();
        InputStream stream = body;
        if (stream == null) {
            ConnectionMetaData connection = request.getConnectionMetaData();
            stream = new IdleBody(
                    Content.Source.asInputStream(request),
                    BODY_IDLE,
                    connection.getConnector().getScheduler(),
                    this::cut);
            body = stream;
        }
        return stream;
    }

    /** The client sends no more of its request: the connection goes, or with HTTP/2 the request only. */
    private void cut(TimeoutException reason) {
        ConnectionMetaData connection = request.getConnectionMetaData();
        if (connection.getHttpVersion() == HttpVersion.HTTP_2) {
            request.fail(reason);
        } else {
            connection.getConnection().getEndPoint().close(reason);
        }
    }

    @Override
    public CompletableFuture<Optional<ByteBuffer>> read() {
        refuseStopped();
        Content.Chunk last = chunk;
        if (last != null) {
            chunk = null;
            last.release();
        }
        CompletableFuture<Optional<ByteBuffer>> next = new CompletableFuture<>();
        read(next);
        return next;
    }

    private void read(CompletableFuture<Optional<ByteBuffer>> next) {
        try {
            readChunk(next);
        } catch (IllegalStateException answered) {
            // bytes that come after the answer belong to nobody
            next.completeExceptionally(answered);
        }
    }

    private void readChunk(CompletableFuture<Optional<ByteBuffer>> next) {
        while (true) {
            Content.Chunk read = request.read();
            if (read == null) {
                request.demand(() -> read(next));
                return;
            }
            if (Content.Chunk.isFailure(read)) {
                next.completeExceptionally(read.getFailure());
                return;
            }
            if (read.hasRemaining()) {
                chunk = read;
                next.complete(Optional.of(read.getByteBuffer()));
                return;
            }
            read.release();
            if (read.isLast()) {
                watchAgain();
                next.complete(Optional.empty());
                return;
            }
        }
    }

    @Override
    public Exchange status(int value) {
        refuseCommitted();
        status = value;
        return this;
    }

    @Override
    public Exchange header(String name, String value) {
        refuseCommitted();
        headers.add(new Header(name, value));
        return this;
    }

    @Override
    public Optional<String> token(@Nullable Duration lifetime) {
        Tokens source = tokens;
        return source == null ? Optional.empty() : Optional.of(source.token(lifetime));
    }

    @Override
    public void onStop(Runnable task) {
        AtomicBoolean done = new AtomicBoolean();
        Runnable once = () -> {
            if (done.compareAndSet(false, true)) {
                task.run();
            }
        };
        ending = once;
        request.addFailureListener(failure -> once.run());
        if (request.getConnectionMetaData().getConnection().getEndPoint() instanceof WatchedEndPoint socket) {
            watched = socket;
            socket.watch(once);
        }
        if (stopped != null) {
            once.run();
        }
    }

    /** The caller is known. */
    void tokens(Tokens source) {
        tokens = source;
    }

    /** Sets the variables of the route that was found. */
    void variables(Map<String, String> variables) {
        info = new Request(
                info.method(), info.path(), variables, info.query(), info.headers(), info.rawTarget(), info.remote());
    }

    /** A header of the server itself: it stays when a handler fails and its headers are dropped. */
    void baseHeader(String name, String value) {
        base.add(new Header(name, value));
    }

    @Override
    public Exchange announceTrailer(String name) {
        refuseCommitted();
        headers.add(new Header("Trailer", name));
        announced.add(name);
        return this;
    }

    @Override
    public Exchange trailer(String name, String value) {
        if (!announced.contains(name)) {
            throw new IllegalArgumentException("trailer was not announced: " + name);
        }
        trailers.put(name, value);
        return this;
    }

    @Override
    public CompletableFuture<Void> write(ByteBuffer data) {
        refuseStopped();
        commit();
        CompletableFuture<Void> done = new CompletableFuture<>();
        lastWrite = done;
        response.write(
                false,
                data,
                Callback.from(InvocationType.EITHER, () -> done.complete(null), done::completeExceptionally));
        return done;
    }

    @Override
    public boolean isCommitted() {
        return committed;
    }

    /** Ends the answer after the last write. */
    void finish(Callback callback) {
        unwatch();
        commit();
        lastWrite.whenComplete((done, failure) -> {
            if (failure != null) {
                callback.failed(failure);
            } else {
                response.write(true, BufferUtil.EMPTY_BUFFER, callback);
            }
        });
    }

    /** While the body was read, its reader saw the client's end. */
    private void watchAgain() {
        WatchedEndPoint socket = watched;
        Runnable task = ending;
        if (socket != null && task != null) {
            socket.watch(task);
        }
    }

    /** What happens to the client from here on is not this request's. */
    void unwatch() {
        WatchedEndPoint socket = watched;
        if (socket != null) {
            socket.forget();
        }
    }

    /** Drops what a handler prepared but did not send. */
    void forget() {
        refuseCommitted();
        status = 200;
        headers.clear();
        announced.clear();
        trailers.clear();
    }

    boolean hasTrailer(String name) {
        return announced.contains(name);
    }

    int status() {
        return status;
    }

    /**
     * Makes every later write fail with {@code UNAVAILABLE}, so that the handler ends with a trailer. A read that waits for
     * the client goes on until the connection is closed.
     */
    void stop(String reason) {
        stopped = reason;
        Runnable task = ending;
        if (task != null) {
            task.run();
        }
    }

    /** Lets the server itself write an error after {@link #stop}. */
    void letEnd() {
        stopped = null;
    }

    private void commit() {
        if (committed) {
            return;
        }
        committed = true;
        response.setStatus(status);
        HttpFields.Mutable fields = response.getHeaders();
        base.forEach(header -> fields.add(header.name, wire(header.value)));
        for (Header header : headers) {
            if (ONCE.contains(header.name.toLowerCase(Locale.ROOT))) {
                fields.put(header.name, wire(header.value));
            } else {
                fields.add(header.name, wire(header.value));
            }
        }
        if (!announced.isEmpty()) {
            response.setTrailersSupplier(() -> {
                HttpFields.Mutable last = HttpFields.build();
                trailers.forEach((name, value) -> last.add(name, wire(value)));
                return last;
            });
        }
    }

    /** Header values travel as Latin-1; UTF-8 bytes go through unchanged, line breaks become blanks. */
    private static String wire(String value) {
        String line = value.replace('\r', ' ').replace('\n', ' ');
        return new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private void refuseCommitted() {
        if (committed) {
            throw new IllegalStateException("the answer to " + info.rawTarget() + " was already begun");
        }
    }

    private void refuseStopped() {
        String reason = stopped;
        if (reason != null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, reason);
        }
    }
}
