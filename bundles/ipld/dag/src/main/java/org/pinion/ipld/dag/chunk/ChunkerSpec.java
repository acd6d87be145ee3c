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

import java.io.InputStream;
import java.util.Locale;

/**
 * A chunker's name, taken apart and checked. The names and texts are Kubo's.
 *
 * <p>{@code size-N}; {@code rabin}, {@code rabin-AVG}, {@code rabin-MIN-AVG-MAX}; {@code buzhash}; {@code default} or
 * nothing for 256 KiB.
 */
public final class ChunkerSpec {
    /** Longest chunk: a block of 2 MiB less what a leaf node adds. */
    public static final int MAX_CHUNK_BYTES = (2 << 20) - 256;

    private static final int DEFAULT_BYTES = 256 << 10;

    private final Opener opener;

    private ChunkerSpec(Opener opener) {
        this.opener = opener;
    }

    private interface Opener {
        Chunker open(InputStream in, Frame frame);
    }

    /** Starts to cut a stream. */
    public Chunker open(InputStream in, Frame frame) {
        return opener.open(in, frame);
    }

    /**
     * Parses a name.
     *
     * @throws IllegalArgumentException if it is unknown or a size is out of range
     */
    public static ChunkerSpec parse(String name) {
        if (name.isEmpty() || name.equals("default")) {
            return size(DEFAULT_BYTES);
        }
        if (name.startsWith("size-")) {
            return size(sizeOf(name));
        }
        if (name.startsWith("rabin")) {
            return rabin(name);
        }
        if (name.equals("buzhash")) {
            return new ChunkerSpec(BuzhashChunker::new);
        }
        throw new IllegalArgumentException("unrecognized chunker option: " + name);
    }

    private static ChunkerSpec size(int bytes) {
        return new ChunkerSpec((in, frame) -> new SizeChunker(in, bytes, frame));
    }

    private static int sizeOf(String name) {
        int bytes = number(name.substring("size-".length()), name);
        if (bytes <= 0) {
            throw new IllegalArgumentException("chunker size must be greater than 0");
        }
        return atMostLimit(bytes);
    }

    private static ChunkerSpec rabin(String name) {
        String[] parts = name.split("-", -1);
        if (!parts[0].equals("rabin") || parts.length == 3 || parts.length > 4) {
            throw new IllegalArgumentException(
                    "incorrect format (expected 'rabin' 'rabin-[avg]' or 'rabin-[min]-[avg]-[max]': " + name);
        }
        if (parts.length < 4) {
            int average = parts.length == 1 ? DEFAULT_BYTES : number(parts[1], name);
            if (average < 48) {
                throw new IllegalArgumentException("rabin min must be greater than 16: " + name);
            }
            return rabin(average / 3, average, atMostLimit(average + average / 2));
        }
        int min = labelled(parts[1], "min", name);
        int average = labelled(parts[2], "avg", name);
        int max = labelled(parts[3], "max", name);
        if (min < RabinChunker.WINDOW_BYTES) {
            throw new IllegalArgumentException("rabin min must be greater than 16: " + name);
        }
        if (min >= average) {
            throw new IllegalArgumentException("incorrect format: rabin-min must be smaller than rabin-avg: " + name);
        }
        if (average >= max) {
            throw new IllegalArgumentException("incorrect format: rabin-avg must be smaller than rabin-max: " + name);
        }
        return rabin(min, average, atMostLimit(max));
    }

    private static ChunkerSpec rabin(int min, int average, int max) {
        RabinChunker.Sizes sizes = new RabinChunker.Sizes(min, average, max);
        return new ChunkerSpec((in, frame) -> new RabinChunker(in, sizes, frame));
    }

    private static int labelled(String part, String label, String name) {
        int colon = part.indexOf(':');
        if (colon >= 0 && !part.substring(0, colon).equals(label)) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "label must be %s: %s", label, name));
        }
        return number(part.substring(colon + 1), name);
    }

    private static int number(String text, String name) {
        try {
            long number = Long.parseLong(text);
            return (int) Math.max(Math.min(number, Integer.MAX_VALUE / 2), -1);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("unrecognized chunker option: " + name, e);
        }
    }

    private static int atMostLimit(int bytes) {
        if (bytes > MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException(
                    "chunker parameters may not exceed the maximum chunk size of " + MAX_CHUNK_BYTES);
        }
        return bytes;
    }
}
