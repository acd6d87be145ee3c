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
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Pin;
import org.pinion.spi.PinType;
import org.pinion.spi.TrackerStatus;

/** What a CID's status is, and what is to be done for it. Pure. */
final class TrackRules {
    static final String LOST_TEXT = "the item should be pinned but it is not";

    private TrackRules() {}

    /** What the IPFS node has to be asked for. */
    enum Todo {
        /** Nothing. */
        NOTHING,
        /** Pin it. */
        PIN,
        /** Unpin it: it is not in the pin set. */
        UNPIN,
        /** Unpin it: other peers hold it. */
        UNPIN_REMOTE
    }

    /** What remains to be done for a CID that has no operation. */
    static Todo todo(Tracked tracked, PeerId self) {
        Pin pin = tracked.pin();
        TrackRow row = tracked.row();
        if (pin == null) {
            return row == null ? Todo.NOTHING : Todo.UNPIN;
        }
        if (pin.type() == PinType.META) {
            return Todo.NOTHING;
        }
        if (pin.isRemote(self)) {
            return row == null ? Todo.NOTHING : Todo.UNPIN_REMOTE;
        }
        return row == null || row.phase() != TrackRow.Phase.PINNED ? Todo.PIN : Todo.NOTHING;
    }

    /**
     * The status of a CID.
     *
     * @param catchingUp whether a CID that was not dealt with yet will soon be
     */
    static Status status(Tracked tracked, @Nullable Operation operation, PeerId self, boolean catchingUp) {
        Pin pin = tracked.pin();
        if (operation != null) {
            return new Status(
                    status(operation),
                    Instant.ofEpochMilli(operation.sinceMillis()),
                    "",
                    operation.attempts(),
                    operation.priority());
        }
        Instant created = pin == null ? null : pin.timestamp();
        TrackRow row = tracked.row();
        if (pin == null) {
            return row != null && row.phase() == TrackRow.Phase.UNPIN_ERROR
                    ? failed(TrackerStatus.UNPIN_ERROR, row)
                    : new Status(TrackerStatus.UNPINNED, null, "", 0, false);
        }
        if (pin.type() == PinType.META) {
            return new Status(TrackerStatus.SHARDED, created, "", 0, false);
        }
        if (pin.isRemote(self)) {
            return new Status(TrackerStatus.REMOTE, created, "", 0, false);
        }
        if (row == null || row.phase() == TrackRow.Phase.UNPIN_ERROR) {
            return catchingUp ? new Status(TrackerStatus.PIN_QUEUED, created, "", 0, false) : lost(created);
        }
        return switch (row.phase()) {
            case PINNED -> new Status(TrackerStatus.PINNED, created, "", 0, false);
            case LOST, UNPIN_ERROR -> lost(created);
            case PIN_ERROR -> failed(TrackerStatus.PIN_ERROR, row);
        };
    }

    static Status lost(@Nullable Instant created) {
        return new Status(TrackerStatus.UNEXPECTEDLY_UNPINNED, created, LOST_TEXT, 0, false);
    }

    private static Status failed(TrackerStatus status, TrackRow row) {
        return new Status(status, Instant.ofEpochMilli(row.sinceMillis()), row.error(), row.attempts(), row.priority());
    }

    /** What a row says of a CID of the pin set that has no operation. */
    static TrackerStatus status(TrackRow.Phase phase) {
        return switch (phase) {
            case PINNED -> TrackerStatus.PINNED;
            case LOST -> TrackerStatus.UNEXPECTEDLY_UNPINNED;
            case PIN_ERROR -> TrackerStatus.PIN_ERROR;
            case UNPIN_ERROR -> TrackerStatus.UNPIN_ERROR;
        };
    }

    private static TrackerStatus status(Operation operation) {
        return switch (operation.kind()) {
            case PIN -> operation.isRunning() ? TrackerStatus.PINNING : TrackerStatus.PIN_QUEUED;
            case UNPIN -> operation.isRunning() ? TrackerStatus.UNPINNING : TrackerStatus.UNPIN_QUEUED;
            case REMOTE -> TrackerStatus.REMOTE;
        };
    }

    /**
     * A status without the peer's own data.
     *
     * @param status the status
     * @param timestamp when it was reached; null = not known
     * @param error the reason of an error status, else empty
     * @param attempts how often it was tried
     * @param priority whether it goes before older pins
     */
    record Status(TrackerStatus status, @Nullable Instant timestamp, String error, int attempts, boolean priority) {}
}
