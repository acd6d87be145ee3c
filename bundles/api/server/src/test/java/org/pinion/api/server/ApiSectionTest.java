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
package org.pinion.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.spi.http.HttpSettings;

class ApiSectionTest {
    private static final Path FOLDER = Path.of("/peer");

    private static HttpSettings of(Map<String, ?> values) {
        return of(values, Optional.empty(), Optional.empty());
    }

    private static HttpSettings of(Map<String, ?> values, Optional<String> credentials, Optional<String> key) {
        Multiaddr otherwise = Multiaddr.parse("/ip4/127.0.0.1/tcp/9094");
        return new ApiSection("restapi", values, FOLDER).settings(otherwise, credentials, key);
    }

    @Test
    void hasTheReferencesDefaultsForAnEmptySection() {
        HttpSettings settings = of(Map.of());
        assertThat(settings.listen()).containsExactly(Multiaddr.parse("/ip4/127.0.0.1/tcp/9094"));
        assertThat(settings.timeouts())
                .isEqualTo(new HttpSettings.Timeouts(
                        Duration.ZERO, Duration.ofSeconds(5), Duration.ZERO, Duration.ofMinutes(2)));
        assertThat(settings.maxHeaderBytes()).isEqualTo(4096);
        assertThat(settings.credentials()).isEmpty();
        assertThat(settings.headers()).isEmpty();
        assertThat(settings.requestLog()).isEmpty();
        assertThat(settings.tls()).isEmpty();
        assertThat(settings.cors())
                .isEqualTo(new HttpSettings.Cors(List.of(), List.of(), List.of(), List.of(), false, Duration.ZERO));
    }

    @Test
    void readsEveryKey() {
        HttpSettings settings = of(
                Map.ofEntries(
                        Map.entry("http.listen.multiaddress", new String[] {"/ip4/0.0.0.0/tcp/1", "/unix/tmp/x"}),
                        Map.entry("ssl.cert.file", "c.pem"),
                        Map.entry("ssl.key.file", "/k.pem"),
                        Map.entry("read.timeout", "1s"),
                        Map.entry("read.header.timeout", "2s"),
                        Map.entry("write.timeout", "3s"),
                        Map.entry("idle.timeout", "4s"),
                        Map.entry("max.header.bytes", 5000),
                        Map.entry("http.log.file", "http.log"),
                        Map.entry("headers", "{\"X-A\":[\"1\",\"2\"]}"),
                        Map.entry("cors.allowed.origins", new String[] {"*"}),
                        Map.entry("cors.allowed.methods", List.of("GET")),
                        Map.entry("cors.allowed.headers", "X-B"),
                        Map.entry("cors.exposed.headers", new String[] {"X-C"}),
                        Map.entry("cors.allow.credentials", true),
                        Map.entry("cors.max.age", "10m")),
                Optional.of("{\"me\":\"secret\"}"),
                Optional.empty());
        assertThat(settings.listen()).hasSize(2);
        assertThat(settings.tls()).contains(new HttpSettings.Tls(Path.of("/peer/c.pem"), Path.of("/k.pem")));
        assertThat(settings.timeouts())
                .isEqualTo(new HttpSettings.Timeouts(
                        Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(4)));
        assertThat(settings.maxHeaderBytes()).isEqualTo(5000);
        assertThat(settings.requestLog()).contains(Path.of("/peer/http.log"));
        assertThat(settings.headers()).isEqualTo(Map.of("X-A", List.of("1", "2")));
        assertThat(settings.credentials()).isEqualTo(Map.of("me", "secret"));
        assertThat(settings.cors())
                .isEqualTo(new HttpSettings.Cors(
                        List.of("*"), List.of("GET"), List.of("X-B"), List.of("X-C"), true, Duration.ofMinutes(10)));
        assertThat(settings.toString()).doesNotContain("secret");
    }

    @Test
    void refusesWhatTheReferenceRefusesAndKeepsSecrets() {
        assertThatThrownBy(() -> of(Map.of("http.listen.multiaddress", "nowhere")))
                .hasMessageStartingWith("error parsing restapi.http_listen_multiaddress");
        assertThatThrownBy(() -> of(Map.of("max.header.bytes", "100"))).hasMessageContaining("not less then 4096");
        assertThatThrownBy(() -> of(Map.of("idle.timeout", "-1s"))).hasMessageContaining("restapi.idle_timeout");
        assertThatThrownBy(() -> of(Map.of("read.timeout", "5"))).hasMessageContaining("restapi.read_timeout");
        assertThatThrownBy(() -> of(Map.of("headers", "[1]"))).hasMessageContaining("restapi.headers");
        assertThatThrownBy(() -> of(Map.of(), Optional.of("{}"), Optional.empty()))
                .hasMessageContaining("should be null or have at least one entry");
        assertThatThrownBy(() -> of(Map.of(), Optional.of("{\"me\":\"hush\",1}"), Optional.empty()))
                .hasMessageContaining("basic_auth_credentials")
                .hasMessageNotContaining("hush");
    }

    @Test
    void readsAHostOfItsOwnAndNeverShowsItsKey() {
        String key = Base64.getEncoder()
                .encodeToString(PrivateKey.generate(KeyType.ED25519).marshal());
        Map<String, ?> values = Map.of("libp2p.listen.multiaddress", new String[] {"/ip4/127.0.0.1/tcp/9"});
        HttpSettings settings = of(values, Optional.empty(), Optional.of("\"" + key + "\""));
        assertThat(settings.ownHost().orElseThrow().listen()).containsExactly(Multiaddr.parse("/ip4/127.0.0.1/tcp/9"));
        assertThat(settings.ownHost().orElseThrow().toString()).doesNotContain(key);
        assertThatThrownBy(() -> of(values, Optional.empty(), Optional.of("\"hush\"")))
                .hasMessageContaining("restapi.private_key")
                .hasMessageNotContaining("hush");
    }
}
