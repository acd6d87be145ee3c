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
package org.pinion.cli.shell;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.shell.ShellFrame;
import org.pinion.spi.shell.ShellFrame.Kind;

/**
 * Frames on their way to a client. Commands put them, one thread writes them: an interrupt of a command that is about to
 * write would close the socket. A slow client slows the command down. Any thread.
 */
final class FrameQueue {
    private static final int MAX_FRAMES = 32;
    private static final int CHUNK_BYTES = 1 << 13;
    private static final long LOOK_SECONDS = 5;
    /** Wakes the writer; only clients send this kind. */
    private static final ShellFrame WAKE = ShellFrame.of(Kind.HELLO, "");

    private final BlockingQueue<ShellFrame> frames = new ArrayBlockingQueue<>(MAX_FRAMES);
    private volatile boolean closed;

    /** Waits for room. */
    void put(ShellFrame frame) throws InterruptedIOException {
        try {
            while (!frames.offer(frame, LOOK_SECONDS, TimeUnit.SECONDS)) {
                if (closed) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while writing");
        }
    }

    /** Waits for room whatever happens, because the client waits for just this. */
    void putSurely(ShellFrame frame) {
        boolean interrupted = false;
        while (!closed) {
            try {
                put(frame);
                break;
            } catch (InterruptedIOException e) {
                interrupted = Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what comes until this is closed and everything is written. */
    void writeTo(OutputStream out) throws IOException {
        try {
            while (true) {
                ShellFrame next = frames.poll();
                if (next == null) {
                    out.flush();
                    next = await();
                }
                if (next == null) {
                    return;
                }
                if (next.kind() != Kind.HELLO) {
                    next.write(out);
                }
            }
        } finally {
            closed = true;
            frames.clear();
        }
    }

    private @Nullable ShellFrame await() throws IOException {
        try {
            ShellFrame next = null;
            while (next == null && !(closed && frames.isEmpty())) {
                next = frames.poll(closed ? 0 : LOOK_SECONDS, TimeUnit.SECONDS);
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** Ends the writer when everything is written. */
    void close() {
        closed = true;
        // without room the writer does not wait
        frames.offer(WAKE);
    }

    /** A stream whose bytes become frames of that kind. */
    OutputStream stream(Kind kind) {
        return new OutputStream() {
            private final byte[] buffer = new byte[CHUNK_BYTES];
            private int used;

            @Override
            public synchronized void write(int one) throws IOException {
                if (used == buffer.length) {
                    flush();
                }
                buffer[used++] = (byte) one;
            }

            @Override
            public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
                int at = offset;
                while (at < offset + length) {
                    if (used == buffer.length) {
                        flush();
                    }
                    int some = Math.min(buffer.length - used, offset + length - at);
                    System.arraycopy(bytes, at, buffer, used, some);
                    used += some;
                    at += some;
                }
            }

            @Override
            public synchronized void flush() throws IOException {
                if (used > 0) {
                    byte[] chunk = Arrays.copyOf(buffer, used);
                    used = 0;
                    put(new ShellFrame(kind, chunk));
                }
            }
        };
    }
}
