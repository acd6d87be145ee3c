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
package org.pinion.api.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pure functions on request targets. */
final class Paths {
    private static final String KEPT = "-_.~!$&'()*+,;=:@/";

    private Paths() {}

    /**
     * Decodes {@code %xx}; the result is UTF-8.
     *
     * @param plusIsBlank whether {@code +} stands for a blank, as in queries
     * @return null if a {@code %} is not followed by two hex digits
     */
    static @Nullable String decode(String text, boolean plusIsBlank) {
        if (text.indexOf('%') < 0) {
            return plusIsBlank ? text.replace('+', ' ') : text;
        }
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[raw.length];
        int size = 0;
        for (int i = 0; i < raw.length; i++) {
            byte b = raw[i];
            if (b == '%') {
                int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
                int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    return null;
                }
                b = (byte) (high << 4 | low);
                i += 2;
            } else if (b == '+' && plusIsBlank) {
                b = ' ';
            }
            out[size++] = b;
        }
        return new String(out, 0, size, StandardCharsets.UTF_8);
    }

    /** Encodes a path for a {@code Location} header. */
    static String encode(String path) {
        StringBuilder out = new StringBuilder(path.length() + 16);
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || KEPT.indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append(String.format("%%%02X", (int) c));
            }
        }
        return out.toString();
    }

    /** The path without empty segments, {@code .} and {@code ..}; a final slash stays. */
    static String clean(String path) {
        if (!path.contains("//") && !path.contains("/.") && path.startsWith("/")) {
            return path;
        }
        Deque<String> kept = new ArrayDeque<>();
        for (String segment : path.split("/")) {
            if (segment.equals("..")) {
                kept.pollLast();
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                kept.addLast(segment);
            }
        }
        String cleaned = "/" + String.join("/", kept);
        return path.endsWith("/") && cleaned.length() > 1 ? cleaned + "/" : cleaned;
    }

    /** Decoded parameters in order; pairs that cannot be decoded are left out, as in the reference. */
    static Map<String, List<String>> query(@Nullable String raw) {
        if (raw == null || raw.isEmpty()) {
            return Map.of();
        }
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : raw.split("&")) {
            if (pair.isEmpty() || pair.indexOf(';') >= 0) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
            if (name != null && value != null) {
                query.computeIfAbsent(name, any -> new ArrayList<>(1)).add(value);
            }
        }
        return query;
    }
}
