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
package org.pinion.ipld.multiformats;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Unsigned LEB128 integers of up to 64 bits. A {@code long} with its top bit set stands for a value of 2^63 or more.
 * Stateless; any thread.
 *
 * <p>Specification: multiformats "unsigned-varint"; ten bytes are accepted because several libp2p protocols write full
 * 64-bit values.
 */
public final class Varint {
    private static final int MAX_BYTES = 10;

    private Varint() {}

    /** Number of bytes, 1 to 10, that {@code value} takes. */
    public static int size(long value) {
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    /** Appends {@code value} at the position of {@code out}. */
    public static void write(long value, ByteBuffer out) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    /** Appends {@code value} to {@code out}. */
    public static void write(long value, OutputStream out) throws IOException {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /** The bytes of {@code value}. */
    public static byte[] encode(long value) {
        byte[] bytes = new byte[size(value)];
        write(value, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /**
     * Reads one varint and moves the position behind it.
     *
     * @throws IllegalArgumentException if it is cut off, longer than 64 bits or not written in the fewest bytes; the
     *     position is then undefined
     */
    public static long read(ByteBuffer in) {
        long value = 0;
        for (int i = 0; i < MAX_BYTES; i++) {
            if (!in.hasRemaining()) {
                throw new IllegalArgumentException("varint is cut off after " + i + " bytes");
            }
            byte next = in.get();
            value |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                return checked(value, next, i);
            }
        }
        throw tooLong();
    }

    /**
     * Reads one varint from a stream, byte by byte; give it a buffered one.
     *
     * @throws EOFException if the stream ends before or inside the varint
     * @throws IllegalArgumentException as {@link #read(ByteBuffer)}
     */
    public static long read(InputStream in) throws IOException {
        long value = 0;
        for (int i = 0; i < MAX_BYTES; i++) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("stream ended in a varint after " + i + " bytes");
            }
            value |= (next & 0x7FL) << (7 * i);
            if (next < 0x80) {
                return checked(value, (byte) next, i);
            }
        }
        throw tooLong();
    }

    /**
     * Reads a length or count and checks it against a limit before anybody allocates.
     *
     * @throws IllegalArgumentException as {@link #read(ByteBuffer)}, or if the value is above {@code max}
     */
    public static int readInt(ByteBuffer in, int max) {
        long value = read(in);
        if (value < 0 || value > max) {
            throw new IllegalArgumentException("length " + Long.toUnsignedString(value) + " is above the limit " + max);
        }
        return (int) value;
    }

    private static long checked(long value, byte last, int index) {
        if (last == 0 && index > 0) {
            throw new IllegalArgumentException(
                    "varint " + Long.toUnsignedString(value) + " is not written in the fewest bytes");
        }
        if (index == MAX_BYTES - 1 && last > 1) {
            throw tooLong();
        }
        return value;
    }

    private static IllegalArgumentException tooLong() {
        return new IllegalArgumentException("varint is longer than 64 bits");
    }
}
