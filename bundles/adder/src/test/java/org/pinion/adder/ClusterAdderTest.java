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
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.car.CarWriter;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.adder.AddOutput.Added;

class ClusterAdderTest {
    private static final String HELLO = "QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX";

    private final TestCluster cluster = new TestCluster();
    private final List<Added> lines = new ArrayList<>();
    private final Params params = new Params();

    @AfterEach
    void close() {
        cluster.close();
    }

    private Cid add(Source source) throws IOException {
        return cluster.adder.add(source, params.get(), lines::add);
    }

    private List<String> shown() {
        return lines.stream()
                .map(line -> line.name() + " " + line.cid() + " " + (line.cid() == null ? line.bytes() : line.size()))
                .toList();
    }

    @Test
    void blocksGoToAllAllocatedPeersAndTheRootIsPinnedThere() throws Exception {
        cluster.store(cluster.other);
        params.pin = PinOptions.builder()
                .replication(2, 2)
                .name("greeting")
                .mode(PinMode.DIRECT)
                .pinUpdate(Cid.parse(HELLO))
                .build();

        add(new Source().text("f.txt", "hello"));

        assertThat(shown()).containsExactly("f.txt " + HELLO + " 13");
        assertThat(lines.get(0).allocations()).containsExactly(cluster.self, cluster.other);
        assertThat(cluster.store(cluster.self).blocks).containsOnlyKeys(Cid.parse(HELLO));
        assertThat(cluster.store(cluster.other).blocks).containsOnlyKeys(Cid.parse(HELLO));
        Pin pin = cluster.pins.get(0);
        assertThat(pin.allocations()).containsExactly(cluster.self, cluster.other);
        assertThat(pin.maxDepth()).isEqualTo(-1);
        assertThat(pin.options().name()).isEqualTo("greeting");
        assertThat(pin.options().pinUpdate()).isNull();
    }

    @Test
    void pinForEverywhereNamesNoPeers() throws Exception {
        params.pin = PinOptions.builder().replication(-1, -1).build();
        add(new Source().text("f.txt", "hello"));
        assertThat(lines.get(0).allocations()).hasSize(2);
        assertThat(cluster.pins.get(0).allocations()).isEmpty();
    }

    @Test
    void foldersAreToldChildrenFirstAndTheTopLast() throws Exception {
        add(new Source()
                .folder("dir")
                .folder("dir/sub")
                .text("dir/sub/x.txt", "x")
                .text("dir/a.txt", "aaa"));

        assertThat(lines).extracting(Added::name).containsExactly("dir/sub/x.txt", "dir/a.txt", "dir/sub", "dir");
        assertThat(shown().get(3)).isEqualTo("dir QmR7DbA3iDoWtiTGnwx7PV1WaH6YmyrBZAqZHi34r9K9U9 167");
    }

    @Test
    void linksAndEmptyFoldersArePartOfTheTree() throws Exception {
        add(new Source()
                .folder("dir")
                .text("dir/sub/x.txt", "x")
                .text("dir/a.txt", "aaa")
                .link("dir/ln", "a.txt"));
        assertThat(shown())
                .contains("dir/ln QmS9U51FvTAqDDVLJ5okMzeLjsEeg8JEG1rPmSq2oPahF6 " + sizeOf("dir/ln"))
                .endsWith("dir QmcUL7yrWcbdtDBZzJMr9jJcJSDdy3jkqkPRG9jf3K14iG 222");
        lines.clear();
        add(new Source()
                .folder("dir")
                .text("dir/sub/x.txt", "x")
                .text("dir/a.txt", "aaa")
                .folder("dir/empty"));
        assertThat(shown()).endsWith("dir QmcqmWdQjom3A8ofg4AayugHwAgfECVJSJnZd2BsoiWGDc 218");
    }

    private long sizeOf(String name) {
        return lines.stream()
                .filter(line -> line.name().equals(name))
                .findFirst()
                .orElseThrow()
                .size();
    }

