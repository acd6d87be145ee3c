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
package org.pinion.ipfsconnector.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;

class EmbeddedSettingsTest {
    private static final String PEER = "12D3KooWBynerVFHXKFnHDpsR8MSxuiLKF6yCCoHxEm8UqpaTUXj";

    @Test
    void missingKeysHaveDefaults() {
        assertThat(EmbeddedSettings.of(Map.of())).isEqualTo(EmbeddedSettings.DEFAULT);
    }

    @Test
    void everyKeyIsRead() {
        EmbeddedSettings settings = EmbeddedSettings.of(Map.ofEntries(
                Map.entry("listen.multiaddresses", new String[] {"/ip4/127.0.0.1/tcp/1"}),
                Map.entry("announce.multiaddresses", new String[] {"/ip4/1.2.3.4/tcp/2"}),
                Map.entry("bootstrap", new String[] {"/ip4/1.2.3.4/tcp/3"}),
                Map.entry("peering", new String[] {"/ip4/1.2.3.4/tcp/4/p2p/" + PEER}),
                Map.entry("storage.max", "1.5GiB"),
                Map.entry("connect.swarms.delay", "7s"),
                Map.entry("pin.timeout", "3m"),
                Map.entry("repogc.timeout", "1h"),
                Map.entry("informer.trigger.interval", 9),
                Map.entry("unpin.disable", true)));
        assertThat(settings)
                .isEqualTo(new EmbeddedSettings(
                        List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/1")),
                        List.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/2")),
                        List.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/3")),
                        List.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/4/p2p/" + PEER)),
                        3L << 29,
                        Duration.ofSeconds(7),
                        Duration.ofMinutes(3),
                        Duration.ofHours(1),
                        9,
                        true));
    }

    @Test
    void sizesAreInThousandsOrPowersOf1024() {
        assertThat(EmbeddedSettings.bytes("10GB")).isEqualTo(10_000_000_000L);
        assertThat(EmbeddedSettings.bytes("512MiB")).isEqualTo(512L << 20);
        assertThat(EmbeddedSettings.bytes("5 k")).isEqualTo(5000);
        assertThat(EmbeddedSettings.bytes("77")).isEqualTo(77);
        assertThat(EmbeddedSettings.bytes("999999999999999PB")).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> EmbeddedSettings.bytes("much")).hasMessageContaining("\"much\"");
    }

    @Test
    void zeroTimeoutIsRefused() {
        assertThatThrownBy(() -> EmbeddedSettings.of(Map.of("pin.timeout", "0s")))
                .hasMessageContaining("embedded.pin_timeout");
    }

    @Test
    void aPeerToStayConnectedToNeedsItsId() {
        assertThatThrownBy(() -> EmbeddedSettings.of(Map.of("peering", "/ip4/1.2.3.4/tcp/4")))
                .hasMessageContaining("embedded.peering")
                .hasMessageContaining("/p2p");
    }
}
