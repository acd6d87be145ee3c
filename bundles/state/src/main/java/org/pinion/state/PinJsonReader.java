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
package org.pinion.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;

/** Reads pins, one JSON object after another. Unknown keys are passed over; the mode is that of the depth. */
final class PinJsonReader implements AutoCloseable {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final Instant NO_TIME =
            LocalDate.of(1, 1, 1).atStartOfDay(ZoneOffset.UTC).toInstant();

    private final JsonParser json;

    /** Leaves {@code in} open when closed. */
    PinJsonReader(InputStream in) throws IOException {
        json = FACTORY.createParser(in);
        json.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
    }

    /**
     * The next pin, or null at the end.
     *
     * @throws ClusterException {@code BAD_REQUEST} with the number of the line and what is wrong with it
     */
    @Nullable
    Pin next() throws IOException {
        try {
            JsonToken token = json.nextToken();
            if (token == null) {
                return null;
            }
            if (token != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("a pin must be a JSON object");
            }
            return readPin();
        } catch (JsonProcessingException e) {
            throw bad(e.getLocation() == null ? line() : e.getLocation().getLineNr(), e.getOriginalMessage(), e);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw bad(line(), String.valueOf(e.getMessage()), e);
        }
    }

    private int line() {
        return json.currentTokenLocation().getLineNr();
    }

    private static ClusterException bad(int line, String reason, Exception cause) {
        return new ClusterException(ErrorCode.BAD_REQUEST, "line " + line + " is no pin: " + reason, cause);
    }

    private Pin readPin() throws IOException {
        Fields fields = new Fields();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            JsonToken value = json.nextToken();
            if (value == JsonToken.VALUE_NULL) {
                continue;
            }
            try {
                readField(fields, key);
            } catch (IllegalArgumentException | DateTimeException e) {
                throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
            }
        }
        return fields.pin();
    }

    private void readField(Fields fields, String key) throws IOException {
        switch (key) {
            case "replication_factor_min" -> fields.min = json.getIntValue();
            case "replication_factor_max" -> fields.max = json.getIntValue();
            case "name" -> fields.options.name(text());
            case "shard_size" -> fields.options.shardSize(Long.parseUnsignedLong(json.getText()));
            case "expire_at" -> fields.options.expireAt(time(text()));
            case "metadata" -> fields.options.metadata(metadata());
            case "pin_update" -> fields.options.pinUpdate(Cid.parse(text()));
            case "origins" ->
                fields.options.origins(texts().stream().map(Multiaddr::parse).toList());
            case "cid" -> fields.cid = Cid.parse(text());
            case "type" -> fields.type = PinType.ofText(text());
            case "allocations" ->
                fields.allocations = texts().stream().map(PeerId::parse).toList();
            case "max_depth" -> fields.depth = json.getIntValue();
            case "reference" -> fields.reference = Cid.parse(text());
            case "timestamp" -> fields.timestamp = time(text());
            default -> json.skipChildren();
        }
    }

    private String text() throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new IllegalArgumentException("must be a string");
        }
        return json.getText();
    }

    private List<String> texts() throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw new IllegalArgumentException("must be a list");
        }
        List<String> texts = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            texts.add(text());
        }
        return texts;
    }

    private Map<String, String> metadata() throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("must be an object");
        }
        Map<String, String> metadata = new TreeMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            metadata.put(key, text());
        }
        return metadata;
    }

    private static @Nullable Instant time(String text) {
        Instant time = OffsetDateTime.parse(text).toInstant();
        return time.equals(NO_TIME) ? null : time;
    }

    @Override
    public void close() throws IOException {
        json.close();
    }

    /** What one object said. */
    private static final class Fields {
        private final PinOptions.Builder options = PinOptions.builder();
        private int min;
        private int max;
        private @Nullable Cid cid;
        private PinType type = PinType.BAD;
        private List<PeerId> allocations = List.of();
        private int depth;
        private @Nullable Cid reference;
        private @Nullable Instant timestamp;

        Pin pin() {
            Cid content = cid;
            if (content == null) {
                throw new IllegalArgumentException("it has no cid");
            }
            PinOptions all =
                    options.replication(min, max).mode(PinMode.ofDepth(depth)).build();
            return new Pin(content, type, allocations, depth, reference, timestamp, all);
        }
    }
}
