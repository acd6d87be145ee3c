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
package org.pinion.api.restapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.client.ApiException;
import org.pinion.client.BulkResult;
import org.pinion.client.ClusterClient;
import org.pinion.client.ClusterEvent;
import org.pinion.client.EventStream;
import org.pinion.client.Page;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.state.PinQuery;

/** What the Java client has besides the reference's calls, against the real API. */
class ClientListsTest {
    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private RunningApi api;
    private ClusterClient client;

    @BeforeEach
    void open() {
        api = new RunningApi(folder);
        client = api.client();
    }

    @AfterEach
    void close() {
        client.close();
        api.close();
        threads.shutdownNow();
    }

    private static <T> List<T> all(Cursor<T> cursor) {
        List<T> all = new ArrayList<>();
        try (cursor) {
            for (T value = cursor.next(); value != null; value = cursor.next()) {
                all.add(value);
            }
        }
        return all;
    }

    private static Pin pin(int number) {
        PinOptions options = PinOptions.builder()
                .name((number % 2 == 0 ? "even " : "odd & ") + number)
                .metadata(Map.of("third=", Integer.toString(number % 3)))
                .build();
        return Pin.of(MemoryCluster.cid("pin " + number), options);
    }

    /** That many pins, made when they are asked for. */
    private static Cursor<Pin> pins(int count) {
        AtomicInteger next = new AtomicInteger();
        return new Cursor<>() {
            @Override
            public Pin next() {
                int number = next.getAndIncrement();
                return number < count ? pin(number) : null;
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void manyPinsGoWithOneRequestAndComeBackInPages() {
        List<BulkResult> results = all(client.pinAll(pins(5000), threads));
        assertThat(results).hasSize(5000).allMatch(result -> result.error() == null);
        assertThat(results.get(4999).line()).isEqualTo(5000);
        assertThat(results.get(7).pin().options().name()).isEqualTo("odd & 7");

        List<Cid> paged = new ArrayList<>();
        Page page = Page.first(1999);
        for (List<Pin> some = all(client.allocations(PinQuery.ALL, page));
                !some.isEmpty();
                some = all(client.allocations(PinQuery.ALL, page))) {
            some.forEach(pin -> paged.add(pin.cid()));
            page = page.behind(paged.get(paged.size() - 1));
        }
        assertThat(paged).hasSize(5000).isSorted().doesNotHaveDuplicates();

        PinQuery odd = PinQuery.ALL.withNamePrefix("odd & ").withMetadata(Map.of("third=", "1"));
        assertThat(all(client.allocations(odd, Page.ALL)))
                .hasSizeBetween(833, 834)
                .allMatch(pin -> odd.matches(pin));
        assertThat(all(client.statusAll(odd, Page.first(10), "pinned", true)))
                .hasSize(10)
                .allMatch(info -> info.name().startsWith("odd & "));
        assertThat(all(client.allocations(PinQuery.ALL.withName("even 4998"), Page.ALL)))
                .extracting(Pin::cid)
                .containsExactly(pin(4998).cid());

        Cursor<Cid> cids = pins(5000).map(Pin::cid);
        assertThat(all(client.unpinAll(cids, threads))).hasSize(5000).allMatch(result -> result.error() == null);
        assertThat(all(client.allocations(PinQuery.ALL, Page.ALL))).isEmpty();
    }

    @Test
    void everyOptionOfAPinGoesWithMany() {
        PinOptions options = PinOptions.builder()
                .name("a & \u00fc / 100%")
                .replication(1, 3)
                .mode(PinMode.DIRECT)
                .shardSize(-1)
                .userAllocations(List.of(MemoryCluster.SELF))
                .expireAt(TestExecutors.NOW.plusSeconds(90))
                .metadata(Map.of("k&", "v=", "x", ""))
                .pinUpdate(MemoryCluster.cid("old"))
                .origins(List.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/4001/p2p/" + MemoryCluster.NODE)))
                .build();
        Cid cid = MemoryCluster.cid("all options");
        List<BulkResult> results = all(client.pinAll(Cursor.of(List.of(Pin.of(cid, options))), threads));
        assertThat(results).hasSize(1);
        assertThat(results.get(0).error()).isNull();
        assertThat(api.cluster.pins.get(cid).options()).isEqualTo(options);
    }

    @Test
    void oneThatFailsAmongManyIsTold() {
        List<Cid> cids = List.of(MemoryCluster.cid("nobody"));
        BulkResult result = all(client.unpinAll(Cursor.of(cids), threads)).get(0);
        assertThat(result.cid()).isEqualTo(cids.get(0));
        assertThat(result.pin()).isNull();
        assertThat(result.error().code()).isEqualTo(404);
        assertThat(all(client.pinAll(Cursor.empty(), threads))).isEmpty();
    }

    @Test
    void itemsThatCannotBeReadEndTheRequestWithTheirReason() {
        AtomicInteger closed = new AtomicInteger();
        Cursor<Pin> broken = new Cursor<>() {
            private int given;

            @Override
            public Pin next() {
                if (given++ == 3) {
                    throw new IllegalStateException("list is gone");
                }
                return pin(given);
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
        assertThatThrownBy(() -> all(client.pinAll(broken, threads)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("list is gone");
        assertThat(closed).hasValue(1);
    }

    @Test
    void eventsAreReadAndGoneOnWith() {
        String after;
        Pin added = pin(1);
        try (EventStream events = client.events(Set.of("pin_added", "peer_up", "status_changed"), "")) {
            api.api.pinned(added);
            ClusterEvent event = events.next();
            assertThat(event.type()).isEqualTo("pin_added");
            assertThat(event.pin().options()).isEqualTo(added.options());
            assertThat(event.at()).isEqualTo(TestExecutors.NOW);
            api.api.statusChanged(added.cid(), TrackerStatus.PIN_ERROR, "disk", 3);
            assertThat(events.next().status())
                    .isEqualTo(new ClusterEvent.StatusChange(added.cid(), TrackerStatus.PIN_ERROR, "disk", 3));
            after = events.lastId();
            assertThat(after).isNotEmpty();
        }
        api.api.unpinned(added);
        api.api.peerConnected(MemoryCluster.OTHER);
        try (EventStream events = client.events(Set.of(), after)) {
            assertThat(events.next().pin().cid()).isEqualTo(added.cid());
            ClusterEvent up = events.next();
            assertThat(up.type()).isEqualTo("peer_up");
            assertThat(up.peer()).isEqualTo(MemoryCluster.OTHER);
            assertThat(up.id()).isEqualTo(events.lastId());
        }
        try (EventStream events = client.events(Set.of(), "before-1")) {
            ClusterEvent reset = events.next();
            assertThat(reset.type()).isEqualTo("reset");
            assertThat(reset.reason()).contains("read the state again");
        }
        assertThatThrownBy(() -> client.events(Set.of("nothing"), ""))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(400));
    }
}
