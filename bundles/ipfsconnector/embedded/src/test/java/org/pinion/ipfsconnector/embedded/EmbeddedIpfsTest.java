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
package org.pinion.ipfsconnector.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.unixfs.DirectoryBuilder;
import org.pinion.ipld.dag.unixfs.ImportOptions;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector.IpfsPin;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.pinion.spi.ipfsnode.NodeBlocks.Keep;

class EmbeddedIpfsTest {
    @TempDir
    Path folder;

    private final TestNetwork network = new TestNetwork();
    private final List<TestNode> nodes = new ArrayList<>();

    private TestNode node(String name, Object... section) {
        Map<String, Object> properties = new HashMap<>();
        for (int i = 0; i < section.length; i += 2) {
            properties.put((String) section[i], section[i + 1]);
        }
        TestNode node = new TestNode(network, folder.resolve(name), properties);
        nodes.add(node);
        return node;
    }

    @AfterEach
    void close() {
        nodes.forEach(TestNode::close);
    }

    private static void connect(TestNode from, TestNode to) {
        from.ipfs.connect(to.ipfs.id().join().addresses()).join();
    }

    @Test
    void identityIsMadeOnceAndOnlyTheOwnerMayReadIt() throws Exception {
        TestNode first = node("a");
        var id = first.ipfs.id().join();
        first.ipfs.close();
        TestNode again = node("a");

        assertThat(again.ipfs.id().join()).isEqualTo(id);
        assertThat(id.addresses()).containsExactly(Multiaddr.parse("/ip4/127.0.0.1/tcp/4001/p2p/" + id.id()));
        Path key = folder.resolve("a/pinion/ipfs/key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
    }

    @Test
    void informersMeasureAfterEverySecondChangeOfTheStore() throws Exception {
        TestNode node = node("a", "informer.trigger.interval", 2, "connect.swarms.delay", "7s");
        AtomicInteger measured = new AtomicInteger();
        node.ipfs.setTrigger(measured::incrementAndGet);
        assertThat(node.ipfs.connectDelay()).isEqualTo(Duration.ofSeconds(7));

        Cid root = node.put(TestNode.deepFile(1, 500));
        assertThat(measured).hasValue(0);
        node.pin(root);
        // its start and its end
        assertThat(measured).hasValue(1);
        node.pin(root);
        assertThat(measured).hasValue(1);
        node.collect();
        assertThat(measured).hasValue(2);
    }

    @Test
    void portInUseNamesAddressAndSection() {
        network.busyPort = true;
        assertThatThrownBy(() -> node("a"))
                .hasMessageContaining("ipfs_connector.embedded")
                .hasMessageContaining("listen_multiaddresses")
                .hasMessageContaining("/ip4/127.0.0.1/tcp/4001")
                .hasMessageContaining("already in use");
    }

    @Test
    void damagedKeyIsNamed() throws Exception {
        Path key = folder.resolve("a/pinion/ipfs/key");
        Files.createDirectories(key.getParent());
        Files.write(key, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> node("a")).hasMessageContaining(key.toString()).hasMessageContaining("damaged");
    }

    @Test
    void missingBlocksAreFetchedFromAConnectedNodeManyAtOnce() throws Exception {
        TestNode has = node("a");
        TestNode wants = node("b");
        List<Block> blocks = TestNode.deepFile(1, 50_000);
        Cid root = has.put(blocks);
        connect(wants, has);

        wants.pin(root);

        assertThat(wants.hasAll(blocks)).isTrue();
        assertThat(wants.ipfs.pinStatus(TestNode.recursive(root)).join()).isEqualTo(IpfsPinStatus.RECURSIVE);
        assertThat(network.mostWanted.get()).isGreaterThan(1).isLessThanOrEqualTo(64);
        assertThat(wants.memory().rows('k')).isZero();
        assertThat(wants.ipfs.swarmPeers().join())
                .containsExactly(has.ipfs.id().join().id());
    }

    @Test
    void pinThatStartedBeforeTheBlocksWereAnywhereEndsWhenTheyCome() throws Exception {
        TestNode node = node("a");
        List<Block> blocks = TestNode.deepFile(2, 5_000);
        Cid root = blocks.get(blocks.size() - 1).cid();
        CompletableFuture<Void> pin = node.ipfs.pin(TestNode.recursive(root));

        node.put(blocks);
        pin.join();

        assertThat(node.ipfs.pinStatus(TestNode.recursive(root)).join()).isEqualTo(IpfsPinStatus.RECURSIVE);
    }

    @Test
    void originsOfAPinAreDialled() throws Exception {
        TestNode has = node("a");
        TestNode wants = node("b");
        Cid root = has.put(TestNode.deepFile(3, 1_000));

        wants.ipfs
                .pin(Pin.of(
                        root,
                        PinOptions.builder()
                                .origins(has.ipfs.id().join().addresses())
                                .build()))
                .join();

        assertThat(wants.ipfs.contains(root)).isTrue();
    }

    @Test
    void contentThatNobodyHasFailsAfterThePinTimeoutAndLeavesNothing() throws Exception {
        TestNode node = node("a", "pin.timeout", "50ms");
        Cid root = TestNode.deepFile(4, 1_000).get(0).cid();

        assertThatThrownBy(() -> node.pin(root))
                .cause()
                .hasMessageContaining(root.toString())
                .hasMessageContaining("pin_timeout");
        assertThat(node.ipfs.pinStatus(TestNode.recursive(root)).join()).isEqualTo(IpfsPinStatus.UNPINNED);
        assertThat(node.memory().rows('k')).isZero();
    }

    @Test
    void cancelledPinEndsAndIsNotWritten() throws Exception {
        TestNode node = node("a");
        List<Block> blocks = TestNode.deepFile(5, 1_000);
        Cid root = blocks.get(blocks.size() - 1).cid();
        CompletableFuture<Void> pin = node.ipfs.pin(TestNode.recursive(root));
        pin.cancel(true);
        node.ipfs.unpin(root).join();
        node.put(blocks);

        assertThatThrownBy(pin::join).isInstanceOf(CancellationException.class);
        assertThat(node.ipfs.pinStatus(TestNode.recursive(root)).join()).isEqualTo(IpfsPinStatus.UNPINNED);
    }

    @Test
    void directPinHoldsTheRootOnly() throws Exception {
        TestNode has = node("a");
        TestNode wants = node("b");
        List<Block> blocks = TestNode.deepFile(6, 5_000);
        Cid root = has.put(blocks);
        connect(wants, has);

        wants.ipfs.pin(TestNode.direct(root)).join();

        assertThat(wants.ipfs.stat().join().repoBytes())
                .isEqualTo(blocks.get(blocks.size() - 1).data().length);
        assertThat(wants.ipfs.pinStatus(TestNode.direct(root)).join()).isEqualTo(IpfsPinStatus.DIRECT);
        assertThat(wants.ipfs.pinStatus(TestNode.recursive(root)).join()).isEqualTo(IpfsPinStatus.UNPINNED);
        assertThat(pins(wants, Set.of(IpfsPinStatus.RECURSIVE))).isEmpty();
        assertThat(pins(wants, Set.of(IpfsPinStatus.DIRECT))).containsExactly(new IpfsPin(root, IpfsPinStatus.DIRECT));
    }

    @Test
    void pinOfLimitedDepthHoldsSoManyLevels() throws Exception {
        TestNode has = node("a");
        TestNode wants = node("b");
        List<Block> blocks = TestNode.deepFile(7, 2_000);
        Cid root = has.put(blocks);
        connect(wants, has);

        wants.ipfs
                .pin(new Pin(root, PinType.SHARD, List.of(), 1, null, null, PinOptions.NONE))
                .join();

        assertThat(blocks.stream()
                        .filter(block -> wants.ipfs.contains(block.cid()))
                        .count())
                .isEqualTo(1 + 3);
        assertThat(wants.ipfs.pinStatus(TestNode.recursive(root)).join()).isEqualTo(IpfsPinStatus.UNPINNED);
        assertThat(wants.collect()).isEmpty();
        wants.pin(root);
        assertThat(wants.hasAll(blocks)).isTrue();
    }

    @Test
    void collectionRemovesWhatNoPinHolds() throws Exception {
        TestNode node = node("a");
        List<Block> pinned = TestNode.deepFile(8, 20_000);
        List<Block> loose = TestNode.deepFile(9, 20_000);
        node.pin(put(node, pinned));
        put(node, loose);
        long all = node.ipfs.stat().join().repoBytes();

        List<Cid> removed = node.collect();

        assertThat(removed)
                .hasSameSizeAs(loose.stream().map(Block::cid).distinct().toList());
        assertThat(node.hasAll(pinned)).isTrue();
        assertThat(loose).noneMatch(block -> node.ipfs.contains(block.cid()));
        long looseBytes = loose.stream()
                .distinct()
                .mapToLong(block -> block.data().length)
                .sum();
        assertThat(node.ipfs.stat().join().repoBytes()).isEqualTo(all - looseBytes);
        assertThat(node.memory().rows('m')).isZero();
    }

    /** Without what lingers after a stream of blocks. */
    private static Cid put(TestNode node, List<Block> blocks) {
        try (Keep keep = node.ipfs.keep()) {
            node.ipfs.put(blocks, keep);
        }
        return blocks.get(blocks.size() - 1).cid();
    }

    @Test
    void collectionSparesRunningAddsEvenLargeOnesAndBlocksThatCameWithoutAPinJustNow() throws Exception {
        TestNode node = node("a");
        List<Block> large = TestNode.file(10, 600_000, ImportOptions.DEFAULT.withChunker("size-100"));
        List<Block> streamed = TestNode.deepFile(11, 5_000);
        try (Keep keep = node.ipfs.keep()) {
            node.ipfs.put(large, keep);
            node.put(streamed);
            assertThat(node.memory().rows('k')).isGreaterThan(4000);

            assertThat(node.collect()).isEmpty();
        }
        assertThat(node.collect()).hasSizeGreaterThan(4000);
        assertThat(node.hasAll(streamed)).isTrue();
    }

    @Test
    void blocksPutWhileACollectionRunsStay() throws Exception {
        TestNode node = node("a");
        List<Block> old = TestNode.deepFile(12, 100_000);
        List<Block> added = TestNode.deepFile(13, 5_000);
        put(node, old);
        put(node, added);
        try (var garbage = node.ipfs.collectGarbage()) {
            assertThat(garbage.next()).isNotNull();
            List<Block> gone = added.stream()
                    .filter(block -> !node.ipfs.contains(block.cid()))
                    .toList();
            put(node, added);
            while (garbage.next() != null) {
                assertThat(node.hasAll(added)).isTrue();
            }
            assertThat(gone.size()).isLessThan(added.size());
        }
        assertThat(node.hasAll(added)).isTrue();
    }

    @Test
    void secondCollectionIsRefusedWhileOneRuns() throws Exception {
        TestNode node = node("a");
        put(node, TestNode.deepFile(14, 100_000));
        try (var first = node.ipfs.collectGarbage()) {
            first.next();
            assertThatThrownBy(node::collect).hasMessageContaining("runs already");
        }
        assertThat(node.collect()).isNotEmpty();
    }

    @Test
    void fullStoreSaysSoAndTakesNothing() throws Exception {
        TestNode node = node("a", "storage.max", "10KB");
        List<Block> blocks = TestNode.deepFile(15, 20_000);

        assertThatThrownBy(() -> node.put(blocks))
                .cause()
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE))
                .hasMessageContaining("storage_max is 10000");
        assertThat(node.ipfs.stat().join().repoBytes()).isLessThanOrEqualTo(10_000);
        assertThat(node.ipfs.stat().join().storageMaxBytes()).isEqualTo(10_000);
    }

    @Test
    void counterCountsEveryBlockOnceAndSurvivesARestart() throws Exception {
        TestNode node = node("a");
        List<Block> blocks = TestNode.deepFile(16, 20_000);
        node.put(blocks);
        node.put(blocks);
        long bytes = blocks.stream()
                .distinct()
                .mapToLong(block -> block.data().length)
                .sum();
        assertThat(node.ipfs.stat().join().repoBytes()).isEqualTo(bytes);

        node.ipfs.unsetDatastore(node.store);
        assertThatThrownBy(() -> node.ipfs.stat().join()).cause().hasMessageContaining("no Datastore");
        node.ipfs.setDatastore(node.store);
        assertThat(node.ipfs.stat().join().repoBytes()).isEqualTo(bytes);
    }

    @Test
    void streamOfBlocksThatDoNotMatchTheirCidsIsRefused() {
        TestNode node = node("a");
        Cid cid = Cid.v1(Cid.RAW, Multihash.sha256(new byte[] {1}));
        assertThatThrownBy(() -> node.put(List.of(new Block(cid, new byte[] {2}))))
                .cause()
                .hasMessageContaining(cid.toString());
        assertThat(node.ipfs.contains(cid)).isFalse();
        assertThatThrownBy(() -> node.ipfs.putBlocks(Cursor.empty()).join())
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("none");
    }

    @Test
    void pathIsResolvedThroughFoldersOfOtherNodes() throws Exception {
        TestNode has = node("a");
        TestNode wants = node("b");
        List<Block> file = TestNode.deepFile(17, 1_000);
        has.put(file);
        Cid fileRoot = file.get(file.size() - 1).cid();
        List<Block> folderBlocks = new ArrayList<>();
        DirectoryBuilder folderOf = new DirectoryBuilder(ImportOptions.DEFAULT);
        folderOf.put("f", fileRoot, 1);
        Cid root = folderOf.build((block, size) -> folderBlocks.add(block)).cid();
        has.put(folderBlocks);
        connect(wants, has);

        assertThat(wants.ipfs.resolve("/ipfs/" + root + "/f").join()).isEqualTo(fileRoot);
        assertThat(wants.ipfs.resolve(root + "/f").join()).isEqualTo(fileRoot);
        assertThat(wants.ipfs.resolve("/ipfs/" + root).join()).isEqualTo(root);
        assertThat(wants.ipfs.getBlock(root).join())
                .isEqualTo(folderBlocks.get(0).data());
        fails(wants, "/ipfs/" + root + "/g", ErrorCode.NOT_FOUND);
        fails(wants, "/ipns/example.org", ErrorCode.NOT_SUPPORTED);
        fails(wants, "/ipfs", ErrorCode.BAD_REQUEST);
        fails(wants, "/ipfs/nonsense", ErrorCode.BAD_REQUEST);
    }

    private static void fails(TestNode node, String path, ErrorCode code) {
        assertThatThrownBy(() -> node.ipfs.resolve(path).join())
                .cause()
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(path);
    }

    @Test
    void blockIsRemovedOnlyWhenNothingHoldsIt() throws Exception {
        TestNode node = node("a");
        List<Block> pinned = TestNode.deepFile(18, 5_000);
        List<Block> loose = TestNode.deepFile(19, 1_000);
        node.pin(put(node, pinned));
        put(node, loose);

        node.ipfs.remove(loose.get(0).cid());
        assertThatThrownBy(() -> node.ipfs.remove(pinned.get(0).cid())).hasMessageContaining("pinned");

        assertThat(node.ipfs.contains(loose.get(0).cid())).isFalse();
        assertThat(node.ipfs.contains(loose.get(1).cid())).isTrue();
        assertThat(node.hasAll(pinned)).isTrue();
    }

    @Test
    void unpinIsHarmlessForUnknownCidsAndCanBeForbidden() throws Exception {
        TestNode node = node("a");
        Cid root = put(node, TestNode.deepFile(20, 1_000));
        node.pin(root);
        node.ipfs.unpin(root).join();
        node.ipfs.unpin(root).join();
        assertThat(node.ipfs.pinStatus(TestNode.recursive(root)).join()).isEqualTo(IpfsPinStatus.UNPINNED);

        TestNode forbids = node("b", "unpin.disable", true);
        assertThatThrownBy(() -> forbids.ipfs.unpin(root).join())
                .cause()
                .hasMessage("ipfs unpinning is disallowed by configuration on this peer");
    }

    private static List<IpfsPin> pins(TestNode node, Set<IpfsPinStatus> kinds) {
        List<IpfsPin> all = new ArrayList<>();
        try (Cursor<IpfsPin> pins = node.ipfs.pins(kinds)) {
            for (IpfsPin pin = pins.next(); pin != null; pin = pins.next()) {
                all.add(pin);
            }
        }
        return all;
    }
}
