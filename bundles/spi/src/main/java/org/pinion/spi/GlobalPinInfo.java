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
 * Status of one pin on all peers.
 *
 * @param cid the content
 * @param name the pin's name
 * @param allocations the pin's allocations
 * @param origins the pin's origins
 * @param created when it was pinned; null when not known
 * @param metadata the pin's metadata
 * @param peers each peer's part
 */
public record GlobalPinInfo(
        Cid cid,
        String name,
        List<PeerId> allocations,
        List<Multiaddr> origins,
        @Nullable Instant created,
        SortedMap<String, String> metadata,
        SortedMap<PeerId, PeerPinStatus> peers) {
    /** Copies the collections. */
    public GlobalPinInfo {
        allocations = List.copyOf(allocations);
        origins = List.copyOf(origins);
        metadata = metadata.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
        peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
    }

    /** One peer's view of a pin as a global one. */
    public static GlobalPinInfo of(PinInfo info) {
        TreeMap<PeerId, PeerPinStatus> peers = new TreeMap<>();
        peers.put(info.peer(), info.status());
        return new GlobalPinInfo(
                info.cid(), info.name(), info.allocations(), info.origins(), info.created(), info.metadata(), peers);
    }
}
