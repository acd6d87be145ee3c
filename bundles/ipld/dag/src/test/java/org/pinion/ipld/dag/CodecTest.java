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
package org.pinion.ipld.dag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;

class CodecTest {
    private static final Cid CID = Cid.parse("QmP63DkAFEnDYNjDYBpyNDfttu1fvUw99x1brscPzpqmmq");

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static String cborCid(byte[] block) {
        return Cid.v1(Cid.DAG_CBOR, Multihash.sha256(block)).toString();
    }

    @Test
    void shardsOfAClusterDagHaveTheBytesOfTheReference() {
        byte[] one = DagCbor.encodeLinks(List.of(CID));
        assertThat(one)
                .isEqualTo(hex("a16130d82a58230012200b1d6d95aae1fc9a54ad6eb18d968af23b27c51fb66d8bc21cc999eaef208768"));
        assertThat(cborCid(one)).isEqualTo("bafyreigjxhur5muwbnd2httrhjdvreehyvufyu3k7g33rxeaquhkaomxba");
        assertThat(cborCid(DagCbor.encodeLinks(List.of())))
                .isEqualTo("bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua");
        byte[] twelve = DagCbor.encodeLinks(Collections.nCopies(12, CID));
        assertThat(cborCid(twelve)).isEqualTo("bafyreibccxncarof5phuztrisxppcgm27bbjsh2lki4zy5kirzp3ooh7b4");
        assertThat(DagCbor.links(twelve)).hasSize(12).containsOnly(CID);
        assertThat(DagCbor.decodeLinks(twelve).keySet())
                .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
        assertThatThrownBy(() -> DagCbor.decodeLinks(DagCbor.encode(Map.of("a", 1))))
                .hasMessageContaining("\"a\"");
        assertThatThrownBy(() -> DagCbor.decodeLinks(DagCbor.encode(1))).hasMessageContaining("not a map");
    }

