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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pinion.spi.http.HttpSettings;
import org.pinion.spi.http.HttpSettingsReader;

class RestSettingsTest {
    private final List<Map<String, ?>> read = new ArrayList<>();

    private final HttpSettingsReader reader = (pid, section, otherwise) -> {
        assertThat(pid).isEqualTo("org.pinion.api.restapi");
        assertThat(otherwise).hasToString("/ip4/127.0.0.1/tcp/9094");
        read.add(section);
        return new HttpSettings(
                List.of(otherwise),
                Optional.empty(),
                Map.of(),
                new HttpSettings.Timeouts(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
                4096,
                new HttpSettings.Cors(List.of(), List.of(), List.of(), List.of(), false, Duration.ZERO),
                Map.of(),
                Optional.empty());
    };

    @Test
    void listenersOfTheOldShapesHaveTheSameSettingsAtTheirAddresses() {
        Map<String, Object> section = Map.of(
                "http.listen.multiaddress",
                "/ip4/127.0.0.1/tcp/1",
                "legacy.http.listen.multiaddress",
                new String[] {"/ip4/127.0.0.1/tcp/2"},
                "libp2p.listen.multiaddress",
                new String[] {"/ip4/127.0.0.1/tcp/3"},
                "idle.timeout",
                "4s");
        RestSettings.of(section, reader);
        assertThat(RestSettings.legacy(section, reader)).isPresent();
        assertThat(read.get(0)).isEqualTo(section);
        Map<String, Object> expected = Map.of(
                "http.listen.multiaddress",
                List.of("/ip4/127.0.0.1/tcp/2"),
                "legacy.http.listen.multiaddress",
                section.get("legacy.http.listen.multiaddress"),
                "idle.timeout",
                "4s");
        assertThat(read.get(1)).isEqualTo(expected);
    }

    @Test
    void withoutAddressesNobodyAnswersInTheOldShapes() {
        for (Object none : List.of("", List.of(), new String[0])) {
            assertThat(RestSettings.legacy(Map.of("legacy.http.listen.multiaddress", none), reader))
                    .isEmpty();
        }
        assertThat(RestSettings.legacy(Map.of(), reader)).isEmpty();
        assertThatThrownBy(() -> RestSettings.legacy(Map.of("legacy.http.listen.multiaddress", "nowhere"), reader))
                .hasMessageStartingWith("error parsing restapi.legacy_http_listen_multiaddress");
    }
}
