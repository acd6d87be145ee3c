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
package org.pinion.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pinion.libp2p.api.ConnectionLimits;
import org.pinion.libp2p.api.PubSubSettings;
import org.pinion.spi.config.ClusterSettings;

class OpenHostTest {
    @Test
    void defaultSectionGivesTheSettingsThatClusterPeersUse() {
        assertThat(OpenHost.pubsubSettings(Fakes.settings(false, true))).isEqualTo(PubSubSettings.CLUSTER);
    }

    @Test
    void followerDoesNotNameOtherPeers() {
        assertThat(OpenHost.pubsubSettings(Fakes.settings(true, true)).peerExchange())
                .isFalse();
    }

    @Test
    void resourceManagerBoundsConnectionsAndReceivedBytes() {
        ConnectionLimits usual = limits(true, 0, 0);
        assertThat(usual).isEqualTo(ConnectionLimits.DEFAULT);
        assertThat(limits(true, 5 << 20, 300).maxReceivedBytes()).isEqualTo(5 << 20);
        assertThat(limits(true, 5 << 20, 300).maxConnections()).isEqualTo(300);
        assertThat(limits(true, 1, 0).maxReceivedBytes()).isEqualTo(1 << 20);
        assertThat(limits(true, Long.MAX_VALUE, Long.MAX_VALUE).maxReceivedBytes())
                .isEqualTo(Runtime.getRuntime().maxMemory() / 2);
        assertThat(limits(true, 0, Long.MAX_VALUE).maxConnections()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void withoutResourceManagerOnlyTheHeapBounds() {
        ConnectionLimits limits = limits(false, 5 << 20, 300);
        assertThat(limits.maxReceivedBytes()).isZero();
        assertThat(limits.maxConnections()).isEqualTo(Integer.MAX_VALUE);
    }

    private static ConnectionLimits limits(boolean enabled, long memory, long descriptors) {
        return OpenHost.limits(Fakes.withResources(new ClusterSettings.Resources(enabled, memory, descriptors)));
    }
}
