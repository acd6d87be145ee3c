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

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultibaseTest {
    private static final String ALL_PREFIXES = "\u00000797fFbBcCvVtThkKzZmMuU";

    @ParameterizedTest
    @CsvSource({
        "0, 001111001011001010111001100100000011011010110000101101110011010010010000000100001",
        "7, 7362625631006654133464440102",
        "9, 9573277761329450583662625",
        "f, f796573206d616e692021",
        "F, F796573206D616E692021",
        "v, vf5in683dc5n6i811",
        "V, VF5IN683DC5N6I811",
        "t, tf5in683dc5n6i811",
        "b, bpfsxgidnmfxgsibb",
        "B, BPFSXGIDNMFXGSIBB",
        "c, cpfsxgidnmfxgsibb",
        "h, hxf1zgedpcfzg1ebb",
        "k, k2lcpzo5yikidynfl",
        "K, K2LCPZO5YIKIDYNFL",
        "z, z7paNL19xttacUY",
        "Z, Z7Pznk19XTTzBtx",
        "m, meWVzIG1hbmkgIQ",
        "M, MeWVzIG1hbmkgIQ==",
        "u, ueWVzIG1hbmkgIQ",
        "U, UeWVzIG1hbmkgIQ=="
    })
    void knownTextsOfTheSpecification(char prefix, String text) {
        byte[] data = "yes mani !".getBytes(StandardCharsets.US_ASCII);
        assertThat(Multibase.encode(prefix, data)).isEqualTo(text);
        assertThat(Multibase.decode(text)).isEqualTo(data);
    }

    @Test
    void everyBaseReadsBackWhatItWrites() {
        Random random = new Random(7);
        for (int round = 0; round < 400; round++) {
            byte[] data = new byte[round % 70];
            random.nextBytes(data);
            for (int i = 0; i < data.length && i < round % 5; i++) {
                data[i] = 0;
            }
            for (char prefix : ALL_PREFIXES.toCharArray()) {
                String text = Multibase.encode(prefix, data);
                assertThat(Multibase.decode(text)).as(text).isEqualTo(data);
            }
        }
    }

    @Test
    void base58AgreesWithBigIntegers() {
        String alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        Random random = new Random(58);
        for (int round = 0; round < 500; round++) {
            byte[] data = new byte[round % 90];
            random.nextBytes(data);
            StringBuilder expected = new StringBuilder();
            BigInteger rest = new BigInteger(1, data);
            while (rest.signum() > 0) {
                BigInteger[] parts = rest.divideAndRemainder(BigInteger.valueOf(58));
                expected.append(alphabet.charAt(parts[1].intValue()));
                rest = parts[0];
            }
            for (int i = 0; i < data.length && data[i] == 0; i++) {
                expected.append('1');
            }
            assertThat(Multibase.base58(data)).isEqualTo(expected.reverse().toString());
        }
    }

    @Test
    void base64AgreesWithTheJdk() {
        Random random = new Random(64);
        for (int length = 0; length < 100; length++) {
            byte[] data = new byte[length];
            random.nextBytes(data);
            assertThat(Multibase.encode('M', data))
                    .isEqualTo("M" + Base64.getEncoder().encodeToString(data));
            assertThat(Multibase.encode('u', data))
                    .isEqualTo("u" + Base64.getUrlEncoder().withoutPadding().encodeToString(data));
        }
    }

    @Test
    void basesOfOneCaseReadBothCases() {
        byte[] data = {1, 2, 3, (byte) 0xab};
        for (char prefix : "fbck".toCharArray()) {
            String digits = Multibase.encode(prefix, data).substring(1);
            assertThat(Multibase.decode(prefix + digits.toUpperCase())).isEqualTo(data);
            assertThat(Multibase.decode(Character.toUpperCase(prefix) + digits.toLowerCase()))
                    .isEqualTo(data);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?abc", "z0", "zO", "b1", "ba", "f0", "cme", "mé", "zé", "\u0000\u0100"})
    void textThatIsNotOfItsBaseIsRefused(String text) {
        assertThatThrownBy(() -> Multibase.decode(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void veryLongNumberTextIsRefusedBeforeTheWork() {
        assertThatThrownBy(() -> Multibase.decode("z" + "2".repeat(8193))).hasMessageContaining("limit 8192");
    }
}
