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
import static org.pinion.cluster.Fakes.pin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.DagCbor;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.config.ClusterSettings.PinOnly;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsBlocks;

class PinsetServiceTest {
    private final Fakes fakes = new Fakes();
    private final PinsetService pinset = new PinsetService(fakes.parts);
    private final Instant now = fakes.executors.clock().instant();

    @BeforeEach
    void threePeers() {
        for (int i = 1; i <= 3; i++) {
            fakes.consensus.peers.add(peer(i));
            fakes.monitor.give("freespace", peer(i), i);
            fakes.monitor.give("ping", peer(i), 0);
        }
    }

    @Test
    void pinWithoutWishesIsForEverywhere() {
        Pin pinned = Fakes.now(pinset.pin(pin(1, 0, 0)));
        assertThat(pinned.isEverywhere()).isTrue();
        assertThat(pinned.allocations()).isEmpty();
        assertThat(pinned.timestamp()).isEqualTo(now);
        assertThat(pinset.get(cid(1))).contains(pinned);
        assertThat(Fakes.drain(pinset.list(null))).containsExactly(pinned);
    }

    @Test
    void tooFewPeersJustAfterTheMonitorWasReplacedMeansTryAgain() {
        fakes.parts.unsetMonitor(fakes.monitor);
        fakes.parts.setMonitor(fakes.monitor);
        assertFails(ErrorCode.UNAVAILABLE, "Monitor was replaced a moment ago", () -> pinset.pin(pin(1, 4, 4)));
        fakes.executors.advance(Duration.ofMinutes(1));
        assertFails(ErrorCode.NOT_ENOUGH_PEERS, "not enough peers", () -> pinset.pin(pin(1, 4, 4)));
    }

    @Test
    void pinGetsAllocations() {
        assertThat(Fakes.now(pinset.pin(pin(1, 2, 2))).allocations()).containsExactly(peer(3), peer(2));
        assertThat(Fakes.now(pinset.allocateBlocks(pin(2, 1, 1)))).containsExactly(peer(3));
        assertThat(Fakes.now(pinset.allocateBlocks(pin(2, -1, -1)))).containsExactly(peer(1), peer(2), peer(3));
    }

    @Test
    void givenAllocationsAreKept() {
        Pin given = pin(1, 1, 1).withAllocations(List.of(peer(2)));
        assertThat(Fakes.now(pinset.pin(given)).allocations()).containsExactly(peer(2));
    }

    @Test
    void onlyTrustedOrOnlyUntrustedPeersAreTaken() {
        fakes.consensus.distrust(peer(3));
        fakes.settings(Fakes.settings(false, true, PinOnly.TRUSTED));
        assertThat(Fakes.now(pinset.pin(pin(1, 1, 1))).allocations()).containsExactly(peer(2));
        fakes.settings(Fakes.settings(false, true, PinOnly.UNTRUSTED));
        assertThat(Fakes.now(pinset.pin(pin(2, 1, 1))).allocations()).containsExactly(peer(3));
    }

    @Test
    void samePinAgainKeepsItsPeersAndGetsANewTime() {
        Fakes.now(pinset.pin(pin(1, 1, 1)));
        fakes.monitor.give("freespace", peer(1), 100);
        fakes.executors.advance(java.time.Duration.ofSeconds(5));
        Pin again = Fakes.now(pinset.pin(pin(1, 1, 1)));
        assertThat(again.allocations()).containsExactly(peer(3));
        assertThat(again.timestamp()).isEqualTo(now.plusSeconds(5));
    }

    @Test
    void repinAvoidsThePeerThatIsGone() {
        Fakes.now(pinset.pin(pin(1, 1, 1)));
        Pin moved = Fakes.now(pinset.repin(fakes.state.pins.get(cid(1)), Set.of(peer(3))));
        assertThat(moved.allocations()).containsExactly(peer(2));
    }

    @Test
    void repinOfAnUpdatedPinIsAllocatedAlthoughItsSourceIsGone() {
        Fakes.now(pinset.pin(pin(1, 1, 1)));
        Fakes.now(
                pinset.pin(Pin.of(cid(2), PinOptions.builder().pinUpdate(cid(1)).build())));
        Fakes.now(pinset.unpin(cid(1)));
        Pin moved = Fakes.now(pinset.repin(fakes.state.pins.get(cid(2)), Set.of(peer(3))));
        assertThat(moved.allocations()).containsExactly(peer(2));
    }

