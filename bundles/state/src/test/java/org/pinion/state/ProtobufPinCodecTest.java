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
package org.pinion.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;

class ProtobufPinCodecTest {
    private static final Cid CID = Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");

    private final ProtobufPinCodec codec = new ProtobufPinCodec();

    @TestFactory
    Stream<DynamicTest> everyVectorIsReadAndWrittenByteForByte() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        ObjectMapper mapper = new ObjectMapper();
        try (InputStream in = ProtobufPinCodecTest.class.getResourceAsStream("/pin-protobuf.json")) {
            for (JsonNode vector : mapper.readTree(in).get("vectors")) {
                tests.add(DynamicTest.dynamicTest(vector.get("name").asText(), () -> {
                    byte[] bytes = HexFormat.of().parseHex(vector.get("hex").asText());
                    Pin pin = codec.decode(bytes);

                    assertThat(codec.encode(pin)).isEqualTo(bytes);
                    assertThat(mapper.readTree(json(pin))).isEqualTo(vector.get("decoded"));
                    assertThat(read(vector.get("decoded").toString())).isEqualTo(pin);
                }));
            }
        }
        assertThat(tests).hasSize(11);
        return tests.stream();
    }

    private static String json(Pin pin) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PinJsonWriter writer = new PinJsonWriter(out, ZoneOffset.UTC)) {
            writer.write(pin);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Pin read(String json) throws Exception {
        return new PinJsonReader(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))).next();
    }

    @Test
    void theModeIsThatOfTheDepthAndWishesOfTheUserAreNotKept() {
        PinOptions options = PinOptions.builder().mode(PinMode.DIRECT).build();
        Pin pin = new Pin(CID, PinType.DATA, List.of(), -1, null, null, options);

        assertThat(codec.decode(codec.encode(pin)).options().mode()).isEqualTo(PinMode.RECURSIVE);
    }

    @Test
    void timesLoseTheirFractionsAnd1970MeansNone() {
        PinOptions options =
                PinOptions.builder().expireAt(Instant.ofEpochSecond(0, 5)).build();
        Pin pin = Pin.of(CID, options).withTimestamp(Instant.ofEpochSecond(1_700_000_000, 123));

        Pin read = codec.decode(codec.encode(pin));

        assertThat(read.timestamp()).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
        assertThat(read.options().expireAt()).isNull();
    }

    @Test
    void metadataIsSortedByTheBytesOfItsKeys() {
        String basic = "\uffee";
        String beyond = "\ud83d\ude00";
        PinOptions options =
                PinOptions.builder().metadata(Map.of(beyond, "2", basic, "1")).build();
        String hex = HexFormat.of().formatHex(codec.encode(Pin.of(CID, options)));

        assertThat(hex.indexOf("efbfae")).isLessThan(hex.indexOf("f09f9880")).isPositive();
        assertThat(codec.decode(HexFormat.of().parseHex(hex)).options().metadata())
                .containsEntry(basic, "1")
                .containsEntry(beyond, "2");
    }

    @Test
    void oldMetadataIsReadAndNewMetadataOverridesIt() {
        // options: field 6 {a: 1, b: 1}, field 10 {b: 2}
        String options = "3206" + "0a0161" + "120131" + "3206" + "0a0162" + "120131" + "5206" + "0a0162" + "120132";
        String hex = "0a24" + HexFormat.of().formatHex(CID.bytes()) + "3218" + options;

        assertThat(codec.decode(HexFormat.of().parseHex(hex)).options().metadata())
                .containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
    }

    @Test
    void anUnreadableReferenceIsNone() {
        String hex = "0a24" + HexFormat.of().formatHex(CID.bytes()) + "1001" + "2a021234" + "3200";

        assertThat(codec.decode(HexFormat.of().parseHex(hex)).reference()).isNull();
    }

    @Test
    void bytesThatAreNoPinAreRefusedAndNothingElseHappens() {
        assertThatThrownBy(() -> codec.decode(new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no CID");
        byte[] good = codec.encode(Pin.of(CID, PinOptions.builder().name("abc").build()));
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int j = 0; j <= random.nextInt(3); j++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                codec.decode(bad);
            } catch (IllegalArgumentException expected) {
                assertThat(expected).hasMessageNotContaining("null");
            }
        }
    }
}
