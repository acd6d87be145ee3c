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

import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.flow.Cursor;

/** The pin set and the tracker's rows side by side, by CID. */
final class TrackedCursor implements Cursor<Tracked> {
    private final Cursor<Pin> pins;
    private final Cursor<Tracked> rows;
    private @Nullable Pin pin;
    private @Nullable Tracked row;
    private boolean started;

    /** Takes over both cursors, which must be sorted by CID. */
    TrackedCursor(Cursor<Pin> pins, Cursor<Tracked> rows) {
        this.pins = pins;
        this.rows = rows;
    }

    @Override
    public @Nullable Tracked next() {
        if (!started) {
            started = true;
            pin = pins.next();
            row = rows.next();
        }
        Pin nextPin = pin;
        Tracked nextRow = row;
        if (nextPin == null) {
            row = nextRow == null ? null : rows.next();
            return nextRow;
        }
        Cid cid = nextPin.cid();
        int order = nextRow == null ? -1 : cid.compareTo(nextRow.cid());
        if (order > 0) {
            row = rows.next();
            return nextRow;
        }
        pin = pins.next();
        if (order < 0 || nextRow == null) {
            return new Tracked(cid, nextPin, null);
        }
        row = rows.next();
        return new Tracked(cid, nextPin, nextRow.row());
    }

    @Override
    public void close() {
        try {
            pins.close();
        } finally {
            rows.close();
        }
    }
}
