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
package org.pinion.itests.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** What goes wrong is named, ends with the right exit code, and leaves nothing half done. */
class FailuresTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NOBODY_HAS = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

    @TempDir
    Path folder;

    @Test
    void contentThatNobodyHasEndsInAnErrorWithItsReasonAndRecoverTriesAgain() {
        try (TestPeer peer = new TestPeer("alone", folder.resolve("alone"))
                .init(TestCluster.SECRET, json -> {
                    ((ObjectNode) json.at("/ipfs_connector/embedded")).put("pin_timeout", "1s");
                    ((ObjectNode) json.get("cluster")).put("pin_recover_interval", "1h");
                })
                .start()) {
            peer.ctl("pin", "add", NOBODY_HAS).expectSuccess();
            awaitAttempts(peer, 1);
            JsonNode status = only(peer);
            assertThat(status.path("error").asText()).isNotEmpty();
            assertThat(peer.ctl("status", "--filter", "pin_error").expectSuccess())
                    .contains(NOBODY_HAS);
            assertThat(peer.ctl("status", "--filter", "pinned").expectSuccess()).doesNotContain(NOBODY_HAS);
            peer.ctl("recover", NOBODY_HAS).expectSuccess();
            awaitAttempts(peer, 2);
        }
    }

    @Test
    void aPeerWithAnotherSecretIsNamedAsSuchAndStaysAlone() {
        String other = "f".repeat(64);
        try (TestPeer first = new TestPeer("first", folder.resolve("first")).init(TestCluster.SECRET, json -> {});
                TestPeer second = new TestPeer("second", folder.resolve("second")).init(other, json -> {})) {
            second.knows(List.of(first));
            first.start();
            second.start();
            Await.until(
                    "the other secret is named",
                    LIMIT,
                    () -> second.log().contains("secret differs") ? "" : "no such line",
                    () -> first.log() + second.log());
            assertThat(second.log()).contains(first.id());
            List<JsonNode> peers = second.ctlJsonObjects("peers", "ls");
            assertThat(peers).hasSize(2);
            assertThat(peers.get(0).path("cluster_peers")).hasSize(1);
            assertThat(peers.get(1).path("id").asText()).isEqualTo(first.id());
            assertThat(peers.get(1).path("error").asText()).contains("secret differs");
            assertThat(second.log()).doesNotContain(other);
        }
    }

    @Test
    void filesThatCannotBeReadEndTheDaemonBeforeAnythingListens() throws IOException {
        TestPeer peer = new TestPeer("broken", folder.resolve("broken")).init(TestCluster.SECRET, json -> {});
        Path service = peer.folder().resolve("service.json");
        String good = Files.readString(service);

        Files.writeString(service, "{ this is no JSON");
        assertFails(peer.service("daemon"), "service.json");
        Files.writeString(service, good.replace("\"4s\"", "\"soon\""));
        assertFails(peer.service("daemon"), "metric_ttl", "soon");
        Files.delete(service);
        assertFails(peer.service("daemon"), "service.json");

        Files.writeString(service, good);
        Files.delete(peer.folder().resolve("identity.json"));
        assertFails(peer.service("daemon"), "identity.json");
    }

    @Test
    void anUnknownKeyIsKeptAndAnUnknownFlagIsRefused() throws IOException {
        try (TestPeer peer = new TestPeer("odd", folder.resolve("odd"))
                .init(TestCluster.SECRET, json -> ((ObjectNode) json.get("cluster")).put("future_key", 7))
                .start()) {
            assertThat(peer.stop()).isZero();
            assertThat(Files.readString(peer.folder().resolve("service.json"))).contains("future_key");
        }
        Program.Result flag = new TestPeer("odd", folder.resolve("odd")).service("daemon", "--nonsense");
        assertThat(flag.exitCode()).isEqualTo(1);
        assertThat(flag.out() + flag.err()).contains("nonsense");
    }

    @Test
    void initRefusesToOverwriteAndWritesNothingFromWrongInput() throws IOException {
        TestPeer peer = new TestPeer("twice", folder.resolve("twice")).init(TestCluster.SECRET, json -> {});
        String before = Files.readString(peer.folder().resolve("identity.json"));
        peer.service("init");
        assertThat(Files.readString(peer.folder().resolve("identity.json"))).isEqualTo(before);

        TestPeer wrong = new TestPeer("wrong", folder.resolve("wrong"));
        assertThat(wrong.service("init", "--ipfs", "nonsense").exitCode()).isEqualTo(1);
        assertThat(wrong.service("init", "--peers", "nonsense").exitCode()).isEqualTo(1);
        assertThat(wrong.folder().resolve("service.json")).doesNotExist();
    }

    private static void assertFails(Program.Result result, String... named) {
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out() + result.err()).contains(named);
    }

    private static JsonNode only(TestPeer peer) {
        return peer.ctlJson("status", NOBODY_HAS).path("peer_map").elements().next();
    }

    private static void awaitAttempts(TestPeer peer, int attempts) {
        Await.until(
                "pin_error after attempt " + attempts,
                LIMIT,
                () -> {
                    JsonNode status = only(peer);
                    boolean there = status.path("status").asText().equals("pin_error")
                            && status.path("attempt_count").asInt() == attempts;
                    return there ? "" : status.toString();
                },
                peer::log);
    }
}
