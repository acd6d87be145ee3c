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

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Pin;
import org.pinion.spi.PinType;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.ipfsconnector.IpfsConnector.IpfsPin;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.pinion.spi.state.PinState;

/**
 * Compares the rows with what the IPFS node really holds. The node's pins are streamed to marks in the datastore, then
 * pin set, rows and marks are read side by side: no set is ever in memory. One at a time, on a worker.
 */
final class Reconciler {
    private static final int BATCH = 512;
    /** Rows that changed while the node was listed may be newer than the list. */
    private static final long SLACK_MILLIS = 1_000;

    private final PinState state;
    private final TrackRows rows;
    private final IpfsConnector ipfs;
    private final PeerId self;
    private final Missing missing;

    /**
     * A change that the comparison found.
     *
     * @param cid the content
     * @param expected the row that was compared; if it is another one by now, nothing is to be done
     * @param row the new row; null = none
     */
    record Correction(
            Cid cid, @Nullable TrackRow expected, @Nullable TrackRow row) {}

    /** What becomes of a pin that was there and is gone. */
    @FunctionalInterface
    interface Missing {
        TrackRow row(long nowMillis);
    }

    Reconciler(PinState state, TrackRows rows, IpfsConnector ipfs, PeerId self, Missing missing) {
        this.state = state;
        this.missing = missing;
        this.rows = rows;
        this.ipfs = ipfs;
        this.self = self;
    }

    /** Runs once; gives corrections in batches. */
    void run(Instant now, Consumer<List<Correction>> corrections) {
        try (TrackRows.Marks marks = rows.marks()) {
            mark(marks);
            compare(marks, now.toEpochMilli(), corrections);
        }
    }

    /** Pins that neither the pin set nor the tracker knows belong to the node's user: they get no mark. */
    private void mark(TrackRows.Marks marks) {
        try (Cursor<IpfsPin> pins = ipfs.pins(EnumSet.of(IpfsPinStatus.RECURSIVE, IpfsPinStatus.DIRECT))) {
            for (IpfsPin pin = pins.next(); pin != null; pin = pins.next()) {
                if (state.contains(pin.cid()) || rows.get(pin.cid()) != null) {
                    marks.add(pin.cid(), pin.status().number());
                }
            }
        }
    }

    private void compare(TrackRows.Marks noted, long startMillis, Consumer<List<Correction>> corrections) {
        List<Correction> found = new ArrayList<>();
        try (Cursor<Tracked> all = new TrackedCursor(state.list(null), rows.list(null));
                Cursor<TrackRows.Mark> marks = noted.list()) {
            TrackRows.Mark mark = marks.next();
            for (Tracked tracked = all.next(); tracked != null; tracked = all.next()) {
                while (mark != null && mark.cid().compareTo(tracked.cid()) < 0) {
                    mark = marks.next();
                }
                boolean marked = mark != null && mark.cid().equals(tracked.cid());
                IpfsPinStatus held =
                        mark != null && marked ? IpfsPinStatus.ofNumber(mark.ipfsStatus()) : IpfsPinStatus.UNPINNED;
                Correction correction =
                        isYoung(tracked.row(), startMillis) ? null : correct(tracked, held, self, missing, startMillis);
                if (correction != null) {
                    found.add(correction);
                }
                if (found.size() >= BATCH) {
                    corrections.accept(List.copyOf(found));
                    found.clear();
                }
            }
        }
        if (!found.isEmpty()) {
            corrections.accept(List.copyOf(found));
        }
    }

    /**
     * What a comparison means for the row of a CID; null = it is right. Pure.
     *
     * @param held how the node holds it
     */
    static @Nullable Correction correct(
            Tracked tracked, IpfsPinStatus held, PeerId self, Missing missing, long nowMillis) {
        Pin pin = tracked.pin();
        TrackRow row = tracked.row();
        if (pin == null) {
            // an unpin that failed, and happened all the same
            boolean gone = row != null && row.phase() == TrackRow.Phase.UNPIN_ERROR && !isHeld(held);
            return gone ? new Correction(tracked.cid(), row, null) : null;
        }
        if (pin.type() == PinType.META) {
            return null;
        }
        if (pin.isRemote(self)) {
            boolean adopt = row == null && isHeld(held);
            return adopt ? new Correction(tracked.cid(), null, TrackRow.pinned(nowMillis)) : null;
        }
        if (held.isPinned(pin.maxDepth())) {
            boolean right = row != null && row.phase() == TrackRow.Phase.PINNED;
            return right ? null : new Correction(tracked.cid(), row, TrackRow.pinned(nowMillis));
        }
        if (row == null) {
            return new Correction(tracked.cid(), null, TrackRow.lost(nowMillis));
        }
        if (row.phase() == TrackRow.Phase.PINNED) {
            return new Correction(tracked.cid(), row, missing.row(nowMillis));
        }
        return null;
    }

    private static boolean isYoung(@Nullable TrackRow row, long startMillis) {
        return row != null && row.sinceMillis() > startMillis - SLACK_MILLIS;
    }

    private static boolean isHeld(IpfsPinStatus held) {
        return held == IpfsPinStatus.RECURSIVE || held == IpfsPinStatus.DIRECT;
    }
}
