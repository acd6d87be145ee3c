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
package org.pinion.adder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.DagCbor;
import org.pinion.ipld.dag.car.CarWriter;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.adder.AddOutput.Added;

/** Sharded adds; the CIDs are those of the reference. */
class ShardedAddTest {
    private static final String HELLO = "QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX";
    private static final Cid LINK = Cid.parse("QmP63DkAFEnDYNjDYBpyNDfttu1fvUw99x1brscPzpqmmq");

    private final TestCluster cluster = new TestCluster();
    private final List<Added> lines = new ArrayList<>();
    private final Params params = new Params();

    ShardedAddTest() {
        params.shard = true;
        cluster.store(cluster.other);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private Cid add(Source source) throws IOException {
        return cluster.adder.add(source, params.get(), lines::add);
    }

    private void options(String name, long shardSize) {
        params.pin = PinOptions.builder().name(name).shardSize(shardSize).build();
    }

    @Test
    void fileOfThreeShardsHasTheCidsOfTheReference() throws Exception {
        params.pin = PinOptions.builder()
                .name("bla")
                .shardSize(300_000)
                .metadata(Map.of("k", "v"))
                .expireAt(Instant.parse("2100-01-01T00:00:00Z"))
                .build();

        Cid root = add(new Source().text("f.txt", "x".repeat(300_000) + "y".repeat(300_000)));

        assertThat(lines.stream().map(line -> line.name() + " " + line.cid() + " " + line.size()))
                .containsExactly(
                        "shard-0 bafyreiea44lxlcxym7zk4i7lhaawwq4cnzjkjgztmgzq7fgoutwtw2mohu 262158",
                        "shard-1 bafyreiastwyfl346js5qtr6xnkmwhqejjluw5mlmqvhyuhsxu55uiczegu 262158",
                        "f.txt QmeXGTH2xc8Srm4j9FDK6K2abpQAo6C7KkPoFu73Xq8egm 600194",
                        "shard-2 bafyreiezsyachonq76s67oojgu6mlyd2d5tslmjhhn4nirgmy6i5n5x7cu 75976",
                        "bla-clusterDAG bafyreicnic4r5mu777sr4bunykf6r47f5etdrc5no2coal5jm5snm7rzjm 600292");
        assertThat(lines.get(0).allocations()).containsExactly(cluster.self, cluster.other);
        assertThat(lines.get(4).allocations()).isEmpty();
        pinsReferToEachOther(root);
        for (Pin pin : cluster.pins) {
            assertThat(pin.options().metadata()).containsEntry("k", "v");
            assertThat(pin.options().expireAt()).isEqualTo("2100-01-01T00:00:00Z");
        }
        // the cluster DAG is stored here only
        Cid dag = lines.get(4).cid();
        assertThat(cluster.store(cluster.self).blocks).containsKey(dag);
        assertThat(cluster.store(cluster.other).blocks).doesNotContainKey(dag).containsKey(root);
    }

    private void pinsReferToEachOther(Cid root) {
        List<Pin> pins = cluster.pins;
        assertThat(pins)
                .extracting(pin -> pin.options().name())
                .containsExactly("bla-shard-0", "bla-shard-1", "bla-shard-2", "bla-clusterDAG", "bla");
        assertThat(pins)
                .extracting(Pin::type)
                .containsExactly(PinType.SHARD, PinType.SHARD, PinType.SHARD, PinType.CLUSTER_DAG, PinType.META);
        assertThat(pins).extracting(Pin::maxDepth).containsExactly(1, 1, 1, 0, 0);
        assertThat(pins)
                .extracting(Pin::reference)
                .containsExactly(
                        null,
                        pins.get(0).cid(),
                        pins.get(1).cid(),
                        root,
                        pins.get(3).cid());
        assertThat(pins)
                .extracting(pin -> pin.options().shardSize())
                .containsExactly(262_158L, 262_158L, 75_976L, 300_000L, 300_000L);
        assertThat(pins.get(0).allocations()).containsExactly(cluster.self, cluster.other);
        assertThat(pins.get(3).isEverywhere()).isTrue();
        assertThat(pins.get(4).cid()).isEqualTo(root);
        assertThat(pins.get(4).allocations()).isEmpty();
    }

    @Test
    void smallFileIsOneShardWithTheBlocksOfTheReferencesTree() throws Exception {
        options("", 1_000_000);
        assertThat(add(new Source().text("hello", "hello"))).hasToString(HELLO);
        assertThat(lines.stream().map(line -> line.name() + " " + line.cid() + " " + line.size()))
                .containsExactly(
                        "hello " + HELLO + " 13",
                        "shard-0 bafyreigzroh7obpxxpxipg244r46ilqwj3gdlpoing2ont2jchnjjarzwy 109",
                        "-clusterDAG bafyreifvm6eswirgk3npti7k77oexvjv7rrkjoynfk7v6ecwttxcx664xi 109");
    }

    @Test
    void everyBlockIsInExactlyOneShardAndOnItsPeers() throws Exception {
        options("tree", 300 << 10);
        params.wrap = true;
        Cid root = add(new Source()
                .file("A/one", Source.content("one", 700_000))
                .file("A/same", Source.content("one", 700_000))
                .file("B/sub/two", Source.content("two", 500_000))
                .folder("empty"));

        Set<Cid> inShards = new LinkedHashSet<>();
        for (Pin pin : cluster.pins) {
            if (pin.type() == PinType.SHARD) {
                byte[] shard = cluster.store(cluster.other).blocks.get(pin.cid());
                for (Cid link : DagCbor.decodeLinks(shard).values()) {
                    assertThat(inShards.add(link)).isTrue();
                    assertThat(cluster.store(cluster.other).blocks).containsKey(link);
                }
            }
        }
        assertThat(inShards).contains(root).hasSize(3 + 1 + 1 + 2 + 1 + 4);
    }

    @Test
    void eachRootOfSeveralHasShardsOfItsOwn() throws Exception {
        options("n", 1_000_000);
        add(new Source().text("a", "hello").text("dir/x", "hello").text("b", "other"));
        assertThat(cluster.pins)
                .extracting(Pin::type)
                .containsExactly(
                        PinType.SHARD,
                        PinType.CLUSTER_DAG,
                        PinType.META,
                        PinType.SHARD,
                        PinType.CLUSTER_DAG,
                        PinType.META,
                        PinType.SHARD,
                        PinType.CLUSTER_DAG,
                        PinType.META);
        Cid second = cluster.pins.get(3).cid();
        assertThat(DagCbor.decodeLinks(cluster.store(cluster.self).blocks.get(second))
                        .values())
                .contains(Cid.parse(HELLO));
        lines.clear();
        assertThatThrownBy(
                        () -> add(new Source().text("d/a", "1").text("b", "2").text("d/c", "3")))
                .hasMessageContaining("d/c");
    }

    @Test
    void tooSmallShardsAreRefusedAndNothingIsPinned() {
        options("n", 0);
        assertThatThrownBy(() -> add(new Source().text("f", "hello")))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
                .hasMessageStartingWith("block doesn't fit in empty shard: shard size too small?");
        options("n", 200_000);
        assertThatThrownBy(() -> add(new Source().text("f", "1").file("g", Source.content("g", 600_000))))
                .hasMessageContaining("200000");
        assertThat(cluster.pins).isEmpty();
    }

    @Test
    void rootThatIsPinnedAsAWholeIsRefusedBeforeAnythingIsPinned() throws Exception {
        params.shard = false;
        add(new Source().text("hello", "hello"));
        params.shard = true;
        options("n", 1_000_000);
        assertThatThrownBy(() -> add(new Source().text("hello", "hello")))
                .hasMessageContaining("cannot repin CID with different tracking method")
                .hasMessageContaining("New: meta-pin. Was: pin");
        assertThat(cluster.pins).hasSize(1);
    }

    @Test
    void pinsThatWereMadeBeforeAFailureAreTold() {
        options("n", 1_000_000);
        cluster.pinRoom = 2;
        assertThatThrownBy(() -> add(new Source().text("hello", "hello")))
                .hasMessageContaining("consensus is away (2 of 3 pins");
    }

    @Test
    void noPinLeavesTheBlocksOnly() throws Exception {
        options("n", 1_000_000);
        params.noPin = true;
        add(new Source().text("hello", "hello"));
        assertThat(cluster.pins).isEmpty();
        assertThat(lines).hasSize(3);
    }

    @Test
    void carIsShardedAsItIs() throws Exception {
        options("car", 300_000);
        params.format = "car";
        byte[] one = Source.content("one", 200_000);
        byte[] two = Source.content("two", 200_000);
        List<Block> blocks = new ArrayList<>();
        for (byte[] data : List.of(one, two)) {
            blocks.add(new Block(Cid.v1(Cid.RAW, Multihash.sha256(data)), data));
        }
        byte[] top =
                DagCbor.encodeLinks(List.of(blocks.get(0).cid(), blocks.get(1).cid()));
        Cid root = Cid.v1(Cid.DAG_CBOR, Multihash.sha256(top));
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        try (CarWriter writer = new CarWriter(car, List.of(root))) {
            writer.write(new Block(root, top));
            writer.write(blocks.get(0));
            writer.write(blocks.get(1));
        }
        assertThat(add(new Source().file("x.car", car.toByteArray()))).isEqualTo(root);
        assertThat(cluster.pins).hasSize(4);
        Map<String, Cid> first = DagCbor.decodeLinks(
                cluster.store(cluster.other).blocks.get(cluster.pins.get(0).cid()));
        assertThat(first).isEqualTo(Map.of("0", root, "1", blocks.get(0).cid()));
    }

    @Test
    void listsOfLinksHaveTheBytesOfTheReference() {
        assertThat(LinkDag.of(List.of(LINK)).root())
                .hasToString("bafyreigjxhur5muwbnd2httrhjdvreehyvufyu3k7g33rxeaquhkaomxba");
        assertThat(HexFormat.of().formatHex(DagCbor.encodeLinks(List.of(LINK))))
                .isEqualTo("a16130d82a58230012200b1d6d95aae1fc9a54ad6eb18d968af23b27c51fb66d8bc21cc999eaef208768");
        assertThat(LinkDag.of(List.of()).root())
                .hasToString("bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua");
        LinkList twelve = new LinkList();
        IntStream.range(0, 12).forEach(i -> twelve.add(LINK));
        assertThat(LinkDag.of(twelve).root())
                .hasToString("bafyreibccxncarof5phuztrisxppcgm27bbjsh2lki4zy5kirzp3ooh7b4");
    }

    @Test
    void manyLinksNeedNodesBelowTheRoot() throws Exception {
        LinkList links = new LinkList();
        IntStream.range(0, 2 * LinkDag.MAX_LINKS)
                .forEach(i -> links.add(Cid.v1(Cid.RAW, Multihash.sha256(new byte[] {(byte) i, (byte) (i >> 8)}))));
        List<Block> sent = new ArrayList<>();
        LinkDag dag = LinkDag.of(links);
        dag.forEach((block, bytes) -> sent.add(block));
        assertThat(sent).hasSize(4);
        assertThat(sent.get(0).cid()).isEqualTo(dag.root());
        Map<String, Cid> root = DagCbor.decodeLinks(sent.get(0).data());
        assertThat(root.values())
                .containsExactly(
                        sent.get(1).cid(), sent.get(2).cid(), sent.get(3).cid());
        // an exact multiple has an empty node at its end
        assertThat(sent.get(3).data()).isEqualTo(new byte[] {(byte) 0xa0});
        assertThat(DagCbor.decodeLinks(sent.get(2).data())).containsEntry("0", links.get(LinkDag.MAX_LINKS));
    }

    @Test
    void setOfCidsKnowsWhatItHas() {
        CidSet set = new CidSet();
        for (int i = 0; i < 10_000; i++) {
            Multihash hash = Multihash.sha256(new byte[] {(byte) i, (byte) (i >> 8)});
            assertThat(set.add(Cid.v1(Cid.RAW, hash))).isTrue();
            assertThat(set.add(Cid.v1(Cid.RAW, hash))).isFalse();
            assertThat(set.contains(Cid.v1(Cid.DAG_PB, hash))).isFalse();
            assertThat(set.add(Cid.v0(hash))).isTrue();
        }
        Cid inline = Cid.v1(Cid.RAW, Multihash.identity(new byte[] {1}));
        assertThat(set.contains(inline)).isFalse();
        assertThat(set.add(inline)).isTrue();
        assertThat(set.add(inline)).isFalse();
    }
}
