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
package org.pinion.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Alert;
import org.pinion.spi.Pin;
import org.pinion.spi.TrackerStatus;

/**
 * Something that happened in the cluster. Which of the fields there are depends on the type.
 *
 * @param id what to go on behind, see {@link ClusterClient#events}
 * @param type {@code pin_added}, {@code pin_removed}, {@code status_changed}, {@code peer_up}, {@code peer_down},
 *     {@code alert}; {@code reset}: events before this one are lost, so lists have to be read again; {@code cut}: the same,
 *     and the stream ends
 * @param at when it happened; null with {@code reset} and {@code cut}
 * @param pin of {@code pin_added}, which also stands for a change, and of {@code pin_removed}
 * @param peer of {@code peer_up}, {@code peer_down} and {@code status_changed}
 * @param status of {@code status_changed}
 * @param alert of {@code alert}
 * @param reason of {@code reset} and {@code cut}; empty with all others
 */
public record ClusterEvent(
        String id,
        String type,
        @Nullable Instant at,
        @Nullable Pin pin,
        @Nullable PeerId peer,
        @Nullable StatusChange status,
        @Nullable Alert alert,
        String reason) {
    /**
     * What a peer does about a CID from now on.
     *
     * @param cid the CID
     * @param status its status
     * @param error what went wrong; empty = nothing
     * @param attempts how often it was tried
     */
    public record StatusChange(Cid cid, TrackerStatus status, String error, int attempts) {}
}
