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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.cluster.Fakes.cid;
import static org.pinion.cluster.Fakes.peer;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Metric;

class AllocationTest {
    /** Peers 1 to 5; the higher the number, the more space. */
    private static final int[] ALL = {1, 2, 3, 4, 5};

    @Test
    void everywhereNeedsNoAllocations() {
        assertThat(allocate(-1, -1, List.of(), Set.of(), ALL)).isEmpty();
    }

    @Test
    void newPinGetsAsManyAsWantedBestFirst() {
        assertThat(allocate(1, 2, List.of(), Set.of(), ALL)).containsExactly(peer(5), peer(4));
    }

    @Test
    void fewerThanMaxButAtLeastMinIsEnough() {
        assertThat(allocate(1, 9, List.of(), Set.of(), 1, 2)).containsExactly(peer(2), peer(1));
    }

    @Test
    void askedForPeersComeFirstInTheAllocatorsOrder() {
        assertThat(allocate(3, 3, List.of(), Set.of(peer(1), peer(2)), ALL)).containsExactly(peer(2), peer(1), peer(5));
        assertThat(allocate(1, 1, List.of(), Set.of(peer(1), peer(2)), ALL)).containsExactly(peer(2));
    }

    @Test
    void holdersStayWhileThereAreEnoughDeadOnesIncluded() {
        List<PeerId> current = List.of(peer(9), peer(1), peer(2));
        assertThat(allocate(2, 3, current, Set.of(), ALL)).isEqualTo(current);
    }

    @Test
    void holdersAreFilledUpToMaxWhenThereAreTooFew() {
        assertThat(allocate(2, 4, List.of(peer(9), peer(1)), Set.of(), ALL))
                .containsExactly(peer(1), peer(5), peer(4), peer(3));
    }

    @Test
    void tooManyHoldersAreCutToMax() {
        List<PeerId> current = List.of(peer(3), peer(1), peer(9), peer(2));
        assertThat(allocate(1, 2, current, Set.of(), ALL)).containsExactly(peer(3), peer(1));
    }

    @Test
    void tooFewCandidatesAreRefusedWithTheReferencesText() {
        assertThatThrownBy(() -> allocate(4, 5, List.of(), Set.of(), 1, 2, 3))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_ENOUGH_PEERS))
                .hasMessage("not enough peers to allocate CID. Needed at least: 4. Wanted at most: 5. "
                        + "Available candidates: 3. See logs for more info.");
    }

    @Test
    void peersWithoutOneOfTheMetricsAreNoCandidates() {
        Map<String, List<Metric>> latest = Map.of(
                "tag:group", List.of(metric("tag:group", 1), metric("tag:group", 2)),
                "freespace", List.of(metric("freespace", 2), metric("freespace", 3)));
        assertThat(Allocation.complete(List.of("tag:group", "freespace"), latest::get, peer -> true))
                .containsOnlyKeys(peer(2));
        assertThat(Allocation.complete(List.of("freespace"), latest::get, peer -> !peer.equals(peer(2))))
                .containsOnlyKeys(peer(3));
    }

    private static List<PeerId> allocate(
            int min, int max, List<PeerId> current, Set<PeerId> preferred, int... available) {
        Map<PeerId, Map<String, Metric>> metrics = new LinkedHashMap<>();
        Arrays.stream(available)
                .forEach(number -> metrics.put(peer(number), Map.of("freespace", metric("freespace", number))));
        Allocation.Request request = new Allocation.Request(cid(1), min, max, current, preferred, metrics);
        return Allocation.of(request, new Fakes.ByWeight()::allocate);
    }

    private static Metric metric(String name, int number) {
        return new Metric(name, peer(number), "", Long.MAX_VALUE, true, number, false, 0);
    }
}
