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
package org.pinion.itests.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** The configuration of a running peer, changed in each of the ways that there are, seen where it counts. */
class LiveConfigTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String RELOADED = "configuration read again";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static TestCluster cluster;
    private static TestPeer peer;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, folder, json -> {}).start();
        peer = cluster.peer(0);
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    private static Program.Result shell(String line) {
        return peer.service("shell", "-c", line);
    }

    private static String done(String line) {
        return shell(line).expectSuccess();
    }

    private static void until(String what, Await.Condition condition) {
        Await.until(what, LIMIT, condition, cluster::logs);
    }

    /** A request with headers of its own; the whole answer. */
    private static String ask(String path, String... headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", peer.apiPort())) {
            StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
            for (String header : headers) {
                request.append(header).append("\r\n");
            }
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static void untilAnswered(String expected, String path, String... headers) {
        until(path + " answers " + expected, () -> {
            String answer = ask(path, headers);
            return answer.contains(expected) ? "" : answer;
        });
    }

    private static JsonNode file() throws IOException {
        return JSON.readTree(peer.folder().resolve("service.json").toFile());
    }

    private static String pinned(String name) throws Exception {
        Path content = Files.writeString(folder.resolve(name), name);
        String added = peer.ctl("add", "-Q", content.toString()).expectSuccess().strip();
        return added;
    }

    @Test
    void aSetMetricIsHeardOfByTheOthersAtOnce() throws Exception {
        assertThat(done("cluster:config-set informer.pinqueue.metric_ttl 5m"))
                .contains("informer.pinqueue.metric_ttl: \"4s\" -> \"5m0s\", applied at once");
        until("the other peer sees the longer life", () -> {
            for (JsonNode metric : JSON.readTree(
                    cluster.peer(1).get("/monitor/metrics/pinqueue").body())) {
                long left = metric.path("expire").asLong() / 1_000_000 - System.currentTimeMillis();
                if (metric.path("peer").asText().equals(peer.id()) && left > 60_000) {
                    return "";
                }
            }
            return cluster.peer(1).get("/monitor/metrics/pinqueue").body();
        });
    }

    @Test
    void anEditedFileCountsAfterTheSignalAndFaultsChangeNothing() throws Exception {
        peer.changeConfiguration(json ->
                ((ObjectNode) json.at("/informer/tags")).putObject("tags").put("zone", "blue"));
        Program.signal("USR1", peer.pid());
        until("the other peer sees the new tag", () -> {
            String metrics = cluster.peer(1).get("/monitor/metrics/tag:zone").body();
            return metrics.contains("blue") ? "" : metrics;
        });

        peer.changeConfiguration(json -> {
            ((ObjectNode) json.at("/informer/tags")).putObject("tags").put("zone", "red");
            ((ObjectNode) json.at("/informer/disk")).put("metric_ttl", "0s");
            ((ObjectNode) json.get("cluster")).put("dial_peer_timeout", "-1s");
        });
        Program.Result refused = shell("cluster:config-reload");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err() + refused.out())
                .contains("service.json: informer.disk.metric_ttl = \"0s\": must be more than 0s")
                .contains("cluster.dial_peer_timeout = \"-1s\": must be more than 0s");
        assertThat(done("cluster:config-show informer.tags")).contains("blue").doesNotContain("red");

        peer.changeConfiguration(json -> {
            ((ObjectNode) json.at("/informer/disk")).put("metric_ttl", "4s");
            ((ObjectNode) json.get("cluster")).put("dial_peer_timeout", "2s");
        });
        assertThat(done("cluster:config-reload"))
                .contains("cluster.dial_peer_timeout: \"3s\" -> \"2s\", applied at once")
                .contains("informer.tags.tags");
        cluster.awaitAllPeersSeenBy(peer);
    }

    @Test
    void crossOriginRulesAndCredentialsChangeWithoutClosingAListener() throws Exception {
        done("cluster:config-set api.restapi.cors_allowed_origins https://a.example");
        untilAnswered("Access-Control-Allow-Origin: https://a.example", "/id", "Origin: https://a.example");

        assertThat(done("cluster:config-set api.restapi.basic_auth_credentials '{\"u\":\"s3same\"}'"))
                .contains("api.restapi.basic_auth_credentials: changed, applied at once");
        untilAnswered("HTTP/1.1 401", "/id");
        String good = Base64.getEncoder().encodeToString("u:s3same".getBytes(UTF_8));
        untilAnswered("HTTP/1.1 200", "/id", "Authorization: Basic " + good);
        assertThat(done("cluster:config-show api.restapi")).contains("***").doesNotContain("s3same");
        assertThat(done("config:list")).doesNotContain("s3same");
        done("cluster:config-set api.restapi.basic_auth_credentials null");
        untilAnswered("HTTP/1.1 200", "/id");
    }

    @Test
    void listenersMoveAndTheOldOnesAreGone() throws Exception {
        int before = peer.apiPort();
        int other = TestPeer.freePort();
        done("cluster:config-set api.restapi.http_listen_multiaddress '[\"/ip4/127.0.0.1/tcp/" + other
                + "\",\"/ip4/127.0.0.1/tcp/" + before + "\"]'");
        until("the new listener is open", () -> {
            try (Socket socket = new Socket("127.0.0.1", other)) {
                return socket.isConnected() ? "" : "not connected";
            } catch (IOException e) {
                return String.valueOf(e.getMessage());
            }
        });
        done("cluster:config-set api.restapi.http_listen_multiaddress /ip4/127.0.0.1/tcp/" + before);
        until("it is closed again", () -> {
            try (Socket socket = new Socket("127.0.0.1", other)) {
                return "connected to " + socket.getPort();
            } catch (IOException e) {
                return "";
            }
        });
        untilAnswered("HTTP/1.1 200", "/id");
    }

    @Test
    void theShellOfKarafChangesTheClusterSectionAndWrongValuesArePutBack() throws Exception {
        done("config:edit org.pinion.config.cluster; config:property-set replication.factor.min 1;"
                + " config:property-set replication.factor.max 1; config:update");
        until("pins get one copy", () -> {
            JsonNode pin = peer.ctlJson("pin", "ls", pinned("one copy"));
            return pin.path("replication_factor_max").asInt() == 1 ? "" : pin.toString();
        });
        done("config:edit org.pinion.config.cluster; config:property-set replication.factor.min 5; config:update");
        until("the log names file, key, value and range", () -> {
            String log = peer.log();
            boolean told = log.contains("change of org.pinion.config.cluster refused, the old values are back: "
                    + peer.folder().resolve("service.json") + ": cluster.replication_factor_min = 5: must be ");
            return told ? "" : log;
        });
        assertThat(done("cluster:config-show cluster")).contains("\"replication_factor_min\": 1");
        assertThat(done("cluster:config-set cluster '{\"replication_factor_min\":-1,\"replication_factor_max\":-1}'"))
                .contains("1 -> -1, applied at once");
        try (var files = Files.list(peer.folder().resolve("pinion/karaf/etc"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .as("service.json is the only file with settings")
                    .noneMatch(name -> name.startsWith("org.pinion."));
        }
    }

    @Test
    void whoIsTrustedChangesWithoutARestart() throws Exception {
        done("cluster:config-set consensus.crdt.trusted_peers []");
        String cid = cluster.peer(1)
                .ctl(
                        "add",
                        "-Q",
                        Files.writeString(folder.resolve("trust"), "trust").toString())
                .expectSuccess()
                .strip();
        done("cluster:config-set consensus.crdt.trusted_peers '[\""
                + cluster.peer(1).id() + "\"]'");
        until("its pin is taken", () -> {
            var answer = peer.get("/allocations/" + cid);
            return answer.status() == 200 ? "" : answer.body();
        });
        done("cluster:config-set consensus.crdt.trusted_peers *");
    }

    @Test
    void whatCannotChangeSaysSo() throws Exception {
        assertThat(done("cluster:config-set cluster.secret " + "cd".repeat(32)))
                .contains("cluster.secret: changed, needs a restart of the peer")
                .doesNotContain("cdcd");
        done("cluster:config-reload"); // gives it up again
        Program.Result environment = shell("cluster:config-set cluster.peername alice");
        assertThat(environment.exitCode()).isEqualTo(1);
        assertThat(environment.err() + environment.out()).contains("CLUSTER_PEERNAME decides");
        Program.Result wrong = shell("cluster:config-set informer.disk.metric_ttl soon");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err() + wrong.out())
                .contains("service.json: informer.disk.metric_ttl = soon: must be a duration");
        assertThat(shell("cluster:swap consensus raft").err()).contains("state export");
    }

    @Test
    void logLevelsChangeAtOnceAndNoLineIsLost() throws Exception {
        done("log:set DEBUG org.pinion.cluster");
        assertThat(done("log:get org.pinion.cluster")).contains("DEBUG");
        String told = pinned("told of");
        untilLogged("pinning " + told);

        done("log:set DEFAULT org.pinion.cluster");
        assertThat(done("log:get org.pinion.cluster")).contains("INFO");
        String untold = pinned("not told of");
        assertThat(ask("/allocations/" + untold)).contains(untold);
        untilLogged("GET /allocations/" + untold);
        assertThat(peer.log()).doesNotContain("pinning " + untold);

        // What a command of the shell causes to be logged is in the log, not in the shell.
        long before = reloads();
        Program.Result reload = shell("cluster:config-reload");
        assertThat(reload.err() + reload.out()).doesNotContain(RELOADED);
        until("the log tells of the reload", () -> reloads() > before ? "" : peer.log());
    }

    private static long reloads() {
        return peer.log().lines().filter(line -> line.contains(RELOADED)).count();
    }

    private static void untilLogged(String text) {
        until("console and file have: " + text, () -> {
            String file = Files.readString(peer.folder().resolve("pinion/karaf/data/log/pinion.log"));
            return file.contains(text) && peer.log().contains(text) ? "" : file;
        });
    }

    @Test
    void theTrackerIsSwappedSavedAndSwappedBack() throws Exception {
        String before = pinned("before the swap");
        cluster.awaitStatus(peer, before, "pinned", 2);

        assertThat(done("cluster:swap pintracker map"))
                .contains("pin_tracker.maptracker runs in the place of pin_tracker.stateless");
        cluster.awaitStatus(peer, before, "pinned", 2);
        cluster.awaitStatus(peer, pinned("with the map"), "pinned", 2);
        assertThat(done("cluster:config-show pin_tracker"))
                .contains("maptracker")
                .doesNotContain("stateless");
        done("cluster:config-save");
        assertThat(file().get("pin_tracker").has("stateless")).isFalse();
        assertThat(peer.service("config", "check").exitCode()).isZero();

        done("cluster:swap pintracker stateless");
        done("cluster:config-save");
        assertThat(file().get("pin_tracker").has("maptracker")).isFalse();
        cluster.awaitStatus(peer, pinned("after the swap"), "pinned", 2);
    }

    @Test
    void aSaveKeepsWhatNobodyKnowsAndAStrangersSectionIsItsConfiguration() throws Exception {
        peer.changeConfiguration(json -> {
            json.put("remark", "kept");
            ((ObjectNode) json.get("informer"))
                    .putObject("weather")
                    .put("metric_ttl", "3s")
                    .putObject("station")
                    .put("id", 7);
        });
        assertThat(done("cluster:config-reload")).contains("informer.weather: comes");
        assertThat(done("config:list '(service.pid=org.pinion.informer.weather)'"))
                .contains("station.id = 7");
        done("cluster:config-set informer.weather.station.id 8");
        done("cluster:config-set pin_tracker.stateless.priority_pin_max_retries 7");
        done("cluster:config-save");

        Path path = peer.folder().resolve("service.json");
        assertThat(file().path("remark").asText()).isEqualTo("kept");
        assertThat(file().at("/informer/weather/station/id").asInt()).isEqualTo(8);
        assertThat(file().at("/pin_tracker/stateless/priority_pin_max_retries").asInt())
                .isEqualTo(7);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertThat(peer.folder().resolve("service.json.old.0")).exists();
        assertThat(peer.service("config", "check").expectSuccess()).contains("informer.weather");
        peer.changeConfiguration(json -> ((ObjectNode) json.get("informer")).remove("weather"));
        assertThat(done("cluster:config-reload")).contains("informer.weather: goes");
    }
}
