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

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.PeerId;

class RoutingTableTest {
    private static final KadId SELF = KadId.of(TestPeers.peer(0));

    private final RoutingTable table = new RoutingTable(SELF, 20);

    @Test
    void bucketsAreBoundedAndTheFirstComersStay() {
        List<PeerId> taken = new ArrayList<>();
        for (int i = 1; i <= 2000; i++) {
            if (table.add(TestPeers.peer(i), i)) {
                taken.add(TestPeers.peer(i));
            }
        }
        assertThat(table.peers()).containsExactlyInAnyOrderElementsOf(taken).hasSize(table.size());
        assertThat(IntStream.rangeClosed(0, KadId.BITS).map(table::size)).allMatch(size -> size <= 20);
        assertThat(table.size(0)).isEqualTo(20);
        assertThat(table.size(3)).isEqualTo(20);
        assertThat(taken).contains(TestPeers.peer(1), TestPeers.peer(2), TestPeers.peer(3));
        assertThat(table.lastBucket()).isBetween(5, RoutingTable.DEEPEST_REFRESHED);
    }

    @Test
    void removedPeerMakesRoom() {
        for (int i = 1; table.size(0) < 20; i++) {
            table.add(TestPeers.peer(i), 0);
        }
        PeerId late = IntStream.iterate(10_000, i -> i + 1)
                .mapToObj(TestPeers::peer)
                .filter(peer -> SELF.commonPrefix(KadId.of(peer)) == 0)
                .findFirst()
                .orElseThrow();
        assertThat(table.wants(late)).isFalse();
        assertThat(table.add(late, 0)).isFalse();
        PeerId first = table.peers().stream()
                .filter(peer -> SELF.commonPrefix(KadId.of(peer)) == 0)
                .findFirst()
                .orElseThrow();
        assertThat(table.remove(first)).isTrue();
        assertThat(table.remove(first)).isFalse();
        assertThat(table.add(late, 0)).isTrue();
    }

    @Test
    void nearestAreInOrderOfDistance() {
        for (int i = 1; i <= 300; i++) {
            table.add(TestPeers.peer(i), 0);
        }
        KadId target = KadId.of(TestPeers.peer(77));
        List<PeerId> nearest = table.nearest(target, 20);
        List<PeerId> expected = table.peers().stream()
                .sorted(Comparator.comparing(KadId::of, target::compareDistance))
                .limit(20)
                .toList();
        assertThat(nearest).isEqualTo(expected);
    }

    @Test
    void silentPeersAreThoseThatDidNotAnswerForLong() {
        table.add(TestPeers.peer(1), 0);
        table.add(TestPeers.peer(2), 0);
        table.add(TestPeers.peer(2), Duration.ofMinutes(5).toNanos());
        long now = Duration.ofMinutes(6).toNanos();
        assertThat(table.silent(now, Duration.ofMinutes(2))).containsExactly(TestPeers.peer(1));
        assertThat(table.silent(now, Duration.ofMinutes(6))).isEmpty();
    }

    @Test
    void weAreNeverInOurTable() {
        assertThat(table.add(TestPeers.peer(0), 0)).isFalse();
        assertThat(table.lastBucket()).isEqualTo(-1);
    }

    @Test
    void distanceIsSymmetricAndZeroOnlyToItself() {
        KadId a = KadId.of(TestPeers.peer(1));
        KadId b = KadId.of(TestPeers.peer(2));
        assertThat(a.commonPrefix(b)).isEqualTo(b.commonPrefix(a)).isLessThan(KadId.BITS);
        assertThat(a.commonPrefix(KadId.of(TestPeers.peer(1)))).isEqualTo(KadId.BITS);
        assertThat(a.compareDistance(a, b)).isNegative();
        assertThat(a.compareDistance(b, a)).isPositive();
        assertThat(a.compareDistance(b, b)).isZero();
    }
}
