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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
    static List<JsonNode> ed25519() {
        return Vectors.wire("keys").stream()
                .filter(vector -> vector.get("name").asText().startsWith("ed25519"))
                .toList();
    }

    static List<JsonNode> otherKinds() {
        return Vectors.wire("keys").stream()
                .filter(vector -> !vector.get("name").asText().startsWith("ed25519"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("ed25519")
    void ed25519KeysAndIdsAgreeWithTheReference(JsonNode vector) {
        JsonNode decoded = vector.get("decoded");
        PrivateKey key = PrivateKey.ofEd25519Seed(Vectors.hex(decoded.get("seed")));

        assertThat(key.marshal()).isEqualTo(Vectors.hex(decoded.get("private_key_protobuf")));
        assertThat(key.raw()).isEqualTo(Vectors.hex(decoded.get("private_raw_64")));
        assertThat(key.publicKey().marshal()).isEqualTo(Vectors.hex(decoded.get("public_key_protobuf")));
        assertThat(key.publicKey().raw()).isEqualTo(Vectors.hex(decoded.get("public_raw")));
        assertThat(PrivateKey.unmarshal(key.marshal())).isEqualTo(key);

        PeerId id = PeerId.of(key);
        assertThat(id.bytes()).isEqualTo(Vectors.hex(vector.get("hex")));
        assertThat(id.toString()).isEqualTo(decoded.get("peer_id_base58").asText());
        assertThat(id.inlineKey()).contains(key.publicKey());
        assertThat(id.matches(key.publicKey())).isTrue();
        for (String spelling : List.of("peer_id_base58", "peer_id_cidv1_base32", "peer_id_cidv1_base36")) {
            assertThat(PeerId.parse(decoded.get(spelling).asText())).isEqualTo(id);
        }
        assertThat(id.toCid().toString('k'))
                .isEqualTo(decoded.get("peer_id_cidv1_base36").asText());
    }

    @ParameterizedTest
    @MethodSource("ed25519")
    void ed25519SignaturesAgreeWithTheReference(JsonNode vector) {
        JsonNode decoded = vector.get("decoded");
        PrivateKey key = PrivateKey.unmarshal(Vectors.hex(decoded.get("private_key_protobuf")));
        byte[] message = decoded.get("sign_message_ascii").asText().getBytes(StandardCharsets.US_ASCII);

        assertThat(key.sign(message)).isEqualTo(Vectors.hex(decoded.get("signature")));
        assertThat(key.publicKey().verify(message, Vectors.hex(decoded.get("signature"))))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("otherKinds")
    void publicKeysAndIdsOfOtherKindsAgreeWithTheReference(JsonNode vector) {
        byte[] message = Vectors.hex(vector.get("hex"));
        PublicKey key = PublicKey.unmarshal(message);

        assertThat(key.marshal()).isEqualTo(message);
        assertThat(PeerId.of(key).toString())
                .isEqualTo(vector.get("decoded").get("peer_id_base58").asText());
        assertThat(PeerId.of(key).bytes())
                .isEqualTo(Vectors.hex(vector.get("decoded").get("peer_id_bytes")));
        assertThat(PeerId.of(key).inlineKey().isPresent()).isEqualTo(key.type() == KeyType.SECP256K1);
    }

    @Test
    void secp256k1PrivateKeyGivesItsPublicHalf() {
        JsonNode vector = otherKinds().get(0);
        PrivateKey key = PrivateKey.of(
                KeyType.SECP256K1, Vectors.hex(vector.get("decoded").get("private_raw")));
        assertThat(key.publicKey().marshal()).isEqualTo(Vectors.hex(vector.get("hex")));
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void generatedKeysSignVerifyAndAreReadBack(KeyType type) {
        PrivateKey key = PrivateKey.generate(type);
        byte[] data = "data".getBytes(StandardCharsets.US_ASCII);
        byte[] signature = key.sign(data);
        PrivateKey copy = PrivateKey.unmarshal(key.marshal());
        PublicKey publicCopy = PublicKey.unmarshal(key.publicKey().marshal());

        assertThat(key.type()).isEqualTo(type);
        assertThat(copy).isEqualTo(key);
        assertThat(copy.publicKey()).isEqualTo(key.publicKey());
        assertThat(publicCopy).isEqualTo(key.publicKey()).hasSameHashCodeAs(key.publicKey());
        assertThat(publicCopy.verify(data, signature)).isTrue();
        assertThat(publicCopy.verify(data, copy.sign(data))).isTrue();
        assertThat(publicCopy.verify(new byte[] {1}, signature)).isFalse();
        assertThat(publicCopy.verify(data, new byte[] {1, 2})).isFalse();
        assertThat(publicCopy.verify(data, Arrays.copyOf(signature, signature.length - 1)))
                .isFalse();
        signature[signature.length - 1] ^= 1;
        assertThat(publicCopy.verify(data, signature)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void textNeverShowsTheSecret(KeyType type) {
        PrivateKey key = PrivateKey.generate(type);
        assertThat(key.toString()).isEqualTo("private key " + type + " " + PeerId.of(key));
    }

    @Test
    void oldPrivateKeyWithThePublicHalfTwiceIsAccepted() {
        PrivateKey key = PrivateKey.ofEd25519Seed(new byte[32]);
        byte[] old = Arrays.copyOf(key.raw(), 96);
        System.arraycopy(key.raw(), 32, old, 64, 32);
        assertThat(PrivateKey.of(KeyType.ED25519, old)).isEqualTo(key);
        old[95] ^= 1;
        assertThatThrownBy(() -> PrivateKey.of(KeyType.ED25519, old)).hasMessageContaining("96 bytes");
    }

    @Test
    void privateKeyWithAForeignPublicHalfIsRefused() {
        byte[] raw = PrivateKey.ofEd25519Seed(new byte[32]).raw();
        raw[63] ^= 1;
        assertThatThrownBy(() -> PrivateKey.of(KeyType.ED25519, raw)).hasMessageContaining("not of its seed");
    }

    @Test
    void unknownFieldsOfTheKeyMessageAreSkipped() {
        PublicKey key = PrivateKey.ofEd25519Seed(new byte[32]).publicKey();
        byte[] message =
                Vectors.hex("1805" + "220101" + "2d00000000" + HexFormat.of().formatHex(key.marshal()));
        assertThat(PublicKey.unmarshal(message)).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0801",
                "12020102",
                "0801120101",
                "08091202ffff",
                "0801122000",
                "0802122102ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "0800120130",
                "0803120130",
                "080b",
                "0801122fff"
            })
    void malformedKeyMessagesAreRefused(String hex) {
        byte[] message = Vectors.hex(hex);
        assertThatThrownBy(() -> PublicKey.unmarshal(message)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PrivateKey.unmarshal(message)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "Qm",
                "12D3KooW",
                "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH0",
                "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
            })
    void textThatIsNoPeerIdIsRefusedAndNamed(String text) {
        assertThatThrownBy(() -> PeerId.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining('"' + text + '"');
    }
}
