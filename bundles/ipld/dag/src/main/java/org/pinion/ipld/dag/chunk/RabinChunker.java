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
package org.pinion.ipld.dag.chunk;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Content-defined chunks by a Rabin fingerprint over a window of 16 bytes, cut where its low bits are zero. Every chunk
 * starts with a fresh window, as Kubo does.
 */
final class RabinChunker implements Chunker {
    /** Bytes of the sliding window. */
    static final int WINDOW_BYTES = 16;

    /** The irreducible polynomial that Kubo uses, of degree 53. */
    private static final long POLYNOMIAL = 17437180132763653L;

    private static final int DEGREE = 63 - Long.numberOfLeadingZeros(POLYNOMIAL);
    private static final int SHIFT = DEGREE - 8;
    /** Fingerprint of a byte that is about to leave the window. */
    private static final long[] OUT = new long[256];
    /** What to add to get rid of the 8 bits above the degree. */
    private static final long[] MOD = new long[256];

    static {
        for (int b = 0; b < 256; b++) {
            long fingerprint = mod(b);
            for (int i = 1; i < WINDOW_BYTES; i++) {
                fingerprint = mod(fingerprint << 8);
            }
            OUT[b] = fingerprint;
            MOD[b] = mod((long) b << DEGREE) | (long) b << DEGREE;
        }
    }

    private final InputStream in;
    private final Sizes sizes;
    private final Frame frame;
    private final long mask;
    private final byte[] buffer;
    private int filled;

    /** Bytes of a chunk. */
    record Sizes(int min, int average, int max) {}

    RabinChunker(InputStream in, Sizes sizes, Frame frame) {
        this.in = in;
        this.sizes = sizes;
        this.frame = frame;
        this.mask = Long.highestOneBit(sizes.average()) - 1;
        this.buffer = new byte[sizes.max()];
    }

    @Override
    public @Nullable Chunk next() throws IOException {
        filled += in.readNBytes(buffer, filled, buffer.length - filled);
        if (filled == 0) {
            return null;
        }
        int length = cut();
        Chunk chunk = Chunk.copyOf(buffer, 0, length, frame);
        filled -= length;
        System.arraycopy(buffer, length, buffer, 0, filled);
        return chunk;
    }

    /** Length of the chunk at the start of the buffer. */
    private int cut() {
        byte[] window = new byte[WINDOW_BYTES];
        window[0] = 1;
        int slot = 1;
        long digest = 1;
        for (int i = sizes.min() - WINDOW_BYTES; i < filled; i++) {
            digest ^= OUT[window[slot] & 0xff];
            window[slot] = buffer[i];
            slot = (slot + 1) % WINDOW_BYTES;
            int index = (int) (digest >>> SHIFT);
            digest = (digest << 8 | (buffer[i] & 0xff)) ^ MOD[index & 0xff];
            if (i + 1 >= sizes.min() && ((digest & mask) == 0 || i + 1 >= sizes.max())) {
                return i + 1;
            }
        }
        return filled;
    }

    private static long mod(long value) {
        long rest = value;
        for (int degree = 63 - Long.numberOfLeadingZeros(rest);
                degree >= DEGREE;
                degree = 63 - Long.numberOfLeadingZeros(rest)) {
            rest ^= POLYNOMIAL << (degree - DEGREE);
        }
        return rest;
    }
}
