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

import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.pintracker.StatusListener;
import org.slf4j.Logger;

/**
 * Writes down what became of CIDs, and tells. While the datastore is away nothing is remembered: what ended meanwhile is
 * found by the next comparison. Inside the tracker's lane.
 */
final class Results {
    private final Logger log;
    private final TrackRows rows;
    private final StatusListener listener;
    private final Runnable unwritten;

    /** {@code unwritten} is called when a row could not be written. */
    Results(Logger log, TrackRows rows, StatusListener listener, Runnable unwritten) {
        this.log = log;
        this.rows = rows;
        this.listener = listener;
        this.unwritten = unwritten;
    }

    /** Remembers how an operation ended. */
    void put(Cid cid, TrackRow row) {
        write(cid, () -> rows.put(cid, row));
        listener.statusChanged(cid, TrackRules.status(row.phase()), row.error(), row.attempts());
    }

    /** Forgets what is not here any more. */
    void forget(Cid cid, TrackerStatus status) {
        write(cid, () -> rows.delete(cid));
        tell(cid, status, 0);
    }

    private void write(Cid cid, Runnable change) {
        try {
            change.run();
        } catch (ClusterException e) {
            unwritten.run();
            log.debug("the result for {} waits for the next catch-up: {}", cid, e.getMessage());
        }
    }

    /** Tells of a status that leaves no row. */
    void tell(Cid cid, TrackerStatus status, int attempts) {
        listener.statusChanged(cid, status, "", attempts);
    }
}
