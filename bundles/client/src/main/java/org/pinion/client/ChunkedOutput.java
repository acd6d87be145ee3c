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
package org.pinion.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Chunked transfer coding; small pieces are collected. */
final class ChunkedOutput {
    private static final int BUFFER_BYTES = 128 << 10;

    private final OutputStream out;
    private final byte[] pending = new byte[BUFFER_BYTES];
    private int size;

    ChunkedOutput(OutputStream out) {
        this.out = out;
    }

    void text(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes(bytes, bytes.length);
    }

    void bytes(byte[] source, int length) throws IOException {
        if (size + length > pending.length) {
            flush();
        }
        if (length > pending.length / 2) {
            flush();
            chunk(source, length);
        } else {
            System.arraycopy(source, 0, pending, size, length);
            size += length;
        }
    }

    void end() throws IOException {
        flush();
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** Sends what was collected. */
    void flush() throws IOException {
        if (size > 0) {
            chunk(pending, size);
            size = 0;
        }
    }

    private void chunk(byte[] source, int length) throws IOException {
        out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(source, 0, length);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
