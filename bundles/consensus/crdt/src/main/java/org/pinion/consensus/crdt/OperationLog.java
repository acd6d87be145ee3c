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
package org.pinion.consensus.crdt;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.consensus.crdt.Delta.Element;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;

/**
 * Operations that are acknowledged but in no node yet, the last one of each key: with batching, a node is made of many of
 * them. Each is a row, so a restart finds them again. For one thread.
 */
final class OperationLog {
    private final Map<SetKey, Entry> entries = new LinkedHashMap<>();
    private long nextSequence;
    private long bytes;

    private final Datastore store;

    private OperationLog(Datastore store) {
        this.store = store;
    }

    /**
     * The last operation of a key.
     *
     * @param sequence its row
     * @param delta its element, and the tombstones of the elements it saw
     */
    record Entry(long sequence, Delta delta) {
        /** The value that the key gets; null = removed. */
        byte @Nullable [] value() {
            return delta.elements().isEmpty() ? null : delta.elements().get(0).value();
        }

        /** Nodes whose elements of the key are taken back. */
        Set<Multihash> removed() {
            Set<Multihash> removed = new LinkedHashSet<>();
            for (Element tombstone : delta.tombstones()) {
                removed.add(Objects.requireNonNull(tombstone.block()));
            }
            return removed;
        }

        private long bytes() {
            long sum = 0;
            for (Element element : delta.elements()) {
                sum += DeltaCodec.sizeIn(element);
            }
            for (Element element : delta.tombstones()) {
                sum += DeltaCodec.sizeIn(element);
            }
            return sum;
        }
    }

    static OperationLog load(Datastore store) {
        OperationLog log = new OperationLog(store);
        log.reload();
        return log;
    }

    /** Takes back what was staged and not written. */
    void reload() {
        forget();
        try (Cursor<Row> rows = store.scan(Space.META, Rows.OPERATIONS, Rows.endOf(Rows.OPERATIONS))) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                long sequence =
                        ByteBuffer.wrap(Rows.suffix(row.key(), Rows.OPERATIONS)).getLong();
                Delta delta = DeltaCodec.decode(row.value());
                Element any = delta.elements().isEmpty()
                        ? delta.tombstones().get(0)
                        : delta.elements().get(0);
                add(SetKey.of(any.key()), new Entry(sequence, delta));
                nextSequence = sequence + 1;
            }
        }
    }

    @Nullable
    Entry get(SetKey key) {
        return entries.get(key);
    }

    int size() {
        return entries.size();
    }

    /** Bytes that the entries take in deltas. */
    long bytes() {
        return bytes;
    }

    /** Stages a put, which takes the place of what is there for the key but keeps its tombstones. */
    void put(WriteBatch batch, SetKey key, byte[] value) {
        Entry old = entries.get(key);
        List<Element> tombstones = old == null ? List.of() : old.delta.tombstones();
        replace(batch, key, new Delta(List.of(Element.put(key, value)), tombstones, 0));
    }

    /** Stages a removal of the elements that {@code tombstones} name, and of a put that is in no node yet. */
    void remove(WriteBatch batch, SetKey key, List<Element> tombstones) {
        Entry old = entries.get(key);
        Set<Element> all = new LinkedHashSet<>(old == null ? List.of() : old.delta.tombstones());
        all.addAll(tombstones);
        replace(batch, key, new Delta(List.of(), List.copyOf(all), 0));
    }

    private void replace(WriteBatch batch, SetKey key, Delta delta) {
        Entry old = entries.remove(key);
        if (old != null) {
            bytes -= old.bytes();
            batch.delete(Space.META, Rows.operation(old.sequence));
        }
        if (!delta.isEmpty()) {
            Entry entry = new Entry(nextSequence++, delta);
            add(key, entry);
            batch.put(Space.META, Rows.operation(entry.sequence), DeltaCodec.encode(delta));
        }
    }

    private void add(SetKey key, Entry entry) {
        entries.put(key, entry);
        bytes += entry.bytes();
    }

    /** All of it, for the next nodes. */
    Draft draft() {
        Draft draft = new Draft();
        entries.forEach((key, entry) -> {
            entry.delta.elements().forEach(draft::put);
            if (!entry.delta.tombstones().isEmpty()) {
                draft.remove(key, entry.delta.tombstones());
            }
        });
        return draft;
    }

    /** Stages the removal of all rows; to be followed by {@link #forget} once that is written. */
    void clear(WriteBatch batch) {
        entries.values().forEach(entry -> batch.delete(Space.META, Rows.operation(entry.sequence)));
    }

    void forget() {
        entries.clear();
        bytes = 0;
    }
}
