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
package org.pinion.libp2p.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.PrivateKey;

class SettingsTest {
    private static final String HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    @Test
    void aSecretNeverShowsItself() {
        NetworkSecret secret = NetworkSecret.ofHex(HEX);
        HostSettings settings =
                HostSettings.of(PrivateKey.ofEd25519Seed(new byte[32])).withSecret(secret);
        assertThat(secret).hasToString("NetworkSecret(hidden)").isEqualTo(NetworkSecret.of(secret.bytes()));
        assertThat(settings.toString()).contains("private=true").doesNotContain("0001020304");
        for (String bad : new String[] {"", "00", HEX + "00", "zz" + HEX.substring(2)}) {
            assertThatThrownBy(() -> NetworkSecret.ofHex(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void limitsOutsideTheirRangesAreNamed() {
        assertThatThrownBy(() -> ConnectionLimits.DEFAULT.withWater(5, 4, Duration.ZERO))
                .hasMessageContaining("low 5 high 4");
        HostSettings settings = HostSettings.of(PrivateKey.ofEd25519Seed(new byte[32]));
        assertThatThrownBy(() -> settings.withVersions("x".repeat(257), "")).hasMessageContaining("limit 256");
        assertThatThrownBy(() -> settings.withLimits(ConnectionLimits.DEFAULT, Duration.ZERO))
                .hasMessageContaining("dial timeout");
        assertThatThrownBy(() -> new ExchangeSettings(1, 1, 100, 99)).hasMessageContaining("message 99");
        assertThatThrownBy(() -> new PubSubSettings.Mesh(3, 4, 12, 1, 1, 1)).hasMessageContaining("low 4 d 3");
        Duration second = Duration.ofSeconds(1);
        RoutingSettings.Mode off = RoutingSettings.Mode.OFF;
        assertThatThrownBy(() -> new RoutingSettings(off, off, 20, 0, 3, second, second, second))
                .hasMessageContaining("concurrency 0");
        assertThatThrownBy(() -> new RoutingSettings(off, off, 20, 10, 3, second, second, Duration.ZERO))
                .hasMessageContaining("refresh interval");
    }
}
