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
package org.pinion.itests.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Metric;
import org.pinion.spi.allocator.AllocationRequest;
import org.pinion.spi.allocator.Allocator;

/** What every allocator does, whatever it prefers. */
public abstract class AllocatorContract {
    private static final Cid CONTENT = Cid.v1(Cid.RAW, Multihash.identity(new byte[] {42}));

    /** For an implementation's test. */
    protected AllocatorContract() {}

    /**
     * Makes an allocator.
     *
     * @param section properties with the names that configuration has
     */
    protected abstract Allocator started(Map<String, Object> section) throws Exception;

    @Test
    void needsEachMetricOnce() throws Exception {
        assertThat(started(Map.of()).metrics()).doesNotHaveDuplicates().noneMatch(String::isBlank);
    }

    @Test
    void ranksEveryPeerOnce() throws Exception {
        Allocator allocator = started(Map.of());

        assertThat(allocator.allocate(request(allocator, 0, 12))).containsExactlyInAnyOrderElementsOf(peers(0, 12));
    }

    @Test
    void putsThePreferredPeersFirst() throws Exception {
        Allocator allocator = started(Map.of());
        List<PeerId> order = allocator.allocate(request(allocator, 3, 9));

        assertThat(order.subList(0, 3)).containsExactlyInAnyOrderElementsOf(peers(0, 3));
        assertThat(order.subList(3, 12)).containsExactlyInAnyOrderElementsOf(peers(3, 9));
    }

    @Test
    void givesTheSameAnswerToTheSameQuestion() throws Exception {
        Allocator allocator = started(Map.of());

        assertThat(allocator.allocate(request(allocator, 2, 7)))
                .isEqualTo(allocator.allocate(request(allocator, 2, 7)));
    }

    @Test
    void ranksNobodyWhenNobodyIsThere() throws Exception {
        Allocator allocator = started(Map.of());

        assertThat(allocator.allocate(request(allocator, 0, 0))).isEmpty();
    }

    /** A request with that many peers; each has what the allocator needs, with the peer's number as value and weight. */
    protected static AllocationRequest request(Allocator allocator, int preferred, int candidates) {
        return new AllocationRequest(
                CONTENT, metrics(allocator, 0, preferred), metrics(allocator, preferred, candidates), List.of());
    }

    /** The peers from a number on, as requests have them. */
    protected static List<PeerId> peers(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(number -> PeerId.ofBytes(
                        Multihash.identity(new byte[] {(byte) number}).bytes()))
                .toList();
    }

    private static Map<PeerId, Map<String, Metric>> metrics(Allocator allocator, int first, int count) {
        Map<PeerId, Map<String, Metric>> all = new LinkedHashMap<>();
        int number = first;
        for (PeerId peer : peers(first, count)) {
            Map<String, Metric> own = new LinkedHashMap<>();
            for (String name : allocator.metrics()) {
                own.put(name, new Metric(name, peer, Integer.toString(number), Long.MAX_VALUE, true, number, false, 1));
            }
            all.put(peer, own);
            number++;
        }
        return all;
    }
}
