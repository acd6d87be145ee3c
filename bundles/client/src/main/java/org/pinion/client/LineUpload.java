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
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.flow.Cursor;

/** Sends items as lines of JSON. {@link #run} is for the sender's thread and closes the items, the rest for the reader's. */
final class LineUpload<T> implements Sending {
    private static final JsonFactory JSON = new JsonFactory();
    /** What is collected before it is sent; answers come for what was sent. */
    private static final int LINES = 512;

    private final Cursor<T> items;
    private final Form<T> form;
    private boolean started;
    private volatile @Nullable IOException failure;

    /** Writes one item. */
    interface Form<T> {
        void write(JsonGenerator out, T item) throws IOException;
    }

    LineUpload(Cursor<T> items, Form<T> form) {
        this.items = items;
        this.form = form;
    }

    @Override
    public boolean start() {
        boolean first = !started;
        started = true;
        return first;
    }

    @Override
    public @Nullable IOException failure() {
        return failure;
    }

    @Override
    public Map<String, String> headers(Map<String, String> common) {
        Map<String, String> all = new LinkedHashMap<>(common);
        all.put("Content-Type", "application/x-ndjson");
        all.put("Transfer-Encoding", "chunked");
        return all;
    }

    @Override
    public void run(HttpConnection connection) {
        ChunkedOutput out = new ChunkedOutput(connection.out());
        try (items) {
            int lines = 0;
            for (byte[] line = line(); line != null; line = line()) {
                out.bytes(line, line.length);
                lines++;
                if (lines % LINES == 0) {
                    out.flush();
                }
            }
            if (failure != null) {
                connection.close();
            } else {
                out.end();
            }
        } catch (IOException serverEnded) {
            // the server answers before it closes: the reader will see why
            return;
        }
    }

    /** The next line; null at the end, or when the items failed. */
    private byte @Nullable [] line() {
        try {
            T item = items.next();
            if (item == null) {
                return null;
            }
            ByteArrayOutputStream line = new ByteArrayOutputStream(256);
            try (JsonGenerator json = JSON.createGenerator(line)) {
                form.write(json, item);
            }
            line.write('\n');
            return line.toByteArray();
        } catch (IOException | RuntimeException e) {
            failure = e instanceof IOException io
                    ? io
                    : new IOException("the items cannot be read: " + e.getMessage(), e);
            return null;
        }
    }

    static void cid(JsonGenerator out, Cid cid) throws IOException {
        out.writeString(cid.toString());
    }

    /** CID and options, with the names that lists of pins have. */
    static void pin(JsonGenerator out, Pin pin) throws IOException {
        PinOptions options = pin.options();
        out.writeStartObject();
        out.writeStringField("cid", pin.cid().toString());
        out.writeStringField("name", options.name());
        out.writeStringField("mode", options.mode().text());
        out.writeNumberField("replication_factor_min", options.replicationMin());
        out.writeNumberField("replication_factor_max", options.replicationMax());
        out.writeFieldName("shard_size");
        out.writeNumber(Long.toUnsignedString(options.shardSize()));
        texts(out, "user_allocations", options.userAllocations());
        Instant expireAt = options.expireAt();
        if (expireAt != null) {
            out.writeStringField("expire_at", expireAt.toString());
        }
        out.writeObjectFieldStart("metadata");
        for (Map.Entry<String, String> entry : options.metadata().entrySet()) {
            out.writeStringField(entry.getKey(), entry.getValue());
        }
        out.writeEndObject();
        Cid source = options.pinUpdate();
        if (source != null) {
            out.writeStringField("pin_update", source.toString());
        }
        texts(out, "origins", options.origins());
        out.writeEndObject();
    }

    private static void texts(JsonGenerator out, String name, List<?> values) throws IOException {
        out.writeArrayFieldStart(name);
        for (Object value : values) {
            out.writeString(value.toString());
        }
        out.writeEndArray();
    }
}
