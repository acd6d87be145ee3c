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
package org.pinion.api.pinsvcapi;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.TrackerStatus;

/** The specification's states of a pin. */
enum PinState {
    QUEUED,
    PINNING,
    PINNED,
    FAILED;

    private static final Set<TrackerStatus> ERRORS = EnumSet.of(
            TrackerStatus.CLUSTER_ERROR,
            TrackerStatus.PIN_ERROR,
            TrackerStatus.UNPIN_ERROR,
            TrackerStatus.UNEXPECTEDLY_UNPINNED);
    /** A sharded pin is held as its shards. */
    private static final Set<TrackerStatus> HELD = EnumSet.of(TrackerStatus.PINNED, TrackerStatus.SHARDED);

    /** The text in JSON and queries. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<PinState> ofText(String text) {
        for (PinState state : values()) {
            if (state.text().equals(text)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    /**
     * The cluster's answer to "what about this pin": an error anywhere is a failure, then what is still to come, then
     * pinned. Empty when no peer has it, or had to.
     */
    static Optional<PinState> of(Collection<PeerPinStatus> peers) {
        Set<TrackerStatus> seen = EnumSet.noneOf(TrackerStatus.class);
        peers.forEach(peer -> seen.add(peer.status()));
        if (seen.stream().anyMatch(ERRORS::contains)) {
            return Optional.of(FAILED);
        }
        if (seen.contains(TrackerStatus.PIN_QUEUED)) {
            return Optional.of(QUEUED);
        }
        if (seen.contains(TrackerStatus.PINNING)) {
            return Optional.of(PINNING);
        }
        return seen.stream().anyMatch(HELD::contains) ? Optional.of(PINNED) : Optional.empty();
    }
}
