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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddSource;

/** Sends requests to the first endpoint that can be reached and reads answers. Any thread. */
final class HttpTransport implements AutoCloseable {
    private static final int MAX_IDLE = 64;
    private static final int MAX_ERROR_BYTES = 1 << 20;
    private static final String STREAM_ERROR = "x-stream-error";

    private final ClientSettings settings;
    private final Offsets offsets = new Offsets();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Deque<HttpConnection> idle = new ArrayDeque<>();
    private boolean closed;

    HttpTransport(ClientSettings settings) {
        this.settings = settings;
        headers.put("User-Agent", "pinion-client");
        headers.put("Accept", "application/json");
        settings.credentials().ifPresent(pair -> {
            String full = pair.indexOf(':') < 0 ? pair + ":" : pair;
            headers.put(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(full.getBytes(StandardCharsets.UTF_8)));
        });
    }

    /** Reads a record at the current document. */
    interface Reader<T> {
        T read(ApiRecords in) throws IOException;
    }

    /** What to do with a connection; may be called again on another one as long as nothing was answered. */
    private interface Call<T> {
        T on(HttpConnection connection) throws IOException;
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
        call(connection -> {
            HttpConnection.Answer answer = ask(connection, method, target, null);
            answer.body().readAllBytes();
            return Boolean.TRUE;
        });
    }

    /** Every document of a stream, or every item of an array. */
    <T> void each(String method, String target, Reader<T> reader, Consumer<T> each) {
        call(connection -> {
            HttpConnection.Answer answer = ask(connection, method, target, null);
            if (answer.status() != 204) {
                JsonIn json = new JsonIn(answer.body(), offsets);
                ApiRecords records = new ApiRecords(json);
                while (json.next()) {
                    each.accept(reader.read(records));
                }
            }
            failOnTrailer(answer);
            return Boolean.TRUE;
        });
    }

    /** A document that is one array. */
    <T> List<T> array(String target, Reader<List<T>> reader) {
        return call(connection -> {
            HttpConnection.Answer answer = ask(connection, "GET", target, null);
            JsonIn json = new JsonIn(answer.body(), offsets);
            json.nextArray();
            List<T> all = reader.read(new ApiRecords(json));
            answer.body().readAllBytes();
            return all;
        });
    }

    void add(String target, AddSource source, Executor sender, AddOutput output) throws IOException {
        Upload upload = new Upload(source);
        // an idle connection may turn out to be closed when a part of the source is gone already
        dropIdle();
        try {
            call(connection -> {
                if (!upload.start()) {
                    throw new IOException("connection was lost while adding");
                }
                connection.send("POST", target, upload.headers(headers));
                sender.execute(() -> upload.run(connection));
                readAdded(connection, upload, output);
                return Boolean.TRUE;
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void readAdded(HttpConnection connection, Upload upload, AddOutput output) throws IOException {
        try {
            HttpConnection.Answer answer = checked(connection.read("POST"));
            JsonIn json = new JsonIn(answer.body(), offsets);
            ApiRecords records = new ApiRecords(json);
            while (json.next()) {
                try {
                    output.added(records.added());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            failOnTrailer(answer);
        } catch (IOException | ApiException e) {
            // a file that cannot be read breaks the connection: tell the cause, not the consequence, nor what the
            // server
            // says about the half of a request that it got
            IOException local = upload.failure();
            if (local != null) {
                throw new IOException(local.getMessage(), local);
            }
            throw e;
        } finally {
            connection.close();
        }
        IOException local = upload.failure();
        if (local != null) {
            throw local;
        }
    }

    private <T> T single(String method, String target, byte @Nullable [] body, Reader<T> reader) {
        return call(connection -> {
            HttpConnection.Answer answer = ask(connection, method, target, body);
            JsonIn json = new JsonIn(answer.body(), offsets);
            if (!json.next()) {
                throw new IOException("answer to " + method + " " + target + " has no content");
            }
            T value = reader.read(new ApiRecords(json));
            answer.body().readAllBytes();
            return value;
        });
    }

    private HttpConnection.Answer ask(HttpConnection connection, String method, String target, byte @Nullable [] body)
            throws IOException {
        Map<String, String> all = headers;
        if (body != null || method.equals("POST")) {
            all = new LinkedHashMap<>(headers);
            all.put("Content-Length", Integer.toString(body == null ? 0 : body.length));
        }
        connection.send(method, target, all);
        if (body != null) {
            connection.out().write(body);
            connection.out().flush();
        }
        return checked(connection.read(method));
    }

    /** The answer, unless it is an error. */
    private HttpConnection.Answer checked(HttpConnection.Answer answer) throws IOException {
        int status = answer.status();
        if (status >= 200 && status < 300) {
            return answer;
        }
        byte[] body = answer.body().readNBytes(MAX_ERROR_BYTES);
        ApiException error = null;
        try {
            JsonIn json = new JsonIn(new ByteArrayInputStream(body), offsets);
            error = json.next() ? new ApiRecords(json).error() : null;
        } catch (IOException notJson) {
            error = null;
        }
        String text = new String(body, StandardCharsets.UTF_8).strip();
        if (error != null) {
            throw error;
        }
        throw new ApiException(status, text.isEmpty() ? "HTTP status " + status : text);
    }

    private static void failOnTrailer(HttpConnection.Answer answer) throws IOException {
        answer.body().readAllBytes();
        String text = answer.body().trailers().getOrDefault(STREAM_ERROR, List.of()).stream()
                .filter(value -> !value.isEmpty())
                .collect(Collectors.joining("; "));
        if (!text.isEmpty()) {
            throw new ApiException(500, text);
        }
    }

    private <T> T call(Call<T> call) {
        IOException last = new IOException("no endpoint");
        for (Multiaddr endpoint : settings.endpoints()) {
            HttpConnection used = takeIdle();
            if (used != null) {
                try {
                    return on(used, call);
                } catch (IOException e) {
                    // an idle connection may have been closed by the server: ask again on a fresh one
                    if (used.anyByte()) {
                        throw failed(e);
                    }
                }
            }
            HttpConnection fresh = null;
            try {
                fresh = new HttpConnection(Wire.open(endpoint, settings));
                return on(fresh, call);
            } catch (IOException e) {
                last = e;
                if (fresh != null && fresh.anyByte()) {
                    break;
                }
            }
        }
        throw failed(last);
    }

    private <T> T on(HttpConnection connection, Call<T> call) throws IOException {
        boolean keep = false;
        try {
            if (!settings.timeout().isZero()) {
                connection.deadline(System.nanoTime() + settings.timeout().toNanos());
            }
            T value = call.on(connection);
            keep = connection.isReusable();
            return value;
        } catch (ApiException e) {
            keep = connection.isReusable();
            throw e;
        } finally {
            if (!keep || !putIdle(connection)) {
                connection.close();
            }
        }
    }

    private ApiException failed(IOException e) {
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        if (e instanceof SocketTimeoutException) {
            text = "timeout of " + settings.timeout().toSeconds() + " s: " + text;
        }
        return new ApiException(text, e);
    }

    private synchronized @Nullable HttpConnection takeIdle() {
        return idle.pollFirst();
    }

    private synchronized boolean putIdle(HttpConnection connection) {
        if (closed || idle.size() >= MAX_IDLE) {
            return false;
        }
        idle.addFirst(connection);
        return true;
    }

    private synchronized void dropIdle() {
        idle.forEach(HttpConnection::close);
        idle.clear();
    }

    @Override
    public synchronized void close() {
        closed = true;
        idle.forEach(HttpConnection::close);
        idle.clear();
    }
}
