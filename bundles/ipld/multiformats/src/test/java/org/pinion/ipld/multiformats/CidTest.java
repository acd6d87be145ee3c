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
package org.pinion.ipld.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidTest {
    private static final String V0 = "QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR";
    private static final String V1 = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

    static List<JsonNode> datastoreKeys() {
        return Vectors.wire("datastoreKeys");
    }

    @ParameterizedTest
    @MethodSource("datastoreKeys")
    void textBytesAndDatastoreKeysAgreeWithTheReference(JsonNode vector) {
        Cid cid = Cid.parse(vector.get("name").asText());
        JsonNode decoded = vector.get("decoded");

        assertThat(cid.toString()).isEqualTo(vector.get("name").asText());
        assertThat(cid.bytes()).isEqualTo(Vectors.hex(vector.get("hex")));
        assertThat(cid.multihash().bytes()).isEqualTo(Vectors.hex(decoded.get("multihash")));
        assertThat("/" + cid.base32Upper())
                .isEqualTo(decoded.get("state_key (base32 of whole cid)").asText());
        assertThat("/" + Multibase.base32Upper(cid.multihash().bytes()))
                .isEqualTo(
                        decoded.get("block/element key (base32 of multihash)").asText());
        assertThat(Cid.ofBytes(cid.bytes())).isEqualTo(cid).hasSameHashCodeAs(cid);
    }

    @Test
    void versionsOfOneMultihashDiffer() {
        Cid v0 = Cid.parse(V0);
        Cid v1 = v0.toV1();

        assertThat(v0.version()).isZero();
        assertThat(v0.codec()).isEqualTo(Cid.DAG_PB);
        assertThat(v1.version()).isEqualTo(1);
        assertThat(v1.codec()).isEqualTo(Cid.DAG_PB);
        assertThat(v1).isNotEqualTo(v0);
        assertThat(v1.multihash()).isEqualTo(v0.multihash());
        assertThat(v1.toV1()).isSameAs(v1);
        assertThat(Cid.v0(v1.multihash())).isEqualTo(v0);
        assertThat(Cid.v1(Cid.DAG_PB, v0.multihash())).isEqualTo(v1);
    }

    @Test
    void version1IsReadInEveryBase() {
        Cid cid = Cid.parse(V1);
        for (char base : "fFbBcCvVtThkKzZmMuU".toCharArray()) {
            assertThat(Cid.parse(cid.toString(base))).isEqualTo(cid);
        }
        assertThat(Cid.parse("k" + cid.toString('k').substring(1).toUpperCase()))
                .isEqualTo(cid);
    }

    @Test
    void version0KnowsBase58Only() {
        assertThat(Cid.parse(V0).toString('z')).isEqualTo(V0);
        assertThatThrownBy(() -> Cid.parse(V0).toString('b')).hasMessageContaining("toV1");
    }

    @Test
    void version0NeedsSha256() {
        assertThatThrownBy(() -> Cid.v0(Hashes.sum(Multihash.SHA2_512, new byte[0])))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readTakesExactlyOneAndMovesBehindIt() {
        List<Cid> cids = List.of(
                Cid.parse(V0), Cid.parse(V1), Cid.v1(Cid.DAG_CBOR, Multihash.identity(new byte[0])), Cid.parse(V0));
        ByteBuffer all = ByteBuffer.allocate(cids.stream().mapToInt(Cid::size).sum());
        cids.forEach(cid -> cid.writeTo(all));
        all.flip();
        for (Cid cid : cids) {
            assertThat(Cid.read(all)).isEqualTo(cid);
        }
        assertThat(all.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "b",
                "hello",
                "Qm",
                "QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMn0",
                "QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMn",
                "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52z1",
                "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zyaa",
                "f0255122000",
                "f015512",
                "f01551220",
                "f0155122000"
            })
    void textThatIsNoCidIsRefusedAndNamed(String text) {
        assertThatThrownBy(() -> Cid.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining('"' + text + '"');
    }

    @Test
    void bytesAfterTheCidAreRefused() {
        byte[] bytes = Vectors.hex(Cid.parse(V1).toString('f').substring(1) + "00");
        assertThatThrownBy(() -> Cid.ofBytes(bytes)).hasMessageContaining("1 more bytes");
        assertThatThrownBy(() -> Cid.read(ByteBuffer.wrap(bytes, 0, 30))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void orderIsThatOfUnsignedBytes() {
        assertThat(Cid.parse(V1)).isLessThan(Cid.parse(V0));
        assertThat(Cid.v1(0x80, Multihash.identity(new byte[0])))
                .isGreaterThan(Cid.v1(0x7f, Multihash.identity(new byte[9])));
    }

    @Test
    void callersCannotChangeAValueThroughItsArrays() {
        Cid cid = Cid.parse(V1);
        cid.bytes()[10] ^= 1;
        byte[] bytes = cid.bytes();
        Cid copy = Cid.ofBytes(bytes);
        bytes[10] ^= 1;
        assertThat(cid.toString()).isEqualTo(V1);
        assertThat(copy).isEqualTo(cid);
    }

    @Test
    void identityCidCarriesItsData() {
        Cid cid = Cid.v1(Cid.RAW, Multihash.identity(new byte[] {1, 2, 3}));
        assertThat(Cid.parse(cid.toString()).multihash().digest()).containsExactly(1, 2, 3);
    }
}
