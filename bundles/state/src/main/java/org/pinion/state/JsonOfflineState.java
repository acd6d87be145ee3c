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

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import org.pinion.spi.Pin;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.state.OfflineState;
import org.pinion.spi.state.PinCodec;

/**
 * The pin set as lines of JSON, read and written as streams. An import is checked whole before anything changes: the
 * pins wait in a temporary file. Should the process die while they are put in, the next use of the state says so.
 */
public final class JsonOfflineState implements OfflineState {
    private static final int PINS_PER_BATCH = 4000;
    private static final int BUFFER_BYTES = 1 << 16;

    private final PinCodec codec = new ProtobufPinCodec();
    private final ZoneId zone;

    /** For the service loader: times are written in this machine's zone, as the reference does. */
    public JsonOfflineState() {
        this(ZoneId.systemDefault());
    }

    JsonOfflineState(ZoneId zone) {
        this.zone = zone;
    }

    @Override
    public long exportTo(Datastore store, OutputStream out) throws IOException {
        long count = 0;
        try (Cursor<Pin> pins = StoredPins.open(store, codec).list(null);
                PinJsonWriter json = new PinJsonWriter(out, zone)) {
            for (Pin pin = pins.next(); pin != null; pin = pins.next()) {
                json.write(pin);
                count++;
            }
        }
        return count;
    }

    @Override
    public long importFrom(Datastore store, InputStream in) throws IOException {
        Path spool = Files.createTempFile("pinion-import", ".pins");
        try {
            long count = spool(in, spool);
            replace(store, spool, count);
            return count;
        } finally {
            Files.deleteIfExists(spool);
        }
    }

    private long spool(InputStream in, Path spool) throws IOException {
        long count = 0;
        try (PinJsonReader json = new PinJsonReader(in);
                DataOutputStream out =
                        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(spool), BUFFER_BYTES))) {
            for (Pin pin = json.next(); pin != null; pin = json.next()) {
                byte[] bytes = codec.encode(pin);
                out.writeInt(bytes.length);
                out.write(bytes);
                count++;
            }
        }
        return count;
    }

    private void replace(Datastore store, Path spool, long count) throws IOException {
        WriteBatch start = cleaning();
        start.put(Space.META, StoredPins.IMPORTING, new byte[0]);
        store.write(start, Durability.SYNC);
        StoredPins pins = StoredPins.openForImport(store, codec);
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(spool), BUFFER_BYTES))) {
            WriteBatch batch = new WriteBatch();
            for (long i = 1; i <= count; i++) {
                pins.put(batch, codec.decode(in.readNBytes(in.readInt())));
                if (i % PINS_PER_BATCH == 0 || i == count) {
                    store.write(batch, Durability.LATER);
                    pins.written(batch);
                    batch = new WriteBatch();
                }
            }
        }
        store.write(new WriteBatch().delete(Space.META, StoredPins.IMPORTING), Durability.SYNC);
    }

    @Override
    public void clean(Datastore store) {
        store.write(cleaning(), Durability.SYNC);
    }

    private static WriteBatch cleaning() {
        byte[] start = {};
        WriteBatch batch = new WriteBatch();
        for (Space space : new Space[] {Space.PINS, Space.INDEX, Space.ELEMENTS, Space.DAG}) {
            batch.deleteRange(space, start, StoredPins.END);
        }
        for (String prefix : new String[] {"state/", "consensus/"}) {
            byte[] from = StoredPins.ascii(prefix);
            batch.deleteRange(Space.META, from, IndexRows.endOf(from));
        }
        return batch;
    }
}