    @Test
    void updateCopiesTheSourceButNameAndExpiry() {
        PinOptions source = PinOptions.builder()
                .name("old")
                .replication(2, 2)
                .metadata(Map.of("k", "v"))
                .build();
        Fakes.now(pinset.pin(Pin.of(cid(1), source)));
        PinOptions wishes = PinOptions.builder()
                .pinUpdate(cid(1))
                .name("new")
                .replication(1, 1)
                .userAllocations(List.of(peer(1)))
                .expireAt(now.plusSeconds(60))
                .build();

        Pin updated = Fakes.now(pinset.pin(Pin.of(cid(2), wishes)));

        assertThat(updated.allocations()).containsExactly(peer(3), peer(2));
        assertThat(updated.options().name()).isEqualTo("new");
        assertThat(updated.options().expireAt()).isEqualTo(now.plusSeconds(60));
        assertThat(updated.options().metadata()).containsEntry("k", "v");
        assertThat(updated.options().pinUpdate()).isEqualTo(cid(1));
        assertThat(fakes.state.pins).hasSize(2);
    }

    @Test
    void updateOfAnUnknownPinIsNotFound() {
        Pin update = Pin.of(cid(2), PinOptions.builder().pinUpdate(cid(1)).build());
        assertFails(ErrorCode.NOT_FOUND, "pin is not part of the pinset", () -> pinset.pin(update));
    }

    @Test
    void wrongWishesAreRefused() {
        assertFails(null, "larger", () -> pinset.pin(pin(1, 3, 2)));
        assertFails(null, "must be -1", () -> pinset.pin(pin(1, -1, 2)));
        PinOptions ended = PinOptions.builder().expireAt(now).build();
        assertFails(
                ErrorCode.INTERNAL, "pin.ExpireAt set before current time", () -> pinset.pin(Pin.of(cid(1), ended)));
        assertFails(ErrorCode.NOT_ENOUGH_PEERS, "not enough peers to allocate CID", () -> pinset.pin(pin(1, 4, 4)));
        assertThat(fakes.state.pins).isEmpty();
    }

    @Test
    void directMayBecomeRecursiveButNotTheReverse() {
        PinOptions direct = PinOptions.builder().mode(PinMode.DIRECT).build();
        assertThat(Fakes.now(pinset.pin(Pin.of(cid(1), direct))).maxDepth()).isZero();
        assertThat(Fakes.now(pinset.pin(pin(1, 0, 0))).maxDepth()).isEqualTo(-1);
        assertFails(
                ErrorCode.INTERNAL,
                "already pinned in recursive mode (new pin is pinned as direct). Unpin it first.",
                () -> pinset.pin(Pin.of(cid(1), direct)));
    }

    @Test
    void typeOfAPinCannotChange() {
        Fakes.now(pinset.pin(pin(1, 0, 0)));
        Pin shard = new Pin(cid(1), PinType.SHARD, List.of(), 1, null, null, PinOptions.NONE);
        assertFails(ErrorCode.INTERNAL, "New: shard-pin. Was: pin", () -> pinset.pin(shard));
    }

    @Test
    void followerRefusesWrites() {
        fakes.settings(Fakes.settings(true, true));
        String text = "this peer is configured to be in follower mode. Write operations are disabled";
        assertFails(ErrorCode.INTERNAL, text, () -> pinset.pin(pin(1, 0, 0)));
        assertFails(ErrorCode.INTERNAL, text, () -> pinset.unpin(cid(1)));
        assertFails(ErrorCode.INTERNAL, text, () -> pinset.allocateBlocks(pin(1, 0, 0)));
        assertFails(ErrorCode.INTERNAL, text, () -> pinset.pinPath("/ipfs/" + cid(1), PinOptions.NONE));
    }

    @Test
    void unpinGivesThePinAsItWas() {
        Pin pinned = Fakes.now(pinset.pin(pin(1, 0, 0)));
        assertThat(Fakes.now(pinset.unpinPath("/ipfs/" + cid(1)))).isEqualTo(pinned);
        assertFails(ErrorCode.NOT_FOUND, "pin is not part of the pinset", () -> pinset.unpin(cid(1)));
    }

