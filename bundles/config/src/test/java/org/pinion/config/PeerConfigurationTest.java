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
package org.pinion.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.config.ClusterSettings;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.config.Secrets;

class PeerConfigurationTest {
    @TempDir
    Path dir;

    private final FakeFramework framework = new FakeFramework();

    @AfterEach
    void forgetTheExitCode() {
        System.clearProperty("pinion.exit.code");
    }

    private PeerConfiguration start() throws Exception {
        framework.property("pinion.dir", dir.toString());
        return new PeerConfiguration(framework.context(), framework.admin());
    }

    @Test
    void servicesAreThereAndSayWhatTheFilesSay() throws Exception {
        PeerDir.fresh(dir)
                .set("cluster/secret", "\"" + "ab".repeat(32) + "\"")
                .set("cluster/peername", "\"alice\"")
                .set("cluster/replication_factor_min", "2")
                .set("cluster/replication_factor_max", "3")
                .set("cluster/resource_manager", "{\"enabled\":true,\"memory_limit_bytes\":1000000}")
                .set("cluster/peerstore_file", "\"/abs/peers\"")
                .set("api/restapi/basic_auth_credentials", "{\"u\":\"p\"}");
        framework.property("pinion.leave", "true");
        framework.property("pinion.bootstrap", "/ip4/1.2.3.4/tcp/1,/ip4/1.2.3.5/tcp/2");
        start();

        ClusterSettings settings = framework.service(ClusterConfig.class).settings();
        assertThat(settings.peername()).isEqualTo("alice");
        assertThat(settings.leaveOnShutdown()).isTrue();
        assertThat(settings.bootstrap()).hasSize(2);
        assertThat(settings.replicationMin()).isEqualTo(2);
        assertThat(settings.peerstoreFile()).isEqualTo("abs/peers");
        assertThat(settings.monitorPingInterval()).hasSeconds(15);
        assertThat(settings.resources()).isEqualTo(new ClusterSettings.Resources(true, 1_000_000, 0));
        Secrets secrets = framework.service(Secrets.class);
        assertThat(secrets.clusterSecret().orElseThrow()).hasSize(32).containsOnly(0xab);
        assertThat(secrets.value("org.pinion.api.restapi", "basic_auth_credentials"))
                .contains("{\"u\":\"p\"}");
        assertThat(secrets.peerId()).isEqualTo(new PeerFiles().identity(dir, Map.of()));
        assertThat(secrets.toString()).doesNotContain("abab");
        PeerFolder folder = framework.service(PeerFolder.class);
        assertThat(folder.root()).isEqualTo(dir);
        assertThat(folder.own()).isEqualTo(dir.resolve("pinion"));
    }

    @Test
    void oneConfigurationPerSectionAndNothingSecretInAny() throws Exception {
        PeerDir.fresh(dir)
                .set("cluster/secret", "\"" + "ab".repeat(32) + "\"")
                .set("api/restapi/basic_auth_credentials", "{\"u\":\"c0ffee\"}");
        start();

        assertThat(framework.configurations())
                .hasSize(15)
                .containsEntry(
                        "org.pinion.pintracker.stateless",
                        new Hashtable<>(Map.of(
                                "concurrent.pins", 10L,
                                "max.pin.queue.size", 1000000L,
                                "priority.pin.max.age", "24h0m0s",
                                "priority.pin.max.retries", 5L,
                                "pinion.section", "pin_tracker.stateless")));
        assertThat(framework.configurations().toString()).doesNotContain("abab", "c0ffee");
        assertThat(framework.stopped()).isFalse();
    }

    @Test
    void configurationsOfSectionsThatAreGoneGoTooAndStrangersStay() throws Exception {
        PeerDir.fresh(dir);
        framework.put("org.pinion.informer.numpin", Map.of("pinion.section", "informer.numpin"));
        framework.put("org.example.other", Map.of("a", "b"));
        start();

        assertThat(framework.configurations())
                .doesNotContainKey("org.pinion.informer.numpin")
                .containsKey("org.example.other");
    }

    @Test
    void wrongFilesStopTheFrameworkWithAFailure() throws Exception {
        PeerDir.fresh(dir).set("cluster/dial_peer_timeout", "\"0s\"");
        start();

        assertThat(framework.stopped()).isTrue();
        assertThat(System.getProperty("pinion.exit.code")).isEqualTo("1");
        assertThat(framework.configurations()).isEmpty();
        assertThat(framework.services()).isEmpty();
    }

    @Test
    void withoutAFolderNothingHappens() throws Exception {
        PeerConfiguration configuration = new PeerConfiguration(framework.context(), framework.admin());

        assertThat(configuration.active()).isEmpty();
        assertThat(framework.stopped()).isFalse();
    }

    @Test
    void servicesGoWithTheBundleAndConfigurationsStay() throws Exception {
        PeerDir.fresh(dir);
        start().close();

        assertThat(framework.services()).isEmpty();
        assertThat(framework.configurations()).hasSize(15);
    }

    @Test
    void aWrongLiveChangeIsPutBackAndAGoodOneStays() throws Exception {
        PeerDir.fresh(dir);
        start();
        String pid = "org.pinion.pintracker.stateless";

        framework.update(pid, "concurrent.pins", "-3");
        assertThat(framework.configurations().get(pid)).containsEntry("concurrent.pins", 10L);
        framework.update(pid, "concurrent.pins", "20");
        assertThat(framework.configurations().get(pid)).containsEntry("concurrent.pins", 20L);
        framework.update(pid, "priority.pin.max.age", "soon");
        assertThat(framework.configurations().get(pid))
                .containsEntry("priority.pin.max.age", "24h0m0s")
                .containsEntry("concurrent.pins", 20L);
        framework.update("org.pinion.api.restapi", "basic.auth.credentials", "{}");
        assertThat(framework.configurations().get("org.pinion.api.restapi"))
                .doesNotContainKey("basic.auth.credentials");
    }

    @Test
    void onTheSignalTheFilesAreReadAgain() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        start();
        ClusterConfig before = framework.service(ClusterConfig.class);

        peer.set("informer/tags/tags", "{\"group\":\"new\"}")
                .set("cluster/peername", "\"bob\"")
                .set("api/pinsvcapi", "");
        framework.service(Runnable.class).run();

        assertThat(framework.configurations().get("org.pinion.informer.tags"))
                .containsEntry("tags", "{\"group\":\"new\"}");
        assertThat(framework.configurations()).doesNotContainKey("org.pinion.api.pinsvcapi");
        assertThat(framework.service(ClusterConfig.class)).isNotSameAs(before);
        assertThat(framework.service(ClusterConfig.class).settings().peername()).isEqualTo("bob");
    }

    @Test
    void wrongFilesOnTheSignalChangeNothing() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        start();

        peer.set("informer/tags/metric_ttl", "\"0s\"").set("cluster/peername", "\"bob\"");
        framework.service(Runnable.class).run();

        assertThat(framework.configurations().get("org.pinion.informer.tags")).containsEntry("metric.ttl", "30s");
        assertThat(framework.service(ClusterConfig.class).settings().peername()).isEqualTo(Loaded.hostName());
        assertThat(framework.stopped()).isFalse();
    }
}
