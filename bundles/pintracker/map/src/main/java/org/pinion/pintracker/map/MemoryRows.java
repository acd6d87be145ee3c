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
package org.pinion.pintracker.map;

import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.pintracker.common.StoredRows;
import org.pinion.pintracker.common.TrackRow;
import org.pinion.pintracker.common.TrackRow.Phase;
import org.pinion.pintracker.common.TrackRows;
import org.pinion.pintracker.common.Tracked;
import org.pinion.spi.ClusterException;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.flow.Cursor;

/**
 * All rows in memory, and in the datastore for whoever comes after. Only the reasons of failures are read from the
 * datastore when they are asked for. Until everything was read into memory the datastore answers, so that a status is
 * right from the first moment.
 */
final class MemoryRows implements TrackRows {
    /** Rows that are read before changes of the pin set have their turn again. */
    private static final int ROWS_AT_ONCE = 4096;

    private static final String REASON_AWAY = "its reason is in the datastore, which is away";

    private final StoredRows stored = new StoredRows();
    private volatile CidTable table = new CidTable();
    private volatile boolean loaded;

    @Override
    public void use(Datastore datastore) {
        loaded = false;
        stored.use(datastore);
    }

    /** What is in memory goes on answering. */
    @Override
    public void drop(Datastore datastore) {
        stored.drop(datastore);
    }

    @Override
    public boolean isThere() {
        return stored.isThere();
    }

    @Override
    public @Nullable Cid load(@Nullable Cid after) {
        if (after == null) {
            loaded = false;
            table = new CidTable();
        }
        Cid last = after;
        try (Cursor<Tracked> rows = stored.list(after)) {
            for (int i = 0; i < ROWS_AT_ONCE; i++) {
                Tracked next = rows.next();
                TrackRow row = next == null ? null : next.row();
                if (next == null || row == null) {
                    loaded = true;
                    return null;
                }
                last = next.cid();
                table.put(last, phase(row), row.sinceMillis());
            }
        }
        return last;
    }

    @Override
    public @Nullable TrackRow get(Cid cid) {
        if (!loaded) {
            return stored.get(cid);
        }
        CidTable.Entry entry = table.get(cid);
        return entry == null ? null : row(cid, entry);
    }

    @Override
    public void put(Cid cid, TrackRow row) {
        stored.put(cid, row);
        table.put(cid, phase(row), row.sinceMillis());
    }

    @Override
    public void delete(Cid cid) {
        stored.delete(cid);
        table.remove(cid);
    }

    @Override
    public Cursor<Tracked> list(@Nullable Cid after) {
        if (!loaded) {
            return stored.list(after);
        }
        return table.list(after).map(entry -> {
            Cid cid = entry.cid();
            return new Tracked(cid, null, row(cid, entry));
        });
    }

    @Override
    public long pinned() {
        return table.count((byte) Phase.PINNED.ordinal());
    }

    /** Compared in the datastore, so that memory holds each CID once. */
    @Override
    public Marks marks() {
        return stored.marks();
    }

    private TrackRow row(Cid cid, CidTable.Entry entry) {
        Phase phase = Phase.values()[entry.phase()];
        return switch (phase) {
            case PINNED -> TrackRow.pinned(entry.sinceMillis());
            case LOST -> TrackRow.lost(entry.sinceMillis());
            case PIN_ERROR, UNPIN_ERROR -> failed(cid, phase, entry.sinceMillis());
        };
    }

    private TrackRow failed(Cid cid, Phase phase, long sinceMillis) {
        try {
            TrackRow row = stored.get(cid);
            if (row != null) {
                return row;
            }
        } catch (ClusterException e) {
            return new TrackRow(phase, 0, false, sinceMillis, REASON_AWAY);
        }
        return new TrackRow(phase, 0, false, sinceMillis, ""); // changed right now
    }

    private static byte phase(TrackRow row) {
        return (byte) row.phase().ordinal();
    }
}
