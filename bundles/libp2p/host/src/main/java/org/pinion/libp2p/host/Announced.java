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
package org.pinion.libp2p.host;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.libp2p.host.swarm.Addresses;

/** The addresses that a host tells. Listing the network interfaces costs, so the answer is kept for a while. Thread-safe. */
final class Announced {
    private static final long KEEP_NANOS = Duration.ofSeconds(10).toNanos();

    private final List<Multiaddr> announce;
    private final List<Multiaddr> noAnnounce;
    private final Supplier<List<Multiaddr>> bound;
    private final Supplier<List<Multiaddr>> observed;
    private List<Multiaddr> known = List.of();
    private long knownNanos;

    Announced(
            List<Multiaddr> announce,
            List<Multiaddr> noAnnounce,
            Supplier<List<Multiaddr>> bound,
            Supplier<List<Multiaddr>> observed) {
        this.announce = announce;
        this.noAnnounce = noAnnounce;
        this.bound = bound;
        this.observed = observed;
    }

    /** Forgets what is kept: something changed. */
    synchronized void changed() {
        known = List.of();
    }

    synchronized List<Multiaddr> addresses() {
        long now = System.nanoTime();
        if (known.isEmpty() || now - knownNanos > KEEP_NANOS) {
            Set<Multiaddr> all = new LinkedHashSet<>();
            if (announce.isEmpty()) {
                all.addAll(Addresses.expand(bound.get()));
                all.addAll(observed.get());
            }
            announce.forEach(address -> all.add(address.withoutPeerId()));
            all.removeIf(this::isHidden);
            known = List.copyOf(all);
            knownNanos = now;
        }
        return known;
    }

    private boolean isHidden(Multiaddr address) {
        return noAnnounce.stream()
                .anyMatch(hidden -> Addresses.isNetwork(hidden)
                        ? Addresses.isInside(address, hidden)
                        : address.equals(hidden.withoutPeerId()));
    }
}
