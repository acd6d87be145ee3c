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
package org.pinion.spi.shell;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One frame of a connection to a peer's shell, which goes over {@code DIR/pinion/shell.sock}:
 *
 * <pre>
 *  0      1                  5
 *  +------+------------------+------------------------+
 *  | kind | length (int32)   | payload, length bytes  |
 *  +------+------------------+------------------------+
 * </pre>
 *
 * <p>The program begins with {@link Kind#HELLO}; the peer answers {@link Kind#READY}, or {@link Kind#ERROR} and closes.
 * After that each {@link Kind#RUN} is answered by any number of {@link Kind#OUT} and {@link Kind#ERR} and one
 * {@link Kind#STATUS}, each {@link Kind#COMPLETE} by one {@link Kind#CANDIDATES}, and {@link Kind#OPEN} by output until
 * the user leaves, then {@link Kind#STATUS}. Immutable; any thread.
 */
public final class ShellFrame {
    /** Longest payload. */
    public static final int MAX_BYTES = 1 << 16;
    /** File with the key, beside the socket, in {@code DIR/pinion}. */
    public static final String KEY_FILE = "shell.key";
    /** File of the socket in {@code DIR/pinion}. */
    public static final String SOCKET_FILE = "shell.sock";

    private static final int HEAD_BYTES = 5;

    /** What a frame says. */
    public enum Kind {
        /** Program: the key, as text. */
        HELLO('H'),
        /** Program: run this line. */
        RUN('R'),
        /** Program: be a terminal; columns, lines and terminal type, separated by blanks. */
        OPEN('O'),
        /** Program: bytes that were typed. */
        INPUT('I'),
        /** Program: end what runs. */
        INTERRUPT('C'),
        /** Program: the terminal's columns and lines now, separated by a blank. */
        SIZE('W'),
        /** Program: what could stand at the end of this line? */
        COMPLETE('T'),
        /** Peer: the key was right. */
        READY('h'),
        /** Peer: standard output. */
        OUT('o'),
        /** Peer: standard error. */
        ERR('e'),
        /** Peer: the line has ended with this status, a decimal number. */
        STATUS('s'),
        /** Peer: what the last word of the line could be, one a line. */
        CANDIDATES('t'),
        /** Peer: why the connection ends. */
        ERROR('x');

        private final byte code;

        Kind(char code) {
            this.code = (byte) code;
        }

        private static @Nullable Kind of(byte code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return null;
        }
    }

    private final Kind kind;
    private final byte[] payload;

    /**
     * A frame.
     *
     * @throws IllegalArgumentException if the payload is longer than {@value #MAX_BYTES} bytes
     */
    public ShellFrame(Kind kind, byte[] payload) {
        if (payload.length > MAX_BYTES) {
            throw new IllegalArgumentException("a frame has at most " + MAX_BYTES + " bytes, not " + payload.length);
        }
        this.kind = kind;
        this.payload = payload.clone();
    }

    /** A frame with text. */
    public static ShellFrame of(Kind kind, String text) {
        return new ShellFrame(kind, text.getBytes(StandardCharsets.UTF_8));
    }

    /** What it says. */
    public Kind kind() {
        return kind;
    }

    /** The payload as text. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** The payload. */
    public byte[] bytes() {
        return payload.clone();
    }

    /**
     * Reads the next frame; null when the other side has ended.
     *
     * @param maxBytes longest payload that is accepted
     * @throws IOException if the frame is longer, of an unknown kind, or cut off; the connection is of no use then
     */
    public static @Nullable ShellFrame read(InputStream in, int maxBytes) throws IOException {
        byte[] head = in.readNBytes(HEAD_BYTES);
        if (head.length == 0) {
            return null;
        }
        if (head.length < HEAD_BYTES) {
            throw new EOFException("a frame ended after " + head.length + " bytes");
        }
        Kind kind = Kind.of(head[0]);
        if (kind == null) {
            throw new IOException("no frame begins with byte " + head[0]);
        }
        int length = ByteBuffer.wrap(head, 1, HEAD_BYTES - 1).getInt();
        if (length < 0 || length > maxBytes) {
            throw new IOException("a frame of " + length + " bytes, at most " + maxBytes + " are accepted");
        }
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException("a frame ended after " + payload.length + " of " + length + " bytes");
        }
        return new ShellFrame(kind, payload);
    }

    /** Writes this frame in one piece. */
    public void write(OutputStream out) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(HEAD_BYTES + payload.length);
        out.write(frame.put(kind.code).putInt(payload.length).put(payload).array());
    }
}