    @Test
    void shardedContentGoesAsAWhole() {
        byte[] block = DagCbor.encodeLinks(List.of(cid(11), cid(12)));
        Cid dag = Cid.v1(Cid.DAG_CBOR, Multihash.sha256(block));
        put(new Pin(cid(1), PinType.META, List.of(), 0, dag, null, PinOptions.NONE));
        put(new Pin(dag, PinType.CLUSTER_DAG, List.of(), 0, cid(1), null, PinOptions.NONE));
        put(new Pin(cid(11), PinType.SHARD, List.of(), 1, null, null, PinOptions.NONE));
        put(new Pin(cid(12), PinType.SHARD, List.of(), 1, cid(11), null, PinOptions.NONE));
        fakes.parts.setBlocks(new IpfsBlocks() {
            @Override
            public CompletableFuture<Void> putBlocks(Cursor<Block> blocks) {
                throw new UnsupportedOperationException("nothing is added here");
            }

            @Override
            public CompletableFuture<byte[]> getBlock(Cid cid) {
                assertThat(cid).isEqualTo(dag);
                return CompletableFuture.completedFuture(block);
            }
        });

        assertFails(ErrorCode.INTERNAL, "cannot unpin a shard directly", () -> pinset.unpin(cid(11)));
        assertFails(ErrorCode.INTERNAL, "cannot unpin a Cluster DAG directly", () -> pinset.unpin(dag));
        assertThat(Fakes.now(pinset.unpin(cid(1))).type()).isEqualTo(PinType.META);
        assertThat(fakes.consensus.unpinned).containsExactly(cid(11), cid(12), dag, cid(1));
    }

    @Test
    void shardsThatOtherContentHasTooStay() {
        Map<Cid, byte[]> blocks = new HashMap<>();
        List<Cid> dags = new ArrayList<>();
        for (List<Cid> shards : List.of(List.of(cid(11), cid(12)), List.of(cid(11), cid(13)))) {
            byte[] block = DagCbor.encodeLinks(shards);
            Cid dag = Cid.v1(Cid.DAG_CBOR, Multihash.sha256(block));
            Cid root = cid(dags.size() + 1);
            blocks.put(dag, block);
            dags.add(dag);
            put(new Pin(root, PinType.META, List.of(), 0, dag, null, PinOptions.NONE));
            put(new Pin(dag, PinType.CLUSTER_DAG, List.of(), 0, root, null, PinOptions.NONE));
            shards.forEach(shard -> put(new Pin(shard, PinType.SHARD, List.of(), 1, null, null, PinOptions.NONE)));
        }
        fakes.parts.setBlocks(new IpfsBlocks() {
            @Override
            public CompletableFuture<Void> putBlocks(Cursor<Block> all) {
                throw new UnsupportedOperationException("nothing is added here");
            }

            @Override
            public CompletableFuture<byte[]> getBlock(Cid cid) {
                return CompletableFuture.completedFuture(blocks.get(cid));
            }
        });
        Fakes.now(pinset.unpin(cid(1)));
        assertThat(fakes.consensus.unpinned).containsExactly(cid(12), dags.get(0), cid(1));
    }

    @Test
    void pathsAreResolvedOnlyWhenTheyMustBe() {
        String cid = cid(1).toString();
        assertThat(IpfsPath.cid(cid)).contains(cid(1));
        assertThat(IpfsPath.cid("/ipfs/" + cid + "/")).contains(cid(1));
        assertThat(IpfsPath.cid("/ipld/" + cid)).contains(cid(1));
        assertThat(IpfsPath.cid("/ipns/example.com")).isEmpty();
        assertThat(IpfsPath.cid(cid + "/a/b")).isEmpty();
        assertThat(IpfsPath.withNamespace(cid + "/a/b")).isEqualTo("/ipfs/" + cid + "/a/b");
        assertThatThrownBy(() -> IpfsPath.cid("/http/x")).hasMessageContaining("/http/x");
        assertThatThrownBy(() -> IpfsPath.cid("/ipfs/nonsense")).hasMessageContaining("nonsense");
    }

    @Test
    void absentPartIsWaitedForAndNamed() {
        fakes.parts.unsetConsensus(fakes.consensus);
        assertFails(ErrorCode.UNAVAILABLE, "Consensus", () -> pinset.pin(pin(1, 0, 0)));
    }

    private void put(Pin pin) {
        fakes.state.pins.put(pin.cid(), pin);
    }

    private static void assertFails(
            ErrorCode code, String text, java.util.function.Supplier<java.util.concurrent.CompletionStage<?>> call) {
        assertThatThrownBy(() -> {
                    try {
                        call.get().toCompletableFuture().join();
                    } catch (java.util.concurrent.CompletionException e) {
                        throw e.getCause();
                    }
                })
                .isInstanceOfSatisfying(ClusterException.class, e -> {
                    if (code != null) {
                        assertThat(e.code()).isEqualTo(code);
                    }
                })
                .hasMessageContaining(text);
    }
}
