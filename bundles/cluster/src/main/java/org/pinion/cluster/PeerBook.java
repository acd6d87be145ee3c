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

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the members of the cluster are, in the order in which they are dialled; and the lines of the peerstore file. No
 * I/O; not for several threads.
 *
 * @spec cluster logic "Peerstore manager", service "Peerstore file"
 */
final class PeerBook {
    /** Priority of peers that are configured. */
    static final int BEST = 0;
    /** Priority of peers that could not be reached. */
    static final int WORST = 9999;

    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");
    private static final int MAX_PEERS = 10_000;

    private final PeerId self;
    private final Predicate<PeerId> trusted;
    private final Map<PeerId, Entry> entries = new LinkedHashMap<>();

    private static final class Entry {
        private final Set<Multiaddr> addresses = new LinkedHashSet<>();
        private int priority;

        private Entry(int priority) {
            this.priority = priority;
        }

        private int priority() {
            return priority;
        }
    }

    /**
     * An empty book.
     *
     * @param trusted whose peers go first
     */
    PeerBook(PeerId self, Predicate<PeerId> trusted) {
        this.self = self;
        this.trusted = trusted;
    }

    /** Takes an address that ends in {@code /p2p/<id>}; this peer's own and further peers beyond the limit are ignored. */
    void add(Multiaddr address, int priority) {
        PeerId peer = address.peerId().orElse(null);
        if (peer == null) {
            LOG.error("peer address {} is not used: it does not end in /p2p/<peer id>", address);
            return;
        }
        if (peer.equals(self) || (entries.size() >= MAX_PEERS && !entries.containsKey(peer))) {
            return;
        }
        Entry entry = entries.computeIfAbsent(peer, key -> new Entry(priority));
        entry.priority = Math.min(entry.priority, priority);
        entry.addresses.add(address.withoutPeerId());
    }

    /** The addresses of a peerstore file, in order; what does not start with a slash is ignored. */
    static List<Multiaddr> parse(List<String> lines) {
        List<Multiaddr> addresses = new ArrayList<>();
        for (String line : lines) {
            String text = line.strip();
            if (!text.startsWith("/")) {
                continue;
            }
            try {
                addresses.add(Multiaddr.parse(text));
            } catch (IllegalArgumentException e) {
                LOG.error("error parsing multiaddress from peerstore: {}", e.getMessage());
            }
        }
        return addresses;
    }

    /** All peers, the trusted ones first, then the best. */
    List<PeerId> peers() {
        return entries.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<PeerId, Entry> entry) -> !trusted.test(entry.getKey()))
                        .thenComparingInt(entry -> entry.getValue().priority()))
                .map(Map.Entry::getKey)
                .toList();
    }

    boolean contains(PeerId peer) {
        return entries.containsKey(peer);
    }

    /** Addresses of a peer, without {@code /p2p}. */
    List<Multiaddr> addresses(PeerId peer) {
        Entry entry = entries.get(peer);
        return entry == null ? List.of() : List.copyOf(entry.addresses);
    }

    /** A peer could not be reached: it goes behind the others. */
    void failed(PeerId peer) {
        Entry entry = entries.get(peer);
        if (entry != null && entry.priority != BEST) {
            entry.priority = WORST;
        }
    }

    /** A peer told where it listens: that is what counts. */
    void replace(PeerId peer, Collection<Multiaddr> addresses) {
        if (peer.equals(self) || addresses.isEmpty() || (entries.size() >= MAX_PEERS && !entries.containsKey(peer))) {
            return;
        }
        Entry entry = entries.computeIfAbsent(peer, key -> new Entry(WORST - 1));
        List<Multiaddr> names = entry.addresses.stream().filter(PeerBook::isDns).toList();
        entry.addresses.clear();
        entry.addresses.addAll(names);
        addresses.forEach(address -> entry.addresses.add(address.withoutPeerId()));
    }

    /** The lines of the peerstore file: names instead of numbers where a peer has any. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        peers().forEach(peer -> lines.addAll(lines(peer, addresses(peer))));
        return lines;
    }

    /** The lines of one peer. */
    static Collection<String> lines(PeerId peer, Collection<Multiaddr> addresses) {
        boolean named = addresses.stream().anyMatch(PeerBook::isDns);
        TreeSet<String> sorted = new TreeSet<>();
        addresses.stream()
                .filter(address -> !named || isDns(address))
                .forEach(address -> sorted.add(address.withPeerId(peer).toString()));
        return sorted;
    }

    private static boolean isDns(Multiaddr address) {
        return !address.isEmpty()
                && address.components().get(0).protocol().text().startsWith("dns");
    }
}
