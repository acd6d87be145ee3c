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
package org.pinion.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddSource;
import org.pinion.spi.flow.Cursor;

/** Sends requests to the first endpoint that can be reached and reads answers. Any thread. */
final class HttpTransport implements AutoCloseable {
    private static final int MAX_ERROR_BYTES = 1 << 20;
    private static final String STREAM_ERROR = "x-stream-error";

    private final ClientSettings settings;
    private final Transport sockets;
    private final Offsets offsets = new Offsets();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Connections connections = new Connections();

    HttpTransport(ClientSettings settings) {
        this.settings = settings;
        this.sockets = new SocketTransport(settings);
        headers.put("User-Agent", "pinion-client");
        headers.put("Accept", "application/json");
        settings.credentials().ifPresent(pair -> {
            String full = pair.indexOf(':') < 0 ? pair + ":" : pair;
            headers.put(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(full.getBytes(StandardCharsets.UTF_8)));
        });
        settings.token().ifPresent(token -> headers.put("Authorization", "Bearer " + token));
    }

    /** Reads a record at the current document. */
    interface Reader<T> {
        T read(ApiRecords in) throws IOException;
    }

    /** What follows the head of a request. */
    private interface Body {
        Body NONE = connection -> {};

        void send(HttpConnection connection) throws IOException;
    }

    Offsets offsets() {
        return offsets;
    }

    <T> T one(String method, String target, Reader<T> reader) {
        return single(method, target, null, reader);
    }

    <T> T post(String target, byte[] body, Reader<T> reader) {
        return single("POST", target, body, reader);
    }

    /** A request whose answer has no body. */
    void none(String method, String target) {
        try (Exchange exchange = exchange(method, target, null)) {
            exchange.drain();
        }
    }

    /** Every document of a stream, or every item of an array, as it is asked for. */
    <T> Cursor<T> stream(String method, String target, Reader<T> reader) {
        return new Rows<>(exchange(method, target, null), reader);
    }

    /** A document that is one array. */
    <T> List<T> array(String target, Reader<List<T>> reader) {
        try (Exchange exchange = exchange("GET", target, null)) {
            return exchange.read(json -> {
                json.nextArray();
                return reader.read(new ApiRecords(json));
            });
        }
    }

    private <T> T single(String method, String target, byte @Nullable [] body, Reader<T> reader) {
        try (Exchange exchange = exchange(method, target, body)) {
            return exchange.read(json -> {
                if (!json.next()) {
                    throw new IOException("it has no content");
                }
                return reader.read(new ApiRecords(json));
            });
        }
    }

