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
package org.pinion.consensus.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.PeerId;

class SettingsTest {
    private static final String PEER = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";

    @Test
    void nothingGivenMeansTheReferencesDefaults() {
        Settings settings = Settings.of(Map.of());

        assertThat(settings).isEqualTo(Settings.DEFAULT);
        assertThat(settings.clusterName()).isEqualTo("ipfs-cluster");
        assertThat(settings.trustAll()).isFalse();
        assertThat(settings.trustedPeers()).isEmpty();
        assertThat(settings.isBatching()).isFalse();
        assertThat(settings.maxQueueSize()).isEqualTo(50_000);
        assertThat(settings.repairInterval()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.rebroadcastInterval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.peersetMetric()).isEqualTo("ping");
    }

    @Test
    void everyKeyIsRead() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("cluster.name", "other");
        properties.put("trusted.peers", new String[] {PEER});
        properties.put("batching.max.batch.size", 10L);
        properties.put("batching.max.batch.age", "1m30s");
        properties.put("batching.max.queue.size", 20);
        properties.put("repair.interval", "0s");
        properties.put("rebroadcast.interval", "10s");
        properties.put("peerset.metric", "tag:x");
        properties.put("datastore.namespace", "/d");

        assertThat(Settings.of(properties))
                .isEqualTo(new Settings(
                        "other",
                        false,
                        Set.of(PeerId.parse(PEER)),
                        10,
                        Duration.ofSeconds(90),
                        20,
                        Duration.ZERO,
                        Duration.ofSeconds(10),
                        "tag:x"));
        assertThat(Settings.of(properties).isBatching()).isTrue();
    }

    @Test
    void aStarAnywhereTrustsEverybody() {
        assertThat(Settings.of(Map.of("trusted.peers", new String[] {PEER, "*"})))
                .returns(true, Settings::trustAll)
                .returns(Set.of(), Settings::trustedPeers);
    }

    @Test
    void batchingNeedsASizeAndAnAge() {
        assertThat(Settings.of(Map.of("batching.max.batch.size", 10)).isBatching())
                .isFalse();
        assertThat(Settings.of(Map.of("batching.max.batch.age", "1s")).isBatching())
                .isFalse();
    }

    @Test
    void aWrongValueIsNamed() {
        assertThatThrownBy(() -> Settings.of(Map.of("trusted.peers", new String[] {"x"})))
                .hasMessageStartingWith("error parsing trusted peers: x");
        assertThatThrownBy(() -> Settings.of(Map.of("batching.max.queue.size", "many")))
                .hasMessage("crdt.batching_max_queue_size is no number: many");
        assertThatThrownBy(() -> Settings.of(Map.of("repair.interval", "soon")))
                .hasMessage("crdt.repair_interval is no duration: soon");
        assertThatThrownBy(() -> Settings.of(Map.of("rebroadcast.interval", "0s")))
                .hasMessageStartingWith("crdt.rebroadcast_interval is invalid");
        assertThatThrownBy(() -> Settings.of(Map.of("batching.max.batch.size", -1)))
                .hasMessage("crdt.batching.max_batch_size is invalid: -1");
    }
}
