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

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Builds one JSON document, indented by four blanks, with the reference's escapes. For one thread. */
final class JsonWriter {
    private static final String INDENT = "    ";

    private final StringBuilder out = new StringBuilder(512);
    private final Offsets offsets;
    private int depth;
    private boolean empty = true;

    JsonWriter(Offsets offsets) {
        this.offsets = offsets;
    }

    JsonWriter begin(char bracket) {
        out.append(bracket);
        depth++;
        empty = true;
        return this;
    }

    JsonWriter end(char bracket) {
        depth--;
        if (!empty) {
            line();
        }
        out.append(bracket);
        empty = false;
        return this;
    }

    /** Goes to the next item of an array. */
    JsonWriter item() {
        if (!empty) {
            out.append(',');
        }
        empty = false;
        line();
        return this;
    }

    /** Goes to the next field of an object. */
    JsonWriter field(String name) {
        item();
        text(name);
        out.append(": ");
        return this;
    }

    JsonWriter raw(String json) {
        out.append(json);
        return this;
    }

    JsonWriter number(long value) {
        out.append(value);
        return this;
    }

    /** A number with a fraction, in the shortest form that gives the same number back. */
    JsonWriter decimal(double value) {
        double size = Math.abs(value);
        BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (value == 0) {
            return raw("0");
        }
        if (size >= 1e-6 && size < 1e21) {
            return raw(exact.toPlainString());
        }
        String digits = exact.unscaledValue().toString();
        int sign = value < 0 ? 1 : 0;
        int exponent = digits.length() - sign - 1 - exact.scale();
        String fraction = digits.substring(sign + 1);
        return raw(digits.substring(0, sign + 1) + (fraction.isEmpty() ? "" : "." + fraction) + "e"
                + (exponent < 0 ? "" : "+") + exponent);
    }

    JsonWriter bool(boolean value) {
        out.append(value);
        return this;
    }

    /** The value's text, or null. */
    JsonWriter orNull(@Nullable Object value) {
        return value == null ? raw("null") : text(value.toString());
    }

    JsonWriter time(@Nullable Instant when) {
        return text(when == null ? "0001-01-01T00:00:00Z" : GoTime.format(when, offsets.of(when)));
    }

    JsonWriter text(String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
        return this;
    }

    /** The document with a line break. */
    String finish() {
        return out.append('\n').toString();
    }

    private void line() {
        out.append('\n');
        for (int i = 0; i < depth; i++) {
            out.append(INDENT);
        }
    }
}
