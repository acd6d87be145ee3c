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
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Chunked transfer coding; small pieces are collected, and a chunk with its head and its end is one write. */
final class ChunkedOutput {
    /** What a socket takes in one call. */
    private static final int BUFFER_BYTES = 128 << 10;
    /** Five digits and a line break. */
    private static final int HEAD_BYTES = 7;

    private static final int END_BYTES = 2;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    /** Where the next byte of the chunk goes. */
    private int at = HEAD_BYTES;

    ChunkedOutput(OutputStream out) {
        this.out = out;
    }

    void text(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes(bytes, bytes.length);
    }

    void bytes(byte[] source, int length) throws IOException {
        for (int done = 0; done < length; ) {
            makeRoom();
            int size = Math.min(length - done, room());
            System.arraycopy(source, done, buffer, at, size);
            at += size;
            done += size;
        }
    }

    /** Takes what one read gives; false at the end of the content. To be called after {@link #makeRoom}. */
    boolean read(InputStream content) throws IOException {
        int size = content.read(buffer, at, room());
        at += Math.max(0, size);
        return size >= 0;
    }

    /** Sends what was collected if nothing more fits. */
    void makeRoom() throws IOException {
        if (room() == 0) {
            flush();
        }
    }

    private int room() {
        return buffer.length - END_BYTES - at;
    }

    void end() throws IOException {
        flush();
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** Sends what was collected. */
    void flush() throws IOException {
        if (at == HEAD_BYTES) {
            return;
        }
        byte[] head = (Integer.toHexString(at - HEAD_BYTES) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        int start = HEAD_BYTES - head.length;
        System.arraycopy(head, 0, buffer, start, head.length);
        buffer[at] = '\r';
        buffer[at + 1] = '\n';
        out.write(buffer, start, at + END_BYTES - start);
        out.flush();
        at = HEAD_BYTES;
    }
}
