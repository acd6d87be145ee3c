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

import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A request that was answered without an error; its body is still to be read. */
final class HttpExchange implements AutoCloseable {
    private static final String STREAM_ERROR = "x-stream-error";

    private final Connections connections;
    private final HttpConnection connection;
    private final HttpConnection.Answer answer;
    private final Request request;
    private boolean ended;

    /**
     * What was asked.
     *
     * @param line method and target
     * @param offsets gets the offsets of times in the answer
     * @param reason says what a failure means
     */
    record Request(String line, Offsets offsets, Function<IOException, String> reason) {}

    HttpExchange(Connections connections, HttpConnection connection, HttpConnection.Answer answer, Request request) {
        this.connections = connections;
        this.connection = connection;
        this.answer = answer;
        this.request = request;
    }

    /** Reads one value. */
    interface Action<T> {
        T on(JsonIn json) throws IOException;
    }

    /** Reads one value and the rest of the body. */
    <T> T read(Action<T> action) {
        try {
            T value = action.on(new JsonIn(answer.body(), request.offsets));
            answer.body().readAllBytes();
            return value;
        } catch (IOException | IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw broken(e);
        }
    }

    boolean isWithoutContent() {
        return answer.status() == 204;
    }

    InputStream body() {
        return answer.body();
    }

    Offsets times() {
        return request.offsets;
    }

    /** Lets the reader wait so long from now on, whatever was said before. */
    void allow(Duration time) {
        connection.deadline(System.nanoTime() + time.toNanos());
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
        String path = request.line.replaceFirst("\\?.*", "");
        return new ApiException("the answer to " + path + " cannot be used: " + request.reason.apply(cause), cause);
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
