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
package org.pinion.monitor.pubsubmon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgpack.core.MessagePack;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Metric;

class MetricCodecTest {
    private static final PeerId PEER = PeerId.parse("12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5");

    static Stream<JsonNode> referenceMetrics() throws IOException {
        List<JsonNode> metrics = new ArrayList<>();
        for (JsonNode group : vectors()) {
            if (group.path("group").asText().equals("msgpack-api")) {
                group.path("vectors").forEach(metrics::add);
            }
        }
        assertThat(metrics).hasSize(4);
        return metrics.stream();
    }

    @ParameterizedTest
    @MethodSource("referenceMetrics")
    void metricsOfTheReferenceAreReadAndWrittenByteForByte(JsonNode vector) {
        byte[] bytes = hex(vector.path("hex").asText());
        JsonNode expected = vector.path("decoded");

        Metric metric = MetricCodec.decode(bytes);

        assertThat(metric.name()).isEqualTo(expected.path("n").asText());
        assertThat(HexFormat.of().formatHex(metric.peer().bytes()))
                .isEqualTo(expected.path("p").asText().substring(2));
        assertThat(metric.value()).isEqualTo(expected.path("v").asText());
        assertThat(metric.expireUnixNanos()).isEqualTo(expected.path("e").asLong());
        assertThat(metric.valid()).isEqualTo(expected.path("d").asBoolean());
        assertThat(metric.weight()).isEqualTo(expected.path("w").asLong());
        assertThat(metric.partitionable()).isEqualTo(expected.path("o").asBoolean());
        assertThat(metric.receivedUnixNanos()).isEqualTo(expected.path("t").asLong());
        assertThat(MetricCodec.encode(metric)).isEqualTo(bytes);
    }

    @Test
    void dataOfASignedMessageIsAMetric() throws IOException {
        String data = "";
        for (JsonNode group : vectors()) {
            if (group.path("group").asText().equals("pubsub")) {
                data = group.path("vectors").get(0).path("decoded").path("data").asText();
            }
        }
        assertThat(MetricCodec.decode(hex(data)).peer()).isEqualTo(PEER);
    }

