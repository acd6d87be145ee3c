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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.client.ApiException;
import org.pinion.client.ClientSettings;
import org.pinion.client.ClusterClient;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.adder.AddOutput.Added;
import org.pinion.spi.adder.AddParams;
import org.pinion.spi.adder.AddSource;

/** The Java client against the real API. */
class ClientTest {
    private static final Cid CID = Cid.parse("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N");

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private RunningApi api;

    @BeforeEach
    void open() {
        api = new RunningApi(folder);
    }

    @AfterEach
    void close() {
        api.close();
        threads.shutdownNow();
    }

    @Test
    void readsBackEveryRecord() {
        for (Multiaddr address : List.of(api.tcp(), api.unix())) {
            try (ClusterClient client = new ClusterClient(ClientSettings.of(address))) {
                assertThat(client.id())
                        .isEqualTo(api.cluster.id().toCompletableFuture().join());
                List<PeerInfo> peers = new ArrayList<>();
                client.peers(peers::add);
                assertThat(peers).hasSize(2);
                assertThat(peers.get(1).error()).isEqualTo("dial failed");
                assertThat(client.version()).startsWith("1.1.6+pinion.");
                assertThat(client.graph())
                        .isEqualTo(api.cluster.graph().toCompletableFuture().join());
                assertThat(client.alerts()).isEqualTo(api.cluster.alerts());
                assertThat(client.metricNames()).isEqualTo(api.cluster.metricNames());
                assertThat(client.metrics("freespace")).hasSize(1);
                assertThat(client.collectGarbage(false))
                        .containsExactlyInAnyOrderElementsOf(api.cluster
                                .collectGarbage()
                                .toCompletableFuture()
                                .join());
                assertThat(client.isReady()).isTrue();
                client.removePeer(MemoryCluster.OTHER);
                assertThat(client.addPeer(MemoryCluster.OTHER).error()).isEqualTo("not asked");
            }
        }
    }

