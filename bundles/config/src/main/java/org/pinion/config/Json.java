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

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * JSON as plain Java values that keep order: {@code LinkedHashMap}, {@code ArrayList}, {@code String}, {@code Boolean},
 * {@code Long}, {@code BigInteger} or {@code BigDecimal}, and null. Written as Go's encoder writes it.
 */
final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(64).build())
            .build();
    private static final Pattern SOURCE = Pattern.compile("at \\[Source: [^\\]]*line: (\\d+), column: (\\d+)\\]");
    private static final String HEX = "0123456789abcdef";

    private Json() {}

    /**
     * Reads one object and nothing after it.
     *
     * @throws IllegalArgumentException with the place if the text is no JSON object
     */
    static Map<String, @Nullable Object> parseObject(String text) {
        try (JsonParser in = FACTORY.createParser(text)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("expected an object, that is a text that starts with {");
            }
            Map<String, @Nullable Object> object = object(in);
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("text after the object in line "
                        + in.currentTokenLocation().getLineNr());
            }
            return object;
        } catch (JsonProcessingException e) {
            var place = e.getLocation();
            String where = place == null ? "" : " in line " + place.getLineNr() + ", column " + place.getColumnNr();
            throw new IllegalArgumentException(withoutSource(e.getOriginalMessage()) + where, e);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Reads one value of any type and nothing after it.
     *
     * @throws IllegalArgumentException if the text is none
     */
    static @Nullable Object parseValue(String text) {
        Map<String, @Nullable Object> holder = parseObject("{\"value\":" + text + "}");
        if (holder.size() != 1) {
            throw new IllegalArgumentException("expected one value");
        }
        return holder.get("value");
    }

    /** Jackson names other places by what it read from, which says nothing about a file: only line and column stay. */
    private static String withoutSource(String message) {
        return SOURCE.matcher(message).replaceAll("in line $1, column $2");
    }

    private static Map<String, @Nullable Object> object(JsonParser in) throws IOException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            object.put(name, value(in));
        }
        return object;
    }

    private static @Nullable Object value(JsonParser in) throws IOException {
        switch (in.currentToken()) {
            case START_OBJECT:
                return object(in);
            case START_ARRAY:
                List<@Nullable Object> list = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(in));
                }
                return list;
            case VALUE_STRING:
                return in.getText();
            case VALUE_TRUE:
                return Boolean.TRUE;
            case VALUE_FALSE:
                return Boolean.FALSE;
            case VALUE_NULL:
                return null;
            case VALUE_NUMBER_INT:
                return in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? in.getBigIntegerValue()
                        : (Object) in.getLongValue();
            default:
                return in.getDecimalValue();
        }
    }

    /** The value over several lines, without a line end after it. */
    static String pretty(@Nullable Object value, int indent) {
        StringBuilder out = new StringBuilder();
        write(out, value, " ".repeat(indent), "\n");
        return out.toString();
    }

    /** The value in one line. */
    static String compact(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(out, value, "", "");
        return out.toString();
    }

    private static void write(StringBuilder out, @Nullable Object value, String step, String newline) {
        if (value instanceof Map<?, ?> map) {
            writeMap(out, map, step, newline);
        } else if (value instanceof List<?> list) {
            writeList(out, list, step, newline);
        } else if (value instanceof String text) {
            quote(out, text);
        } else if (value instanceof BigDecimal number) {
            out.append(number.toString());
        } else {
            out.append(value);
        }
    }

    private static void writeMap(StringBuilder out, Map<?, ?> map, String step, String newline) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        String inner = newline + step;
        out.append('{');
        for (Iterator<? extends Map.Entry<?, ?>> rows = map.entrySet().iterator(); rows.hasNext(); ) {
            Map.Entry<?, ?> row = rows.next();
            out.append(inner);
            quote(out, String.valueOf(row.getKey()));
            out.append(newline.isEmpty() ? ":" : ": ");
            write(out, row.getValue(), step, inner);
            out.append(rows.hasNext() ? "," : "");
        }
        out.append(newline).append('}');
    }

    private static void writeList(StringBuilder out, List<?> list, String step, String newline) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        String inner = newline + step;
        out.append('[');
        for (Iterator<?> items = list.iterator(); items.hasNext(); ) {
            out.append(inner);
            write(out, items.next(), step, inner);
            out.append(items.hasNext() ? "," : "");
        }
        out.append(newline).append(']');
    }

    /** Go also escapes what could end a script element. */
    private static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '<', '>', '&', '\u2028', '\u2029' -> escape(out, c);
                default -> {
                    if (c < 0x20) {
                        escape(out, c);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static void escape(StringBuilder out, char c) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(HEX.charAt(c >> shift & 15));
        }
    }
}
