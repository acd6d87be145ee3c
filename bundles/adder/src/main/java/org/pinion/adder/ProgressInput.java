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
package org.pinion.adder;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Tells how much of a file was read: after every 256 KiB and at its end. */
final class ProgressInput extends FilterInputStream {
    private static final long STEP = 262_144;

    private final Progress progress;
    private long bytes;
    private boolean ended;

    /** Hears of progress. */
    @FunctionalInterface
    interface Progress {
        void read(long bytes) throws IOException;
    }

    ProgressInput(InputStream in, Progress progress) {
        super(in);
        this.progress = progress;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        // not over a step, so that every step is told
        int most = (int) Math.min(count, STEP - bytes % STEP);
        int n = super.read(target, offset, most);
        if (n > 0) {
            bytes += n;
            if (bytes % STEP == 0) {
                progress.read(bytes);
            }
        } else if (n < 0 && !ended) {
            ended = true;
            progress.read(bytes);
        }
        return n;
    }

    @Override
    public long skip(long count) throws IOException {
        throw new IOException("content is read, never skipped");
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
