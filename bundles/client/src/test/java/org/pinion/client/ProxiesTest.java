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

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinion.ipld.multiformats.Multiaddr;

class ProxiesTest {
    private static final ClientSettings FAR = ClientSettings.of(Multiaddr.parse("/dns4/cluster.example/tcp/9094"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "far.example|9094||true",
                "localhost|9094||false",
                "127.0.0.2|9094||false",
                "::1|9094||false",
                "far.example|9094|*|false",
                "far.example|9094|example|false",
                "far.example|9094|.example|false",
                "far.example|9094|*.example|false",
                "far.example|9094|other, far.EXAMPLE|false",
                "far.example|9094|.far.example|true",
                "far.example|9094|ar.example|true",
                "far.example|9094|far.example:9094|false",
                "far.example|9094|far.example:80|true",
                "10.1.2.3|9094|10.0.0.0/8|false",
                "10.1.2.3|9094|10.1.2.0/30|false",
                "10.1.2.4|9094|10.1.2.0/30|true",
                "10.1.2.3|9094|10.1.2.3|false",
                "10.1.2.3|9094|10.1.2.3:80|true",
                "fd00::1|9094|fd00::/8|false",
                "fd00::1|9094|[fd00::1]:9094|false",
            })
    void whatGoesThroughTheProxyIsDecidedAsByGo(String host, int port, String none, boolean proxied) {
        Proxies proxies = Proxies.of(Map.of("HTTP_PROXY", "proxy.example:3128", "no_proxy", none == null ? "" : none));
        assertThat(proxies.of(false, host, port).isPresent()).isEqualTo(proxied);
        assertThat(proxies.of(true, host, port)).isEmpty();
    }

    @Test
    void proxiesAreReadWithSchemePortAndUser() {
        Proxies proxies =
                Proxies.of(Map.of("http_proxy", "socks5://s", "HTTPS_PROXY", "https://me:word@[fd00::2]:8443"));
        assertThat(proxies.of(false, "a", 1)).contains(new Proxies.Proxy("socks5", "s", 1080, ""));
        assertThat(proxies.of(true, "a", 1)).contains(new Proxies.Proxy("https", "fd00::2", 8443, "me:word"));
        for (String wrong : List.of("ftp://x", "http://me:hush@", "http://me:hush@a b")) {
            assertThatThrownBy(() -> Proxies.of(Map.of("HTTP_PROXY", wrong)).of(false, "a", 1))
                    .hasMessageContaining("HTTP_PROXY")
                    .hasMessageNotContaining("hush");
        }
    }

    @Test
    void plainRequestsNameTheServerAndTheProxyLooksItUp() {
        try (RawServer proxy = new RawServer(RawServer.json("{\"version\":\"v\"}"))) {
            Map<String, String> environment = Map.of("HTTP_PROXY", "http://me:word@127.0.0.1:" + proxy.port());
            try (ClusterClient client = new ClusterClient(FAR.withProxies(Proxies.of(environment)))) {
                assertThat(client.version()).isEqualTo("v");
                assertThat(client.version()).isEqualTo("v");
            }
            assertThat(proxy.heads.get(1))
                    .startsWith("GET http://cluster.example:9094/version HTTP/1.1\r\nHost: cluster.example:9094\r\n")
                    .contains("\r\nProxy-Authorization: Basic bWU6d29yZA==\r\n");
        }
    }

    @Test
    void tlsGoesThroughATunnelThatTheProxyMayRefuse() {
        try (RawServer proxy = new RawServer((head, out) -> RawServer.write(out, "HTTP/1.1 403 Forbidden\r\n\r\n"))) {
            Map<String, String> environment = Map.of("HTTPS_PROXY", "127.0.0.1:" + proxy.port());
            ClientSettings settings = FAR.withHttps().withProxies(Proxies.of(environment));
            try (ClusterClient client = new ClusterClient(settings)) {
                assertThatThrownBy(client::version)
                        .hasMessageContaining("by the proxy 127.0.0.1:" + proxy.port())
                        .hasMessageContaining("HTTP/1.1 403 Forbidden");
            }
            assertThat(proxy.heads.get(0)).startsWith("CONNECT cluster.example:9094 HTTP/1.1\r\n");
        }
    }
}
