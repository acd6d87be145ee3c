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
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;

/**
 * Writes pins as lines of JSON in the reference's form: every key always there, in one order, times in a given zone
 * with whole seconds, and {@code <}, {@code >}, {@code &} escaped.
 */
final class PinJsonWriter implements AutoCloseable {
    private static final String NO_TIME = "0001-01-01T00:00:00Z";
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .configure(JsonWriteFeature.WRITE_HEX_UPPER_CASE, false)
            .rootValueSeparator("\n")
            .characterEscapes(new GoEscapes())
            .build();

    private final JsonGenerator json;
    private final ZoneId zone;
    private boolean empty = true;

    /** Leaves {@code out} open when closed. */
    PinJsonWriter(OutputStream out, ZoneId zone) throws IOException {
        this.zone = zone;
        json = FACTORY.createGenerator(out);
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    }

    void write(Pin pin) throws IOException {
        PinOptions options = pin.options();
        json.writeStartObject();
        json.writeNumberField("replication_factor_min", options.replicationMin());
        json.writeNumberField("replication_factor_max", options.replicationMax());
        json.writeStringField("name", options.name());
        json.writeStringField("mode", PinMode.ofDepth(pin.maxDepth()).text());
        json.writeFieldName("shard_size");
        json.writeNumber(Long.toUnsignedString(options.shardSize()));
        json.writeNullField("user_allocations");
        json.writeStringField("expire_at", time(options.expireAt()));
        writeMetadata(options.metadata());
        writeCid("pin_update", options.pinUpdate());
        writeTexts("origins", options.origins());
        json.writeStringField("cid", pin.cid().toString());
        json.writeStringField("type", pin.type().text());
        writeTexts("allocations", pin.allocations());
        json.writeNumberField("max_depth", pin.maxDepth());
        writeCid("reference", pin.reference());
        json.writeStringField("timestamp", time(pin.timestamp()));
        json.writeEndObject();
        empty = false;
    }

    private void writeMetadata(Map<String, String> metadata) throws IOException {
        if (metadata.isEmpty()) {
            json.writeNullField("metadata");
            return;
        }
        json.writeObjectFieldStart("metadata");
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private void writeCid(String key, @Nullable Cid cid) throws IOException {
        if (cid == null) {
            json.writeNullField(key);
        } else {
            json.writeStringField(key, cid.toString());
        }
    }

    private void writeTexts(String key, List<?> values) throws IOException {
        json.writeArrayFieldStart(key);
        for (Object value : values) {
            json.writeString(value.toString());
        }
        json.writeEndArray();
    }

    private String time(@Nullable Instant time) {
        return time == null ? NO_TIME : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atZone(zone));
    }

    /** Ends the last line and flushes. */
    @Override
    public void close() throws IOException {
        if (!empty) {
            json.writeRaw('\n');
        }
        json.close();
    }

    /** What Go's encoder escapes besides the usual. */
    private static final class GoEscapes extends CharacterEscapes {
        private static final long serialVersionUID = 1L;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] codes = CharacterEscapes.standardAsciiEscapesForJSON();
            codes['<'] = ESCAPE_CUSTOM;
            codes['>'] = ESCAPE_CUSTOM;
            codes['&'] = ESCAPE_CUSTOM;
            return codes;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int ch) {
            return switch (ch) {
                case '<', '>', '&', 0x2028, 0x2029 -> new SerializedString(String.format("\\u%04x", ch));
                default -> null;
            };
        }
    }
}
