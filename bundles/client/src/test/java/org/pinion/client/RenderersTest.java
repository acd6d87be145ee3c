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
package org.pinion.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Metric;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;

class RenderersTest {
    private static final String CID = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
    private static final PeerId A = PeerId.parse("12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN");
    private static final PeerId B = PeerId.parse("12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5");
    private static final Instant NOW = Instant.parse("2026-11-22T14:30:58Z");

    private static JsonIn json(String text, Offsets offsets) throws IOException {
        return new JsonIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), offsets);
    }

    @Test
    void showsTimesInTheOffsetThatTheServerSent() throws IOException {
        Offsets offsets = new Offsets();
        JsonIn in = json(
                "{\"cid\":\"" + CID
                        + "\",\"name\":\"holiday\",\"created\":\"2026-11-22T14:00:00+09:30\",\"peer_map\":{\"" + B
                        + "\":{\"peername\":\"\",\"status\":\"pin_error\",\"timestamp\":\"2026-11-22T14:35:18.3307163-03:00\","
                        + "\"error\":\"context canceled\",\"attempt_count\":2,\"priority_pin\":true},\"" + A
                        + "\":{\"peername\":\"päer0\",\"status\":\"pinned\",\"timestamp\":\"0001-01-01T00:00:00Z\","
                        + "\"unknown\":[{\"deep\":[1]}],\"error\":\"\"}}}",
                offsets);
        assertThat(in.next()).isTrue();
        GlobalPinInfo info = PinRecords.status(in);
        assertThat(new TextRenderer(offsets).status(info))
                .isEqualTo(CID + " | holiday:\n"
                        + "    > päer0                : PINNED | 0001-01-01T00:00:00Z | Attempts: 0 | Priority: false\n"
                        + "    > " + B + " : PIN_ERROR: context canceled | 2026-11-22T14:35:18.3307163-03:00"
                        + " | Attempts: 2 | Priority: true\n");
        assertThat(new JsonRenderer(offsets).status(info)).contains("\"created\": \"2026-11-22T14:00:00+09:30\"");
        assertThat(in.next()).isFalse();
    }

    @Test
    void readsTheOlderFormsOfCidsTypesAndLists() throws IOException {
        JsonIn in = json(
                "[{\"CID\":{\"/\":\"" + CID + "\"},\"type\":4},{\"cid\":\"" + CID + "\",\"type\":\"shard-pin\"}]",
                new Offsets());
        assertThat(in.next()).isTrue();
        assertThat(PinRecords.pin(in).type()).isEqualTo(PinType.META);
        assertThat(in.next()).isTrue();
        assertThat(PinRecords.pin(in).type()).isEqualTo(PinType.SHARD);
        assertThat(in.next()).isFalse();
    }

    @Test
    void refusesAnswersThatAreWrong() throws IOException {
        for (String wrong : List.of(
                "{\"cid\":\"Qm\"}",
                "{\"cid\":null}",
                "7",
                "{\"cid\":\"" + CID + "\",\"timestamp\":\"now\"}",
                "{\"cid\":")) {
            JsonIn in = json(wrong, new Offsets());
            assertThat(in.next()).isTrue();
            assertThatThrownBy(() -> PinRecords.pin(in)).as(wrong).isInstanceOf(IOException.class);
        }
    }

    @Test
    void drawsPinsInOneLine() {
        TextRenderer text = new TextRenderer(new Offsets());
        Pin pin = new Pin(
                Cid.parse(CID),
                PinType.CLUSTER_DAG,
                List.of(B, A),
                2,
                null,
                null,
                PinOptions.builder().replication(2, 3).build());
        assertThat(text.pin(pin))
                .isEqualTo(CID + " |  | CLUSTERDAG-PIN | Repl. Factor: 2--3 | Allocations: [" + A + " " + B
                        + "] | Recursive-2 | Metadata: no | Exp: ∞ | Added: unknown\n");
        assertThat(text.pin(Pin.of(
                        Cid.parse(CID), PinOptions.builder().replication(-1, -1).build())))
                .contains("Repl. Factor: -1 | Allocations: [everywhere] | Recursive |");
    }

    @Test
    void showsAPeerWhoseNodeFails() {
        PeerInfo peer = new PeerInfo(
                A, List.of(), List.of(A), List.of(), "", "", "", "", new IpfsId(null, List.of(), "refused"), "p");
        assertThat(new TextRenderer(new Offsets()).peer(peer))
                .isEqualTo(A + " | p | Sees 0 other peers\n  > Addresses:\n  > IPFS ERROR: refused\n");
        assertThat(new JsonRenderer(new Offsets()).peer(peer))
                .contains("    \"ipfs\": {\n        \"addresses\": null,\n        \"error\": \"refused\"\n    },\n")
                .contains("    \"addresses\": [],\n");
    }

    @Test
    void writesBytesAndDistancesInWords() {
        assertThat(TextRenderer.bytes(7)).isEqualTo("7 B");
        assertThat(TextRenderer.bytes(999)).isEqualTo("999 B");
        assertThat(TextRenderer.bytes(9_840_000_000L)).isEqualTo("9.8 GB");
        assertThat(TextRenderer.bytes(82_854_982)).isEqualTo("83 MB");
        assertThat(TextRenderer.bytes(9_990)).isEqualTo("10 kB");
        assertThat(GoTime.relative(NOW.plusMillis(500), NOW)).isEqualTo("now");
        assertThat(GoTime.relative(NOW.plusSeconds(1), NOW)).isEqualTo("1 second from now");
        assertThat(GoTime.relative(NOW.plusMillis(18_900), NOW)).isEqualTo("18 seconds from now");
        assertThat(GoTime.relative(NOW.minus(Duration.ofMinutes(61)), NOW)).isEqualTo("1 hour ago");
        assertThat(GoTime.relative(NOW.minus(Duration.ofDays(13)), NOW)).isEqualTo("1 week ago");
        assertThat(GoTime.relative(NOW.minus(Duration.ofDays(59)), NOW)).isEqualTo("1 month ago");
        assertThat(GoTime.relative(NOW.minus(Duration.ofDays(400)), NOW)).isEqualTo("1 year ago");
        assertThat(GoTime.relative(NOW.minus(Duration.ofDays(600)), NOW)).isEqualTo("2 years ago");
        assertThat(GoTime.relative(NOW.minus(Duration.ofDays(37 * 360 + 1)), NOW))
                .isEqualTo("a long while ago");
        Metric metric = new Metric("tag:group", A, "default", Metric.unixNanos(NOW.plusSeconds(21)), true, 5, true, 0);
        assertThat(TextRenderer.metric(metric, NOW))
                .isEqualTo(A + " | tag:group: default | Expires in: 21 seconds from now\n");
    }

    @Test
    void readsAndWritesTheTextsOfTheReferencesLanguage() {
        assertThat(GoTime.format(NOW.plusNanos(120), ZoneOffset.ofHours(1)))
                .isEqualTo("2026-11-22T15:30:58.00000012+01:00");
        assertThat(GoTime.duration("1h30m")).isEqualTo(Duration.ofMinutes(90));
        assertThat(GoTime.duration("1.5s")).isEqualTo(Duration.ofMillis(1500));
        assertThatThrownBy(() -> GoTime.duration("5")).hasMessageContaining("not a duration");
    }

    @Test
    void escapesJsonAsTheReferenceDoes() {
        assertThat(new JsonRenderer(new Offsets()).error(1, "a<b>\"\\\n\u0001"))
                .isEqualTo("{\n    \"code\": 1,\n    \"message\": \"a\\u003cb\\u003e\\\"\\\\\\n\\u0001\"\n}\n");
        assertThat(new JsonRenderer(new Offsets()).strings(List.of())).isEqualTo("[]\n");
        assertThat(new JsonRenderer(new Offsets())
                        .status(new GlobalPinInfo(
                                Cid.parse(CID), "", List.of(), List.of(), null, new TreeMap<>(), new TreeMap<>())))
                .endsWith("    \"metadata\": null,\n    \"peer_map\": {}\n}\n");
    }
}
