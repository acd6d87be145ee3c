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
package org.pinion.ipfsconnector.ipfshttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;

class IpfsHttpSettingsTest {
    @Test
    void missingKeysHaveTheReferencesDefaults() {
        assertThat(IpfsHttpSettings.of(Map.of())).isEqualTo(IpfsHttpSettings.DEFAULT);
    }

    @Test
    void everyKeyIsRead() {
        assertThat(IpfsHttpSettings.of(Map.of(
                        "node.multiaddress", "/dns4/kubo/tcp/5002",
                        "ipfs.request.timeout", "1m",
                        "pin.timeout", "2s",
                        "unpin.timeout", "3h",
                        "repogc.timeout", "0s",
                        "unpin.disable", true)))
                .isEqualTo(new IpfsHttpSettings(
                        Multiaddr.parse("/dns4/kubo/tcp/5002"),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(2),
                        Duration.ofHours(3),
                        Duration.ZERO,
                        true));
        assertThatThrownBy(() -> IpfsHttpSettings.of(Map.of("pin.timeout", "-1s")))
                .hasMessageContaining("ipfshttp.pin_timeout");
    }

    @Test
    void addressesThatCannotBeDialledAreRefused() {
        assertThat(Endpoint.of(Multiaddr.parse("/ip6/::1/tcp/5001"))).isEqualTo(new Endpoint("::1", 5001, null));
        assertThat(Endpoint.of(Multiaddr.parse("/unix/run/kubo.sock")).socket()).isEqualTo("/run/kubo.sock");
        assertThatThrownBy(() -> Endpoint.of(Multiaddr.parse("/ip4/127.0.0.1/udp/5001")))
                .hasMessageContaining("node_multiaddress")
                .hasMessageContaining("/udp/5001");
    }
}
