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
package org.pinion.api.ipfsproxy;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.client.AsyncRequestContent;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.http.Exchange;

/** The client's body on its way to the node: the next piece is read when the one before was sent. Any thread. */
final class RequestBody extends AsyncRequestContent {
    private final Exchange exchange;
    private final long lengthBytes;
    private volatile boolean ended;

    /** A body of a length that is known, or -1. */
    private RequestBody(Exchange exchange, long lengthBytes) {
        this.exchange = exchange;
        this.lengthBytes = lengthBytes;
    }

    /** The body of a request; empty if it has none. */
    static Optional<RequestBody> of(Exchange exchange) {
        Optional<String> length = exchange.request().header("content-length");
        if (length.isPresent()) {
            long bytes = Long.parseLong(length.get().strip());
            return bytes == 0 ? Optional.empty() : Optional.of(new RequestBody(exchange, bytes));
        }
        return exchange.request().header("transfer-encoding").map(chunked -> new RequestBody(exchange, -1));
    }

    /** Begins to read. */
    void start() {
        try {
            exchange.read().whenComplete(this::arrived);
        } catch (RuntimeException stopped) {
            fail(stopped);
        }
    }

    /** Whether all of it was read. */
    boolean isEnded() {
        return ended;
    }

    private void arrived(@Nullable Optional<ByteBuffer> piece, @Nullable Throwable failure) {
        if (piece == null) {
            fail(failure == null ? new IllegalStateException("no body") : failure);
        } else if (piece.isEmpty()) {
            ended = true;
            close();
        } else {
            // a failed write means that the request ended, which its listener hears of
            write(piece.get(), Callback.from(this::start, Callback.NOOP::failed));
        }
    }

    @Override
    public long getLength() {
        return lengthBytes;
    }

    /** The client's own header stands, if it sent one. */
    @Override
    public @Nullable String getContentType() {
        return null;
    }
}
