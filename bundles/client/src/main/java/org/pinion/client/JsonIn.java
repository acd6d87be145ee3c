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

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Pulls values of the API's types out of JSON. Keys are compared without case and unknown ones are skipped, as in the
 * reference; null stands for the empty value of every type. For one thread.
 */
final class JsonIn {
    private static final JsonFactory JSON = new JsonFactory();
    private static final long MAX_DOCUMENT_BYTES = 64 << 20;
    private static final String ZERO_TIME = "0001-01-01T00:00:00Z";

    private static final int MAX_REMEMBERED = 4096;

    private final Limit limit;
    private final JsonParser parser;
    private final Offsets offsets;
    // lists repeat the same few peers and addresses in every row
    private final Map<String, PeerId> peers = new HashMap<>();
    private final Map<String, Multiaddr> addresses = new HashMap<>();

    JsonIn(InputStream in, Offsets offsets) throws IOException {
        this.limit = new Limit(in);
        this.parser = JSON.createParser(limit);
        this.offsets = offsets;
    }

    /** Bounds what one document may take, as it is built up in memory. */
    private static final class Limit extends FilterInputStream {
        private long left = MAX_DOCUMENT_BYTES;

        Limit(InputStream in) {
            super(in);
        }

        void clear() {
            left = MAX_DOCUMENT_BYTES;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int size = super.read(target, offset, length);
            left -= Math.max(0, size);
            if (left < 0) {
                throw new IOException("a single document has more than " + MAX_DOCUMENT_BYTES + " bytes");
            }
            return size;
        }
    }

    /** Takes a field of an object; the parser stands at its value. */
    interface Field {
        void read(String name) throws IOException;
    }

    /** Reads one value; null is left out of lists and maps. */
    interface Value<T> {
        @Nullable
        T read() throws IOException;
    }

    /**
     * Moves to the next document, or into an array of documents.
     *
     * @return false at the end
     */
    boolean next() throws IOException {
        limit.clear();
        JsonToken token = parser.nextToken();
        while (token == JsonToken.START_ARRAY || token == JsonToken.END_ARRAY) {
            token = parser.nextToken();
        }
        offsets.clear();
        return token != null && token != JsonToken.VALUE_NULL;
    }

    /** Moves to a document that is an array. */
    void nextArray() throws IOException {
        limit.clear();
        parser.nextToken();
        offsets.clear();
    }

    /** Reads an object whose keys are data, at the current token. */
    void exactObject(Field field) throws IOException {
        object(field, false);
    }

    /** Reads an object at the current token; null is an object without fields. */
    void object(Field field) throws IOException {
        object(field, true);
    }

    private void object(Field field, boolean anyCase) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("expected a JSON object in the answer, found " + parser.currentToken());
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            String name = anyCase ? key.toLowerCase(Locale.ROOT) : key;
            JsonToken value = parser.nextToken();
            field.read(name);
            if (parser.currentToken() == value && (value == JsonToken.START_OBJECT || value == JsonToken.START_ARRAY)) {
                parser.skipChildren();
            }
        }
    }

    <T> List<T> list(Value<T> item) throws IOException {
        List<T> all = new ArrayList<>();
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                T value = item.read();
                if (value != null) {
                    all.add(value);
                }
            }
        }
        return all;
    }

    String text() throws IOException {
        return parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
    }

    long number() throws IOException {
        JsonToken token = parser.currentToken();
        return token == JsonToken.VALUE_NUMBER_INT ? parser.getBigIntegerValue().longValue() : 0;
    }

    double decimal() throws IOException {
        JsonToken token = parser.currentToken();
        return token != null && token.isNumeric() ? parser.getDoubleValue() : 0;
    }

    boolean bool() {
        return parser.currentToken() == JsonToken.VALUE_TRUE;
    }

    /** A CID as text, or as the older {@code {"/": text}}. */
    @Nullable
    Cid cid() throws IOException {
        String text = text();
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            String[] found = {""};
            object(name -> found[0] = name.equals("/") ? text() : found[0]);
            text = found[0];
        }
        try {
            return text.isEmpty() ? null : Cid.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("answer holds " + e.getMessage(), e);
        }
    }

    @Nullable
    PeerId peer() throws IOException {
        return peer(text());
    }

    private @Nullable PeerId peer(String text) throws IOException {
        try {
            return text.isEmpty() ? null : remembered(peers, text, PeerId::parse);
        } catch (IllegalArgumentException e) {
            throw new IOException("answer holds " + e.getMessage(), e);
        }
    }

    private static <T> T remembered(Map<String, T> known, String text, Function<String, T> parse) {
        T value = known.get(text);
        if (value == null) {
            value = parse.apply(text);
            if (known.size() < MAX_REMEMBERED) {
                known.put(text, value);
            }
        }
        return value;
    }

    List<PeerId> peers() throws IOException {
        return list(this::peer);
    }

    List<Multiaddr> addresses() throws IOException {
        return list(() -> {
            String text = text();
            try {
                return remembered(addresses, text, Multiaddr::parse);
            } catch (IllegalArgumentException e) {
                throw new IOException("answer holds " + e.getMessage(), e);
            }
        });
    }

    SortedMap<String, String> texts() throws IOException {
        SortedMap<String, String> all = new TreeMap<>();
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                all.put(name, text());
            }
        }
        return all;
    }

    /** A map whose keys are peers. */
    <T> SortedMap<PeerId, T> byPeer(Value<T> value) throws IOException {
        SortedMap<PeerId, T> all = new TreeMap<>();
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                PeerId peer = peer(parser.currentName());
                parser.nextToken();
                @Nullable T read = value.read();
                if (peer != null && read != null) {
                    all.put(peer, read);
                }
            }
        }
        return all;
    }

    /** A time; the unset time is null. */
    @Nullable
    Instant time() throws IOException {
        String text = text();
        if (text.isEmpty() || text.equals(ZERO_TIME)) {
            return null;
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            offsets.saw(time);
            return time.toInstant();
        } catch (DateTimeException e) {
            throw new IOException("answer holds a time that is not RFC 3339: \"" + text + "\"", e);
        }
    }
}
