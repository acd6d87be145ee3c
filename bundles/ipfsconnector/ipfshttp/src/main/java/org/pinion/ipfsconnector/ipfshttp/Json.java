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
package org.pinion.ipfsconnector.ipfshttp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON objects one after another from a stream. One thread. */
final class Json implements Closeable {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxStringLength(1 << 20)
                    .build())
            .build();
    private static final int MAX_ITEMS = 100_000;
    private static final int MAX_OBJECT_BYTES = 16 << 20;

    private final JsonParser parser;
    private long begin;

    /** The text is not what was expected; the stream itself is sound. */
    static final class BadAnswerException extends IOException {
        private static final long serialVersionUID = 1L;

        BadAnswerException(String message) {
            super(message);
        }
    }

    Json(InputStream in) throws IOException {
        parser = FACTORY.createParser(in);
    }

    /** The next object, or null at the end. */
    @Nullable
    Map<String, Object> next() throws IOException {
        try {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return null;
            }
            if (token != JsonToken.START_OBJECT) {
                throw new BadAnswerException("a JSON object was expected, not " + token);
            }
            begin = parser.currentLocation().getByteOffset();
            return object();
        } catch (JsonProcessingException e) {
            throw new BadAnswerException(e.getOriginalMessage());
        }
    }

    private Map<String, Object> object() throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            Object value = value();
            if (value != null) {
                fields.put(name, value);
            }
            check(fields.size());
        }
        return fields;
    }

    private @Nullable Object value() throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getBigIntegerValue().longValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            default -> null;
        };
    }

    private List<Object> array() throws IOException {
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            Object value = value();
            if (value != null) {
                items.add(value);
            }
            check(items.size());
        }
        return items;
    }

    private void check(int size) throws IOException {
        if (parser.currentLocation().getByteOffset() - begin > MAX_OBJECT_BYTES) {
            throw new BadAnswerException("more than " + MAX_OBJECT_BYTES + " bytes in one JSON object");
        }
        if (size > MAX_ITEMS) {
            throw new BadAnswerException("more than " + MAX_ITEMS + " items in one JSON value");
        }
    }

    /** A text field, or empty. */
    static String text(Map<String, Object> object, String name) {
        return object.get(name) instanceof String text ? text : "";
    }

    /** A number field, or 0. */
    static long number(Map<String, Object> object, String name) {
        return object.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /** A list field, or an empty list. */
    static List<?> list(Map<String, Object> object, String name) {
        return object.get(name) instanceof List<?> list ? list : List.of();
    }

    /** The CID text of a link {@code {"/": "…"}}, or empty. */
    static String link(Map<String, Object> object, String name) {
        return object.get(name) instanceof Map<?, ?> link && link.get("/") instanceof String cid ? cid : "";
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
