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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Metric;
import org.pinion.spi.allocator.AllocationRequest;

/**
 * Which peers get a pin. Pure.
 *
 * @spec cluster logic "Allocation"
 */
final class Allocation {
    private Allocation() {}

    /**
     * What is asked for.
     *
     * @param cid the content
     * @param min fewest copies, or -1
     * @param max most copies, or -1
     * @param current peers that hold it, in the order of the stored pin
     * @param preferred peers that the user asked for
     * @param metrics peers that may hold it, each with exactly one metric for every name the allocator needs
     */
    record Request(
            Cid cid,
            int min,
            int max,
            List<PeerId> current,
            Set<PeerId> preferred,
            Map<PeerId, Map<String, Metric>> metrics) {}

    /**
     * The peers with one metric for every name.
     *
     * @param names what the allocator needs
     * @param latest the latest usable metrics by name
     * @param allowed which peers may hold the pin
     */
    static Map<PeerId, Map<String, Metric>> complete(
            List<String> names, Function<String, List<Metric>> latest, Predicate<PeerId> allowed) {
        Map<PeerId, Map<String, Metric>> byPeer = new LinkedHashMap<>();
        for (String name : names) {
            for (Metric metric : latest.apply(name)) {
                if (allowed.test(metric.peer())) {
                    byPeer.computeIfAbsent(metric.peer(), peer -> new LinkedHashMap<>())
                            .put(name, metric);
                }
            }
        }
        long needed = names.stream().distinct().count();
        byPeer.values().removeIf(metrics -> metrics.size() != needed);
        return byPeer;
    }

    /**
     * The allocations; empty = everywhere.
     *
     * @param rank orders the peers of a request, best first
     * @throws ClusterException NOT_ENOUGH_PEERS with the reference's text
     */
    static List<PeerId> of(Request request, Function<AllocationRequest, List<PeerId>> rank) {
        if (request.min + request.max == 0) {
            throw new ClusterException(
                    ErrorCode.INTERNAL, "bad replication factors: " + request.min + "/" + request.max);
        }
        if (request.min < 0 && request.max < 0) {
            return List.of();
        }
        List<PeerId> valid =
                request.current.stream().filter(request.metrics::containsKey).toList();
        int needed = request.min - valid.size();
        int wanted = request.max - valid.size();
        if (wanted < 0) {
            return List.copyOf(valid.subList(0, request.max));
        }
        if (needed <= 0) {
            return request.current;
        }
        Map<PeerId, Map<String, Metric>> preferred = new LinkedHashMap<>();
        Map<PeerId, Map<String, Metric>> candidates = new LinkedHashMap<>();
        request.metrics.forEach((peer, metrics) -> {
            if (!request.current.contains(peer)) {
                (request.preferred.contains(peer) ? preferred : candidates).put(peer, metrics);
            }
        });
        int available = preferred.size() + candidates.size();
        if (available < needed) {
            throw notEnough(needed, wanted, available);
        }
        List<PeerId> ranked = rank.apply(new AllocationRequest(request.cid, preferred, candidates, valid));
        if (ranked.size() < needed) {
            throw notEnough(needed, wanted, ranked.size());
        }
        List<PeerId> result = new ArrayList<>(valid);
        result.addAll(ranked.subList(0, Math.min(wanted, ranked.size())));
        return List.copyOf(result);
    }

    private static ClusterException notEnough(int needed, int wanted, int available) {
        return new ClusterException(
                ErrorCode.NOT_ENOUGH_PEERS,
                "not enough peers to allocate CID. Needed at least: " + needed + ". Wanted at most: " + wanted
                        + ". Available candidates: " + available + ". See logs for more info.");
    }
}
