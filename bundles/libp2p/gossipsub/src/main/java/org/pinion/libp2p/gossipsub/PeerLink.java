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
package org.pinion.libp2p.gossipsub;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Stream;

/** The two one-way streams between us and a peer. Used inside the loop only. */
final class PeerLink {
    private static final int MAX_ATTEMPTS = 10;
    private static final long FIRST_DELAY_MILLIS = 100;
    private static final long MAX_DELAY_MILLIS = 10_000;
    /** A stream that lived this long was a good one. */
    private static final Duration PROVEN = Duration.ofMinutes(1);

    final PeerId peer;

    @Nullable
    Outbox outbox;

    @Nullable
    Stream inbound;

    boolean opening;
    /** How often its stream was reset because it broke the rules. */
    int offences;

    private int attempts;
    private long openedAt;

    PeerLink(PeerId peer) {
        this.peer = peer;
    }

    void opened(Outbox newOutbox, long now) {
        outbox = newOutbox;
        openedAt = now;
    }

    void resetAttempts() {
        attempts = 0;
    }

    /** How long to wait before the next attempt to open a stream; null when it failed too often. */
    @Nullable
    Duration nextDelay(long now) {
        if (openedAt != 0 && now - openedAt > PROVEN.toNanos()) {
            attempts = 0;
        }
        openedAt = 0;
        if (attempts == MAX_ATTEMPTS) {
            return null;
        }
        return Duration.ofMillis(Math.min(MAX_DELAY_MILLIS, FIRST_DELAY_MILLIS << attempts++));
    }
}
