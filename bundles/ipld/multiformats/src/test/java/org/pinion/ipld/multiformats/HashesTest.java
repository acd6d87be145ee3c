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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HashesTest {
    static List<JsonNode> leaves() {
        return Vectors.hashCids();
    }

    /** A file of one chunk with another hash than SHA-256 is one raw block, so its CID is that of the hash. */
    @ParameterizedTest
    @MethodSource("leaves")
    void hashesOfFilesAgreeWithKubo(JsonNode vector) {
        byte[] content = content(vector.get("seed").asText(), vector.get("size").asInt());
        Hasher hasher = Hashes.byName(vector.get("hash").asText());
        hasher.update(content);
        assertThat(Cid.v1(Cid.RAW, hasher.digest()).toString())
                .isEqualTo(vector.get("cid").asText());
    }

    @ParameterizedTest
    @CsvSource({
        "md5, d5, 900150983cd24fb0d6963f7d28e17f72",
        "sha1, 11, a9993e364706816aba3e25717850c26c9cd0d89d",
        "sha2-256, 12, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha3-256, 16, 3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
        "sha3-224, 17, e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf",
        "keccak-256, 1b, 4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
        "shake-128, 18, 5881092dd818bf5cf8a3ddb793fbcba74097d5c526a6d35f97b83351940f2cc8",
        "dbl-sha2-256, 56, 4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358",
        "blake2s-256, b260, 508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982",
        "blake2b-512, b240, ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
        "blake3, 1e, 6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
        "identity, 0, 616263"
    })
    void namesCodesAndDigests(String name, String code, String digest) {
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
        long number = Long.parseLong(code, 16);
        Multihash multihash = Hashes.sum(number, abc);

        assertThat(HexFormat.of().formatHex(multihash.digest())).isEqualTo(digest);
        assertThat(multihash.code()).isEqualTo(number);
        assertThat(multihash.matches(abc)).isTrue();
        assertThat(multihash.matches(new byte[] {1})).isFalse();
        assertThat(Hashes.code(name)).contains(number);
        assertThat(Hashes.name(number)).contains(name);
    }

    @Test
    void everyFunctionGivesTheSameForPiecesBuffersAndReuse() {
        byte[] data = content("pieces", 10_000);
        for (String name : Hashes.names()) {
            byte[] input = name.equals("identity") ? Arrays.copyOf(data, 100) : data;
            Hasher hasher = Hashes.byName(name);
            hasher.update(input);
            Multihash whole = hasher.digest();

            hasher.update(input, 0, 33);
            hasher.update(ByteBuffer.wrap(input, 33, 40));
            ByteBuffer direct = ByteBuffer.allocateDirect(input.length - 73);
            direct.put(input, 73, input.length - 73).flip();
            hasher.update(direct);

            assertThat(hasher.digest()).as(name).isEqualTo(whole);
            assertThat(direct.hasRemaining()).isFalse();
            assertThat(Hashes.code(name)).contains(whole.code());
        }
    }

    @Test
    void namesAreReadInAnyCaseAndUnknownOnesAreRefused() {
        assertThat(Hashes.code("SHA2-256")).contains(0x12L);
        assertThatThrownBy(() -> Hashes.byName("sha9")).hasMessage("hash function name not known: \"sha9\"");
        assertThatThrownBy(() -> Hashes.byCode(0x7777)).hasMessage("hash function code not known: 0x7777");
        assertThat(Hashes.name(0x7777)).isEmpty();
    }

    @Test
    void identityHashIsBounded() {
        Hasher hasher = Hashes.byName("identity");
        hasher.update(new byte[128]);
        assertThatThrownBy(() -> hasher.update(new byte[1])).hasMessageContaining("limit 128");
        assertThatThrownBy(() -> Hashes.byName("identity").update(ByteBuffer.allocate(5000)))
                .hasMessageContaining("limit 128");
    }

    @Test
    void cutDigestMatchesFrom20BytesOn() {
        byte[] data = {1, 2, 3};
        byte[] digest = Multihash.sha256(data).digest();
        assertThat(Multihash.of(Multihash.SHA2_256, Arrays.copyOf(digest, 20)).matches(data))
                .isTrue();
        assertThat(Multihash.of(Multihash.SHA2_256, Arrays.copyOf(digest, 19)).matches(data))
                .isFalse();
        assertThat(Multihash.of(Multihash.SHA2_256, Arrays.copyOf(digest, 33)).matches(data))
                .isFalse();
        assertThat(Multihash.of(0x7777, digest).matches(data)).isFalse();
    }

    @Test
    void codecsHaveTheNamesOfTheMulticodecTable() {
        assertThat(Codecs.name(Cid.DAG_PB)).contains("dag-pb");
        assertThat(Codecs.code("dag-cbor")).contains(Cid.DAG_CBOR);
        assertThat(Codecs.name(0x7777)).isEmpty();
        assertThat(Codecs.code("nonsense")).isEmpty();
    }

    private static byte[] content(String seed, int size) {
        byte[] name = seed.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate((size + 31) / 32 * 32);
        for (long counter = 0; out.hasRemaining(); counter++) {
            out.put(Multihash.sha256(
                            name, ByteBuffer.allocate(8).putLong(counter).array())
                    .digest());
        }
        return Arrays.copyOf(out.array(), size);
    }
}