    @Test
    void wrappedFileComesBeforeItsFolderWithoutAName() throws Exception {
        params.wrap = true;
        add(new Source().text("f.txt", "hello"));
        assertThat(shown())
                .containsExactly(
                        "f.txt " + HELLO + " 13", " QmcFZ18pdEDFE29vZsjnoWZti9zozKTrRgkxfv4z1Tt5iz " + sizeOf(""));
    }

    @Test
    void progressIsToldAfterEveryQuarterMegabyteAndAtTheEnd() throws Exception {
        params.wrap = true;
        params.progress = true;
        add(new Source().text("f.txt", "hello".repeat(200_000)));
        assertThat(shown())
                .containsExactly(
                        "f.txt null 262144",
                        "f.txt null 524288",
                        "f.txt null 786432",
                        "f.txt null 1000000",
                        "f.txt QmPMSL5DWcrbhxCDcmT4r2KruUXDkJmoS27X5UBMm4mWRF 1000256",
                        " QmbLKKeM3j9Y46Nq9xuymkr8MmsYkLtmn6LzDNg5Nbk5HC 1000309");
        lines.clear();
        params.wrap = false;
        add(new Source().text("f.txt", "hello"));
        assertThat(shown()).containsExactly(" null 5", "f.txt " + HELLO + " 13");
    }

    @Test
    void everyRootOfSeveralIsPinnedAndTheLastIsTheAnswer() throws Exception {
        Cid last = add(new Source()
                .text("a", "1")
                .text("dir/x", "2")
                .text("dir/y", "3")
                .text("b", "hello"));

        assertThat(lines).extracting(Added::name).containsExactly("a", "dir/x", "dir/y", "dir", "b");
        assertThat(cluster.pins)
                .extracting(Pin::cid)
                .containsExactly(
                        lines.get(0).cid(), lines.get(3).cid(), lines.get(4).cid());
        assertThat(last).hasToString(HELLO);
    }

    @Test
    void noPinLeavesTheBlocksOnly() throws Exception {
        params.noPin = true;
        add(new Source().text("f.txt", "hello"));
        assertThat(cluster.pins).isEmpty();
        assertThat(cluster.store(cluster.self).blocks).hasSize(1);
    }

    @Test
    void localAddSendsBlocksHereOnlyAndTakesTheLastAllocation() throws Exception {
        cluster.allocations = List.of(cluster.other);
        cluster.store(cluster.other);
        params.local = true;
        add(new Source().text("f.txt", "hello"));
        assertThat(cluster.store(cluster.other).blocks).isEmpty();
        assertThat(cluster.store(cluster.self).blocks).hasSize(1);
        assertThat(cluster.pins.get(0).allocations()).containsExactly(cluster.self);

        params.pin =
                PinOptions.builder().userAllocations(List.of(cluster.other)).build();
        add(new Source().text("f.txt", "hello"));
        assertThat(cluster.pins.get(1).allocations()).containsExactly(cluster.other);
    }

    @Test
    void addGoesOnWhileOneDestinationIsLeft() throws Exception {
        cluster.store(cluster.self).room = 3;
        cluster.store(cluster.other);
        Cid root = add(new Source().file("f", Source.content("f", 4_000_000)));
        assertThat(cluster.store(cluster.other).blocks).containsKey(root).hasSize(17);
        assertThat(cluster.pins).hasSize(1);

        cluster.stores.remove(cluster.other);
        cluster.store(cluster.self).room = Integer.MAX_VALUE;
        add(new Source().text("g", "not connected to the other"));
        assertThat(cluster.pins).hasSize(2);
    }

    @Test
    void addFailsWithTheReasonsWhenNoDestinationIsLeftAndNothingIsPinned() {
        cluster.store(cluster.self).room = 2;
        assertThatThrownBy(() -> add(new Source().file("f", Source.content("f", 4_000_000))))
                .isInstanceOf(ClusterException.class)
                .hasMessageStartingWith("failed to put block on all destinations")
                .hasMessageContaining("the disk is full")
                .hasMessageContaining("not connected");
        assertThat(cluster.pins).isEmpty();
    }