    @Test
    void pinsWithAllOptionsAndReadsThemBack() {
        PinOptions options = PinOptions.builder()
                .name("a & ü / 100%")
                .replication(1, 3)
                .mode(PinMode.DIRECT)
                .shardSize(-1)
                .userAllocations(List.of(MemoryCluster.SELF))
                .expireAt(TestExecutors.NOW.plusNanos(1))
                .metadata(Map.of("k&", "v=", "x", ""))
                .pinUpdate(MemoryCluster.cid("old"))
                .origins(List.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/4001/p2p/" + MemoryCluster.NODE)))
                .build();
        try (ClusterClient client = api.client()) {
            Pin pin = client.pin("/ipfs/" + CID, options);
            assertThat(pin.options()).isEqualTo(options);
            assertThat(client.allocation(CID)).isEqualTo(api.cluster.pins.get(CID));
            List<Pin> all = new ArrayList<>();
            client.allocations("all", all::add);
            assertThat(all).containsExactly(pin);
            assertThat(client.status(CID, false).peers().get(MemoryCluster.SELF).status())
                    .isEqualTo(TrackerStatus.PINNED);
            assertThat(client.unpin("/ipfs/" + CID)).isEqualTo(pin);
            String path = "/ipfs/" + CID + "/with blank/ü+%";
            Pin byPath = client.pin(path, PinOptions.NONE);
            assertThat(byPath.cid()).isEqualTo(MemoryCluster.cid(path));
            assertThat(client.unpin(path)).isEqualTo(byPath);
        }
    }

    @Test
    void tellsErrorsWithTheirCodes() {
        try (ClusterClient client = api.client()) {
            assertThatThrownBy(() -> client.unpin("/ipfs/" + CID))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(404))
                    .hasMessage("pin is not part of the pinset");
            api.cluster.pin(Pin.of(MemoryCluster.cid("x"), PinOptions.NONE));
            api.cluster.pin(Pin.of(CID, PinOptions.builder().name("broken").build()));
            List<Pin> all = new ArrayList<>();
            assertThatThrownBy(() -> client.allocations("", all::add))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(500))
                    .hasMessage("state is broken at " + CID);
            assertThat(all).hasSize(1);
        }
    }

    @Test
    void triesTheNextEndpointWhenOneCannotBeReached() {
        ClientSettings settings = new ClientSettings(
                List.of(Multiaddr.parse("/unix" + folder + "/none.sock"), api.tcp()),
                false,
                true,
                Optional.empty(),
                Duration.ofSeconds(30));
        try (ClusterClient client = new ClusterClient(settings)) {
            assertThat(client.id().peername()).isEqualTo("peer0");
        }
        ClientSettings nobody = ClientSettings.of(Multiaddr.parse("/unix" + folder + "/none.sock"));
        try (ClusterClient client = new ClusterClient(nobody)) {
            assertThatThrownBy(client::id)
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isZero())
                    .hasMessageContaining("cannot connect to /unix");
            assertThat(client.isReady()).isFalse();
        }
    }

    @Test
    void listsManyPinsAndStatuses() {
        for (int i = 0; i < 20_000; i++) {
            api.cluster.pin(Pin.of(MemoryCluster.cid("n" + i), PinOptions.NONE));
        }
        try (ClusterClient client = api.client()) {
            List<Cid> pins = new ArrayList<>();
            client.allocations("", pin -> pins.add(pin.cid()));
            assertThat(pins).hasSize(20_000).doesNotHaveDuplicates();
            List<Cid> statuses = new ArrayList<>();
            client.statusAll("pinned", true, info -> statuses.add(info.cid()));
            assertThat(statuses).isEqualTo(pins);
            List<GlobalPinInfo> some = new ArrayList<>();
            client.statuses(pins.subList(0, 40), false, some::add);
            assertThat(some).hasSize(40);
        }
    }

    @Test
    void servesManyClientsAtOnce() throws Exception {
        try (ClusterClient client = api.client()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                String name = "client" + i + "-";
                all.add(threads.submit(() -> {
                    for (int j = 0; j < 50; j++) {
                        client.pin("/ipfs/" + MemoryCluster.cid(name + j), PinOptions.NONE);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(api.cluster.pins).hasSize(32 * 50);
    }

    private static AddSource source(AddSource.Entry... entries) {
        Deque<AddSource.Entry> left = new ArrayDeque<>(List.of(entries));
        return left::pollFirst;
    }

    private static AddSource.Entry file(String path, String content) {
        return new AddSource.Entry(
                path,
                AddSource.Kind.FILE,
                new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)),
                Optional.empty());
    }

    /** Content without end of memory. */
    private static InputStream zeros(long size) {
        return new InputStream() {
            private long left = size;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                int n = (int) Math.min(left, length);
                left -= n;
                return n == 0 ? -1 : n;
            }
        };
    }

    @Test
    void addsFilesFoldersAndLinks() throws IOException {
        try (ClusterClient client = api.client()) {
            List<Added> lines = new ArrayList<>();
            AddSource source = source(
                    new AddSource.Entry("d", AddSource.Kind.FOLDER, InputStream.nullInputStream(), Optional.empty()),
                    file("d/a & ü \"+%.txt", "hello\r\n--pinion-"),
                    new AddSource.Entry(
                            "d/l",
                            AddSource.Kind.LINK,
                            new ByteArrayInputStream("../x".getBytes(StandardCharsets.UTF_8)),
                            Optional.empty()));
            client.add(source, AddParams.DEFAULT, threads, lines::add);
            assertThat(api.cluster.addedEntries())
                    .containsExactly("FOLDER d ", "FILE d/a & ü \"+%.txt hello\r\n--pinion-", "LINK d/l ../x");
            assertThat(lines).extracting(Added::name).containsExactly("d", "d/a & ü \"+%.txt", "d/l");
            assertThat(api.cluster.params).isEqualTo(AddParams.DEFAULT);
        }
    }

    @Test
    void streamsLargeContentOverBothKindsOfSockets() throws IOException {
        for (Multiaddr address : List.of(api.tcp(), api.unix())) {
            api.cluster.bytesAdded = 0;
            try (ClusterClient client = new ClusterClient(ClientSettings.of(address))) {
                long size = 1L << 30;
                AddSource source = source(
                        new AddSource.Entry("big", AddSource.Kind.FILE, zeros(size), Optional.empty()),
                        file("end", "x"));
                List<Added> lines = new ArrayList<>();
                client.add(source, AddParams.DEFAULT, threads, lines::add);
                assertThat(api.cluster.bytesAdded).isEqualTo(size + 1);
                assertThat(lines).hasSize(2);
            }
        }
    }

    @Test
    void learnsWhyAnAddFailedWhileItStillSends() {
        api.cluster.failAt = Optional.of("first");
        try (ClusterClient client = api.client()) {
            AddSource source = source(
                    file("zero", "x"),
                    file("first", "x"),
                    new AddSource.Entry("big", AddSource.Kind.FILE, zeros(1L << 28), Optional.empty()));
            List<Added> lines = new ArrayList<>();
            assertThatThrownBy(() -> client.add(source, AddParams.DEFAULT, threads, lines::add))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(500))
                    .hasMessage("no space for first");
            assertThat(lines).hasSize(1);
        }
    }

    @Test
    void tellsThatAFileCouldNotBeReadAndAddsNothingMore() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("disk error in b");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        };
        try (ClusterClient client = api.client()) {
            AddSource source =
                    source(file("a", "x"), new AddSource.Entry("b", AddSource.Kind.FILE, broken, Optional.empty()));
            assertThatThrownBy(() -> client.add(source, AddParams.DEFAULT, threads, line -> {}))
                    .hasMessageContaining("disk error in b");
            assertThat(api.cluster.addedEntries()).noneMatch(entry -> entry.startsWith("FILE b"));
        }
    }
}
