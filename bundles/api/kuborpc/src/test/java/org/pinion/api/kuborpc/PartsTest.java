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
package org.pinion.api.kuborpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.ipld.dag.DagPb;
import org.pinion.ipld.dag.PbLink;
import org.pinion.ipld.dag.PbNode;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;

/** The parts of the API that need no node. */
class PartsTest {
    private static final String HELLO = "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN";

    private static Cid raw(int number) {
        return Cid.v1(
                Cid.RAW, Multihash.sha256(new byte[] {(byte) number, (byte) (number >> 8), (byte) (number >> 16)}));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":[1,2,{\"/\":\"" + HELLO + "\"}],\"b\":{\"/\":{\"bytes\":\"AAEC\"}},\"f\":1.5}",
                "[]",
                "null",
                "-1",
                "18446744073709551615",
                "\"text\""
            })
    void valuesSurviveDagJsonAndDagCbor(String json) {
        Object value = DagJson.parse(json.getBytes(StandardCharsets.UTF_8));
        byte[] cbor = DagJson.encode(Cid.DAG_CBOR, value);
        byte[] back = DagJson.encode(DagJson.CODEC, DagJson.decode(Cid.DAG_CBOR, cbor));
        assertThat(new String(back, StandardCharsets.UTF_8)).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,]",
                "{\"/\":5}",
                "{\"/\":\"no cid\"}",
                "{\"/\":{\"bytes\":\"*\"}}",
                "1 2",
                "{\"a\":1,\"a\":2}"
            })
    void malformedDagJsonIsRefused(String json) {
        assertThatThrownBy(() -> DagJson.parse(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(KuboException.class);
    }

    @Test
    void dagPbNodesSurviveDagJson() {
        byte[] block = DagPb.encode(new PbNode(List.of(new PbLink(Cid.parse(HELLO), "a", 14)), new byte[] {8, 1}));
        byte[] json = DagJson.encode(DagJson.CODEC, DagJson.decode(Cid.DAG_PB, block));
        assertThat(DagJson.encode(Cid.DAG_PB, DagJson.parse(json))).isEqualTo(block);
        assertThatThrownBy(() -> DagJson.encode(Cid.DAG_PB, Map.of())).hasMessageContaining("Links");
        assertThatThrownBy(() -> DagJson.encode(Cid.RAW, "x")).hasMessageContaining("raw");
        assertThatThrownBy(() -> DagJson.decode(0x7777, block)).hasMessageContaining("no decoder");
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=1-2,1,2",
        "bytes=1-,1,9",
        "bytes=-3,7,3",
        "bytes=-30,0,10",
        "bytes=8-100,8,2",
        "'bytes=0-1,3-4',0,2",
        "bytes=10-,10,0"
    })
    void rangesAreParts(String header, long from, long length) {
        assertThat(ByteRange.parse(header, 10)).isEqualTo(new ByteRange(from, length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bytes=-", "bytes=5-2", "items=1-2", "bytes=a-b", "bytes=99999999999999999999-"})
    void whatIsNoRangeMeansEverything(String header) {
        assertThat(ByteRange.parse(header, 10)).isNull();
    }

    @Test
    void pathsBeginWithACidOfAKnownNamespace() {
        assertThat(ContentPath.parse("/ipfs/" + HELLO + "/a//b/").names()).containsExactly("a", "b");
        assertThat(ContentPath.parse(HELLO).root()).isEqualTo(Cid.parse(HELLO));
        assertThatThrownBy(() -> ContentPath.parse("/ipns/x")).isInstanceOf(ClusterException.class);
        for (String bad : List.of("", "/", "/ipfs/", "bad", "/ipfs/bad", "/x/" + HELLO)) {
            assertThatThrownBy(() -> ContentPath.parse(bad)).isInstanceOf(KuboException.class);
        }
        assertThatThrownBy(() -> ContentPath.parse("x".repeat(20_000))).hasMessageContaining("characters");
    }

    @Test
    void aPathMayGoOnInsideADagCborBlock() throws IOException {
        Cid hello = Cid.parse(HELLO);
        byte[] cbor = DagJson.encode(
                Cid.DAG_CBOR,
                DagJson.parse(("{\"a\":[1,{\"/\":\"" + HELLO + "\"}]}").getBytes(StandardCharsets.UTF_8)));
        Cid root = Cid.v1(Cid.DAG_CBOR, Multihash.sha256(cbor));
        assertThat(ContentPath.parse(root + "/a/1").resolve(cid -> cbor)).isEqualTo(hello);
        assertThat(ContentPath.parse(root + "/a/0").end(cid -> cbor).rest()).containsExactly("a", "0");
        assertThatThrownBy(() -> ContentPath.parse(root + "/b").end(cid -> cbor))
                .hasMessage("key not found: \"b\"");
    }

    @Test
    void whatWasSeenIsKnown() {
        Seen seen = new Seen();
        for (int i = 0; i < 100_000; i++) {
            assertThat(seen.add(raw(i))).isTrue();
        }
        for (int i = 0; i < 100_000; i++) {
            assertThat(seen.add(raw(i))).isFalse();
        }
        assertThat(seen.contains(raw(100_001))).isFalse();
        assertThat(seen.size()).isEqualTo(100_000);
    }

    @Test
    void aWalkVisitsEachBlockOnceUnlessAskedOtherwise() throws IOException {
        byte[] leaf = {1};
        Cid leafCid = Cid.v1(Cid.RAW, Multihash.sha256(leaf));
        byte[] node = DagPb.encode(new PbNode(List.of(new PbLink(leafCid, "", 1), new PbLink(leafCid, "", 1)), null));
        Cid root = Cid.v1(Cid.DAG_PB, Multihash.sha256(node));
        Map<Cid, byte[]> blocks = Map.of(leafCid, leaf, root, node);
        Map<Cid, Integer> visits = new HashMap<>();
        new DagWalk(blocks::get, new Seen(), false).run(root, (cid, data) -> visits.merge(cid, 1, Integer::sum));
        assertThat(visits).containsOnly(Map.entry(root, 1), Map.entry(leafCid, 1));
        new DagWalk(blocks::get, new Seen(), true).run(root, (cid, data) -> visits.merge(cid, 1, Integer::sum));
        assertThat(visits).containsOnly(Map.entry(root, 2), Map.entry(leafCid, 3));
    }

    @Test
    void longNamesGetAPaxHeader() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Tar tar = new Tar(bytes)) {
            tar.file("x".repeat(200), 1);
            tar.content().write('y');
            tar.endFile(1);
        }
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        assertThat(text).contains("210 path=" + "x".repeat(200) + "\n");
        assertThat(bytes.size()).isEqualTo(512 * 6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a\\b"})
    void namesThatLeaveTheirFolderAreNotPlain(String name) {
        assertThat(Tar.isPlain(name)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "a.html,x,text/html; charset=utf-8",
        "a,<!DOCTYPE html>,text/html; charset=utf-8",
        "a,hello,text/plain; charset=utf-8"
    })
    void typesFollowNamesThenContent(String name, String content, String type) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        assertThat(MediaTypes.of(name, () -> new ByteArrayInputStream(bytes))).isEqualTo(type);
    }

    @Test
    void listingsEscapeNames() {
        assertThat(ListingPage.escaped("<a href=\"x\">'&")).isEqualTo("&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    }
}
