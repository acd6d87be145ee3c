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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.state.PinCodec;
import org.pinion.spi.state.PinIndexes;
import org.pinion.spi.state.PinQuery;
import org.pinion.spi.state.PinState;
import org.pinion.spi.state.PinStateWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pin set in one open datastore. Reading: any thread. Writing: one thread at a time.
 *
 * <pre>
 * PINS   cid bytes                 the pin's protobuf form
 * INDEX  see {@link IndexRows}
 * META   "state/size"              number of pins, 8 bytes big endian
 *        "state/importing"         there only while an import replaces the pin set
 *        "state/indexes"           version of the indexes, 1 byte; another one: they are made again
 * </pre>
 */
final class StoredPins implements PinState, PinStateWriter, PinIndexes {
    static final byte[] SIZE = ascii("state/size");
    static final byte[] IMPORTING = ascii("state/importing");
    static final byte[] INDEXES = ascii("state/indexes");
    static final byte[] THIS_INDEXES = {2};
    private static final int PINS_PER_BATCH = 2000;

    /** Above every key of the spaces that the pin set and the consensus use: those start with ASCII or a CID. */
    static final byte[] END = {(byte) 0xff};

    private static final byte[] NOTHING = {};
    private static final Logger log = LoggerFactory.getLogger("org.pinion.state");

    private final Datastore store;
    private final PinCodec codec;
    private final PinSearch search;
    private final Map<Cid, Optional<Pin>> staged = new HashMap<>();
    private volatile long size;
    private long stagedSize;
    private byte @Nullable [] stagedSizeRow;
    private boolean stagedClear;
    private boolean indexed;

    private StoredPins(Datastore store, PinCodec codec, long size) {
        this.store = store;
        this.codec = codec;
        this.size = size;
        this.stagedSize = size;
        indexed = Arrays.equals(store.get(Space.META, INDEXES), THIS_INDEXES);
        search = new PinSearch(store, this, PinSearch.MAX_SORTED);
    }

    /**
     * Reads what there is.
     *
     * @throws ClusterException {@code STORAGE} if an import was interrupted
     */
    static StoredPins open(Datastore store, PinCodec codec) {
        if (store.contains(Space.META, IMPORTING)) {
            throw new ClusterException(
                    ErrorCode.STORAGE,
                    "an import of the state was interrupted and the pin set is not whole: run \"state import\" again,"
                            + " or \"state cleanup\" to start empty");
        }
        StoredPins pins = openForImport(store, codec);
        if (pins.size > 0 && !pins.indexed) {
            pins.makeIndexes();
        }
        return pins;
    }

    static StoredPins openForImport(Datastore store, PinCodec codec) {
        byte[] row = store.get(Space.META, SIZE);
        return new StoredPins(
                store, codec, row == null ? 0 : ByteBuffer.wrap(row).getLong());
    }

    /** Makes the indexes of what is there: they are of an earlier version, or this store is new. */
    private void makeIndexes() {
        log.info("making the indexes of {} pins", size);
        WriteBatch batch = new WriteBatch().delete(Space.META, INDEXES).deleteRange(Space.INDEX, NOTHING, END);
        try (Cursor<Pin> all = list(null)) {
            int count = 0;
            for (Pin pin = all.next(); pin != null; pin = all.next()) {
                for (byte[] row : IndexRows.of(pin)) {
                    batch.put(Space.INDEX, row, NOTHING);
                }
                if (++count % PINS_PER_BATCH == 0) {
                    store.write(batch, Durability.LATER);
                    batch = new WriteBatch();
                }
            }
        }
        store.write(batch.put(Space.META, INDEXES, THIS_INDEXES), Durability.SYNC);
        indexed = true;
    }

    @Override
    public Optional<Pin> get(Cid cid) {
        return Optional.ofNullable(store.get(Space.PINS, cid.bytes())).map(value -> decode(cid, value));
    }

    @Override
    public boolean contains(Cid cid) {
        return store.contains(Space.PINS, cid.bytes());
    }

