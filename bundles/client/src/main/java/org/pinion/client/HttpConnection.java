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

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One HTTP/1.1 connection. Requests run one after another; the body of a request may be written by one thread while
 * another one reads the answer. Limits: 64 KiB for headers and for trailers.
 *
 * @spec RFC 9112
 */
final class HttpConnection implements AutoCloseable {
    private static final int BUFFER_BYTES = 32 << 10;
    private static final int MAX_HEAD_BYTES = 64 << 10;
    private static final int MAX_INTERIM = 16;

    private final Transport.Channel channel;
    private final InputStream in;
    private final OutputStream out;
    private boolean anyByte;
    private boolean reusable;
    private volatile boolean complete;
    private long deadlineNanos;
    private boolean limited;

    HttpConnection(Transport.Channel channel) throws IOException {
        this.channel = channel;
        this.in = new BufferedInputStream(channel.in(), BUFFER_BYTES);
        this.out = channel.out();
    }

    /** The head of an answer and its body. Header names are in lower case. */
    record Answer(int status, Map<String, List<String>> headers, Body body) {
        String header(String name) {
            List<String> values = headers.get(name);
            return values == null ? "" : values.get(0);
        }
    }

    /** Sends a head. A body follows when {@code headers} announce one. */
    void send(String method, String target, Map<String, String> headers) throws IOException {
        anyByte = false;
        reusable = false;
        complete = false;
        StringBuilder head = new StringBuilder(256);
        head.append(method)
                .append(' ')
                .append(channel.base())
                .append(target)
                .append(" HTTP/1.1\r\nHost: ")
                .append(channel.host());
        channel.headers().forEach((name, value) -> field(head, name, value));
        headers.forEach((name, value) -> field(head, name, value));
        head.append("\r\n\r\n");
        out.write(head.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void field(StringBuilder head, String name, String value) {
        head.append("\r\n").append(name).append(": ").append(value);
    }

    OutputStream out() {
        return out;
    }

    /** Every later read fails after this moment of {@code System.nanoTime()}; 0 = never. */
    void deadline(long nanos) {
        deadlineNanos = nanos;
    }

    /** Whether a byte of the answer came: then the request may not be repeated on another connection. */
    boolean anyByte() {
        return anyByte;
    }

    /** Whether the next request may use this connection: the answer was read to its end. */
    boolean isReusable() {
        return reusable;
    }

    /** Reads the head of the answer; interim answers are skipped. */
    Answer read(String method) throws IOException {
        for (int i = 0; i < MAX_INTERIM; i++) {
            int[] left = {MAX_HEAD_BYTES};
            String first = line(left);
            String[] parts = first.split(" ", 3);
            if (parts.length < 2 || !parts[0].startsWith("HTTP/1.")) {
                throw new IOException("server does not speak HTTP/1.1; it began with \"" + printable(first) + "\"");
            }
            int status = (int) number(parts[1], "status");
            Map<String, List<String>> headers = fields(left);
            if (status >= 200) {
                return new Answer(status, headers, new Body(method, status, headers, parts[0]));
            }
        }
        throw new IOException("server sent more than " + MAX_INTERIM + " interim answers");
    }

    @Override
    public void close() {
        if (complete) {
            channel.close();
        } else {
            channel.abort();
        }
    }

    private static long number(String text, String what) throws IOException {
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, as for a negative number
        }
        throw new IOException("malformed " + what + " in the answer: \"" + printable(text) + "\"");
    }

    private static String printable(String text) {
        String start = text.length() > 60 ? text.substring(0, 60) : text;
        return start.replaceAll("[^\\x20-\\x7e]", "?");
    }

    private Map<String, List<String>> fields(int[] left) throws IOException {
        Map<String, List<String>> fields = new HashMap<>();
        for (String line = line(left); !line.isEmpty(); line = line(left)) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new IOException("malformed header in the answer: \"" + printable(line) + "\"");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            fields.computeIfAbsent(name, any -> new ArrayList<>(1))
                    .add(line.substring(colon + 1).strip());
        }
        return fields;
    }

