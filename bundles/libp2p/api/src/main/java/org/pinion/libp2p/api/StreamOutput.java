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
package org.pinion.libp2p.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Blocking, buffered view of the sent bytes of a stream, for worker threads; never for an event loop. Bytes leave at
 * {@link #flush}, at {@link #close} and whenever the buffer is full. Closing ends our data and leaves reading alone.
 */
public final class StreamOutput extends OutputStream {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final Stream stream;
    private final Duration timeout;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private boolean closed;

    /**
     * Wraps a stream.
     *
     * @param timeout longest wait until bytes are taken; after it the stream is reset and the write fails with TIMEOUT
     */
    public StreamOutput(Stream stream, Duration timeout) {
        this.stream = stream;
        this.timeout = timeout;
    }

    @Override
    public void write(int b) throws IOException {
        checkOpen();
        if (!buffer.hasRemaining()) {
            flush();
        }
        buffer.put((byte) b);
    }

    @Override
    public void write(byte[] source, int offset, int count) throws IOException {
        checkOpen();
        if (count > buffer.remaining()) {
            flush();
        }
        if (count > buffer.remaining()) {
            send(ByteBuffer.wrap(source, offset, count));
        } else {
            buffer.put(source, offset, count);
        }
    }

    @Override
    public void flush() throws IOException {
        if (buffer.position() > 0) {
            buffer.flip();
            try {
                send(buffer);
            } finally {
                buffer.clear();
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        flush();
        closed = true;
        StreamInput.await(stream, stream.closeWrite().toCompletableFuture(), timeout, "close");
    }

    private void send(ByteBuffer data) throws IOException {
        StreamInput.await(stream, stream.write(data).toCompletableFuture(), timeout, "write");
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new NetworkException(
                    NetworkException.Reason.CLOSED, "the output of " + stream.protocol() + " is closed");
        }
    }
}