    @Override
    public Cursor<Pin> list(@Nullable Cid after) {
        byte[] from = after == null ? NOTHING : Arrays.copyOf(after.bytes(), after.size() + 1);
        return pins(store.scan(Space.PINS, from, null), row -> decode(Cid.ofBytes(row.key()), row.value()));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Cursor<Pin> expiredBefore(Instant when) {
        long second = Math.max(1, when.getEpochSecond() + (when.getNano() > 0 ? 1 : 0));
        Cursor<Row> rows = store.scan(Space.INDEX, IndexRows.expiry(1), IndexRows.expiry(second));
        return pins(rows, row -> {
            Pin pin = get(IndexRows.cidOfTime(row.key())).orElse(null);
            // the pin may have changed since the scan began
            return pin != null && pin.isExpired(when) ? pin : null;
        });
    }

    @Override
    public Cursor<Pin> named(String name) {
        return search.find(PinQuery.ALL.withName(name), null);
    }

    @Override
    public Cursor<Pin> find(PinQuery query, @Nullable Cid after) {
        return search.find(query, after);
    }

    private static Cursor<Pin> pins(Cursor<Row> rows, Function<Row, @Nullable Pin> read) {
        return new Cursor<>() {
            @Override
            public @Nullable Pin next() {
                for (Row row = rows.next(); row != null; row = rows.next()) {
                    Pin pin = read.apply(row);
                    if (pin != null) {
                        return pin;
                    }
                }
                return null;
            }

            @Override
            public void close() {
                rows.close();
            }
        };
    }

    private @Nullable Pin decode(Cid cid, byte[] value) {
        try {
            return codec.decode(value);
        } catch (IllegalArgumentException e) {
            log.warn("left out pin {}: {}", cid, e.getMessage());
            return null;
        }
    }

    @Override
    public void put(WriteBatch batch, Pin pin) {
        byte[] key = pin.cid().bytes();
        Before before = before(pin.cid(), key);
        List<byte[]> rows = IndexRows.of(pin);
        removeRows(batch, before.pin, rows);
        batch.put(Space.PINS, key, codec.encode(pin));
        rows.forEach(row -> batch.put(Space.INDEX, row, NOTHING));
        staged.put(pin.cid(), Optional.of(pin));
        if (!before.present) {
            count(batch, 1);
        }
    }

    @Override
    public void remove(WriteBatch batch, Cid cid) {
        byte[] key = cid.bytes();
        Before before = before(cid, key);
        if (!before.present) {
            return;
        }
        removeRows(batch, before.pin, List.of());
        batch.delete(Space.PINS, key);
        staged.put(cid, Optional.empty());
        count(batch, -1);
    }

    @Override
    public void clear(WriteBatch batch) {
        batch.deleteRange(Space.PINS, NOTHING, END);
        batch.deleteRange(Space.INDEX, NOTHING, END);
        // what is staged after this must not see the rows that are still in the store
        stagedClear = true;
        staged.clear();
        count(batch, -stagedSize);
    }

    @Override
    public void written(WriteBatch batch) {
        indexed |= size != stagedSize;
        size = stagedSize;
        reset();
    }

    @Override
    public void discarded(WriteBatch batch) {
        reset();
    }

    private void reset() {
        stagedSize = size;
        stagedSizeRow = null;
        stagedClear = false;
        staged.clear();
    }

    private void count(WriteBatch batch, long change) {
        stagedSize += change;
        byte[] row = stagedSizeRow;
        if (row == null) {
            // one row for all changes of a batch: nobody reads it before the batch is written
            row = new byte[Long.BYTES];
            stagedSizeRow = row;
            batch.put(Space.META, SIZE, row);
            if (!indexed) {
                batch.put(Space.META, INDEXES, THIS_INDEXES);
            }
        }
        ByteBuffer.wrap(row).putLong(stagedSize);
    }

    private static void removeRows(WriteBatch batch, @Nullable Pin old, List<byte[]> kept) {
        if (old != null) {
            IndexRows.of(old).stream()
                    .filter(row -> !IndexRows.contains(kept, row))
                    .forEach(row -> batch.delete(Space.INDEX, row));
        }
    }

    private Before before(Cid cid, byte[] key) {
        Optional<Pin> change = staged.get(cid);
        if (change != null) {
            return new Before(change.isPresent(), change.orElse(null));
        }
        byte[] value = stagedClear ? null : store.get(Space.PINS, key);
        return new Before(value != null, value == null ? null : decode(cid, value));
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** How a pin stands before a change: a row may be there and unreadable. */
    private record Before(boolean present, @Nullable Pin pin) {}
}