    void add(String target, AddSource source, Executor sender, AddOutput output) throws IOException {
        Upload upload = new Upload(source);
        // an idle connection may turn out to be closed when a part of the source is gone already
        connections.dropIdle();
        try (Exchange exchange = send("POST", target, upload.headers(headers), connection -> {
            if (!upload.start()) {
                throw new IOException("connection was lost while adding");
            }
            sender.execute(() -> upload.run(connection));
        })) {
            Rows<AddOutput.Added> rows = new Rows<>(exchange, ApiRecords::added);
            for (AddOutput.Added row = rows.next(); row != null; row = rows.next()) {
                try {
                    output.added(row);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            exchange.discard();
        } catch (ApiException e) {
            // a file that cannot be read breaks the connection: tell the cause, not the consequence, nor what the
            // server says about the half of a request that it got
            IOException local = upload.failure();
            if (local != null) {
                throw local;
            }
            throw e;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        IOException local = upload.failure();
        if (local != null) {
            throw local;
        }
    }

    private Exchange exchange(String method, String target, byte @Nullable [] body) {
        Map<String, String> all = headers;
        if (body != null || method.equals("POST")) {
            all = new LinkedHashMap<>(headers);
            all.put("Content-Length", Integer.toString(body == null ? 0 : body.length));
        }
        return send(
                method,
                target,
                all,
                body == null
                        ? Body.NONE
                        : connection -> {
                            connection.out().write(body);
                            connection.out().flush();
                        });
    }

    /** Sends a request, to the endpoints in order until one answers, and reads the head of the answer. */
    private Exchange send(String method, String target, Map<String, String> head, Body body) {
        StringJoiner failures = new StringJoiner("; ");
        IOException last = new IOException("no endpoint");
        for (Multiaddr endpoint : settings.endpoints()) {
            HttpConnection used = connections.takeIdle();
            if (used != null) {
                try {
                    return ask(used, method, target, head, body);
                } catch (IOException e) {
                    // an idle connection may have been closed by the server: ask again on a fresh one
                    if (used.anyByte()) {
                        throw new ApiException(text(e), e);
                    }
                }
            }
            HttpConnection fresh = null;
            try {
                fresh = connect(endpoint);
                return ask(fresh, method, target, head, body);
            } catch (IOException e) {
                last = e;
                failures.add((fresh == null ? "cannot connect to " : "request to ")
                        + endpoint
                        + (fresh == null ? ": " : " failed: ")
                        + text(e));
                if (fresh != null && fresh.anyByte()) {
                    break;
                }
            }
        }
        throw new ApiException(failures.toString(), last);
    }

    private HttpConnection connect(Multiaddr endpoint) throws IOException {
        Transport transport = sockets;
        for (Transport other : settings.transports()) {
            transport = other.takes(endpoint) ? other : transport;
        }
        long millis = settings.connectTimeout().toMillis();
        if (!settings.timeout().isZero()) {
            millis = Math.max(1, Math.min(millis, settings.timeout().toMillis()));
        }
        HttpConnection connection = new HttpConnection(transport.open(endpoint, Duration.ofMillis(millis)));
        connections.takeIn(connection);
        return connection;
    }

    private Exchange ask(HttpConnection connection, String method, String target, Map<String, String> head, Body body)
            throws IOException {
        boolean asked = false;
        try {
            connection.deadline(
                    settings.timeout().isZero()
                            ? 0
                            : System.nanoTime() + settings.timeout().toNanos());
            connection.send(method, target, head);
            body.send(connection);
            HttpConnection.Answer answer = connection.read(method);
            Exchange exchange = new Exchange(connection, answer, method + " " + target);
            asked = true;
            if (answer.status() < 200 || answer.status() > 299) {
                try (exchange) {
                    throw failure(answer);
                }
            }
            return exchange;
        } finally {
            if (!asked) {
                connections.give(connection);
            }
        }
    }

    /** What an answer with an error says. */
    private ApiException failure(HttpConnection.Answer answer) throws IOException {
        byte[] body = answer.body().readNBytes(MAX_ERROR_BYTES);
        try {
            JsonIn json = new JsonIn(new ByteArrayInputStream(body), offsets);
            ApiException error = json.next() ? new ApiRecords(json).error() : null;
            if (error != null) {
                return error;
            }
        } catch (IOException notJson) {
            // told as it is, below
        }
        String text = new String(body, StandardCharsets.UTF_8).strip();
        return new ApiException(answer.status(), text.isEmpty() ? "HTTP status " + answer.status() : text);
    }

    private String text(IOException e) {
        if (connections.isClosed()) {
            return "the client was closed";
        }
        if (e instanceof SocketTimeoutException && !settings.timeout().isZero()) {
            BigDecimal seconds = BigDecimal.valueOf(settings.timeout().toMillis(), 3);
            return "no complete answer within the timeout of "
                    + seconds.stripTrailingZeros().toPlainString() + " s";
        }
        String text = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        return text == null || text.isEmpty() ? e.getClass().getSimpleName() : text.replaceAll("[\r\n]+ *", " ");
    }

    /** A request that was answered without an error; its body is still to be read. */
    private final class Exchange implements AutoCloseable {
        private final HttpConnection connection;
        private final HttpConnection.Answer answer;
        private final String request;
        private boolean ended;

        Exchange(HttpConnection connection, HttpConnection.Answer answer, String request) {
            this.connection = connection;
            this.answer = answer;
            this.request = request;
        }

        private interface Action<T> {
            T on(JsonIn json) throws IOException;
        }

        /** Reads one value and the rest of the body. */
        <T> T read(Action<T> action) {
            try {
                T value = action.on(new JsonIn(answer.body(), offsets));
                answer.body().readAllBytes();
                return value;
            } catch (IOException | IllegalArgumentException | ArithmeticException | DateTimeException e) {
                throw broken(e);
            }
        }

        Offsets times() {
            return offsets;
        }

        void drain() {
            try {
                answer.body().readAllBytes();
            } catch (IOException e) {
                throw broken(e);
            }
        }

        ApiException broken(Exception e) {
            IOException cause = e instanceof IOException io ? io : new IOException(e.getMessage(), e);
            String path = request.replaceFirst("\\?.*", "");
            return new ApiException("the answer to " + path + " cannot be used: " + text(cause), cause);
        }

        void failOnTrailer() {
            drain();
            String text = answer.body().trailers().getOrDefault(STREAM_ERROR, List.of()).stream()
                    .filter(value -> !value.isEmpty())
                    .collect(Collectors.joining("; "));
            if (!text.isEmpty()) {
                throw new ApiException(500, text);
            }
        }

        /** Closes the connection: the request may still be on its way. */
        void discard() {
            ended = true;
            connections.discard(connection);
        }

        @Override
        public void close() {
            if (!ended) {
                ended = true;
                connections.give(connection);
            }
        }
    }

    /** Reads documents one by one; what is not asked for stays with the server. */
    private static final class Rows<T> implements Cursor<T> {
        private final Exchange exchange;
        private final Reader<T> reader;
        private @Nullable JsonIn json;
        private @Nullable ApiRecords records;

        Rows(Exchange exchange, Reader<T> reader) {
            this.exchange = exchange;
            this.reader = reader;
        }

        @Override
        public @Nullable T next() {
            if (exchange.answer.status() == 204) {
                exchange.failOnTrailer();
                return null;
            }
            try {
                JsonIn in = json;
                ApiRecords from = records;
                if (in == null || from == null) {
                    in = new JsonIn(exchange.answer.body(), exchange.times());
                    from = new ApiRecords(in);
                    json = in;
                    records = from;
                }
                if (in.next()) {
                    return reader.read(from);
                }
            } catch (IOException | IllegalArgumentException | ArithmeticException | DateTimeException e) {
                throw exchange.broken(e);
            }
            exchange.failOnTrailer();
            return null;
        }

        @Override
        public void close() {
            exchange.close();
        }
    }

    @Override
    public void close() {
        connections.close();
        settings.transports().forEach(Transport::close);
    }
}
