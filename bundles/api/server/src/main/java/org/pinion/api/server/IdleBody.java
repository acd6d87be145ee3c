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
package org.pinion.api.server;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Scheduler;
import org.pinion.spi.config.GoDuration;

/**
 * A request's body whose reader does not wait for ever. Only the time counts in which a read waits; a reader that is slow
 * itself is nobody's fault. One timer for each body that is being read, not for each read. Reads are for one thread.
 */
final class IdleBody extends FilterInputStream {
    private final long limitNanos;
    private final String limitText;
    private final Scheduler timers;
    private final Consumer<TimeoutException> cut;
    private boolean timed;
    /** When the read began that runs now. */
    private long since;

    private boolean waiting;
    private boolean ended;
    private boolean expired;

    /**
     * Watches a body.
     *
     * @param limit longest wait of a read
     * @param cut has to make the read fail; called on a thread of {@code timers}
     */
    IdleBody(InputStream body, Duration limit, Scheduler timers, Consumer<TimeoutException> cut) {
        super(body);
        this.limitNanos = limit.toNanos();
        this.limitText = GoDuration.format(limit);
        this.timers = timers;
        this.cut = cut;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        begin();
        boolean isEnd = true;
        try {
            int size = in.read(target, offset, length);
            isEnd = size < 0;
            return size;
        } catch (IOException e) {
            throw isExpired() ? new IOException(reason(), e) : e;
        } finally {
            end(isEnd);
        }
    }

    @Override
    public void close() throws IOException {
        end(true);
        super.close();
    }

    private synchronized void begin() {
        since = NanoTime.now();
        waiting = true;
        if (!timed) {
            timed = true;
            timers.schedule(this::look, limitNanos, TimeUnit.NANOSECONDS);
        }
    }

    private synchronized void end(boolean isEnd) {
        waiting = false;
        ended |= isEnd;
    }

    private synchronized boolean isExpired() {
        return expired;
    }

    private String reason() {
        return "no byte of the request's body came for " + limitText;
    }

    private void look() {
        synchronized (this) {
            if (ended) {
                return;
            }
            long left = waiting ? limitNanos - NanoTime.since(since) : limitNanos;
            if (left > 0) {
                timers.schedule(this::look, left, TimeUnit.NANOSECONDS);
                return;
            }
            expired = true;
            ended = true;
        }
        cut.accept(new TimeoutException(reason()));
    }
}
