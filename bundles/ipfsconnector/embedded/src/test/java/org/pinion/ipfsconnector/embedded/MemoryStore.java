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
package org.pinion.ipfsconnector.embedded;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;

/** A datastore in memory. */
final class MemoryStore implements Datastore {
    private final Map<Space, TreeMap<byte[], byte[]>> spaces = new EnumMap<>(Space.class);

    private final List<WriteBatch.Change> unlogged = new ArrayList<>();

    MemoryStore() {
        for (Space space : Space.values()) {
            spaces.put(space, new TreeMap<>(Arrays::compareUnsigned));
        }
    }

    /** Rows whose keys start with that letter. */
    synchronized long rows(char prefix) {
        return spaces.get(Space.NODE).keySet().stream()
                .filter(key -> key[0] == prefix)
                .count();
    }

    @Override
    public synchronized byte[] get(Space space, byte[] key) {
        return spaces.get(space).get(key);
    }

    @Override
    public synchronized boolean contains(Space space, byte[] key) {
        return spaces.get(space).containsKey(key);
    }

    @Override
    public synchronized Cursor<Row> scan(Space space, byte[] from, byte[] to) {
        TreeMap<byte[], byte[]> rows = spaces.get(space);
        Map<byte[], byte[]> range = to == null ? rows.tailMap(from, true) : rows.subMap(from, true, to, false);
        List<Row> all = range.entrySet().stream()
                .map(entry -> new Row(entry.getKey(), entry.getValue()))
                .toList();
        return Cursor.of(all);
    }

    @Override
    public synchronized void write(WriteBatch batch, Durability durability) {
        for (WriteBatch.Change change : batch.changes()) {
            TreeMap<byte[], byte[]> rows = spaces.get(change.space());
            if (durability == Durability.UNLOGGED) {
                unlogged.add(change);
            }
            if (change.value() != null) {
                rows.put(change.key(), change.value());
            } else if (change.rangeEnd() != null) {
                rows.subMap(change.key(), true, change.rangeEnd(), false).clear();
            } else {
                rows.remove(change.key());
            }
        }
    }

    @Override
    public synchronized void sync() {
        unlogged.clear();
    }

    /** What a crash leaves when the system goes on. */
    synchronized void crash() {
        unlogged.forEach(change -> spaces.get(change.space()).remove(change.key()));
        unlogged.clear();
    }

    @Override
    public long approximateBytes(Space space) {
        return spaces.get(space).values().stream()
                .mapToLong(value -> value.length)
                .sum();
    }
}
