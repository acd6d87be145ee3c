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
package org.pinion.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads service.json, or what its {@code source} names. Unknown keys and the order of all keys stay as they are. */
final class ServiceFile {
    static final String FILE = "service.json";
    private static final int MAX_BYTES = 16 * 1024 * 1024;
    private static final int CONNECT_MILLIS = 30_000;
    private static final int READ_MILLIS = 60_000;

    private ServiceFile() {}

    /**
     * A configuration as it stands.
     *
     * @param json the whole object
     * @param origin file or address, for messages
     */
    record Raw(Map<String, @Nullable Object> json, String origin) {}

    /**
     * Reads the file and follows its source.
     *
     * @throws IllegalArgumentException if it is missing or no JSON object, or the source cannot be had
     */
    static Raw read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        Map<String, @Nullable Object> json = parse(text(file), file.toString());
        String source = source(json, file.toString());
        if (source.isEmpty()) {
            return new Raw(json, file.toString());
        }
        Map<String, @Nullable Object> fetched = parse(fetch(source), source);
        if (!source(fetched, source).isEmpty()) {
            throw new IllegalArgumentException(
                    file + ": source = " + source + ": a sourced configuration cannot point to another source");
        }
        return new Raw(fetched, source);
    }

    private static String text(Path file) throws IOException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException(file + ": larger than " + MAX_BYTES + " bytes");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "open " + file + ": no such file or directory; make one with: ipfs-cluster-service --config "
                            + file.getParent() + " init",
                    e);
        } catch (java.nio.file.AccessDeniedException e) {
            throw new IllegalArgumentException("open " + file + ": permission denied", e);
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": not UTF-8", e);
        }
    }

    private static Map<String, @Nullable Object> parse(String text, String origin) {
        try {
            return Json.parseObject(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(origin + ": error parsing JSON: " + e.getMessage(), e);
        }
    }

    private static String source(Map<String, @Nullable Object> json, String origin) {
        Object source = json.get("source");
        if (source == null) {
            return "";
        }
        if (source instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(origin + ": source is " + Kind.typeOf(source) + ", must be a text");
    }

    private static String fetch(String source) {
        try {
            var connection = URI.create(source).toURL().openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            if (!(connection instanceof HttpURLConnection http)) {
                throw new IllegalArgumentException(
                        "could not fetch configuration from source: " + source + ": only http and https are possible");
            }
            try {
                int status = http.getResponseCode();
                try (InputStream in = status < 400 ? http.getInputStream() : http.getErrorStream()) {
                    byte[] body = in == null ? new byte[0] : in.readNBytes(MAX_BYTES + 1);
                    return body(source, status, body);
                }
            } finally {
                http.disconnect();
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "could not fetch configuration from source: " + source + ": " + e.getMessage(), e);
        }
    }

    private static String body(String source, int status, byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        if (status >= 300) {
            throw new IllegalArgumentException("unsuccessful request (" + status + "): "
                    + text.substring(0, Math.min(text.length(), 1000)).strip());
        }
        if (body.length > MAX_BYTES) {
            throw new IllegalArgumentException(source + ": larger than " + MAX_BYTES + " bytes");
        }
        return text;
    }
}
