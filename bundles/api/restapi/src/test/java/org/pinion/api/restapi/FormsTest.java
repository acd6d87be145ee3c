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
package org.pinion.api.restapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.PinParameters;

class FormsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T14:30:58Z");

    private static String text(JsonBuffer out) {
        return StandardCharsets.UTF_8.decode(out.view()).toString();
    }

    @Test
    void escapesTextsAsTheReferenceDoes() {
        JsonBuffer out = new JsonBuffer(4);
        out.string("a\"\\<>&\n\r\t\b\f\u0001\u007fü€😀\u2028\ud800x");
        assertThat(text(out))
                .isEqualTo("\"a\\\"\\\\\\u003c\\u003e\\u0026\\n\\r\\t\\b\\f\\u0001\u007fü€😀\\u2028\\ufffdx\"");
    }

    @Test
    void writesTimesInTheLocalOffsetWithTheShortestFraction() {
        assertThat(Times.format(Instant.parse("2026-11-22T14:32:57Z"), ZoneOffset.UTC))
                .isEqualTo("2026-11-22T14:32:57Z");
        assertThat(Times.format(Instant.parse("2026-11-22T14:32:57.330716300Z"), ZoneOffset.ofHoursMinutes(5, 30)))
                .isEqualTo("2026-11-22T20:02:57.3307163+05:30");
        assertThat(Times.format(Instant.parse("2026-01-02T03:04:05.000000001Z"), ZoneOffset.ofHours(-3)))
                .isEqualTo("2026-01-02T00:04:05.000000001-03:00");
        JsonBuffer out = new JsonBuffer(8, ZoneId.of("Europe/Berlin"));
        out.time(Instant.parse("2026-07-01T10:00:00.5Z")).raw(' ').time(null);
        assertThat(text(out)).isEqualTo("\"2026-07-01T12:00:00.5+02:00\" \"0001-01-01T00:00:00Z\"");
    }

    @Test
    void peersAndTimesThatComeAgainAreWrittenInFull() {
        JsonBuffer out = new JsonBuffer(8, ZoneOffset.UTC);
        StringBuilder expected = new StringBuilder();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 200; i++) {
                PeerId peer =
                        PeerId.ofBytes(Multihash.sha256(new byte[] {(byte) i}).bytes());
                out.peer(peer).time(NOW.plusSeconds(i / 2));
                expected.append('"').append(peer).append('"');
                expected.append('"').append(NOW.plusSeconds(i / 2)).append('"');
            }
        }
        assertThat(text(out)).isEqualTo(expected.toString());
    }

    @Test
    void readsDurationsOfTheReferencesLanguage() {
        assertThat(Times.duration("1h2m3.5s")).isEqualTo(Duration.ofMillis(3723500));
        assertThat(Times.duration("300ms")).isEqualTo(Duration.ofMillis(300));
        assertThat(Times.duration("-1.5h")).isEqualTo(Duration.ofMinutes(-90));
        assertThat(Times.duration("0")).isEqualTo(Duration.ZERO);
        for (String wrong : List.of("", "5", "1x", "s", "1h 2m", "9999999999h")) {
            assertThatThrownBy(() -> Times.duration(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Exchange.Request request(String... pairs) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            query.put(pairs[i], List.of(pairs[i + 1]));
        }
        return new Exchange.Request("POST", "/pins/x", Map.of(), query, Map.of(), "/pins/x", "127.0.0.1");
    }

    @Test
    void readsAllPinOptions() {
        PinOptions options = PinParameters.options(
                request(
                        "name", "n",
                        "mode", "direct",
                        "replication-min", "2",
                        "replication-max", "3",
                        "shard-size", "18446744073709551615",
                        "user-allocations", MemoryCluster.SELF + ",junk," + MemoryCluster.OTHER,
                        "expire-in", "72h",
                        "meta-a", "b",
                        "meta-", "ignored",
                        "pin-update", "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
                        "origins", "/ip4/1.2.3.4/tcp/4001/p2p/" + MemoryCluster.SELF),
                NOW);
        assertThat(options.name()).isEqualTo("n");
        assertThat(options.mode()).isEqualTo(PinMode.DIRECT);
        assertThat(options.replicationMin()).isEqualTo(2);
        assertThat(options.replicationMax()).isEqualTo(3);
        assertThat(options.shardSize()).isEqualTo(-1);
        assertThat(options.userAllocations()).containsExactly(MemoryCluster.SELF, MemoryCluster.OTHER);
        assertThat(options.expireAt()).isEqualTo(NOW.plus(Duration.ofHours(72)));
        assertThat(options.metadata()).isEqualTo(Map.of("a", "b"));
        assertThat(String.valueOf(options.pinUpdate())).isEqualTo("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N");
        assertThat(options.origins())
                .containsExactly(Multiaddr.parse("/ip4/1.2.3.4/tcp/4001/p2p/" + MemoryCluster.SELF));
        PinOptions both = PinParameters.options(request("replication", "4", "replication-min", "1"), NOW);
        assertThat(both.replicationMin()).isEqualTo(4);
        assertThat(both.replicationMax()).isEqualTo(4);
        assertThat(PinParameters.options(request(), NOW)).isEqualTo(PinOptions.NONE);
    }

    @Test
    void refusesOptionsThatCannotBeRead() {
        for (Exchange.Request wrong : List.of(
                request("replication-min", "x"),
                request("replication", "1.5"),
                request("shard-size", "-1"),
                request("expire-at", "tomorrow"),
                request("expire-in", "500ms"),
                request("expire-in", "never"),
                request("pin-update", "Qm"),
                request("origins", "/ip4/1.2.3.4/tcp/4001"),
                request("origins", "nowhere"))) {
            assertThatThrownBy(() -> PinParameters.options(wrong, NOW))
                    .isInstanceOfSatisfying(
                            ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
                    .hasMessageContaining(
                            "parameter " + wrong.query().keySet().iterator().next() + " invalid");
        }
    }
}
