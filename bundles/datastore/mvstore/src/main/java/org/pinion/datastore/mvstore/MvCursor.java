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
package org.pinion.datastore.mvstore;

import java.util.Arrays;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore.TxCounter;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.flow.Cursor;

/** One snapshot scan. What it shows stays in the file until it ends. */
final class MvCursor implements Cursor<Row> {
    private final MvStore store;
    private final org.h2.mvstore.Cursor<byte[], byte[]> rows;
    private final byte @Nullable [] to;
    private final TxCounter usage;
    private boolean ended;

    /** Takes the snapshot; the caller holds the store's use lock. */
    MvCursor(MvStore store, MVMap<byte[], byte[]> map, TxCounter usage, byte[] from, byte @Nullable [] to) {
        this.store = store;
        this.usage = usage;
        this.to = to;
        rows = map.cursor(from, null, false);
    }

    @Override
    public @Nullable Row next() {
        return store.reading(() -> {
            byte[] key = !ended && rows.hasNext() ? rows.next() : null;
            if (key == null || to != null && Arrays.compareUnsigned(key, to) >= 0) {
                ended = true;
                return null;
            }
            return new Row(key.clone(), rows.getValue().clone());
        });
    }

    /** What keeps its rows in the file. */
    TxCounter usage() {
        return usage;
    }

    @Override
    public void close() {
        store.forget(this);
    }
}
