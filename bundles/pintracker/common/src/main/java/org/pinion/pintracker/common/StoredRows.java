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
package org.pinion.pintracker.common;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;

/**
 * The tracker's rows in the datastore, and the marks of a reconciliation. Written without waiting for the disk: what a
 * crash loses is found again from the pin set and the IPFS node. Rows are written by the tracker's lane only, marks by
 * the one reconciliation that runs; any thread reads.
 *
 * <pre>
 * r &lt;CID bytes&gt; = row        m &lt;CID bytes&gt; = one byte, how the IPFS node holds it
 * </pre>
 */
public final class StoredRows implements TrackRows {
    private static final byte ROW = 'r';
    private static final byte MARK = 'm';
    private static final int MARKS_AT_ONCE = 512;

    private volatile @Nullable Datastore store;
    private final AtomicLong pinned = new AtomicLong();

    /** No datastore is there yet. */
    public StoredRows() {}

    @Override
    public void use(Datastore datastore) {
        store = datastore;
    }

    @Override
    public void drop(Datastore datastore) {
        if (datastore.equals(store)) {
            store = null;
        }
    }

    @Override
    public boolean isThere() {
        return store != null;
    }

    private Datastore store() {
        Datastore current = store;
        if (current == null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the pin tracker has no Datastore");
        }
        return current;
    }

    @Override
    public @Nullable TrackRow get(Cid cid) {
        byte[] value = store().get(Space.TRACKER, key(ROW, cid));
        return value == null ? null : TrackRow.decode(value);
    }

    @Override
    public void put(Cid cid, TrackRow row) {
        count(get(cid), -1);
        store().write(new WriteBatch().put(Space.TRACKER, key(ROW, cid), row.encode()), Durability.LATER);
        count(row, 1);
    }

    @Override
    public void delete(Cid cid) {
        TrackRow old = get(cid);
        if (old != null) {
            store().write(new WriteBatch().delete(Space.TRACKER, key(ROW, cid)), Durability.LATER);
            count(old, -1);
        }
    }

    @Override
    public Cursor<Tracked> list(@Nullable Cid after) {
        return scan(ROW, after).map(row -> new Tracked(cid(row.key()), null, TrackRow.decode(row.value())));
    }

    @Override
    public long pinned() {
        return pinned.get();
    }

    /** Counts the pinned rows, all at once: it takes a second for a million. */
    @Override
    public @Nullable Cid load(@Nullable Cid after) {
        long count = 0;
        try (Cursor<Row> rows = scan(ROW, null)) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                if (TrackRow.decode(row.value()).phase() == TrackRow.Phase.PINNED) {
                    count++;
                }
            }
        }
        pinned.set(count);
        return null;
    }

    private void count(@Nullable TrackRow row, int by) {
        if (row != null && row.phase() == TrackRow.Phase.PINNED) {
            pinned.addAndGet(by);
        }
    }

    @Override
    public Marks marks() {
        clearMarks();
        return new StoredMarks();
    }

    private void clearMarks() {
        store().write(
                        new WriteBatch().deleteRange(Space.TRACKER, new byte[] {MARK}, new byte[] {MARK + 1}),
                        Durability.LATER);
    }

    /** In the datastore: no set of CIDs is ever in memory. */
    private final class StoredMarks implements Marks {
        private WriteBatch batch = new WriteBatch();

        @Override
        public void add(Cid cid, int ipfsStatus) {
            batch.put(Space.TRACKER, key(MARK, cid), new byte[] {(byte) ipfsStatus});
            if (batch.changes().size() >= MARKS_AT_ONCE) {
                write();
            }
        }

        private void write() {
            store().write(batch, Durability.LATER);
            batch = new WriteBatch();
        }

        @Override
        public Cursor<Mark> list() {
            if (!batch.isEmpty()) {
                write();
            }
            return scan(MARK, null).map(row -> new Mark(cid(row.key()), row.value()[0]));
        }

        @Override
        public void close() {
            if (isThere()) {
                clearMarks(); // else the next comparison does
            }
        }
    }

    private Cursor<Row> scan(byte prefix, @Nullable Cid after) {
        byte[] from = {prefix};
        if (after != null) {
            byte[] last = key(prefix, after);
            from = java.util.Arrays.copyOf(last, last.length + 1); // the first key behind it
        }
        return store().scan(Space.TRACKER, from, new byte[] {(byte) (prefix + 1)});
    }

    private static byte[] key(byte prefix, Cid cid) {
        java.nio.ByteBuffer out = java.nio.ByteBuffer.allocate(1 + cid.size());
        out.put(prefix);
        cid.writeTo(out);
        return out.array();
    }

    private static Cid cid(byte[] key) {
        return Cid.ofBytes(java.util.Arrays.copyOfRange(key, 1, key.length));
    }
}
