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
package org.pinion.spi.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/**
 * Reads a multipart body as a stream: one buffer, no temporary files. Limits: 64 KiB before the first part, 16 KiB and
 * 64 lines of headers per part. For one thread.
 *
 * @spec RFC 2046 section 5.1
 */
public final class MultipartReader {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int MAX_PREAMBLE_BYTES = 64 << 10;
    private static final int MAX_HEADER_BYTES = 16 << 10;
    private static final int MAX_HEADER_LINES = 64;
    private static final int MAX_LINE_BYTES = 256;
    private static final int MAX_BOUNDARY_CHARS = 70;

    private final InputStream in;
    private final byte[] delimiter;
    /** How far the delimiter may move on when this byte is under its end (Horspool). */
    private final int[] skips = new int[256];

    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int from;
    private int to;
    /** Where the delimiter begins, or up to where there is none. */
    private int clear;

    private boolean delimiterAtClear;
    private boolean began;
    private boolean inPart;
    private boolean ended;
    private Map<String, String> headers = Map.of();

    /**
     * A reader at the start of a body.
     *
     * @param contentType the header of the request, which has the boundary
     * @throws ClusterException {@code BAD_REQUEST} if it is not multipart
     */
    public MultipartReader(InputStream in, String contentType) {
        this.in = in;
        HeaderValue type = HeaderValue.parse(contentType);
        String kind = type.value().toLowerCase(Locale.ROOT);
        if (!kind.equals("multipart/form-data") && !kind.equals("multipart/mixed")) {
            throw bad("Content-Type must be multipart/form-data, not \"" + contentType + "\"");
        }
        String boundary = type.parameters().getOrDefault("boundary", "");
        if (boundary.isEmpty() || boundary.length() > MAX_BOUNDARY_CHARS) {
            throw bad("Content-Type needs a boundary of 1 to " + MAX_BOUNDARY_CHARS + " characters");
        }
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(skips, delimiter.length);
        for (int i = 0; i < delimiter.length - 1; i++) {
            skips[delimiter[i] & 0xff] = delimiter.length - 1 - i;
        }
    }

    /** Headers of the current part by lower-case name. */
    public Map<String, String> headers() {
        return headers;
    }

    /**
     * Goes to the next part; what is left of the current one is skipped.
     *
     * @return false at the end
     */
    public boolean next() throws IOException {
        if (ended) {
            return false;
        }
        if (!began) {
            skipPreamble();
        } else if (inPart) {
            while (available() > 0) {
                from = clear;
            }
        }
        from += delimiter.length;
        clear = from;
        delimiterAtClear = false;
        inPart = false;
        if (lineAfterDelimiter()) {
            ended = true;
            return false;
        }
        headers = readHeaders();
        inPart = true;
        clear = from;
        delimiterAtClear = false;
        return true;
    }

    /** Reads content of the current part; -1 at its end. */
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int size = Math.min(length, inPart ? available() : 0);
        if (size == 0) {
            return -1;
        }
        System.arraycopy(buffer, from, target, offset, size);
        from += size;
        return size;
    }

    /** Content of the part that is current when it is read; closing it does nothing. */
    public InputStream content() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return MultipartReader.this.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return MultipartReader.this.read(target, offset, length);
            }
        };
    }

    /** Bytes of content at {@code from}; 0 when the delimiter is there. Sets {@code clear} to their end. */
    private int available() throws IOException {
        while (true) {
            if (clear > from || delimiterAtClear) {
                return clear - from;
            }
            search();
            if (clear == from && !delimiterAtClear) {
                fill("content of a part");
            }
        }
    }

    /** Looks for the delimiter from {@code clear} on. */
    private void search() {
        int last = to - delimiter.length;
        int i = clear;
        while (i <= last) {
            byte end = buffer[i + delimiter.length - 1];
            if (end == delimiter[delimiter.length - 1] && isDelimiter(i)) {
                clear = i;
                delimiterAtClear = true;
                return;
            }
            i += skips[end & 0xff];
        }
        clear = Math.max(clear, last + 1);
    }

    private boolean isDelimiter(int at) {
        for (int i = 0; i < delimiter.length - 1; i++) {
            if (buffer[at + i] != delimiter[i]) {
                return false;
            }
        }
        return true;
    }

    private void fill(String what) throws IOException {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            clear -= from;
            from = 0;
        }
        int size = in.read(buffer, to, buffer.length - to);
        if (size < 0) {
            throw new EOFException("multipart body ends in the " + what);
        }
        to += size;
    }

    private void skipPreamble() throws IOException {
        began = true;
        // the line break before the very first delimiter may be missing
        buffer[0] = '\r';
        buffer[1] = '\n';
        to = 2;
        int skipped = 0;
        while (true) {
            search();
            if (delimiterAtClear) {
                from = clear;
                return;
            }
            skipped += clear - from;
            if (skipped > MAX_PREAMBLE_BYTES) {
                throw bad("multipart body does not begin with its boundary");
            }
            from = clear;
            try {
                fill("text before the first part");
            } catch (EOFException e) {
                throw bad("multipart body does not hold its boundary");
            }
        }
    }

    /** Whether this was the last delimiter. */
    private boolean lineAfterDelimiter() throws IOException {
        String rest = line("line of a boundary", MAX_LINE_BYTES);
        if (rest == null) {
            return true;
        }
        if (rest.startsWith("--")) {
            return true;
        }
        if (!rest.isBlank()) {
            throw bad("multipart boundary is followed by text");
        }
        return false;
    }

    private Map<String, String> readHeaders() throws IOException {
        Map<String, String> all = new HashMap<>();
        int left = MAX_HEADER_BYTES;
        for (int lines = 0; ; lines++) {
            String text = line("headers of a part", left);
            if (text == null) {
                throw new EOFException("multipart body ends in the headers of a part");
            }
            if (text.isEmpty()) {
                return all;
            }
            left -= text.length();
            int colon = text.indexOf(':');
            if (colon <= 0 || lines >= MAX_HEADER_LINES) {
                throw bad(
                        colon <= 0
                                ? "malformed header of a multipart part: \"" + shown(text) + "\""
                                : "multipart part has more than " + MAX_HEADER_LINES + " headers");
            }
            all.put(
                    text.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                    text.substring(colon + 1).strip());
        }
    }

    private static String shown(String text) {
        return text.length() <= MAX_LINE_BYTES ? text : text.substring(0, MAX_LINE_BYTES) + "…";
    }

    private static ClusterException tooLong(String what) {
        return bad(what + " is longer than " + (what.startsWith("h") ? MAX_HEADER_BYTES : MAX_LINE_BYTES) + " bytes");
    }

    /** One line without its end; null when "--" stood at the end of the body. */
    private @Nullable String line(String what, int limit) throws IOException {
        int at = from;
        while (true) {
            for (; at < to; at++) {
                if (buffer[at] == '\n') {
                    int end = at > from && buffer[at - 1] == '\r' ? at - 1 : at;
                    if (end - from > limit) {
                        throw tooLong(what);
                    }
                    String text = new String(buffer, from, end - from, StandardCharsets.UTF_8);
                    from = at + 1;
                    return text;
                }
            }
            if (to - from > limit || to - from >= buffer.length) {
                throw tooLong(what);
            }
            int done = at - from;
            try {
                fill(what);
            } catch (EOFException e) {
                if (to - from >= 2 && buffer[from] == '-' && buffer[from + 1] == '-') {
                    return null;
                }
                throw e;
            }
            at = from + done;
        }
    }

    private static ClusterException bad(String message) {
        return new ClusterException(ErrorCode.BAD_REQUEST, message);
    }
}
