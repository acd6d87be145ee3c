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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultihashTest {
    static List<JsonNode> topics() {
        return Vectors.wire("pubsubTopics");
    }

    @ParameterizedTest
    @MethodSource("topics")
    void topicOfAClusterIsTheMd5MultihashOfItsName(JsonNode vector) {
        String name = vector.get("name").asText();
        String cluster = name.substring(name.indexOf('\'') + 1, name.length() - 1);
        Multihash multihash = Hashes.sum(0xd5, cluster.getBytes(StandardCharsets.UTF_8));

        assertThat(multihash.bytes()).isEqualTo(Vectors.hex(vector.get("hex")));
        assertThat(multihash.base58()).isEqualTo(vector.get("decoded").asText());
    }

    @Test
    void partsAreHashedOneAfterTheOther() {
        byte[] data = {1, 2, 3, 4};
        Multihash whole = Multihash.sha256(data);
        assertThat(Multihash.sha256(new byte[] {1, 2}, new byte[] {3, 4})).isEqualTo(whole);
        assertThat(Multihash.sha256(ByteBuffer.wrap(data))).isEqualTo(whole).hasSameHashCodeAs(whole);
        assertThat(whole.size()).isEqualTo(34);
        assertThat(whole.digestSize()).isEqualTo(32);
    }

    @Test
    void readTakesExactlyOneAndMovesBehindIt() {
        Multihash first = Multihash.sha256(new byte[] {1});
        Multihash second = Multihash.identity(new byte[] {9, 8});
        ByteBuffer all = ByteBuffer.allocate(first.size() + second.size());
        first.writeTo(all);
        second.writeTo(all);
        all.flip();

        assertThat(Multihash.read(all)).isEqualTo(first);
        assertThat(Multihash.read(all)).isEqualTo(second);
        assertThat(all.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "12",
                "1220",
                "122000",
                "120101ff",
                "1280",
                "12ffffffffffffffffff01",
                "ffffffffffffffffff0100"
            })
    void malformedBytesAreRefused(String hex) {
        assertThatThrownBy(() -> Multihash.ofBytes(Vectors.hex(hex))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void callersCannotChangeAValueThroughItsArrays() {
        byte[] digest = new byte[32];
        Multihash multihash = Multihash.of(Multihash.SHA2_256, digest);
        Multihash same = Multihash.ofBytes(multihash.bytes());
        digest[0] = 1;
        multihash.bytes()[5] = 1;
        multihash.digest()[5] = 1;
        assertThat(multihash).isEqualTo(same);
        assertThat(multihash.digest()).containsOnly(0);
    }

    @Test
    void orderIsThatOfUnsignedBytes() {
        Multihash low = Multihash.identity(new byte[] {0x7f});
        Multihash high = Multihash.identity(new byte[] {(byte) 0x80});
        assertThat(low).isLessThan(high);
    }
}