    private String line(int[] left) throws IOException {
        byte[] text = new byte[128];
        int size = 0;
        while (true) {
            int next = readByte();
            if (next < 0) {
                throw new IOException(
                        anyByte
                                ? "server closed the connection in the middle of its answer"
                                : "server closed the connection without an answer");
            }
            if (--left[0] < 0) {
                throw new IOException("headers of the answer are larger than " + MAX_HEAD_BYTES + " bytes");
            }
            if (next == '\n') {
                int end = size > 0 && text[size - 1] == '\r' ? size - 1 : size;
                return new String(text, 0, end, StandardCharsets.UTF_8);
            }
            if (size == text.length) {
                text = Arrays.copyOf(text, size * 2);
            }
            text[size++] = (byte) next;
        }
    }

    private int readByte() throws IOException {
        limit();
        int next = in.read();
        anyByte |= next >= 0;
        return next;
    }

    private int readSome(byte[] target, int offset, int length) throws IOException {
        limit();
        return in.read(target, offset, length);
    }

    private void limit() throws IOException {
        if (deadlineNanos != 0 && in.available() == 0) {
            long millis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                throw new SocketTimeoutException("no complete answer within the timeout");
            }
            channel.readTimeout(Duration.ofMillis(Math.min(millis, Integer.MAX_VALUE)));
            limited = true;
        } else if (limited && deadlineNanos == 0) {
            channel.readTimeout(Duration.ZERO);
            limited = false;
        }
    }

    /** The body of an answer. Reading to its end makes the connection reusable. */
    final class Body extends InputStream {
        private final boolean chunked;
        private final boolean keepAlive;
        private long left;
        private boolean ended;
        private boolean inChunks;
        private Map<String, List<String>> trailers = Map.of();

        Body(String method, int status, Map<String, List<String>> headers, String version) throws IOException {
            String encoding = first(headers, "transfer-encoding");
            String length = first(headers, "content-length");
            this.chunked = encoding.equalsIgnoreCase("chunked");
            boolean none = status == 204 || status == 304 || method.equals("HEAD");
            this.left = none ? 0 : chunked ? 0 : length.isEmpty() ? -1 : number(length, "Content-Length");
            this.keepAlive = version.equals("HTTP/1.1")
                    && !first(headers, "connection").equalsIgnoreCase("close")
                    && (none || chunked || left >= 0);
            if (none || (!chunked && left == 0)) {
                end();
            }
        }

        /** Trailers, once the end was read. */
        Map<String, List<String>> trailers() {
            return trailers;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!ended && chunked && left == 0) {
                nextChunk();
            }
            if (ended) {
                return -1;
            }
            int wanted = left < 0 ? length : (int) Math.min(left, length);
            int size = readSome(target, offset, wanted);
            if (size < 0) {
                if (left < 0) {
                    ended = true;
                    complete = true;
                    return -1;
                }
                throw new IOException("server closed the connection in the middle of its answer");
            }
            if (left > 0) {
                left -= size;
                if (!chunked && left == 0) {
                    end();
                }
            }
            return size;
        }

        private void nextChunk() throws IOException {
            if (inChunks) {
                // the end of the chunk before; read only now, because servers send it with the next chunk
                line(new int[] {2});
            }
            inChunks = true;
            String head = line(new int[] {256});
            int semicolon = head.indexOf(';');
            String digits = (semicolon < 0 ? head : head.substring(0, semicolon)).strip();
            try {
                left = Long.parseLong(digits, 16);
            } catch (NumberFormatException e) {
                throw new IOException("malformed chunk in the answer: \"" + printable(head) + "\"", e);
            }
            if (left < 0) {
                throw new IOException("malformed chunk in the answer: \"" + printable(head) + "\"");
            }
            if (left == 0) {
                trailers = fields(new int[] {MAX_HEAD_BYTES});
                end();
            }
        }

        private void end() {
            ended = true;
            complete = true;
            reusable = keepAlive && channel.keepsAlive();
        }

        private static String first(Map<String, List<String>> headers, String name) {
            List<String> values = headers.get(name);
            return values == null ? "" : values.get(0);
        }
    }
}
