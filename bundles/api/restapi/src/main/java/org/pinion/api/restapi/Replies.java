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

    /** One JSON document with its line break. */
    static CompletionStage<Void> document(Exchange exchange, int status, Consumer<JsonBuffer> content) {
        JsonBuffer out = new JsonBuffer(DOCUMENT_BYTES);
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
            exchange.header("Content-Type", JSON).announceTrailer(STREAM_ERROR);
            if (value == null) {
                exchange.status(204);
                return DONE;
            }
            LineWriter out = new LineWriter(exchange, executors);
            try {
                while (value != null) {
                    line.accept(out.buffer(), value);
                    out.endLine();
                    value = values.next();
                }
            } finally {
                // also after a failure: what came before it belongs to the answer
                out.finish();
            }
            exchange.trailer(STREAM_ERROR, "");
            return DONE;
        }
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
