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
package org.pinion.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.rpc.Vectors.hex;
import static org.pinion.rpc.Vectors.in;
import static org.pinion.rpc.Vectors.written;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.spi.Pin;

/** The msgpack dialect as a whole: every value of the reference, and what its decoder accepts and refuses. */
class DialectTest {
    /** No method that peers call on each other has such numbers. */
    private static final List<String> FLOATS = List.of("float64 1.25", "api.BandwidthByProtocol");

    static List<String> values() {
        return Vectors.names("msgpack-api");
    }

    @ParameterizedTest
    @MethodSource("values")
    void everyValueOfTheReferenceIsPassedOverAndWrittenAgainByteForByte(String vector) throws IOException {
        byte[] bytes = hex("msgpack-api", vector);
        MsgIn in = in(bytes);
        in.skip();
        assertThat(in.atEnd()).isTrue();
        if (!FLOATS.contains(vector)) {
            assertThat(written(out -> write(out, tree(bytes)))).isEqualTo(bytes);
        }
    }

    /** Values as their form on the wire tells them; numbers keep whether their form was a signed one. */
    private static Object tree(byte[] bytes) throws IOException {
        try (MessageUnpacker in = MessagePack.newDefaultUnpacker(bytes)) {
            return tree(in);
        }
    }

    private record Unsigned(long value) {}

    private static Object tree(MessageUnpacker in) throws IOException {
        MessageFormat format = in.getNextFormat();
        switch (format.getValueType()) {
            case NIL -> {
                in.unpackNil();
                return "nil";
            }
            case BOOLEAN -> {
                return in.unpackBoolean();
            }
            case INTEGER -> {
                boolean unsigned = format.name().startsWith("UINT");
                return unsigned ? new Unsigned(in.unpackLong()) : (Object) in.unpackLong();
            }
            case FLOAT -> {
                return in.unpackDouble();
            }
            case STRING -> {
                return in.readPayload(in.unpackRawStringHeader());
            }
            case ARRAY -> {
                List<Object> list = new ArrayList<>();
                for (int left = in.unpackArrayHeader(); left > 0; left--) {
                    list.add(tree(in));
                }
                return list;
            }
            case MAP -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int left = in.unpackMapHeader(); left > 0; left--) {
                    map.put(in.unpackString(), tree(in));
                }
                return map;
            }
            default -> throw new AssertionError("the dialect has no " + format);
        }
    }

    private static void write(MsgOut out, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            MsgOut.Fields fields = out.fields();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                fields.value((String) entry.getKey(), entry.getValue(), DialectTest::write);
            }
            fields.end();
        } else if (value instanceof List<?> list) {
            out.list(list, DialectTest::write);
        } else if (value instanceof byte[] bytes) {
            out.bytes(bytes);
        } else if (value instanceof Unsigned number) {
            out.unsigned(number.value());
        } else if (value instanceof Long number) {
            out.signed(number);
        } else if (value instanceof Boolean flag) {
            out.bool(flag);

        } else {
            out.nil();
        }
    }

    /** What reads a vector of the acceptance table, by the first words of its name. */
    private static Object read(String name, MsgIn in) throws IOException {
        if (name.startsWith("peer.ID")) {
            return String.valueOf(in.peerId());
        }
        if (name.startsWith("Metric")) {
            return metric(in);
        }
        if (name.startsWith("time")) {
            return String.valueOf(in.time());
        }
        if (name.startsWith("struct{}")) {
            in.nothing();
            return "nothing";
        }
        if (name.startsWith("Pin")) {
            return Codecs.of(Pin.class).read(in);
        }
        return Frames.readResponse(in);
    }

    /** A metric is not sent by calls; its forms are those of all structures. */
    private static Map<String, Object> metric(MsgIn in) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        in.fields(List.of("n", "p", "v", "e", "d", "w", "o", "t"), name -> {
            switch (name) {
                case "n" -> fields.put(name, in.text());
                case "e" -> fields.put(name, in.integer());
                case "d" -> fields.put(name, in.bool());
                default -> {
                    return false;
                }
            }
            return true;
        });
        return fields;
    }

    @TestFactory
    Stream<DynamicTest> whatTheReferenceAcceptsIsAcceptedAndWhatItRefusesIsRefused() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode row : Vectors.decoded("msgpack-acceptance", "what the Go decoder accepts")) {
            String name = row.get("name").asText();
            byte[] bytes = HexFormat.of().parseHex(row.get("hex").asText());
            boolean accepted = row.get("go_decoder").asText().equals("accepted");
            tests.add(DynamicTest.dynamicTest(name, () -> {
                if (accepted && !name.startsWith("Pin ")) {
                    assertThat(read(name, in(bytes))).isNotNull();
                } else if (accepted) {
                    // well formed; but a pin of nothing is of no use to anybody, and is refused by name
                    assertThatThrownBy(() -> read(name, in(bytes)))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("the pin's cid");
                } else {
                    assertThatThrownBy(() -> read(name, in(bytes))).isInstanceOf(IllegalArgumentException.class);
                }
            }));
        }
        return tests.stream();
    }

    @ParameterizedTest
    @MethodSource("structures")
    void structuresMayComeAsArraysOfTheirValues(String hex, String expected) throws IOException {
        assertThat(metric(in(HexFormat.of().parseHex(hex))).toString()).isEqualTo(expected);
    }

    static Stream<Arguments> structures() {
        return Stream.of(
                Arguments.of("91a470696e67", "{n=ping}"),
                Arguments.of("95a470696e67c0c0cd0102c3", "{n=ping, e=258, d=true}"),
                Arguments.of("9aa470696e67c0c001c30101010101", "{n=ping, e=1, d=true}"),
                Arguments.of("81a165cb41d954fc47800000", "{e=1700000030}"));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void nonsenseIsNamed(String hex, String message) {
        assertThatThrownBy(() -> metric(in(HexFormat.of().parseHex(hex))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    static Stream<Arguments> nonsense() {
        return Stream.of(
                Arguments.of("81a165cb3ff8000000000000", "1.5"),
                Arguments.of("05", "only encoded map or array"),
                Arguments.of("81a1", "ends too early"),
                Arguments.of("", "ends too early"));
    }

    @Test
    void aTimeFarOutOfRangeIsRefused() {
        byte[] bytes = HexFormat.of().parseHex("ac000000007fffffffffffffff");
        assertThatThrownBy(() -> in(bytes).time())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("out of range");
    }

    @Test
    void unknownKindsOfAddressesAreLeftOutAndTheOthersKept() throws IOException {
        byte[] bytes = HexFormat.of().parseHex("93a8040a000005062388a4ffffff7fa8047f000001062388");
        assertThat(in(bytes).multiaddrs()).hasSize(2);
    }

    @Test
    void longIdsAreNotEvenRead() {
        byte[] bytes = HexFormat.of().parseHex("db00100000");
        assertThatThrownBy(() -> in(bytes).peerId())
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("1048576 bytes");
    }
}
