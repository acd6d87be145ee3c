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
package org.pinion.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pinion.exec.ExecutorsComponent;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamInput;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.PinOptions;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.consensus.TrustPolicy;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsBlocks;
import org.pinion.spi.pintracker.PinTracker;
import org.pinion.spi.rpc.NodeWithMeta;
import org.pinion.spi.rpc.RpcException;
import org.pinion.spi.rpc.RpcException.Kind;
import org.pinion.spi.rpc.RpcMethods;
import org.pinion.spi.rpc.StatusRows;
import org.pinion.spi.rpc.Version;

/** Two real hosts on loopback; the components behind the server are small and made for the test. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallsBetweenPeersTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ExecutorsComponent executors = new ExecutorsComponent();
    private final Components components = new Components();
    private Host here;
    private Host there;
    private RpcServer server;
    private RpcCaller client;

    @BeforeEach
    void open() throws IOException {
        here = host();
        there = host();
        here.connect(there.id(), there.addresses()).toCompletableFuture().join();
        server = new RpcServer(there, components, executors);
        client = new RpcCaller(here, executors);
        trust(true);
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        here.close();
        there.close();
        executors.close();
    }

    @Test
    void aCallGivesTheMethodsResult() throws Exception {
        Version version =
                client.call(there.id(), RpcMethods.CLUSTER_VERSION, null, LIMIT).get();
        assertThat(version).isEqualTo(new Version(Versions.FULL));
    }

    @Test
    void theBytesOnTheStreamAreThoseOfTheReference() throws Exception {
        Stream stream = here.newStream(there.id(), List.of(Versions.RPC_PROTOCOL))
                .toCompletableFuture()
                .get();
        stream.write(ByteBuffer.wrap(Vectors.hex("live-streams", "live: Cluster.Nope (unknown method)", "sent")))
                .toCompletableFuture()
                .get();
        byte[] answer = new StreamInput(stream, LIMIT).readAllBytes();
        assertThat(answer).isEqualTo(Vectors.hex("live-streams", "live: Cluster.Nope (unknown method)", "received"));
    }

    @Test
    void anErrorOfTheMethodArrivesWithItsText() {
        components.tracker = new Tracker() {
            @Override
            public CompletionStage<PinInfo> status(Cid cid) {
                return CompletableFuture.failedFuture(new ClusterException(ErrorCode.NOT_FOUND, "no " + cid));
            }
        };
        assertFails(RpcMethods.TRACKER_STATUS, cid(1), Kind.METHOD, "no " + cid(1));
    }

    @Test
    void aComponentThatIsAwayIsNamed() {
        assertFails(RpcMethods.TRACKER_STATUS, cid(1), Kind.METHOD, "pin tracker is not available");
    }

    @Test
    void untrustedPeersMayOnlyCallOpenMethods() throws Exception {
        trust(false);
        assertThat(client.call(there.id(), RpcMethods.CLUSTER_VERSION, null, LIMIT)
                        .get())
                .isNotNull();
        assertFails(
                RpcMethods.TRACKER_STATUS,
                cid(1),
                Kind.AUTHORIZATION,
                "client does not have permissions to call PinTracker.Status");
        Cursor<PinInfo> refused =
                client.stream(there.id(), RpcMethods.TRACKER_STATUS_ALL, Cursor.of(List.of(StatusFilter.ALL)), LIMIT);
        assertThatExceptionOfType(RpcException.class)
                .isThrownBy(refused::next)
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(Kind.AUTHORIZATION));
    }

    @Test
    void manyResultsStreamInOrderAndTheFilterArrives() {
        AtomicInteger filter = new AtomicInteger();
        components.tracker = new Tracker() {
            @Override
            public Cursor<PinInfo> statusAll(StatusFilter wanted) {
                filter.set(wanted.bits());
                return numbered(5_000);
            }
        };
        List<Cid> seen = new ArrayList<>();
        try (Cursor<PinInfo> results = client.stream(
                there.id(),
                RpcMethods.TRACKER_STATUS_ALL,
                Cursor.of(List.of(new StatusFilter(TrackerStatus.PINNED.bit()))),
                LIMIT)) {
            for (PinInfo info = results.next(); info != null; info = results.next()) {
                seen.add(info.cid());
            }
        }
        assertThat(seen).hasSize(5_000).startsWith(cid(0), cid(1)).endsWith(cid(4_999));
        assertThat(filter).hasValue(TrackerStatus.PINNED.bit());
    }

    @Test
    void statusesComeInGroupsWithTheSameRows() {
        components.tracker = new Tracker() {
            @Override
            public Cursor<PinInfo> statusAll(StatusFilter wanted) {
                return numbered(5_000);
            }
        };
        List<PinInfo> seen = new ArrayList<>();
        try (Cursor<StatusRows> groups = client.stream(
                there.id(), RpcMethods.TRACKER_STATUS_ROWS, Cursor.of(List.of(StatusFilter.ALL)), LIMIT)) {
            for (StatusRows group = groups.next(); group != null; group = groups.next()) {
                seen.addAll(group.rows());
            }
        }
        List<PinInfo> all = new ArrayList<>();
        Cursor<PinInfo> expected = numbered(5_000);
        for (PinInfo info = expected.next(); info != null; info = expected.next()) {
            all.add(info);
        }
        assertThat(seen).isEqualTo(all);
    }

    @Test
    void aStreamThatFailsInTheMiddleGivesWhatCameAndThenTheError() {
        components.tracker = new Tracker() {
            @Override
            public Cursor<PinInfo> statusAll(StatusFilter wanted) {
                return numbered(4).map(info -> {
                    if (info.cid().equals(cid(3))) {
                        throw new ClusterException(ErrorCode.STORAGE, "disk is gone");
                    }
                    return info;
                });
            }
        };
        try (Cursor<PinInfo> results =
                client.stream(there.id(), RpcMethods.TRACKER_STATUS_ALL, Cursor.of(List.of(StatusFilter.ALL)), LIMIT)) {
            for (int i = 0; i < 3; i++) {
                assertThat(results.next().cid()).isEqualTo(cid(i));
            }
            assertThatExceptionOfType(RpcException.class)
                    .isThrownBy(results::next)
                    .withMessage("disk is gone");
        }
    }

    @Test
    void closingAStreamEarlyEndsItAtTheOtherSide() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        components.tracker = new Tracker() {
            @Override
            public Cursor<PinInfo> statusAll(StatusFilter wanted) {
                return new Cursor<>() {
                    private int next;

                    @Override
                    public PinInfo next() {
                        return info(next++); // without end
                    }

                    @Override
                    public void close() {
                        closed.countDown();
                    }
                };
            }
        };
        Cursor<PinInfo> results =
                client.stream(there.id(), RpcMethods.TRACKER_STATUS_ALL, Cursor.of(List.of(StatusFilter.ALL)), LIMIT);
        assertThat(results.next()).isNotNull();
        results.close();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void blocksArriveOneByOneAndTheEndSaysThatAllAreStored() {
        List<Block> stored = new ArrayList<>();
        components.blocks = new IpfsBlocks() {
            @Override
            public CompletableFuture<Void> putBlocks(Cursor<Block> blocks) {
                for (Block block = blocks.next(); block != null; block = blocks.next()) {
                    stored.add(block);
                }
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletableFuture<byte[]> getBlock(Cid cid) {
                return CompletableFuture.failedFuture(new IllegalStateException("not asked for"));
            }
        };
        byte[] data = new byte[100_000];
        List<NodeWithMeta> nodes =
                List.of(new NodeWithMeta(data, cid(1), data.length), new NodeWithMeta(new byte[] {1}, cid(2), 1));
        try (Cursor<Void> results = client.stream(there.id(), RpcMethods.IPFS_BLOCK_STREAM, Cursor.of(nodes), LIMIT)) {
            assertThat(results.next()).isNull();
        }
        assertThat(stored).extracting(Block::cid).containsExactly(cid(1), cid(2));
        assertThat(stored.get(0).data()).hasSize(100_000);
    }

    @Test
    void aPeerThatDoesNotAnswerInTimeIsNamed() {
        components.tracker = new Tracker() {
            @Override
            public CompletionStage<PinInfo> status(Cid cid) {
                return new CompletableFuture<>();
            }
        };
        CompletableFuture<PinInfo> call =
                client.call(there.id(), RpcMethods.TRACKER_STATUS, cid(1), Duration.ofMillis(200));
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(call::get)
                .havingCause()
                .withMessageContaining("PinTracker.Status on " + there.id());
    }

    @Test
    void aPeerThatCannotBeReachedIsNamed() {
        PeerId nobody = PeerId.of(PrivateKey.generate(KeyType.ED25519).publicKey());
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> client.call(nobody, RpcMethods.CLUSTER_VERSION, null, LIMIT)
                        .get())
                .havingCause()
                .isInstanceOf(RpcException.class)
                .withMessageContaining(nobody.toString());
    }

    @Test
    void garbageInsteadOfARequestIsAnsweredWithAnErrorAndOthersNoticeNothing() throws Exception {
        Stream stream = here.newStream(there.id(), List.of(Versions.RPC_PROTOCOL))
                .toCompletableFuture()
                .get();
        stream.write(ByteBuffer.wrap(new byte[] {-1, -1, -1}))
                .toCompletableFuture()
                .get();
        stream.closeWrite();
        String answer = new String(new StreamInput(stream, LIMIT).readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(answer).contains("error reading service ID");
        assertThat(client.call(there.id(), RpcMethods.CLUSTER_VERSION, null, LIMIT)
                        .get())
                .isNotNull();
    }

    private <A> void assertFails(org.pinion.spi.rpc.RpcMethod<A, ?> method, A argument, Kind kind, String message) {
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(
                        () -> client.call(there.id(), method, argument, LIMIT).get())
                .havingCause()
                .isInstanceOf(RpcException.class)
                .withMessageContaining(message)
                .satisfies(
                        failure -> assertThat(((RpcException) failure).kind()).isEqualTo(kind));
    }

    private void trust(boolean everybody) {
        components.trust = new TrustPolicy() {
            @Override
            public boolean isTrusted(PeerId peer) {
                return everybody;
            }

            @Override
            public void trust(PeerId peer) {}

            @Override
            public void distrust(PeerId peer) {}
        };
    }

    private static Host host() throws IOException {
        HostFactory factory = ServiceLoader.load(HostFactory.class).findFirst().orElseThrow();
        return factory.open(HostSettings.of(PrivateKey.generate(KeyType.ED25519))
                .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"))));
    }

    private static Cid cid(int number) {
        return Cid.v1(
                Cid.RAW, Multihash.sha256(ByteBuffer.allocate(4).putInt(number).array()));
    }

    private static PinInfo info(int number) {
        PeerId peer = PeerId.of(PrivateKey.ofEd25519Seed(new byte[32]).publicKey());
        return PinInfo.of(
                Pin.of(cid(number), PinOptions.NONE),
                peer,
                new PeerPinStatus("there", null, List.of(), TrackerStatus.PINNED, null, "", 0, false));
    }

    private static Cursor<PinInfo> numbered(int count) {
        PinInfo first = info(0);
        AtomicInteger next = new AtomicInteger();
        return new Cursor<>() {
            @Override
            public @Nullable PinInfo next() {
                int number = next.getAndIncrement();
                return number == count
                        ? null
                        : PinInfo.of(Pin.of(cid(number), PinOptions.NONE), first.peer(), first.status());
            }

            @Override
            public void close() {}
        };
    }

    /** A tracker without pins, to be overridden where a test needs more. */
    private static class Tracker implements PinTracker {
        @Override
        public void track(Pin pin) {}

        @Override
        public void untrack(Pin pin) {}

        @Override
        public CompletionStage<PinInfo> status(Cid cid) {
            return CompletableFuture.failedFuture(new IllegalStateException("not asked for"));
        }

        @Override
        public Cursor<PinInfo> statusAll(StatusFilter filter) {
            return Cursor.empty();
        }

        @Override
        public CompletionStage<PinInfo> recover(Cid cid) {
            return status(cid);
        }

        @Override
        public Cursor<PinInfo> recoverAll() {
            return Cursor.empty();
        }

        @Override
        public long pinQueueSize() {
            return 0;
        }
    }
}
