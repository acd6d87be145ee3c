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
package org.pinion.monitor.pubsubmon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Metric;

class MetricStoreTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final MetricStore store = new MetricStore(new MetricStore.Bounds(8, 8, 4, 1 << 20));

    @Test
    void latestOfEachPeerIsSortedByPeerAndLeavesOutInvalidAndExpiredOnes() {
        store.add(metric("ping", 2, 10, true));
        store.add(metric("ping", 1, 10, true));
        store.add(metric("ping", 3, 10, false));
        store.add(metric("ping", 4, 1, true));

        assertThat(store.latest("ping", START.plusSeconds(5)))
                .extracting(Metric::peer)
                .containsExactly(peer(1), peer(2));
        assertThat(store.latest("ping", peer(4))).isPresent();
        assertThat(store.latest("nothing", START)).isEmpty();
    }

    @Test
    void theLast25OfAPeerAreKeptNewestFirst() {
        IntStream.range(0, 40).forEach(i -> store.add(metric("ping", 1, i, true)));

        List<Metric> history = store.history("ping", peer(1));
        assertThat(history).hasSize(25);
        assertThat(history.get(0)).isEqualTo(metric("ping", 1, 39, true));
        assertThat(history.get(24)).isEqualTo(metric("ping", 1, 15, true));
    }

    @Test
    void expiredMetricIsReportedOnceUntilAValidOneComes() {
        store.add(metric("ping", 1, 10, true));
        store.add(metric("ping", 2, 1000, true));

        assertThat(store.expired(START.plusSeconds(10))).isEmpty();
        assertThat(store.expired(START.plusSeconds(11)))
                .extracting(Metric::peer)
                .containsExactly(peer(1));
        assertThat(store.expired(START.plusSeconds(12))).isEmpty();

        store.add(metric("ping", 1, 20, true));
        assertThat(store.expired(START.plusSeconds(15))).isEmpty();
        assertThat(store.expired(START.plusSeconds(21))).hasSize(1);
    }

    @Test
    void expiredMetricIsReportedAgainAfter300Rounds() {
        store.add(metric("ping", 1, 10, true));
        Instant late = START.plusSeconds(100);

        assertThat(store.expired(late)).hasSize(1);
        IntStream.range(1, 300).forEach(round -> assertThat(store.expired(late)).isEmpty());
        assertThat(store.expired(late)).hasSize(1);
    }

    @Test
    void namesAndPeersAreBounded() {
        IntStream.range(0, 8)
                .forEach(
                        i -> assertThat(store.add(metric("m" + i, 1, 10, true))).isTrue());
        assertThat(store.add(metric("m8", 1, 10, true))).isFalse();
        assertThat(store.names()).hasSize(8);

        IntStream.range(1, 7).forEach(i -> store.add(metric("m0", i, 100 + i, true)));
        assertThat(store.latest("m0", START))
                .extracting(Metric::peer)
                .containsExactlyInAnyOrder(peer(3), peer(4), peer(5), peer(6));
    }

    @Test
    void onePeerCannotTakeAllNames() {
        MetricStore few = new MetricStore(new MetricStore.Bounds(100, 3, 10, 1 << 20));
        IntStream.range(0, 10).forEach(i -> few.add(metric("m" + i, 1, 10, true)));
        assertThat(few.names()).containsExactly("m0", "m1", "m2");
        assertThat(few.add(metric("m9", 2, 10, true))).isTrue();
    }

    @Test
    void beyondTheBytesEarlierMetricsGoFirstAndThenThePeersThatExpireFirst() {
        MetricStore small = new MetricStore(new MetricStore.Bounds(100, 100, 1000, 10_000));
        IntStream.range(0, 100).forEach(i -> small.add(metric("ping", 1 + i % 2, 50 + i, true)));
        assertThat(small.latest("ping", START)).hasSize(2);
        assertThat(small.history("ping", peer(1))).hasSizeLessThan(25);

        IntStream.range(1, 100).forEach(i -> small.add(metric("ping", i, 1000 + i, true)));
        assertThat(small.latest("ping", START)).hasSizeBetween(10, 40).last().isEqualTo(metric("ping", 99, 1099, true));
    }

    @Test
    void whatIsOverForADayIsForgotten() {
        store.add(metric("ping", 1, 10, true));
        store.add(metric("tag:x", 1, 200_000, true));
        store.forget(START.plus(MetricStore.MEMORY));
        assertThat(store.names()).containsExactly("ping", "tag:x");
        store.forget(START.plus(MetricStore.MEMORY).plusSeconds(11));
        assertThat(store.names()).containsExactly("tag:x");
        assertThat(store.latest("ping", peer(1))).isEmpty();
        assertThat(store.expired(START.plus(MetricStore.MEMORY).plusSeconds(11)))
                .isEmpty();
    }

    private static Metric metric(String name, int peer, long ttlSeconds, boolean valid) {
        return new Metric(name, peer(peer), "", Metric.unixNanos(START.plusSeconds(ttlSeconds)), valid, 0, false, 0);
    }

    private static PeerId peer(int number) {
        return PeerId.ofBytes(Multihash.identity(new byte[] {(byte) number}).bytes());
    }
}
