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
package org.pinion.api.pinsvcapi;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;

/**
 * The specification's {@code Pin} object.
 *
 * @param cid what to pin
 * @param name at most {@value #MAX_NAME_CHARS} characters
 * @param origins addresses of nodes that have it, at most {@value #MAX_ORIGINS}
 * @param meta keys and values, at most {@value #MAX_META}
 */
record PinObject(Cid cid, String name, List<Multiaddr> origins, SortedMap<String, String> meta) {
    /** The specification's limit. */
    static final int MAX_NAME_CHARS = 255;
    /** The specification's limit. */
    static final int MAX_ORIGINS = 20;
    /** The specification's limit. */
    static final int MAX_META = 1000;

    private static final int MAX_NESTING = 16;
    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
            .build();

    /**
     * Reads a request's body.
     *
     * @throws ClusterException {@code BAD_REQUEST} that names the field
     */
    static PinObject read(byte[] body) {
        String cid = null;
        String name = "";
        List<Multiaddr> origins = new ArrayList<>();
        SortedMap<String, String> meta = new TreeMap<>();
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw bad("the body is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value == JsonToken.VALUE_NULL) {
                    continue;
                }
                switch (field) {
                    case "cid" -> cid = text(parser, field);
                    case "name" -> name = text(parser, field);
                    case "origins" -> origins(parser, origins);
                    case "meta" -> meta(parser, meta);
                    default -> parser.skipChildren();
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw bad("the body goes on behind its JSON object");
            }
        } catch (JsonProcessingException e) {
            throw bad("the body is not valid JSON: " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw bad("the body cannot be read: " + e.getMessage());
        }
        return checked(cid, name, origins, meta);
    }

    private static PinObject checked(
            @Nullable String cid, String name, List<Multiaddr> origins, SortedMap<String, String> meta) {
        if (cid == null || cid.isEmpty()) {
            throw bad("\"cid\" is missing");
        }
        int characters = name.codePointCount(0, name.length());
        if (characters > MAX_NAME_CHARS) {
            throw bad("\"name\" has " + characters + " characters, the limit is " + MAX_NAME_CHARS);
        }
        try {
            return new PinObject(Cid.parse(cid), name, origins, meta);
        } catch (IllegalArgumentException e) {
            throw bad("\"cid\" is not a CID: " + e.getMessage());
        }
    }

    private static String text(JsonParser parser, String field) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw bad("\"" + field + "\" is not a string");
        }
        return parser.getText();
    }

    private static void origins(JsonParser parser, List<Multiaddr> into) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw bad("\"origins\" is not an array");
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String text = text(parser, "origins");
            if (into.size() == MAX_ORIGINS) {
                throw bad("\"origins\" has more than " + MAX_ORIGINS + " entries");
            }
            try {
                into.add(Multiaddr.parse(text));
            } catch (IllegalArgumentException e) {
                throw bad("\"origins\" holds " + text + ", which is not a multiaddress: " + e.getMessage());
            }
        }
    }

    /** A JSON object whose values are strings. */
    static void meta(JsonParser parser, Map<String, String> into) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw bad("\"meta\" is not an object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            into.put(key, text(parser, "meta." + key));
            if (into.size() > MAX_META) {
                throw bad("\"meta\" has more than " + MAX_META + " entries");
            }
        }
    }

    /** What the cluster is asked for: recursive, as often as the cluster's default says. */
    Pin pin() {
        return Pin.of(
                cid,
                PinOptions.builder().name(name).origins(origins).metadata(meta).build());
    }

    /** Writes the object; what is empty is left out. */
    void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("cid", cid.toString());
        if (!name.isEmpty()) {
            out.writeStringField("name", name);
        }
        if (!origins.isEmpty()) {
            out.writeArrayFieldStart("origins");
            for (Multiaddr origin : origins) {
                out.writeString(origin.toString());
            }
            out.writeEndArray();
        }
        if (!meta.isEmpty()) {
            out.writeObjectFieldStart("meta");
            for (Map.Entry<String, String> entry : meta.entrySet()) {
                out.writeStringField(entry.getKey(), entry.getValue());
            }
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    static String firstLine(String message) {
        return message.lines().findFirst().orElse("not JSON");
    }

    static ClusterException bad(String message) {
        return new ClusterException(ErrorCode.BAD_REQUEST, message);
    }
}
