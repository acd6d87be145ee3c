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
package org.pinion.api.restapi;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.http.PinParameters;

/**
 * One line of a bulk request: a CID as a JSON text, or an object with {@code cid} and the fields of a pin as lists of pins
 * have them, so that the lines of {@code GET /allocations} are such lines.
 *
 * @param cid the content
 * @param options the options
 */
record BulkItem(Cid cid, PinOptions options) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Instant UNSET = Instant.parse("0001-01-01T00:00:00Z");

    /**
     * Reads a line.
     *
     * @param now for {@code expire_in}
     * @throws org.pinion.spi.ClusterException {@code BAD_REQUEST} that names what is wrong
     */
    static BulkItem parse(byte[] line, Instant now) {
        try (JsonParser parser = JSON.createParser(line)) {
            JsonToken first = parser.nextToken();
            BulkItem item;
            if (first == JsonToken.VALUE_STRING) {
                item = new BulkItem(cid(parser.getText()), PinOptions.NONE);
            } else if (first == JsonToken.START_OBJECT) {
                item = new Fields(now).read(parser);
            } else {
                throw PinParameters.bad("line is neither a JSON object nor a text");
            }
            if (parser.nextToken() != null) {
                throw PinParameters.bad("line holds more than one JSON value");
            }
            return item;
        } catch (JsonProcessingException e) {
            throw PinParameters.bad("line is not JSON: "
                    + e.getOriginalMessage().lines().findFirst().orElse("").replaceAll(" \\(start marker .*", ""));
        } catch (IOException e) {
            throw PinParameters.bad("line is not JSON: " + e.getMessage());
        }
    }

    private static Cid cid(String text) {
        return PinParameters.cid(text, "error decoding Cid: ");
    }

    /** Collects the fields of an object. */
    private static final class Fields {
        private final Instant now;
        private final PinOptions.Builder options = PinOptions.builder();
        private @Nullable Cid cid;
        private int min;
        private int max;

        Fields(Instant now) {
            this.now = now;
        }

        BulkItem read(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                try {
                    field(name, parser);
                } catch (IllegalArgumentException e) {
                    throw PinParameters.bad("field " + name + " invalid: " + e.getMessage());
                }
            }
            Cid content = cid;
            if (content == null) {
                throw PinParameters.bad("field cid is missing");
            }
            return new BulkItem(content, options.replication(min, max).build());
        }

        private void field(String name, JsonParser parser) throws IOException {
            switch (name) {
                case "cid" -> cid = BulkItem.cid(text(parser));
                case "name" -> options.name(text(parser));
                case "mode" -> options.mode(PinMode.ofText(text(parser)));
                case "replication_factor_min" -> min = number(parser);
                case "replication_factor_max" -> max = number(parser);
                case "shard_size" ->
                    options.shardSize(parser.getBigIntegerValue().longValue());
                case "type" -> type(text(parser));
                case "expire_at" -> expireAt(text(parser));
                case "expire_in" -> expireIn(text(parser));
                case "user_allocations" ->
                    options.userAllocations(
                            texts(parser).stream().map(PeerId::parse).toList());
                case "origins" ->
                    options.origins(texts(parser).stream().map(Multiaddr::parse).toList());
                case "metadata" -> options.metadata(map(parser));
                case "pin_update" ->
                    options.pinUpdate(
                            parser.currentToken() == JsonToken.VALUE_NULL ? null : BulkItem.cid(text(parser)));
                default -> parser.skipChildren();
            }
        }

        private static void type(String text) {
            if (!text.isEmpty() && PinType.ofText(text) != PinType.DATA) {
                throw new IllegalArgumentException("\"" + text + "\" cannot be pinned, only \"pin\"");
            }
        }

        private void expireAt(String text) {
            if (!text.isEmpty()) {
                Instant when = Times.parse(text);
                options.expireAt(when.equals(UNSET) ? null : when);
            }
        }

        private void expireIn(String text) {
            Duration wait = Times.duration(text);
            if (wait.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException(text + " is less than a second");
            }
            options.expireAt(now.plus(wait));
        }

        private static String text(JsonParser parser) throws IOException {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                throw new IllegalArgumentException("not a text");
            }
            return parser.getText();
        }

        private static int number(JsonParser parser) throws IOException {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw new IllegalArgumentException("not an integer");
            }
            return parser.getIntValue();
        }

        private static List<String> texts(JsonParser parser) throws IOException {
            List<String> texts = new ArrayList<>();
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                return texts;
            }
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw new IllegalArgumentException("not an array");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                texts.add(text(parser));
            }
            return texts;
        }

        private static Map<String, String> map(JsonParser parser) throws IOException {
            Map<String, String> map = new TreeMap<>();
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                return map;
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not an object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                parser.nextToken();
                map.put(key, text(parser));
            }
            return map;
        }
    }
}
