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

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VarintTest {
    @ParameterizedTest
    @CsvSource({
        "0,00",
        "1,01",
        "127,7f",
        "128,8001",
        "255,ff01",
        "300,ac02",
        "16383,ff7f",
        "16384,808001",
        "421,a503",
        "777,8906",
        "9223372036854775807,ffffffffffffffff7f",
        "-1,ffffffffffffffffff01"
    })
    void writesAndReadsTheSameBytes(long value, String hex) throws IOException {
        byte[] bytes = Vectors.hex(hex);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Varint.write(value, out);

        assertThat(out.toByteArray()).isEqualTo(bytes);
        assertThat(Varint.encode(value)).isEqualTo(bytes);
        assertThat(Varint.size(value)).isEqualTo(bytes.length);
        assertThat(Varint.read(ByteBuffer.wrap(bytes))).isEqualTo(value);
        assertThat(Varint.read(new ByteArrayInputStream(bytes))).isEqualTo(value);
    }

    @Test
    void everySizeBoundaryIsReadBack() {
        for (int bit = 0; bit < 64; bit++) {
            for (long value : new long[] {(1L << bit) - 1, 1L << bit, (1L << bit) + 1}) {
                ByteBuffer bytes = ByteBuffer.wrap(Varint.encode(value));
                assertThat(Varint.read(bytes)).isEqualTo(value);
                assertThat(bytes.hasRemaining()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "80", "ffff", "8000", "ff00", "ffffffffffffffffff02", "ffffffffffffffffffff01"})
    void cutOffPaddedAndTooLongVarintsAreRefused(String hex) {
        assertThatThrownBy(() -> Varint.read(ByteBuffer.wrap(Vectors.hex(hex))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void endOfStreamIsToldApartFromBadBytes() {
        assertThatThrownBy(() -> Varint.read(new ByteArrayInputStream(Vectors.hex("80"))))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> Varint.read(new ByteArrayInputStream(Vectors.hex("8000"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lengthAboveItsLimitIsRefused() {
        assertThat(Varint.readInt(ByteBuffer.wrap(Varint.encode(10)), 10)).isEqualTo(10);
        assertThatThrownBy(() -> Varint.readInt(ByteBuffer.wrap(Varint.encode(11)), 10))
                .hasMessage("length 11 is above the limit 10");
        assertThatThrownBy(() -> Varint.readInt(ByteBuffer.wrap(Varint.encode(-1)), 10))
                .hasMessage("length 18446744073709551615 is above the limit 10");
    }
}
