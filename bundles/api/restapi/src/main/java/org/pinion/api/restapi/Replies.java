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
package org.pinion.api.restapi;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.http.Exchange;

/** Sends documents and streams of lines. */
final class Replies {
    static final String STREAM_ERROR = "X-Stream-Error";

    private static final String JSON = "application/json";
    private static final int DOCUMENT_BYTES = 1024;
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    private Replies() {}

    /** A buffer for records in the shapes that the request asks for. */
    static JsonBuffer buffer(Exchange exchange, int capacity) {
        return new JsonBuffer(capacity, Legacy.isWanted(exchange));
    }

    /** One JSON document with its line break. */
    static CompletionStage<Void> document(Exchange exchange, int status, Consumer<JsonBuffer> content) {
        JsonBuffer out = buffer(exchange, DOCUMENT_BYTES);
        content.accept(out);
        out.raw('\n');
        exchange.status(status).header("Content-Type", JSON).header("Content-Length", Integer.toString(out.size()));
        return exchange.write(out.view());
    }

    /** A document from a value that comes later. */
    static <T> CompletionStage<Void> later(
            Exchange exchange, CompletionStage<T> value, BiConsumer<JsonBuffer, T> content) {
        return value.thenCompose(result -> document(exchange, 200, out -> content.accept(out, result)));
    }

    /** No body, but the content type all the same, as the reference. */
    static CompletionStage<Void> empty(Exchange exchange) {
        exchange.status(204).header("Content-Type", JSON);
        return DONE;
    }

    /**
     * One line per value, pulled as the socket takes them. The first value decides the status: none = 204, a failure
     * before it is an error answer, one after it the trailer.
     */
    static <T> CompletionStage<Void> lines(
            Executors executors, Exchange exchange, Cursor<T> values, BiConsumer<JsonBuffer, T> line) {
        try (values) {
            @Nullable T value = values.next();
            exchange.header("Content-Type", JSON);
            return Legacy.isWanted(exchange)
                    ? array(executors, exchange, values, value, line)
                    : lines(executors, exchange, values, value, line);
        }
    }

    private static <T> CompletionStage<Void> lines(
            Executors executors,
            Exchange exchange,
            Cursor<T> values,
            @Nullable T first,
            BiConsumer<JsonBuffer, T> line) {
        exchange.announceTrailer(STREAM_ERROR);
        if (first == null) {
            exchange.status(204);
            return DONE;
        }
        LineWriter out = new LineWriter(exchange, executors);
        try {
            for (@Nullable T value = first; value != null; value = values.next()) {
                line.accept(out.buffer(), value);
                out.endLine();
            }
        } finally {
            // also after a failure: what came before it belongs to the answer
            out.finish();
        }
        exchange.trailer(STREAM_ERROR, "");
        return DONE;
    }

    /** As clients of the 0.11 era read lists: one array, which stays without its end when the list fails. */
    private static <T> CompletionStage<Void> array(
            Executors executors,
            Exchange exchange,
            Cursor<T> values,
            @Nullable T first,
            BiConsumer<JsonBuffer, T> item) {
        LineWriter out = new LineWriter(exchange, executors);
        out.buffer().raw('[');
        for (@Nullable T value = first; value != null; value = values.next()) {
            if (value != first) {
                out.buffer().raw(',');
            }
            item.accept(out.buffer(), value);
            out.endLine();
        }
        out.buffer().raw("]\n");
        out.finish();
        return DONE;
    }

    /** Waits on a worker thread for a write; bounded by the server's own timeouts. */
    static void await(CompletionStage<Void> write) {
        try {
            write.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw ClusterException.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "interrupted while sending an answer", e);
        }
    }
}
