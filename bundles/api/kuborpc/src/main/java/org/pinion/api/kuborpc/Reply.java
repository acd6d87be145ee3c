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
package org.pinion.api.kuborpc;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.http.Exchange;

/** Answers as Kubo gives them: one value, a stream of values, or bytes. Writes wait for the socket. For one thread. */
final class Reply {
    static final String STREAM_ERROR = "X-Stream-Error";

    private static final int BUFFER_BYTES = 32 << 10;
    private static final long PATIENCE_NANOS = 100_000_000;

    private Reply() {}

    /** One JSON value. */
    static void single(Call call, @Nullable Object value) throws IOException {
        Exchange exchange = call.exchange();
        exchange.header("Content-Type", "application/json").announceTrailer(STREAM_ERROR);
        await(exchange.write(ByteBuffer.wrap(Json.line(value))));
    }

    /** JSON values, one on each line. The head is sent with the first. */
    static Values values(Call call) {
        return new Values(call);
    }

    /**
     * Bytes.
     *
     * @param contentBytes how many bytes of content there are, which need not be how many are sent; negative = unknown
     */
    static OutputStream bytes(Call call, String contentType, long contentBytes) {
        Exchange exchange = call.exchange();
        exchange.header("Content-Type", contentType).header("X-Stream-Output", "1");
        if (contentBytes >= 0) {
            exchange.header("X-Content-Length", Long.toString(contentBytes));
        }
        exchange.announceTrailer(STREAM_ERROR);
        return new BufferedOutputStream(new Body(exchange), BUFFER_BYTES);
    }

    /** A failure, as far as it can still be told. */
    static void error(Exchange exchange, int status, String message) throws IOException {
        if (exchange.isCommitted()) {
            exchange.trailer(STREAM_ERROR, message);
            return;
        }
        exchange.status(status).header("Content-Type", "application/json");
        byte[] line = Json.line(Json.object("Message", message, "Code", 0, "Type", "error"));
        exchange.header("Content-Length", Integer.toString(line.length));
        await(exchange.write(ByteBuffer.wrap(line)));
    }

    /** A refusal in plain text. */
    static void plain(Exchange exchange, int status, String message) throws IOException {
        byte[] text = (message + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.status(status)
                .header("Content-Type", "text/plain; charset=utf-8")
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Length", Integer.toString(text.length));
        await(exchange.write(ByteBuffer.wrap(text)));
    }

    /** Waits for a write. */
    static void await(CompletionStage<Void> write) throws IOException {
        try {
            write.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ClusterException stopped) {
                throw stopped;
            }
            throw new ClientGoneException(e);
        }
    }

    /** Nobody is there to read the answer. */
    static final class ClientGoneException extends IOException {
        private static final long serialVersionUID = 1L;

        ClientGoneException(Throwable cause) {
            super("the client has gone", cause);
        }

        /** What the transport said. */
        Throwable transport() {
            Throwable cause = getCause();
            Throwable inner = cause == null ? null : cause.getCause();
            return inner == null ? this : inner;
        }
    }

    /** The answer's body. */
    static final class Body extends OutputStream {
        private final Exchange exchange;

        Body(Exchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            await(exchange.write(ByteBuffer.wrap(data, offset, length)));
        }
    }

    /** A stream of values. */
    static final class Values {
        private final Call call;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int size;
        private long lastFlush;
        private boolean begun;

        private Values(Call call) {
            this.call = call;
        }

        /** Sends the head, so that later failures go into the trailer. */
        void begin() throws IOException {
            if (!begun) {
                begun = true;
                call.exchange()
                        .header("Content-Type", "application/json")
                        .header("X-Chunked-Output", "1")
                        .announceTrailer(STREAM_ERROR);
                lastFlush = call.deadline().now();
                await(call.exchange().write(ByteBuffer.allocate(0)));
            }
        }

        /** Sends a value at once. */
        void now(Object value) throws IOException {
            put(value);
            flush();
        }

        /** Sends a value soon: with others if they come fast. */
        void put(Object value) throws IOException {
            byte[] line = Json.line(value);
            begin();
            if (size + line.length > buffer.length) {
                flush();
            }
            if (line.length > buffer.length) {
                await(call.exchange().write(ByteBuffer.wrap(line)));
                return;
            }
            System.arraycopy(line, 0, buffer, size, line.length);
            size += line.length;
            if (call.deadline().now() - lastFlush > PATIENCE_NANOS) {
                flush();
            }
        }

        void flush() throws IOException {
            begin();
            if (size > 0) {
                await(call.exchange().write(ByteBuffer.wrap(buffer, 0, size)));
                size = 0;
            }
            lastFlush = call.deadline().now();
        }
    }
}
