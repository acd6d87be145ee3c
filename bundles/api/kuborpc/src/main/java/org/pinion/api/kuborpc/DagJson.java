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

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.DagCbor;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.dag.PbNode;
import org.pinion.ipld.multiformats.Cid;

/**
 * Values of blocks, and their codecs. A value is null, a Boolean, a Number, a String, a byte array, a Cid, a List or a Map.
 *
 * @spec IPLD "DAG-JSON", "DAG-PB" logical format
 */
final class DagJson {
    static final long CODEC = 0x0129;

    private DagJson() {}

    static @Nullable Object decode(long codec, byte[] data) {
        try {
            if (codec == Cid.RAW) {
                return data;
            } else if (codec == Cid.DAG_CBOR) {
                return DagCbor.decode(data);
            } else if (codec == Cid.DAG_PB) {
                return ofPb(DagPb.decode(data));
            } else if (codec == CODEC) {
                return parse(data);
            }
        } catch (IllegalArgumentException e) {
            throw new KuboException(String.valueOf(e.getMessage()), e);
        }
        throw new KuboException(
                "no decoder registered for multicodec code " + codec + " (0x" + Long.toHexString(codec) + ")");
    }

    static byte[] encode(long codec, @Nullable Object value) {
        try {
            if (codec == Cid.RAW) {
                if (value instanceof byte[] bytes) {
                    return bytes;
                }
                throw new KuboException("func called on wrong kind: only bytes can be raw");
            } else if (codec == Cid.DAG_CBOR) {
                return DagCbor.encode(value);
            } else if (codec == Cid.DAG_PB) {
                return DagPb.encode(toPb(value));
            } else if (codec == CODEC) {
                return print(value);
            }
        } catch (IllegalArgumentException | ClassCastException e) {
            throw new KuboException(String.valueOf(e.getMessage()), e);
        }
        throw new KuboException(
                "no encoder registered for multicodec code " + codec + " (0x" + Long.toHexString(codec) + ")");
    }

    private static Map<String, @Nullable Object> ofPb(PbNode node) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        byte[] data = node.data();
        if (data != null) {
            map.put("Data", data);
        }
        List<Object> links = new ArrayList<>();
        for (PbLink link : node.links()) {
            links.add(Json.object("Hash", link.cid(), "Name", link.name(), "Tsize", link.tsize()));
        }
        map.put("Links", links);
        return map;
    }

    private static PbNode toPb(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map) || !(map.get("Links") instanceof List<?> rows)) {
            throw new KuboException("a dag-pb node needs \"Links\"");
        }
        List<PbLink> links = new ArrayList<>();
        for (Object row : rows) {
            if (!(row instanceof Map<?, ?> fields) || !(fields.get("Hash") instanceof Cid target)) {
                throw new KuboException("a link of a dag-pb node needs a \"Hash\"");
            }
            Object name = fields.get("Name");
            Object size = fields.get("Tsize");
            links.add(new PbLink(
                    target,
                    name == null ? "" : name.toString(),
                    size instanceof Number number ? number.longValue() : 0));
        }
        return new PbNode(links, map.get("Data") instanceof byte[] data ? data : null);
    }

    /** Canonical dag-json: keys in byte order, no blanks. */
    static byte[] print(@Nullable Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = Json.FACTORY.createGenerator(bytes)) {
            print(out, value);
        } catch (IOException e) {
            throw new KuboException(String.valueOf(e.getMessage()), e);
        }
        return bytes.toByteArray();
    }

    private static void print(JsonGenerator out, @Nullable Object value) throws IOException {
        if (value instanceof Cid cid) {
            out.writeStartObject();
            out.writeStringField("/", cid.toString());
            out.writeEndObject();
        } else if (value instanceof byte[] bytes) {
            out.writeStartObject();
            out.writeObjectFieldStart("/");
            out.writeStringField("bytes", Base64.getEncoder().withoutPadding().encodeToString(bytes));
            out.writeEndObject();
            out.writeEndObject();
        } else if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> sorted = new TreeMap<>();
            map.forEach((key, field) -> sorted.put(String.valueOf(key), field));
            out.writeStartObject();
            for (Map.Entry<String, @Nullable Object> entry : sorted.entrySet()) {
                out.writeFieldName(entry.getKey());
                print(out, entry.getValue());
            }
            out.writeEndObject();
        } else if (value instanceof Collection<?> list) {
            out.writeStartArray();
            for (Object item : list) {
                print(out, item);
            }
            out.writeEndArray();
        } else {
            Json.write(out, value);
        }
    }

    static @Nullable Object parse(byte[] json) {
        try (JsonParser parser = Json.FACTORY.createParser(json)) {
            parser.nextToken();
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new KuboException("unexpected content after end of json object");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new KuboException(
                    "invalid dag-json: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        } catch (IOException e) {
            throw new KuboException(String.valueOf(e.getMessage()), e);
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new KuboException("unexpected EOF");
        }
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? (Object) parser.getBigIntegerValue()
                        : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> throw new KuboException("invalid dag-json: unexpected " + token);
        };
    }

    private static @Nullable Object object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            if (map.containsKey(key)) {
                throw new KuboException("invalid dag-json: duplicate key \"" + key + "\"");
            }
            map.put(key, value(parser));
        }
        return map.containsKey("/") ? special(map) : map;
    }

    private static Object special(Map<String, @Nullable Object> map) {
        Object inner = map.get("/");
        if (map.size() == 1 && inner instanceof String text) {
            try {
                return Cid.parse(text);
            } catch (IllegalArgumentException e) {
                throw new KuboException("invalid dag-json: \"" + text + "\" is no CID: " + e.getMessage(), e);
            }
        }
        if (map.size() == 1 && inner instanceof Map<?, ?> bytes && bytes.get("bytes") instanceof String text) {
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                throw new KuboException("invalid dag-json: bytes are not base64", e);
            }
        }
        throw new KuboException("invalid dag-json: the key \"/\" is reserved for links and bytes");
    }
}
