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
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Status of one pin on one peer.
 *
 * @param cid the content
 * @param name the pin's name
 * @param peer the peer
 * @param allocations the pin's allocations
 * @param origins the pin's origins
 * @param created when it was pinned; null when not known
 * @param metadata the pin's metadata
 * @param status the peer's part
 */
public record PinInfo(
        Cid cid,
        String name,
        PeerId peer,
        List<PeerId> allocations,
        List<Multiaddr> origins,
        @Nullable Instant created,
        SortedMap<String, String> metadata,
        PeerPinStatus status) {
    /** Copies the collections. */
    public PinInfo {
        allocations = List.copyOf(allocations);
        origins = List.copyOf(origins);
        metadata = metadata.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    }

    /** The status of a pin that is in the pin set. */
    public static PinInfo of(Pin pin, PeerId peer, PeerPinStatus status) {
        return new PinInfo(
                pin.cid(),
                pin.options().name(),
                peer,
                pin.allocations(),
                pin.options().origins(),
                pin.timestamp(),
                pin.options().metadata(),
                status);
    }
}
