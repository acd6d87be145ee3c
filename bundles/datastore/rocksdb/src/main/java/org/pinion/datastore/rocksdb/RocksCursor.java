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
package org.pinion.datastore.rocksdb;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.flow.Cursor;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * One snapshot scan. Its native iterator must not outlive the database, so every step holds the store's use lock, and
 * the store releases all cursors before it closes.
 */
final class RocksCursor implements Cursor<Row> {
    /** From this many equal leading bytes of both bounds on, a range is taken for a small one. */
    private static final int NARROW_PREFIX_BYTES = 8;

    private static final long WIDE_READAHEAD_BYTES = 1L << 20;

    private final RocksStore store;
    private final RocksIterator iterator;
    private final Deque<AbstractNativeReference> options = new ArrayDeque<>();
    private final byte[] from;
    private boolean positioned;
    private boolean released;

    /** Opens the iterator; the caller holds the store's use lock. */
    RocksCursor(RocksStore store, RocksDB db, ColumnFamilyHandle family, byte[] from, byte @Nullable [] to) {
        this.store = store;
        this.from = from;
        ReadOptions read = new ReadOptions();
        options.push(read);
        if (to != null) {
            Slice end = new Slice(to);
            options.addLast(end);
            read.setIterateUpperBound(end);
        }
        if (isWide(from, to)) {
            // a listing reads much and once: it must not push out what single reads use
            read.setFillCache(false).setReadaheadSize(WIDE_READAHEAD_BYTES);
        }
        iterator = db.newIterator(family, read);
    }

    private static boolean isWide(byte[] from, byte @Nullable [] to) {
        if (to == null || from.length < NARROW_PREFIX_BYTES || to.length < NARROW_PREFIX_BYTES) {
            return true;
        }
        for (int i = 0; i < NARROW_PREFIX_BYTES; i++) {
            if (from[i] != to[i]) {
                return true;
            }
        }
        return false;
    }

    @Override
    public @Nullable Row next() {
        store.enter();
        try {
            if (released) {
                throw store.gone();
            }
            if (positioned) {
                iterator.next();
            } else {
                iterator.seek(from);
                positioned = true;
            }
            if (iterator.isValid()) {
                return new Row(iterator.key(), iterator.value());
            }
            iterator.status();
            return null;
        } catch (RocksDBException e) {
            throw RocksFailures.of("reading", store.folder(), e);
        } finally {
            store.leave();
        }
    }

    @Override
    public void close() {
        store.forget(this);
    }

    /** Frees the native parts; the caller holds one of the store's locks. */
    void release() {
        if (!released) {
            released = true;
            iterator.close();
            options.forEach(AbstractNativeReference::close);
        }
    }
}
