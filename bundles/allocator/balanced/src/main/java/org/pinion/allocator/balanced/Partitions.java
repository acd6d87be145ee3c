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
package org.pinion.allocator.balanced;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Metric;

/**
 * The peers of one level, split by the value of one metric, with a cursor that goes round. Built for one allocation,
 * one thread.
 */
final class Partitions {
    private final List<Partition> partitions;
    private int cursor;

    private Partitions(List<Partition> partitions) {
        this.partitions = partitions;
    }

    /** Adds the peers of {@code metrics} to {@code order}, best first; peers without all the metrics are left out. */
    static void order(Cid cid, Map<PeerId, Map<String, Metric>> metrics, List<String> names, List<PeerId> order) {
        List<PeerId> complete = metrics.entrySet().stream()
                .filter(peer -> peer.getValue().keySet().containsAll(names))
                .map(Map.Entry::getKey)
                .sorted(spread(cid))
                .toList();
        Partitions root = of(complete, metrics, names);
        PeerId next = root.take();
        while (next != null) {
            order.add(next);
            next = root.take();
        }
    }

    /** Equal peers come in another order for every CID, so that pins do not pile up on one of them. */
    private static Comparator<PeerId> spread(Cid cid) {
        int seed = cid.hashCode();
        Comparator<PeerId> byMixedHash = Comparator.comparingInt(peer -> mix(seed ^ Arrays.hashCode(peer.bytes())));
        return byMixedHash.thenComparing(Comparator.naturalOrder());
    }

    private static int mix(int value) {
        int mixed = (value ^ (value >>> 16)) * 0x7feb352d;
        mixed = (mixed ^ (mixed >>> 15)) * 0x846ca68b;
        return mixed ^ (mixed >>> 16);
    }

    private static Partitions of(
            Collection<PeerId> peers, Map<PeerId, Map<String, Metric>> metrics, List<String> names) {
        String name = names.get(0);
        List<String> deeper = names.subList(1, names.size());
        Map<String, Group> groups = new LinkedHashMap<>();
        for (PeerId peer : peers) {
            Metric metric = metric(metrics, peer, name);
            String key = metric.partitionable() ? metric.value() : metric.value() + "\n" + peer;
            groups.computeIfAbsent(key, unused -> new Group(metric.value())).add(peer, metric.weight());
        }
        List<Partition> partitions = new ArrayList<>(groups.size());
        for (Group group : groups.values()) {
            @Nullable Partitions sub = deeper.isEmpty() ? null : of(group.peers, metrics, deeper);
            long aggregate = sub == null ? group.weight : group.weight + sub.aggregate();
            partitions.add(new Partition(group.value, group.weight, aggregate, new ArrayDeque<>(group.peers), sub));
        }
        partitions.sort(Partition.HEAVIEST_FIRST);
        return new Partitions(partitions);
    }

    private static Metric metric(Map<PeerId, Map<String, Metric>> metrics, PeerId peer, String name) {
        Metric metric = metrics.getOrDefault(peer, new HashMap<>()).get(name);
        if (metric == null) {
            throw new IllegalStateException("peer " + peer + " has no metric " + name);
        }
        return metric;
    }

    private long aggregate() {
        return partitions.stream().mapToLong(Partition::aggregate).sum();
    }

    /** One peer of the partition under the cursor, which goes on to the next; null when a whole turn found none. */
    private @Nullable PeerId take() {
        for (int tried = 0; tried < partitions.size(); tried++) {
            PeerId peer = partitions.get(cursor).take();
            cursor = (cursor + 1) % partitions.size();
            if (peer != null) {
                return peer;
            }
        }
        return null;
    }

    private static final class Group {
        private final String value;
        private final List<PeerId> peers = new ArrayList<>();
        private long weight;

        Group(String value) {
            this.value = value;
        }

        void add(PeerId peer, long itsWeight) {
            peers.add(peer);
            weight += itsWeight;
        }
    }

    private record Partition(
            String value,
            long weight,
            long aggregate,
            Queue<PeerId> peers,
            @Nullable Partitions sub) {
        static final Comparator<Partition> HEAVIEST_FIRST = Comparator.comparingLong(Partition::weight)
                .thenComparingLong(Partition::aggregate)
                .reversed()
                .thenComparing(Partition::value);

        @Nullable
        PeerId take() {
            return sub == null ? peers.poll() : sub.take();
        }
    }
}
