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
package org.pinion.libp2p.kad;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.PeerAddresses;

/** Who said to have what; in memory and bounded, the longest not renewed goes first. No clock; one thread. */
final class Providers {
    private record Entry(List<Multiaddr> addresses, long since) {}

    /** Keys in order of renewal, and of each its providers in order of renewal. */
    private final LinkedHashMap<ByteBuffer, LinkedHashMap<PeerId, Entry>> keys = new LinkedHashMap<>();

    private int entries;

    /** Notes a provider. */
    void add(byte[] key, PeerId peer, List<Multiaddr> addresses, long now) {
        ByteBuffer name = ByteBuffer.wrap(key.clone());
        LinkedHashMap<PeerId, Entry> providers = keys.remove(name);
        if (providers == null) {
            providers = new LinkedHashMap<>(2);
        }
        keys.put(name, providers);
        if (providers.remove(peer) == null) {
            entries++;
        }
        providers.put(peer, new Entry(List.copyOf(addresses), now));
        if (providers.size() > Limits.PROVIDERS_PER_KEY) {
            dropEldest(providers);
        }
        while (entries > Limits.PROVIDERS) {
            Map.Entry<ByteBuffer, LinkedHashMap<PeerId, Entry>> eldest =
                    keys.entrySet().iterator().next();
            dropEldest(eldest.getValue());
            if (eldest.getValue().isEmpty()) {
                keys.remove(eldest.getKey());
            }
        }
    }

    private void dropEldest(LinkedHashMap<PeerId, Entry> providers) {
        providers.remove(providers.keySet().iterator().next());
        entries--;
    }

    /** The providers of a key that were renewed last, with the addresses that are still believed. */
    List<PeerAddresses> get(byte[] key, long now) {
        List<PeerAddresses> found = new ArrayList<>();
        keys.getOrDefault(ByteBuffer.wrap(key), new LinkedHashMap<>()).forEach((peer, entry) -> {
            long age = now - entry.since;
            if (age <= Limits.PROVIDER_TTL.toNanos()) {
                boolean believed = age <= Limits.PROVIDER_ADDRESS_TTL.toNanos();
                found.add(new PeerAddresses(peer, believed ? entry.addresses : List.of()));
            }
        });
        Collections.reverse(found);
        return found.subList(0, Math.min(found.size(), Limits.PROVIDERS_TOLD));
    }

    /** Forgets what was not renewed in time. */
    void expire(long now) {
        keys.values().removeIf(providers -> {
            int before = providers.size();
            providers.values().removeIf(entry -> now - entry.since > Limits.PROVIDER_TTL.toNanos());
            entries -= before - providers.size();
            return providers.isEmpty();
        });
    }

    int size() {
        return entries;
    }
}
