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

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.flow.Cursor;

/** The CIDs that have an operation or a row of a failed one, sorted. */
final class OperationsCursor implements Cursor<Cid> {
    private final Cursor<Tracked> rows;
    private final Iterator<Cid> operations;
    private @Nullable Cid row;
    private @Nullable Cid operation;
    private boolean started;

    /** Takes over the rows; both are sorted. */
    OperationsCursor(Cursor<Tracked> rows, List<Cid> operations) {
        this.rows = rows.filter(tracked -> failed(tracked.row()));
        this.operations = operations.iterator();
    }

    private static boolean failed(@Nullable TrackRow row) {
        return row != null && (row.phase() == TrackRow.Phase.PIN_ERROR || row.phase() == TrackRow.Phase.UNPIN_ERROR);
    }

    @Override
    public @Nullable Cid next() {
        if (!started) {
            started = true;
            row = nextRow();
            operation = nextOperation();
        }
        Cid first = row;
        Cid second = operation;
        int order = first == null ? 1 : second == null ? -1 : first.compareTo(second);
        if (order <= 0) {
            row = nextRow();
        }
        if (order >= 0) {
            operation = nextOperation();
        }
        return order <= 0 ? first : second;
    }

    private @Nullable Cid nextRow() {
        Tracked next = rows.next();
        return next == null ? null : next.cid();
    }

    private @Nullable Cid nextOperation() {
        return operations.hasNext() ? operations.next() : null;
    }

    @Override
    public void close() {
        rows.close();
    }
}
