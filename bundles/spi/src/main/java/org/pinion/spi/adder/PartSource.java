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
package org.pinion.spi.adder;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.http.HeaderValue;
import org.pinion.spi.http.MultipartReader;

/** Files and folders of a multipart body, as the reference's clients send them. One thread. */
public final class PartSource implements AddSource {
    private static final int MAX_LINK_BYTES = 4096;
    private static final int MAX_SHOWN_CHARS = 200;

    private final MultipartReader parts;
    private @Nullable Entry peeked;

    /** Entries of a body that nothing was read of yet. */
    public PartSource(MultipartReader parts) {
        this.parts = parts;
    }

    /** Reads the head of the first part, so that a malformed body is refused before anything is answered. */
    public void begin() throws IOException {
        peeked = read();
    }

    @Override
    public @Nullable Entry next() throws IOException {
        Entry first = peeked;
        if (first != null) {
            peeked = null;
            return first;
        }
        return read();
    }

    private @Nullable Entry read() throws IOException {
        if (!parts.next()) {
            return null;
        }
        Map<String, String> headers = parts.headers();
        String disposition = headers.getOrDefault("content-disposition", "");
        String name = HeaderValue.parse(disposition).parameters().getOrDefault("filename", "");
        String path = clean(unescaped(name, "filename"));
        Optional<String> absolute = absolutePath(headers);
        String type = HeaderValue.parse(headers.getOrDefault("content-type", ""))
                .value()
                .toLowerCase(Locale.ROOT);
        return switch (type) {
            case "application/x-directory", "multipart/form-data" ->
                new Entry(path, Kind.FOLDER, InputStream.nullInputStream(), absolute);
            case "application/symlink" -> new Entry(path, Kind.LINK, new ByteArrayInputStream(link(path)), absolute);
            default -> new Entry(path, Kind.FILE, parts.content(), absolute);
        };
    }

    private static Optional<String> absolutePath(Map<String, String> headers) {
        String encoded = headers.get("abspath-encoded");
        if (encoded != null) {
            return Optional.of(unescaped(encoded, "abspath-encoded"));
        }
        return Optional.ofNullable(headers.get("abspath"));
    }

    private static String unescaped(String text, String what) {
        String decoded = HeaderValue.Percent.decode(text, true);
        if (decoded == null) {
            throw bad(what + " of a part is not well encoded: \"" + shown(text) + "\"");
        }
        return decoded;
    }

    private static String shown(String text) {
        return text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "…";
    }

    private byte[] link(String path) throws IOException {
        byte[] target = parts.content().readNBytes(MAX_LINK_BYTES + 1);
        if (target.length > MAX_LINK_BYTES) {
            throw bad("target of link " + shown(path) + " is longer than " + MAX_LINK_BYTES + " bytes");
        }
        return target;
    }

    /** As an absolute path is cleaned: no empty segments, {@code .} or {@code ..}; without the first slash. */
    static String clean(String name) {
        Deque<String> kept = new ArrayDeque<>();
        for (String segment : name.split("/")) {
            if (segment.equals("..")) {
                kept.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.addLast(segment);
            }
        }
        return String.join("/", kept);
    }

    private static ClusterException bad(String message) {
        return new ClusterException(ErrorCode.BAD_REQUEST, message);
    }
}
