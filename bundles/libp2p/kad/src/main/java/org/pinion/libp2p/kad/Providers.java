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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.PeerAddresses;

/** Who said to have what; in memory and bounded, the longest not renewed goes first. No clock; one thread. */
final class Providers {
    /** A provider; its addresses are the last that it told, whatever it told them for. */
    private static final class Provider {
        private List<Multiaddr> addresses = List.of();
        private long told;
        private int keys;
    }

    /** Keys in order of renewal, and of each its providers in order of renewal, with the time of it. */
    private final LinkedHashMap<ByteBuffer, LinkedHashMap<PeerId, Long>> keys = new LinkedHashMap<>();

    private final Map<PeerId, Provider> providers = new HashMap<>();
    private int entries;

    /** Notes a provider. */
    void add(byte[] key, PeerId peer, List<Multiaddr> addresses, long now) {
        ByteBuffer name = ByteBuffer.wrap(key.clone());
        LinkedHashMap<PeerId, Long> known = keys.remove(name);
        LinkedHashMap<PeerId, Long> renewed = known == null ? new LinkedHashMap<>(2) : known;
        keys.put(name, renewed);
        Provider provider = providers.computeIfAbsent(peer, id -> new Provider());
        provider.addresses = List.copyOf(addresses);
        provider.told = now;
        if (renewed.remove(peer) == null) {
            entries++;
            provider.keys++;
        }
        renewed.put(peer, now);
        if (renewed.size() > Limits.PROVIDERS_PER_KEY) {
            dropEldest(renewed);
        }
        while (entries > Limits.PROVIDERS) {
            Map.Entry<ByteBuffer, LinkedHashMap<PeerId, Long>> eldest =
                    keys.entrySet().iterator().next();
            dropEldest(eldest.getValue());
            if (eldest.getValue().isEmpty()) {
                keys.remove(eldest.getKey());
            }
        }
    }

    private void dropEldest(LinkedHashMap<PeerId, Long> of) {
        PeerId eldest = of.keySet().iterator().next();
        of.remove(eldest);
        dropped(eldest);
    }

    private void dropped(PeerId peer) {
        entries--;
        providers.computeIfPresent(peer, (id, provider) -> --provider.keys == 0 ? null : provider);
    }

    /** The providers of a key that were renewed last, with the addresses that are still believed. */
    List<PeerAddresses> get(byte[] key, long now) {
        List<PeerAddresses> found = new ArrayList<>();
        keys.getOrDefault(ByteBuffer.wrap(key), new LinkedHashMap<>()).forEach((peer, since) -> {
            if (!isOver(since, now)) {
                found.add(new PeerAddresses(peer, addresses(peer, now)));
            }
        });
        Collections.reverse(found);
        return found.subList(0, Math.min(found.size(), Limits.PROVIDERS_TOLD));
    }

    private List<Multiaddr> addresses(PeerId peer, long now) {
        Provider provider = providers.get(peer);
        if (provider == null || now - provider.told > Limits.PROVIDER_ADDRESS_TTL.toNanos()) {
            return List.of();
        }
        return provider.addresses;
    }

    /** Forgets what was not renewed in time. */
    void expire(long now) {
        keys.values().removeIf(of -> {
            of.entrySet().removeIf(entry -> {
                boolean over = isOver(entry.getValue(), now);
                if (over) {
                    dropped(entry.getKey());
                }
                return over;
            });
            return of.isEmpty();
        });
    }

    private static boolean isOver(long since, long now) {
        return now - since > Limits.PROVIDER_TTL.toNanos();
    }

    /** Pairs of a key and a provider. */
    int size() {
        return entries;
    }

    /** Different peers. */
    int peers() {
        return providers.size();
    }
}
