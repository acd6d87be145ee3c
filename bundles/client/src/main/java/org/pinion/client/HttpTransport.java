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
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddSource;
import org.pinion.spi.flow.Cursor;

/** Sends requests to the first endpoint that can be reached and reads answers. Any thread. */
final class HttpTransport implements AutoCloseable {
    private static final int MAX_ERROR_BYTES = 1 << 20;

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

    /** What follows the head of a request. */
    private interface Body {
        Body NONE = connection -> {};

        void send(HttpConnection connection) throws IOException;
    }

    Offsets offsets() {
        return offsets;
    }

    <T> T one(String method, String target, Rows.Reader<T> reader) {
        return single(method, target, null, reader);
    }

    <T> T post(String target, byte[] body, Rows.Reader<T> reader) {
        return single("POST", target, body, reader);
    }

    /** A request whose answer has no body. */
    void none(String method, String target) {
        try (HttpExchange exchange = exchange(method, target, null)) {
            exchange.drain();
        }
    }

    /** Every document of a stream, or every item of an array, as it is asked for. */
    <T> Cursor<T> stream(String method, String target, Rows.Reader<T> reader) {
        return new Rows<>(exchange(method, target, null), reader, null);
    }

    /** A document that is one array. */
    <T> List<T> array(String target, Rows.Reader<List<T>> reader) {
        try (HttpExchange exchange = exchange("GET", target, null)) {
            return exchange.read(json -> {
                json.nextArray();
                return reader.read(json);
            });
        }
    }

    private <T> T single(String method, String target, byte @Nullable [] body, Rows.Reader<T> reader) {
        try (HttpExchange exchange = exchange(method, target, body)) {
            return exchange.read(json -> {
                if (!json.next()) {
                    throw new IOException("it has no content");
                }
                return reader.read(json);
            });
        }
    }

    /** A request whose body is sent while rows of the answer are read. */
    <T> Cursor<T> upload(String target, Sending body, Executor sender, Rows.Reader<T> reader) {
        // an idle connection may turn out to be closed when a part of the source is gone already
        connections.dropIdle();
        try {
            HttpExchange exchange = send("POST", target, body.headers(headers), connection -> {
                if (!body.start()) {
                    throw new IOException("connection was lost while sending");
                }
                sender.execute(() -> body.run(connection));
            });
            return new Rows<>(exchange, reader, body);
        } catch (ApiException e) {
            IOException local = body.failure();
            if (local != null) {
                throw new UncheckedIOException(local);
            }
            throw e;
        }
    }

    void add(String target, AddSource source, Executor sender, AddOutput output) throws IOException {
        try (Cursor<AddOutput.Added> rows = upload(target, new Upload(source), sender, PinRecords::added)) {
            for (AddOutput.Added row = rows.next(); row != null; row = rows.next()) {
                output.added(row);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** A stream of events. */
    EventStream events(String target, String after) {
        Map<String, String> head = new LinkedHashMap<>(headers);
        head.put("Accept", "text/event-stream");
        return new EventStream(send("GET", target, head, Body.NONE), after);
    }

    private HttpExchange exchange(String method, String target, byte @Nullable [] body) {
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
    private HttpExchange send(String method, String target, Map<String, String> head, Body body) {
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

    private HttpExchange ask(
            HttpConnection connection, String method, String target, Map<String, String> head, Body body)
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
            HttpExchange exchange = new HttpExchange(
                    connections,
                    connection,
                    answer,
                    new HttpExchange.Request(method + " " + target, offsets, this::text));
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
            ApiException error = json.next() ? ApiRecords.error(json) : null;
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

    @Override
    public void close() {
        connections.close();
        settings.transports().forEach(Transport::close);
    }
}
