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

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A header of the form {@code value; name="text"; name=token}.
 *
 * @param value what stands before the first semicolon
 * @param parameters parameters by lower-case name
 * @spec RFC 2045 section 5.1, RFC 8187 for {@code filename*}
 */
public record HeaderValue(String value, Map<String, String> parameters) {
    private static final String UTF8 = "utf-8''";

    /** Splits a header; what cannot be understood is left out. */
    public static HeaderValue parse(String text) {
        int semicolon = text.indexOf(';');
        if (semicolon < 0) {
            return new HeaderValue(text.strip(), Map.of());
        }
        Map<String, String> parameters = new HashMap<>();
        int at = semicolon;
        while (at < text.length()) {
            int equals = text.indexOf('=', at);
            if (equals < 0) {
                break;
            }
            String name = text.substring(at + 1, equals).strip().toLowerCase(Locale.ROOT);
            StringBuilder value = new StringBuilder();
            at = equals + 1 < text.length() && text.charAt(equals + 1) == '"'
                    ? quoted(text, equals + 2, value)
                    : token(text, equals + 1, value);
            put(parameters, name, value.toString());
        }
        return new HeaderValue(text.substring(0, semicolon).strip(), parameters);
    }

    private static void put(Map<String, String> parameters, String name, String value) {
        if (name.endsWith("*") && value.regionMatches(true, 0, UTF8, 0, UTF8.length())) {
            String decoded = Percent.decode(value.substring(UTF8.length()), false);
            parameters.put(name.substring(0, name.length() - 1), decoded == null ? "" : decoded);
        } else {
            parameters.putIfAbsent(name, value);
        }
    }

    /** Reads up to the closing quote; returns where the next semicolon is. */
    private static int quoted(String text, int from, StringBuilder out) {
        int at = from;
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at);
            if (c == '\\' && at + 1 < text.length() && (text.charAt(at + 1) == '"' || text.charAt(at + 1) == '\\')) {
                at++;
                c = text.charAt(at);
            }
            out.append(c);
            at++;
        }
        int next = text.indexOf(';', at);
        return next < 0 ? text.length() : next;
    }

    private static int token(String text, int from, StringBuilder out) {
        int next = text.indexOf(';', from);
        int end = next < 0 ? text.length() : next;
        out.append(text.substring(from, end).strip());
        return end;
    }

    /** Percent encoding of form data. */
    public static final class Percent {
        private Percent() {}

        /**
         * Decodes {@code %xx}; the result is UTF-8.
         *
         * @param plusIsBlank whether {@code +} stands for a blank, as in queries
         * @return null if a {@code %} is not followed by two hex digits
         */
        public static @Nullable String decode(String text, boolean plusIsBlank) {
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
    }
}
