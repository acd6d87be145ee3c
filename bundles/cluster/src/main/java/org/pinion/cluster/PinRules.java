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
package org.pinion.cluster;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.config.ClusterSettings;

/**
 * What may be pinned and what becomes of its options. Pure. Refusals have the texts of the reference, and a code that
 * gives the status it answers with.
 *
 * @spec cluster logic "The pin call", "Pin update"
 */
final class PinRules {
    static final String NOT_PINNED = "pin is not part of the pinset";

    private PinRules() {}

    /** Refuses writes of a peer that only follows. */
    static void checkWritable(ClusterSettings settings) {
        if (settings.followerMode()) {
            throw refused("this peer is configured to be in follower mode. Write operations are disabled");
        }
    }

    /** The pin with default options and a time, checked; allocations of a pin for everywhere are taken off. */
    static Pin prepare(Pin pin, @Nullable Pin existing, ClusterSettings settings, Instant now) {
        PinOptions options = settings.withDefaults(pin.options());
        Pin prepared = pin.withOptions(options).withTimestamp(now);
        if (prepared.isEverywhere()) {
            prepared = prepared.withAllocations(List.of());
        }
        Instant end = options.expireAt();
        if (end != null && end.getEpochSecond() > 0 && !end.isAfter(now)) {
            throw refused("pin.ExpireAt set before current time");
        }
        if (existing != null) {
            checkRepin(prepared, existing);
        }
        return prepared;
    }

    private static void checkRepin(Pin pin, Pin existing) {
        if (existing.type() != pin.type()) {
            throw refused("cannot repin CID with different tracking method, clear state with pin rm to proceed. New: "
                    + pin.type().text() + ". Was: " + existing.type().text());
        }
        boolean wasRecursive = PinMode.ofDepth(existing.maxDepth()) == PinMode.RECURSIVE;
        if (wasRecursive && pin.type() == PinType.DATA && pin.options().mode() == PinMode.DIRECT) {
            throw refused("cannot repin a CID which is already pinned in recursive mode (new pin is pinned as direct)."
                    + " Unpin it first.");
        }
        switch (pin.type()) {
            case DATA -> check(pin.reference() == null, "data pins should not reference other pins");
            case SHARD -> check(pin.maxDepth() == 1, "shard pins have depth 1");
            case CLUSTER_DAG ->
                check(
                        pin.maxDepth() == 0 && pin.reference() != null,
                        "cluster DAG pins are direct and refer to a meta pin");
            case META ->
                check(
                        pin.allocations().isEmpty() && pin.reference() != null,
                        "meta pins have no allocations and refer to a cluster DAG");
            case BAD -> throw refused("unrecognized pin type");
        }
    }

    /** What replaces {@code source}: the same pin for other content. */
    static Pin update(Pin source, Cid cid, PinOptions wishes, Instant now) {
        if (source.type() != PinType.DATA) {
            throw refused("this pin type cannot be updated");
        }
        PinOptions.Builder options = source.options().toBuilder().pinUpdate(source.cid());
        if (!wishes.name().isEmpty()) {
            options.name(wishes.name());
        }
        Instant end = wishes.expireAt();
        if (end != null && end.isAfter(now)) {
            options.expireAt(end);
        }
        return new Pin(
                cid, source.type(), source.allocations(), source.maxDepth(), source.reference(), now, options.build());
    }

    static ClusterException notPinned() {
        return new ClusterException(ErrorCode.NOT_FOUND, NOT_PINNED);
    }

    /** The reference answers all of these with 500. */
    static ClusterException refused(String text) {
        return new ClusterException(ErrorCode.INTERNAL, text);
    }

    private static void check(boolean fine, String text) {
        if (!fine) {
            throw refused(text);
        }
    }
}
