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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.ipfsconnector.RpcEndpoint;

class IpfsHttpSettingsTest {
    @Test
    void missingKeysHaveTheReferencesDefaults() {
        assertThat(IpfsHttpSettings.of(Map.of())).isEqualTo(IpfsHttpSettings.DEFAULT);
    }

    @Test
    void everyKeyIsRead() {
        assertThat(IpfsHttpSettings.of(Map.of(
                        "node.multiaddress", "/dns4/kubo/tcp/5002",
                        "connect.swarms.delay", "7s",
                        "ipfs.request.timeout", "1m",
                        "pin.timeout", "2s",
                        "unpin.timeout", "3h",
                        "repogc.timeout", "0s",
                        "informer.trigger.interval", 9L,
                        "unpin.disable", true)))
                .isEqualTo(new IpfsHttpSettings(
                        Multiaddr.parse("/dns4/kubo/tcp/5002"),
                        Duration.ofSeconds(7),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(2),
                        Duration.ofHours(3),
                        Duration.ZERO,
                        9,
                        true));
        assertThatThrownBy(() -> IpfsHttpSettings.of(Map.of("pin.timeout", "-1s")))
                .hasMessageContaining("ipfshttp.pin_timeout");
    }

    @Test
    void authorizationIsWrittenAsKuboWritesIt() {
        assertThat(Authorization.header("")).isEmpty();
        assertThat(Authorization.header("basic:user:pass:word")).contains("Basic dXNlcjpwYXNzOndvcmQ=");
        assertThat(Authorization.header("bearer:token")).contains("Bearer token");
        for (String wrong : List.of("user:hunter2", "basic:hunter2", "bearer:", "bearer:hunter2\n")) {
            assertThatThrownBy(() -> Authorization.header(wrong))
                    .hasMessageContaining("node_authorization")
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void addressesThatCannotBeDialledAreRefused() {
        assertThat(RpcEndpoint.of(Multiaddr.parse("/ip6/::1/tcp/5001")))
                .isEqualTo(new RpcEndpoint("::1", 5001, false, null));
        assertThat(RpcEndpoint.of(Multiaddr.parse("/unix/run/kubo.sock")).socket())
                .isEqualTo("/run/kubo.sock");
        assertThat(RpcEndpoint.of(Multiaddr.parse("/dns/kubo.example/tcp/443/https")))
                .isEqualTo(new RpcEndpoint("kubo.example", 443, true, null));
        assertThat(RpcEndpoint.of(Multiaddr.parse("/dns6/kubo.example/tcp/443/tls/http")))
                .hasToString("https://kubo.example:443");
        assertThatThrownBy(() -> IpfsHttpSettings.of(Map.of("node.multiaddress", "/ip4/127.0.0.1/udp/5001"))
                        .endpoint())
                .hasMessageContaining("node_multiaddress")
                .hasMessageContaining("/udp/5001");
    }
}