    @Test
    void cborValuesSurviveARoundTrip() {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("link", CID);
        inner.put("null", null);
        List<Object> value = new ArrayList<>(List.of(0L, 23L, 24L, 255L, 256L, 65_536L, 1L << 32, -1L, -25L));
        value.addAll(List.of(Long.MIN_VALUE, Long.MAX_VALUE, 1.5, true, false, "text \u6f22", inner));
        value.add(BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE));
        value.add(BigInteger.ONE.shiftLeft(64).negate());
        byte[] encoded = DagCbor.encode(value);
        assertThat(DagCbor.decode(encoded)).isEqualTo(value);
        assertThat(DagCbor.links(encoded)).containsExactly(CID);
        assertThat((byte[]) DagCbor.decode(DagCbor.encode(new byte[] {1, 2}))).containsExactly(1, 2);
    }

    @Test
    void cborThatOnlyGoWritesIsUnderstood() {
        assertThat(DagCbor.decode(hex("9f01ff"))).isEqualTo(List.of(1L));
        assertThat(DagCbor.decode(hex("bf616101ff"))).isEqualTo(Map.of("a", 1L));
        assertThat(DagCbor.decode(hex("7f61616162ff"))).isEqualTo("ab");
        assertThat(DagCbor.links(hex("9f5f4101ff7f6161ff01ff"))).isEmpty();
        assertThat(DagCbor.decode(hex("1b0000000000000001"))).isEqualTo(1L);
        assertThat(DagCbor.decode(hex("f93c00"))).isEqualTo(1.0);
        assertThat(DagCbor.decode(hex("fa3fc00000"))).isEqualTo(1.5);
        assertThat(DagCbor.decode(hex("a2616201616102"))).isEqualTo(Map.of("a", 2L, "b", 1L));
    }

    @Test
    void malformedCborIsRefused() {
        for (String bad : List.of(
                "",
                "0000", // something after the value
                "c100", // a tag that is not a link
                "d82a4100", // a link without a CID
                "d82a450155000100", // a link with the wrong first byte
                "a10001", // a key that is no string
                "a2616101616102", // a repeated key
                "5b7fffffffffffffff", // a string of 2^63-1 bytes
                "9b7fffffffffffffff",
                "bb7fffffffffffffff",
                "9bffffffffffffffff",
                "f97e00", // not a number
                "fb7ff0000000000000", // infinity
                "e0",
                "f818",
                "ff",
                "1f",
                "5f5f4101ffff", // pieces inside a piece
                "9f")) {
            assertThatThrownBy(() -> DagCbor.decode(hex(bad))).as(bad).isInstanceOf(IllegalArgumentException.class);
            if (!bad.equals("a2616101616102")) { // keys are not compared when only links are wanted
                assertThatThrownBy(() -> DagCbor.links(hex(bad))).as(bad).isInstanceOf(IllegalArgumentException.class);
            }
        }
        byte[] deep = new byte[DagCbor.MAX_DEPTH + 2];
        Arrays.fill(deep, (byte) 0x81);
        assertThatThrownBy(() -> DagCbor.decode(deep)).hasMessageContaining("nested deeper");
        assertThatThrownBy(() -> DagCbor.links(new byte[DagCbor.MAX_BLOCK_BYTES + 1]))
                .hasMessageContaining("limit");
        assertThatThrownBy(() -> DagCbor.encode(new Object())).hasMessageContaining("no form");
        assertThatThrownBy(() -> DagCbor.encode(Double.NaN)).hasMessageContaining("NaN");
    }

    @Test
    void pbNodesSurviveARoundTrip() {
        List<PbNode> nodes = List.of(
                new PbNode(List.of(), null),
                new PbNode(List.of(), new byte[0]),
                new PbNode(List.of(new PbLink(CID, "", 0), new PbLink(CID.toV1(), "b", -1)), new byte[] {1}),
                new PbNode(List.of(new PbLink(CID, "\u6f22", Long.MAX_VALUE)), null));
        for (PbNode node : nodes) {
            assertThat(DagPb.decode(DagPb.encode(node))).isEqualTo(node).hasSameHashCodeAs(node);
        }
        assertThat(DagPb.encode(nodes.get(0))).isEmpty();
        assertThat(DagPb.encode(nodes.get(1))).containsExactly(0x0a, 0);
    }

    @Test
    void pbLinksAreSortedByNameAndEqualNamesKeepTheirOrder() {
        PbLink b1 = new PbLink(CID, "b", 1);
        PbLink a = new PbLink(CID, "a", 0);
        PbLink b2 = new PbLink(CID, "b", 2);
        assertThat(DagPb.decode(DagPb.encode(new PbNode(List.of(b1, a, b2), null)))
                        .links())
                .containsExactly(a, b1, b2);
    }

    @Test
    void pbNodesInTheOrdersThatDagPbAllowsAreRead() {
        String link = "1224" + "0a22" + HexFormat.of().formatHex(CID.bytes());
        PbNode expected = new PbNode(List.of(new PbLink(CID, "", 0)), new byte[] {7});
        assertThat(DagPb.decode(hex(link + "0a0107"))).isEqualTo(expected);
        assertThat(DagPb.decode(hex("0a0107" + link))).isEqualTo(expected);
        for (String bad : List.of(
                link + "0a0107" + link,
                "0a01070a0107",
                "1a0107",
                "0801",
                "1200", // a link without a CID
                "12021200",
                "1226" + "1200" + "0a22" + HexFormat.of().formatHex(CID.bytes()), // the name first
                "12030a0100",
                "12ffffffff0f",
                "0aff",
                "0a05",
                "00",
                link.substring(0, 20))) {
            assertThatThrownBy(() -> DagPb.decode(hex(bad))).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> DagPb.decode(new byte[DagPb.MAX_NODE_BYTES + 1]))
                .hasMessageContaining("limit");
    }

    @Test
    void linksOfABlockAreReadByItsCodec() {
        byte[] pb = DagPb.encode(new PbNode(List.of(new PbLink(CID, "x", 1), new PbLink(CID, "y", 1)), null));
        assertThat(DagLinks.of(CID, pb)).containsExactly(CID, CID);
        assertThat(DagLinks.of(Cid.v1(Cid.DAG_CBOR, CID.multihash()), DagCbor.encode(List.of(CID))))
                .containsExactly(CID);
        assertThat(DagLinks.of(Cid.v1(Cid.RAW, CID.multihash()), pb)).isEmpty();
        assertThatThrownBy(() -> DagLinks.of(Cid.v1(Cid.LIBP2P_KEY, CID.multihash()), pb))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0x72");
    }

    @Test
    void noiseIsRefusedOrDecodesToSomethingThatSurvivesARoundTrip() {
        byte[] cbor = DagCbor.encode(Map.of("a", List.of(CID, 1, "x", new byte[3]), "b", Map.of("c", 1.5)));
        byte[] pb = DagPb.encode(new PbNode(List.of(new PbLink(CID, "x", 300)), new byte[4]));
        Random random = new Random(20_261_122);
        for (int i = 0; i < 30_000; i++) {
            byte[] noisyPb = mutate(pb, random);
            byte[] noisyCbor = mutate(cbor, random);
            try {
                PbNode node = DagPb.decode(noisyPb);
                byte[] again = DagPb.encode(node);
                assertThat(DagPb.encode(DagPb.decode(again))).isEqualTo(again);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
            try {
                byte[] again = DagCbor.encode(DagCbor.decode(noisyCbor));
                assertThat(DagCbor.encode(DagCbor.decode(again))).isEqualTo(again);
                assertThat(DagCbor.links(noisyCbor)).hasSameSizeAs(DagCbor.links(again));
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    private static byte[] mutate(byte[] from, Random random) {
        byte[] to = Arrays.copyOf(from, random.nextInt(8) == 0 ? random.nextInt(from.length) : from.length);
        for (int changes = random.nextInt(4); changes > 0 && to.length > 0; changes--) {
            to[random.nextInt(to.length)] = (byte) random.nextInt();
        }
        return to;
    }
}
