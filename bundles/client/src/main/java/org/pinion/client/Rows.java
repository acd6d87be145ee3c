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
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.flow.Cursor;

/** Reads documents one by one; what is not asked for stays with the server. For one thread. */
final class Rows<T> implements Cursor<T> {
    private final HttpExchange exchange;
    private final Reader<T> reader;
    private final @Nullable Sending body;
    private @Nullable JsonIn json;

    /** Reads a record at the current document. */
    interface Reader<T> {
        T read(JsonIn in) throws IOException;
    }

    /**
     * Reads an answer.
     *
     * @param body what may still be on its way to the server; null = nothing
     */
    Rows(HttpExchange exchange, Reader<T> reader, @Nullable Sending body) {
        this.exchange = exchange;
        this.reader = reader;
        this.body = body;
    }

    @Override
    public @Nullable T next() {
        try {
            T row = read();
            if (row == null) {
                failLocally();
            }
            return row;
        } catch (ApiException e) {
            // a source that cannot be read breaks the connection: tell the cause, not the consequence, nor what the
            // server says about the half of a request that it got
            failLocally();
            throw e;
        }
    }

    private void failLocally() {
        IOException local = body == null ? null : body.failure();
        if (local != null) {
            throw new UncheckedIOException(local);
        }
    }

    private @Nullable T read() {
        if (exchange.isWithoutContent()) {
            exchange.failOnTrailer();
            return null;
        }
        try {
            JsonIn in = json;
            if (in == null) {
                in = new JsonIn(exchange.body(), exchange.times());
                json = in;
            }
            if (in.next()) {
                return reader.read(in);
            }
        } catch (IOException | IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw exchange.broken(e);
        }
        exchange.failOnTrailer();
        return null;
    }

    @Override
    public void close() {
        if (body == null) {
            exchange.close();
        } else {
            exchange.discard();
        }
    }
}
