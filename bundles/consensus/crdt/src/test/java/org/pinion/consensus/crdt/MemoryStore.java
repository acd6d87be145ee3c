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

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;

/** A datastore in memory. */
final class MemoryStore implements Datastore {
    private final Map<Space, TreeMap<byte[], byte[]>> spaces = new EnumMap<>(Space.class);

    MemoryStore() {
        for (Space space : Space.values()) {
            spaces.put(space, new TreeMap<>(java.util.Arrays::compareUnsigned));
        }
    }

    TreeMap<byte[], byte[]> rows(Space space) {
        return spaces.get(space);
    }

    @Override
    public synchronized byte @Nullable [] get(Space space, byte[] key) {
        return rows(space).get(key);
    }

    @Override
    public synchronized boolean contains(Space space, byte[] key) {
        return rows(space).containsKey(key);
    }

    @Override
    public synchronized Cursor<Row> scan(Space space, byte[] from, byte @Nullable [] to) {
        Map<byte[], byte[]> range =
                to == null ? rows(space).tailMap(from, true) : rows(space).subMap(from, true, to, false);
        List<Row> rows = range.entrySet().stream()
                .map(entry -> new Row(entry.getKey(), entry.getValue()))
                .toList();
        return Cursor.of(rows);
    }

    @Override
    public synchronized void write(WriteBatch batch, Durability durability) {
        for (WriteBatch.Change change : batch.changes()) {
            if (change.value() != null) {
                rows(change.space()).put(change.key(), change.value());
            } else if (change.rangeEnd() != null) {
                rows(change.space())
                        .subMap(change.key(), true, change.rangeEnd(), false)
                        .clear();
            } else {
                rows(change.space()).remove(change.key());
            }
        }
    }

    @Override
    public void sync() {}

    @Override
    public long approximateBytes(Space space) {
        return rows(space).size();
    }
}
