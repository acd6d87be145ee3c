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
package org.pinion.cli.ctl;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.pinion.client.TextRenderer;

/**
 * Shows on a terminal how far an upload is, with its rate and the time left. Painted by the thread that prints output and
 * by the one that sends; a line is rewritten a few times per second at most.
 */
final class Progress {
    private static final long PAINT_NANOS = 200_000_000;

    private final PrintStream screen;
    private final LongSupplier done;
    private final long total;
    private final LongSupplier nanoTime;
    private final long started;
    private long painted;
    private int width;

    /**
     * A display that begins now.
     *
     * @param total bytes in all; negative = not known
     */
    Progress(PrintStream screen, LongSupplier done, long total, LongSupplier nanoTime) {
        this.screen = screen;
        this.done = done;
        this.total = total;
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
        this.painted = started;
    }

    /** Paints if it is time to. */
    synchronized void tick() {
        long now = nanoTime.getAsLong();
        if (now - painted >= PAINT_NANOS) {
            painted = now;
            paint(line(done.getAsLong(), total, Duration.ofNanos(now - started)));
        }
    }

    /** Removes the line, so that output can be printed. */
    synchronized void clear() {
        if (width > 0) {
            screen.print("\r" + " ".repeat(width) + "\r");
            screen.flush();
            width = 0;
        }
    }

    private void paint(String line) {
        screen.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
        screen.flush();
        width = line.length();
    }

    /** For example {@code 12 MB of 1.0 GB, 45 MB/s, 22 s left}. */
    static String line(long done, long total, Duration time) {
        long millis = Math.max(1, time.toMillis());
        long rate = done * 1000 / millis;
        StringBuilder out = new StringBuilder(TextRenderer.bytes(done));
        if (total >= 0) {
            out.append(" of ").append(TextRenderer.bytes(total));
        }
        out.append(", ").append(TextRenderer.bytes(rate)).append("/s");
        if (total >= 0 && rate > 0) {
            out.append(", ")
                    .append((Math.max(0, total - done) + rate - 1) / rate)
                    .append(" s left");
        }
        return out.toString();
    }
}
