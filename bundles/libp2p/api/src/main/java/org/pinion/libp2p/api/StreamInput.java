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
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Blocking view of the received bytes of a stream, for worker threads; never for an event loop. Takes over all reading
 * of the stream. Closing it does not close the stream.
 */
public final class StreamInput extends InputStream {
    private final Stream stream;
    private Duration timeout;
    private ByteBuffer input = ByteBuffer.allocate(0);
    private boolean ended;

    /**
     * Wraps a stream.
     *
     * @param timeout longest wait for the next bytes; after it the stream is reset and the read fails with TIMEOUT
     */
    public StreamInput(Stream stream, Duration timeout) {
        this.stream = stream;
        this.timeout = timeout;
    }

    /** Changes the longest wait, from the next read on. */
    public void setTimeout(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public int read() throws IOException {
        return fill() ? input.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int n = Math.min(count, input.remaining());
        input.get(target, offset, n);
        return n;
    }

    @Override
    public int available() {
        return input.remaining();
    }

    private boolean fill() throws IOException {
        if (input.hasRemaining()) {
            return true;
        }
        if (ended) {
            return false;
        }
        Optional<ByteBuffer> next = await(stream, stream.read().toCompletableFuture(), timeout, "read");
        next.ifPresentOrElse(data -> input = data, () -> ended = true);
        return next.isPresent();
    }

    /** Waits for a stage of a stream; on timeout or interruption the stream is reset. */
    static <T> T await(Stream stream, CompletableFuture<T> stage, Duration timeout, String what) throws IOException {
        try {
            return stage.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stream.reset(Stream.RESET_NONE);
            throw new InterruptedIOException(what + " on " + stream.protocol() + " was interrupted");
        } catch (TimeoutException e) {
            stream.reset(Stream.RESET_NONE);
            throw new NetworkException(
                    NetworkException.Reason.TIMEOUT,
                    what + " on " + stream.protocol() + " of " + stream.remotePeer() + " took longer than " + timeout,
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException(what + " on " + stream.protocol() + " failed: " + e.getCause(), e.getCause());
        }
    }
}
