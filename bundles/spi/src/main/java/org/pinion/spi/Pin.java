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
package org.pinion.spi;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;

/**
 * One entry of the pin set.
 *
 * @param cid the content
 * @param type what the pin stands for
 * @param allocations peers that hold it; empty = every peer (when the replication factors are -1)
 * @param maxDepth how deep to pin: -1 everything, 0 the root only
 * @param reference the CID that belongs to this pin, by type; null = none
 * @param timestamp when it was pinned; null = not set yet
 * @param options what the user asked for
 */
public record Pin(
        Cid cid,
        PinType type,
        List<PeerId> allocations,
        int maxDepth,
        @Nullable Cid reference,
        @Nullable Instant timestamp,
        PinOptions options) {
    /** Copies the allocations. */
    public Pin {
        allocations = List.copyOf(allocations);
    }

    /** A data pin with the depth of its mode and no allocations yet. */
    public static Pin of(Cid cid, PinOptions options) {
        return new Pin(cid, PinType.DATA, List.of(), options.mode().depth(), null, null, options);
    }

    /** Whether every peer of the cluster holds it. */
    public boolean isEverywhere() {
        return options.replicationMin() == -1 && options.replicationMax() == -1;
    }

    /** Whether a peer other than {@code peer} holds it and that peer does not. */
    public boolean isRemote(PeerId peer) {
        return !isEverywhere() && !allocations.contains(peer);
    }

    /** Whether it ended before {@code now}. */
    public boolean isExpired(Instant now) {
        Instant end = options.expireAt();
        return end != null && end.getEpochSecond() > 0 && end.isBefore(now);
    }

    /** The same pin on other peers. */
    public Pin withAllocations(List<PeerId> peers) {
        return new Pin(cid, type, peers, maxDepth, reference, timestamp, options);
    }

    /** The same pin with other options; the depth stays. */
    public Pin withOptions(PinOptions other) {
        return new Pin(cid, type, allocations, maxDepth, reference, timestamp, other);
    }

    /** The same pin, made at another time. */
    public Pin withTimestamp(Instant when) {
        return new Pin(cid, type, allocations, maxDepth, reference, when, options);
    }
}