    static Stream<JsonNode> group(String name) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (JsonNode group : vectors()) {
            if (group.path("group").asText().equals(name)) {
                group.path("vectors").forEach(rows::add);
            }
        }
        assertThat(rows).isNotEmpty();
        return rows.stream();
    }

    static Stream<JsonNode> liveMetrics() throws IOException {
        return group("live-join-session");
    }

    @ParameterizedTest
    @MethodSource("liveMetrics")
    void metricsOfALiveSessionAreReadAndWrittenByteForByte(JsonNode frame) {
        String hex = frame.path("hex").asText();
        String data = hex.substring(Math.max(hex.indexOf("85a16e"), hex.indexOf("86a16e")));
        Metric metric = MetricCodec.decode(hex(data));
        assertThat(metric.valid()).isTrue();
        assertThat(data).startsWith(HexFormat.of().formatHex(MetricCodec.encode(metric)));
    }

    static Stream<JsonNode> accepted() throws IOException {
        return group("msgpack-acceptance");
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void everyFormThatTheReferenceTakesIsTaken(JsonNode row) {
        // these samples have no peer, without which a metric is of no use; all else in them must be readable
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MetricCodec.decode(hex(row.path("hex").asText())))
                .withMessage("metric without name or peer");
    }

    @Test
    void anArrayOfTheValuesIsAMetricToo() {
        String peer = HexFormat.of().formatHex(PEER.bytes());
        Metric metric = MetricCodec.decode(hex(
                "98a470696e67c4" + "%02x".formatted(PEER.bytes().length) + peer + "a131cb41d954fc47800000c3fec2c0"));
        assertThat(metric).isEqualTo(new Metric("ping", PEER, "1", 1_700_000_030L, true, -2, false, 0));
    }

    @Test
    void damagedMetricsAreRefusedOrReadAndNothingElseHappens() throws IOException {
        boolean longRun = Boolean.getBoolean("pinion.long");
        long seed = longRun ? System.nanoTime() : 20_261_122;
        Random random = new Random(seed);
        List<byte[]> samples = referenceMetrics()
                .map(vector -> hex(vector.path("hex").asText()))
                .toList();
        for (int round = 0; round < (longRun ? 5_000_000 : 20_000); round++) {
            byte[] bytes = samples.get(random.nextInt(samples.size())).clone();
            for (int damage = 0; damage <= random.nextInt(4); damage++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(8) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            try {
                MetricCodec.decode(bytes);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).as("seed %s", seed).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void nestingWithoutEndIsPassedOverOrRefused() {
        byte[] deep = new byte[1 << 20];
        Arrays.fill(deep, (byte) 0x91);
        byte[] head = hex("81a17a");
        System.arraycopy(head, 0, deep, 0, head.length);
        assertThatIllegalArgumentException().isThrownBy(() -> MetricCodec.decode(deep));
    }

    @Test
    void prefixOfOldPeersIsSkipped() {
        Metric metric = metric(5);
        byte[] bytes = MetricCodec.encode(metric);
        byte[] prefixed = new byte[bytes.length + 10];
        System.arraycopy(hex("092f6d73677061636b0a"), 0, prefixed, 0, 10);
        System.arraycopy(bytes, 0, prefixed, 10, bytes.length);
        assertThat(MetricCodec.decode(prefixed)).isEqualTo(metric);
    }

    @Test
    void integersOfEverySizeSurvive() {
        for (long weight : new long[] {
            1,
            127,
            128,
            255,
            256,
            32767,
            32768,
            65536,
            Integer.MAX_VALUE,
            1L << 31,
            Long.MAX_VALUE,
            -1,
            -33,
            -129,
            -40000,
            Long.MIN_VALUE
        }) {
            Metric metric = metric(weight);
            assertThat(MetricCodec.decode(MetricCodec.encode(metric))).isEqualTo(metric);
        }
    }

    @Test
    void modernCodesNilsAndUnknownFieldsAreTaken() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = MessagePack.newDefaultPacker(bytes)) {
            out.packMapHeader(5);
            out.packString("n").packString("x".repeat(40));
            byte[] peer = PEER.bytes();
            out.packString("p").packBinaryHeader(peer.length).writePayload(peer);
            out.packString("w").packInt(200);
            out.packString("v").packNil();
            out.packString("later").packArrayHeader(2).packInt(1).packMapHeader(0);
        }
        Metric metric = MetricCodec.decode(bytes.toByteArray());
        assertThat(metric.name()).hasSize(40);
        assertThat(metric.peer()).isEqualTo(PEER);
        assertThat(metric.weight()).isEqualTo(200);
        assertThat(metric.value()).isEmpty();
    }

    @Test
    void everyCutOffMetricIsRefused() {
        byte[] bytes = MetricCodec.encode(metric(7));
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatIllegalArgumentException().isThrownBy(() -> MetricCodec.decode(cut));
        }
    }

    @Test
    void hugeLengthsAreRefusedBeforeMemoryIsTaken() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MetricCodec.decode(hex("81a16edb7fffffff")))
                .withMessageContaining("limit 256");
        assertThatIllegalArgumentException().isThrownBy(() -> MetricCodec.decode(hex("df7fffffff")));
    }

    @Test
    void metricWithoutPeerIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MetricCodec.decode(hex("81a16ea470696e67")))
                .withMessageContaining("without name or peer");
    }

    private static Metric metric(long weight) {
        return new Metric("freespace", PEER, "v", 1_700_000_030_000_000_000L, true, weight, true, 0);
    }

    private static JsonNode vectors() throws IOException {
        try (InputStream in = MetricCodecTest.class.getResourceAsStream("metric-vectors.json")) {
            return new ObjectMapper().readTree(in).path("groups");
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
