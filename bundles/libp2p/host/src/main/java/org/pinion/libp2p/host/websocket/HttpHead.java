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
package org.pinion.libp2p.host.websocket;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.ProtocolException;

/**
 * The head of an HTTP/1.1 request or response: its first line, and its headers with names in lower case. Values of a
 * repeated header are joined by commas.
 *
 * @spec RFC 9112
 */
record HttpHead(String firstLine, Map<String, String> headers) {
    /** Longest head, in bytes. */
    static final int MAX_BYTES = 8192;

    HttpHead {
        headers = Map.copyOf(headers);
    }

    /** Collects the bytes of a head up to its empty line. */
    static final class Reader {
        private final StringBuilder text = new StringBuilder(512);

        /**
         * Takes the next byte.
         *
         * @return the head that is complete with it, or null
         * @throws ProtocolException if the head is too long or malformed
         */
        @Nullable
        HttpHead feed(byte b) {
            if (text.length() == MAX_BYTES) {
                throw ProtocolException.closeConnection("HTTP head of more than " + MAX_BYTES + " bytes");
            }
            text.append((char) (b & 0xff));
            int length = text.length();
            boolean end = b == '\n' && length >= 4 && text.substring(length - 4).equals("\r\n\r\n");
            return end ? parse(text.substring(0, length - 4)) : null;
        }
    }

    private static HttpHead parse(String text) {
        String[] lines = text.split("\r\n", -1);
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 1) {
                throw ProtocolException.closeConnection("malformed HTTP header");
            }
            String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            headers.merge(name, lines[i].substring(colon + 1).trim(), (a, b) -> a + "," + b);
        }
        return new HttpHead(lines[0], headers);
    }

    /** True if a header holds a token; case does not matter. */
    boolean has(String name, String token) {
        for (String each : headers.getOrDefault(name, "").split(",", -1)) {
            if (each.trim().equalsIgnoreCase(token)) {
                return true;
            }
        }
        return false;
    }

    /** The bytes of lines that end a head. */
    static byte[] encode(String... lines) {
        return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }
}
