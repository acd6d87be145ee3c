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

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Peers that answered, in buckets by the number of leading bits that they share with us. A full bucket takes no more:
 * peers that have long been there are the likeliest to stay. No clock, no I/O; one thread.
 *
 * @spec libp2p "Kademlia DHT", routing table
 */
final class RoutingTable {
    /** Deeper buckets are too small a part of the key space to look for peers in it. */
    static final int DEEPEST_REFRESHED = 15;

    private static final class Entry {
        private final KadId point;
        private long answered;

        Entry(KadId point, long answered) {
            this.point = point;
            this.answered = answered;
        }
    }

    private final KadId self;
    private final int bucketSize;
    private final Map<PeerId, Entry> entries = new HashMap<>();
    private final int[] sizes = new int[KadId.BITS + 1];

    RoutingTable(KadId self, int bucketSize) {
        this.self = self;
        this.bucketSize = bucketSize;
    }

    boolean contains(PeerId peer) {
        return entries.containsKey(peer);
    }

    /** True if {@link #add} would take the peer in. */
    boolean wants(PeerId peer) {
        int bucket = self.commonPrefix(KadId.of(peer));
        return bucket < KadId.BITS && sizes[bucket] < bucketSize && !contains(peer);
    }

    /** Takes in a peer that answered; true if it is new. One that is there already is noted as alive. */
    boolean add(PeerId peer, long now) {
        Entry known = entries.get(peer);
        if (known != null) {
            known.answered = now;
            return false;
        }
        if (!wants(peer)) {
            return false;
        }
        KadId point = KadId.of(peer);
        entries.put(peer, new Entry(point, now));
        sizes[self.commonPrefix(point)]++;
        return true;
    }

    /** True if the peer was there. */
    boolean remove(PeerId peer) {
        Entry gone = entries.remove(peer);
        if (gone != null) {
            sizes[self.commonPrefix(gone.point)]--;
        }
        return gone != null;
    }

    /** The peers nearest to a point, the nearest first. */
    List<PeerId> nearest(KadId target, int count) {
        return entries.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getValue().point, target::compareDistance))
                .limit(count)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Peers that did not answer for so long. */
    List<PeerId> silent(long now, Duration age) {
        List<PeerId> silent = new ArrayList<>();
        entries.forEach((peer, entry) -> {
            if (now - entry.answered > age.toNanos()) {
                silent.add(peer);
            }
        });
        return silent;
    }

    Set<PeerId> peers() {
        return Set.copyOf(entries.keySet());
    }

    int size() {
        return entries.size();
    }

    /** How many peers share exactly so many leading bits with us. */
    int size(int bucket) {
        return sizes[bucket];
    }

    /** The last bucket that is worth a refresh; -1 for an empty table. */
    int lastBucket() {
        for (int bucket = DEEPEST_REFRESHED; bucket >= 0; bucket--) {
            if (sizes[bucket] > 0) {
                return bucket;
            }
        }
        return -1;
    }
}
