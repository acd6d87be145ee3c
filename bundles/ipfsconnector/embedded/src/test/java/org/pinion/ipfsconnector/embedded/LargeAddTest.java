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

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.DagCbor;
import org.pinion.ipld.dag.unixfs.ImportOptions;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;

/** Adds that are too large for a log of their own, and shards of very many blocks. */
class LargeAddTest {
    private static final int LARGE = 20 << 20;

    @TempDir
    Path folder;

    private final MemoryStore store = new MemoryStore();
    private final List<TestNode> nodes = new ArrayList<>();

    private TestNode node() {
        TestNode node = new TestNode(new TestNetwork(), folder, Map.of(), store);
        nodes.add(node);
        return node;
    }

    @AfterEach
    void close() {
        nodes.forEach(TestNode::close);
    }

    private Blockstore blocks() {
        return new Blockstore(store, Long.MAX_VALUE, System::nanoTime, cid -> {});
    }

    @Test
    void acknowledgedBlocksSurviveACrash() throws Exception {
        List<Block> file = TestNode.file(1, LARGE, ImportOptions.DEFAULT);
        TestNode node = node();
        node.put(file);
        long size = node.ipfs.stat().join().repoBytes();
        node.close();
        store.crash();
        TestNode again = node();
        assertThat(again.hasAll(file)).isTrue();
        assertThat(again.ipfs.stat().join().repoBytes()).isEqualTo(size);
        assertThat(store.rows('w')).isZero();
    }

    @Test
    void blocksThatACrashTookAreNotThoughtToBeThere() throws Exception {
        List<Block> logged = TestNode.file(1, 1_000, ImportOptions.DEFAULT);
        List<Block> lost = TestNode.file(2, 500_000, ImportOptions.DEFAULT);
        Blockstore before = blocks();
        before.put(logged, null);
        long size = before.stat().repoBytes();
        before.putUnlogged(lost, null);
        assertThat(lost).allMatch(block -> before.contains(block.cid()) && before.get(block.cid()) != null);
        store.crash();
        Blockstore after = blocks();
        assertThat(logged).allMatch(block -> after.contains(block.cid()));
        assertThat(lost).noneMatch(block -> after.contains(block.cid()) || after.get(block.cid()) != null);
        assertThat(after.stat().repoBytes()).isEqualTo(size);
        assertThat(store.rows('w')).isZero();
    }

    @Test
    void pinOfWhatAnAddUnderWayHasPutIsDurable() throws Exception {
        List<Block> file = TestNode.file(3, LARGE, ImportOptions.DEFAULT);
        List<Block> more = TestNode.file(5, 3_000_000, ImportOptions.DEFAULT);
        Iterator<Block> from = Stream.concat(file.stream(), more.stream()).iterator();
        CountDownLatch end = new CountDownLatch(1);
        Cursor<Block> adding = new Cursor<>() {
            @Override
            public Block next() {
                if (from.hasNext()) {
                    return from.next();
                }
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return null;
            }

            @Override
            public void close() {}
        };
        TestNode node = node();
        CompletableFuture<Void> add = node.ipfs.putBlocks(adding);
        node.pin(file.get(file.size() - 1).cid());
        store.crash();
        assertThat(file).allMatch(block -> node.ipfs.get(block.cid()) != null);
        end.countDown();
        add.join();
    }

    @Test
    void whatIsLeftOfAFailedAddIsGarbageAtOnce() throws Exception {
        List<Block> file = TestNode.file(4, LARGE, ImportOptions.DEFAULT);
        TestNode node = node();
        Iterator<Block> from = file.iterator();
        Cursor<Block> broken = new Cursor<>() {
            private int left = 75;

            @Override
            public Block next() {
                if (left-- == 0) {
                    throw new ClusterException(ErrorCode.UNAVAILABLE, "the add was given up");
                }
                return from.next();
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> node.ipfs.putBlocks(broken).join()).hasMessageContaining("given up");
        assertThat(node.collect()).hasSizeGreaterThan(64);
        assertThat(node.ipfs.stat().join().repoBytes()).isZero();
    }

    @Test
    void shardWhoseLinksAreInSeveralNodesIsHeldWhole() {
        List<Block> data = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            byte[] bytes = ("block " + i).getBytes(StandardCharsets.UTF_8);
            data.add(new Block(Cid.v1(Cid.RAW, Multihash.sha256(bytes)), bytes));
        }
        List<Cid> links = data.stream().map(Block::cid).toList();
        Block first = links(links.subList(0, 5_984));
        Block second = links(links.subList(5_984, 6_000));
        Block shard = links(List.of(first.cid(), second.cid()));
        Pin pin = new Pin(shard.cid(), PinType.SHARD, List.of(), 1, null, null, PinOptions.NONE);
        List<Block> all = new ArrayList<>(data);
        all.addAll(List.of(shard, first, second));
        TestNode node = node();
        node.put(all);
        node.ipfs.pin(pin).join();
        node.close();

        TestNode again = node(); // holds of the add are gone
        assertThat(again.ipfs.pinStatus(pin).join()).isEqualTo(IpfsPinStatus.RECURSIVE);
        assertThat(again.collect()).isEmpty();
        assertThat(again.hasAll(all)).isTrue();
    }

    @Test
    void shardOfNodesThatLinkToOtherShardsHoldsItsOwnBlocksOnly() {
        byte[] far = {1, 2, 3};
        Cid elsewhere = Cid.v1(Cid.RAW, Multihash.sha256(far));
        Block node = links(List.of(elsewhere));
        Block shard = links(List.of(node.cid()));
        Pin pin = new Pin(shard.cid(), PinType.SHARD, List.of(), 1, null, null, PinOptions.NONE);
        TestNode ipfs = node();
        ipfs.put(List.of(node, shard));
        ipfs.ipfs.pin(pin).join(); // without a look for what is elsewhere
        assertThat(ipfs.ipfs.pinStatus(pin).join()).isEqualTo(IpfsPinStatus.RECURSIVE);
    }

    private static Block links(List<Cid> links) {
        byte[] data = DagCbor.encodeLinks(links);
        return new Block(Cid.v1(Cid.DAG_CBOR, Multihash.sha256(data)), data);
    }
}
