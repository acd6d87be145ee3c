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

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Metric;
import org.pinion.spi.allocator.AllocationRequest;

/** The worked examples of the reference, and what follows from them. */
class BalancedAllocatorTest {
    private final Map<PeerId, Map<String, Metric>> peers = new LinkedHashMap<>();

    @Test
    void withoutSettingsItAllocatesByGroupAndFreeSpace() {
        assertThat(new BalancedAllocator(Map.of()).metrics()).containsExactly("tag:group", "freespace");
        assertThat(BalancedAllocator.allocateBy(Map.of("allocate.by", new String[0])))
                .containsExactly("tag:group", "freespace");
    }

    @Test
    void changedSettingsAreTakenWithoutARestart() {
        BalancedAllocator allocator = new BalancedAllocator(Map.of());
        allocator.modified(Map.of("allocate.by", new String[] {"pinqueue"}));
        assertThat(allocator.metrics()).containsExactly("pinqueue");
    }

    @Test
    void oneGroupIsOrderedByFreeSpace() {
        tagged(1, "group", "a").free(100);
        tagged(2, "group", "a").free(500);
        tagged(3, "group", "a").free(300);
        tagged(4, "group", "a").free(50);
        assertThat(allocate("tag:group", "freespace")).containsExactly(2, 3, 1, 4);
    }

    @Test
    void groupsTakeTurnsTheHeaviestFirst() {
        tagged(1, "group", "a").free(100);
        tagged(2, "group", "a").free(500);
        tagged(3, "group", "b").free(300);
        tagged(4, "group", "b").free(50);
        assertThat(allocate("tag:group", "freespace")).containsExactly(2, 3, 1, 4);
    }

    @Test
    void equalQueuesAreOrderedByWhatIsBelowThem() {
        tagged(1, "group", "a").weighed("pinqueue", "0", 0).free(100);
        tagged(2, "group", "a").weighed("pinqueue", "50", 0).free(500);
        tagged(3, "group", "a").weighed("pinqueue", "250000", -2).free(300);
        tagged(4, "group", "a").weighed("pinqueue", "120000", -1).free(50);
        assertThat(allocate("tag:group", "pinqueue", "freespace")).containsExactly(2, 1, 4, 3);
    }

    @Test
    void equalWeightsAreOrderedByTheValuesText() {
        peer(1).weighed("numpin", "10", 0);
        peer(2).weighed("numpin", "9", 0);
        peer(3).weighed("numpin", "100", 0);
        peer(4).weighed("numpin", "2", 0);
        assertThat(allocate("numpin")).containsExactly(1, 3, 4, 2);
    }

    @Test
    void preferredPeersComeFirstInTheirOwnOrder() {
        peer(1).free(100);
        peer(2).free(500);
        peer(3).free(300);
        peer(4).free(50);
        assertThat(allocate(Set.of(1, 4), "freespace")).containsExactly(1, 4, 2, 3);
    }

    @Test
    void nestedTagsTakeTurnsOnEveryLevel() {
        tagged(1, "region", "eu").tag("az", "a").free(10);
        tagged(2, "region", "eu").tag("az", "a").free(20);
        tagged(3, "region", "eu").tag("az", "b").free(30);
        tagged(4, "region", "us").tag("az", "c").free(25);
        tagged(5, "region", "us").tag("az", "d").free(5);
        tagged(6, "region", "ap").tag("az", "e").free(100);
        assertThat(allocate("tag:region", "tag:az", "freespace")).containsExactly(6, 2, 4, 3, 5, 1);
    }

    @Test
    void peersWithoutOneOfTheMetricsNeverAppear() {
        tagged(1, "group", "a").free(100);
        peer(2).free(500);
        assertThat(allocate("tag:group", "freespace")).containsExactly(1);
    }

    @Test
    void peersThatAreEqualInEverythingShareTheFirstPlaceOverManyContents() {
        IntStream.rangeClosed(1, 4).forEach(n -> tagged(n, "group", "a"));
        Set<Integer> first = new TreeSet<>();
        for (int content = 0; content < 100; content++) {
            first.add(allocate(cid("content " + content), Set.of(), "tag:group").get(0));
        }
        assertThat(first).containsExactly(1, 2, 3, 4);
    }

    @Test
    void theSamePeersForTheSameContentComeInTheSameOrder() {
        IntStream.rangeClosed(1, 8).forEach(n -> tagged(n, "group", "a"));
        assertThat(allocate("tag:group")).isEqualTo(allocate("tag:group"));
    }

    private Builder peer(int number) {
        return new Builder(number);
    }

    private Builder tagged(int number, String tag, String value) {
        return new Builder(number).tag(tag, value);
    }

    private List<Integer> allocate(String... by) {
        return allocate(Set.of(), by);
    }

    private List<Integer> allocate(Set<Integer> preferred, String... by) {
        return allocate(cid("content"), preferred, by);
    }

    private List<Integer> allocate(Cid cid, Set<Integer> preferred, String... by) {
        Map<PeerId, Map<String, Metric>> wanted = new HashMap<>(peers);
        Map<PeerId, Map<String, Metric>> others = new HashMap<>(peers);
        Set<PeerId> ids = preferred.stream().map(BalancedAllocatorTest::id).collect(Collectors.toSet());
        wanted.keySet().retainAll(ids);
        others.keySet().removeAll(ids);
        AllocationRequest request = new AllocationRequest(cid, wanted, others, List.of());
        return new BalancedAllocator(Map.of("allocate.by", by))
                .allocate(request).stream().map(BalancedAllocatorTest::number).toList();
    }

    private static Cid cid(String content) {
        return Cid.v1(Cid.RAW, Multihash.sha256(content.getBytes(StandardCharsets.UTF_8)));
    }

    private static PeerId id(int number) {
        byte[] bytes = new byte[34];
        bytes[0] = 0x12;
        bytes[1] = 32;
        Arrays.fill(bytes, 2, 34, (byte) number);
        return PeerId.ofBytes(bytes);
    }

    private static int number(PeerId id) {
        return id.bytes()[33];
    }

    private final class Builder {
        private final PeerId id;
        private final Map<String, Metric> metrics;

        Builder(int number) {
            id = id(number);
            metrics = peers.computeIfAbsent(id, unused -> new HashMap<>());
        }

        Builder tag(String name, String value) {
            metrics.put("tag:" + name, new Metric("tag:" + name, id, value, Long.MAX_VALUE, true, 0, true, 0));
            return this;
        }

        Builder weighed(String name, String value, long weight) {
            metrics.put(name, new Metric(name, id, value, Long.MAX_VALUE, true, weight, false, 0));
            return this;
        }

        Builder free(long bytes) {
            return weighed("freespace", Long.toString(bytes), bytes);
        }
    }
}
