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

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads lines of a bounded length. For one thread. */
final class LineReader {
    private static final int BUFFER_BYTES = 16 << 10;

    private final InputStream in;
    private final int maxBytes;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int end;

    LineReader(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /**
     * A line without its end.
     *
     * @param bytes its bytes, at most as many as are allowed
     * @param tooLong whether there were more, which were skipped
     */
    record Line(byte[] bytes, boolean tooLong) {
        boolean isBlank() {
            for (byte b : bytes) {
                if (b != ' ' && b != '\t' && b != '\r') {
                    return false;
                }
            }
            return true;
        }
    }

    /** The next line, or null at the end; blocks. */
    @Nullable
    Line next() throws IOException {
        byte[] line = new byte[256];
        int size = 0;
        boolean tooLong = false;
        boolean any = false;
        while (position < end || fill()) {
            any = true;
            int from = position;
            while (position < end && buffer[position] != '\n') {
                position++;
            }
            int count = Math.min(position - from, maxBytes - size);
            tooLong |= count < position - from;
            if (line.length < size + count) {
                line = Arrays.copyOf(line, Math.max(size + count, line.length * 2));
            }
            System.arraycopy(buffer, from, line, size, count);
            size += count;
            if (position < end) {
                position++;
                break;
            }
        }
        return any ? new Line(Arrays.copyOf(line, size), tooLong) : null;
    }

    /** Whether reading on may have to wait for the client. */
    boolean mayWait() throws IOException {
        return position == end && in.available() == 0;
    }

    private boolean fill() throws IOException {
        position = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }
}