    @Test
    void sourceThatBreaksOffMakesDestinationsFailToo() {
        cluster.store(cluster.other);
        InputStream broken = new InputStream() {
            private int left = 1_000_000;

            @Override
            public int read() throws IOException {
                if (left-- <= 0) {
                    throw new IOException("the client is gone");
                }
                return 7;
            }
        };
        assertThatThrownBy(() -> add(new Source().file("f", broken))).hasMessage("the client is gone");
        assertThat(cluster.pins).isEmpty();
        assertThat(cluster.store(cluster.self).complete).isFalse();
        assertThat(cluster.store(cluster.other).complete).isFalse();
    }

    @Test
    void carIsTakenBlockByBlock() throws Exception {
        params.noPin = true;
        Cid root = add(new Source().folder("dir").text("dir/a", "hello").file("dir/b", Source.content("b", 600_000)));
        var blocks = cluster.store(cluster.self).blocks;
        ByteArrayOutputStream car = new ByteArrayOutputStream();
        try (CarWriter writer = new CarWriter(car, List.of(root))) {
            for (var block : blocks.entrySet()) {
                writer.write(new Block(block.getKey(), block.getValue()));
            }
        }
        long bytes = blocks.values().stream().mapToLong(data -> data.length).sum();
        lines.clear();
        params.noPin = false;
        params.format = "car";
        cluster.store(cluster.other).blocks.clear();

        assertThat(add(new Source().file("dir.car", car.toByteArray()))).isEqualTo(root);

        assertThat(lines).containsExactly(new Added("dir.car", root, bytes, 0, List.of(cluster.self, cluster.other)));
        assertThat(cluster.store(cluster.other).blocks).containsOnlyKeys(blocks.keySet());
        assertThat(cluster.pins).extracting(Pin::cid).containsExactly(root);
        params.wrap = true;
        refused(new Source().file("dir.car", car.toByteArray()), "cannot wrap a CAR file upload");
        params.wrap = false;
        refused(new Source().folder("dir.car"), "expected CAR file is not of type file");
        ByteArrayOutputStream rootless = new ByteArrayOutputStream();
        new CarWriter(rootless, List.of()).close();
        refused(new Source().file("x.car", rootless.toByteArray()), "only CAR files with a single root are supported");
    }

    @Test
    void wrongParametersAreNamed() {
        params.hash = "sha3-512";
        refused(new Source().text("f", "1"), "invalid cid: invalid v0 prefix");
        params.hash = "nonsense";
        refused(new Source().text("f", "1"), "hash function name not known");
        params.hash = "sha2-256";
        params.chunker = "foo";
        refused(new Source().text("f", "1"), "unrecognized chunker option: foo");
        params.chunker = "size-262144";
        params.layout = "square";
        refused(new Source().text("f", "1"), "layout parameter is invalid");
        params.layout = "";
        refused(new Source(), "nothing to add");
        refused(new Source().text("d/f", "1").text("d/f/g", "2"), "\"f\" in \"f/g\" is a file");
        assertThat(cluster.pins).isEmpty();
    }

    private void refused(Source source, String text) {
        assertThatThrownBy(() -> add(source))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
                .hasMessageContaining(text);
    }

    @Test
    void wrappingNothingGivesTheEmptyFolder() throws Exception {
        params.wrap = true;
        assertThat(add(new Source())).hasToString("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
        assertThat(cluster.pins).hasSize(1);
    }

    @Test
    void nobodyAllocatedIsAnError() {
        cluster.allocations = List.of();
        assertThatThrownBy(() -> add(new Source().text("f", "1"))).hasMessageContaining("no peer is allocated");
        assertThat(cluster.pins).isEmpty();
    }

    @Test
    void missingComponentIsNamed() {
        cluster.adder.pinset = null;
        assertThatThrownBy(() -> add(new Source().text("f", "1"))).hasMessageContaining("cluster service");
        cluster.adder.pinset = cluster;
        cluster.adder.blocks = null;
        cluster.allocations = List.of(cluster.self);
        assertThatThrownBy(() -> add(new Source().text("f", "1"))).hasMessageContaining("no IPFS connector");
    }
}
