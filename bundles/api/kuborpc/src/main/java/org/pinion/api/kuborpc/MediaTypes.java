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
package org.pinion.api.kuborpc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** Types of files: by the end of their name, else by their first bytes. */
final class MediaTypes {
    private static final int SNIFF_BYTES = 512;
    private static final Map<String, String> BY_EXTENSION = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("htm", "text/html; charset=utf-8"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("md", "text/markdown; charset=utf-8"),
            Map.entry("csv", "text/csv; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("xml", "text/xml; charset=utf-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("gif", "image/gif"),
            Map.entry("webp", "image/webp"),
            Map.entry("avif", "image/avif"),
            Map.entry("ico", "image/vnd.microsoft.icon"),
            Map.entry("pdf", "application/pdf"),
            Map.entry("wasm", "application/wasm"),
            Map.entry("zip", "application/zip"),
            Map.entry("gz", "application/gzip"),
            Map.entry("tar", "application/x-tar"),
            Map.entry("mp3", "audio/mpeg"),
            Map.entry("ogg", "audio/ogg"),
            Map.entry("wav", "audio/wav"),
            Map.entry("mp4", "video/mp4"),
            Map.entry("webm", "video/webm"),
            Map.entry("woff", "font/woff"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("ttf", "font/ttf"));

    private MediaTypes() {}

    /** Opens content at its beginning. */
    interface Content {
        InputStream open() throws IOException;
    }

    static String of(String name, Content content) throws IOException {
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        String known = name.indexOf('.') < 0 ? null : BY_EXTENSION.get(extension);
        if (known != null) {
            return known;
        }
        try (InputStream in = content.open()) {
            return sniffed(in.readNBytes(SNIFF_BYTES));
        }
    }

    private static String sniffed(byte[] head) {
        String latin = new String(head, StandardCharsets.ISO_8859_1);
        String start = latin.stripLeading().toLowerCase(Locale.ROOT);
        if (start.startsWith("<!doctype html") || start.startsWith("<html")) {
            return "text/html; charset=utf-8";
        } else if (latin.startsWith("\u0089PNG\r\n")) {
            return "image/png";
        } else if (latin.startsWith("\u00ff\u00d8\u00ff")) {
            return "image/jpeg";
        } else if (latin.startsWith("GIF8")) {
            return "image/gif";
        } else if (latin.startsWith("%PDF-")) {
            return "application/pdf";
        } else if (latin.startsWith("\u001f\u008b\b")) {
            return "application/x-gzip";
        } else if (latin.startsWith("PK\u0003\u0004")) {
            return "application/zip";
        }
        return isText(head) ? "text/plain; charset=utf-8" : "application/octet-stream";
    }

    private static boolean isText(byte[] head) {
        for (byte b : head) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f' && b != 27) {
                return false;
            }
        }
        // a character may be cut at the end
        for (int cut = 0; cut < 4 && cut <= head.length; cut++) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(head, 0, head.length - cut));
                return true;
            } catch (CharacterCodingException notYet) {
                continue;
            }
        }
        return false;
    }
}
