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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** A peer goes on with another datastore or another tracker than the one it had. */
class ReplacedPartsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int PINS = 300;

    @TempDir
    Path folder;

    @Test
    void thePinsMoveToAnotherDatastoreByExportAndImport() throws Exception {
        try (TestPeer peer = new TestPeer("mover", folder.resolve("mover"))
                .init(TestCluster.SECRET, ReplacedPartsTest::withShortPins)
                .start()) {
            for (int i = 0; i < PINS; i++) {
                assertThat(peer.post("/pins/" + inlineCid(i) + "?name=pin" + i + "&meta-number=" + i)
                                .status())
                        .isEqualTo(200);
            }
            List<String> before = allocations(peer);
            assertThat(before).hasSize(PINS);
            assertThat(peer.stop()).isZero();
            Path lines = folder.resolve("pins.jsonl");
            Files.writeString(lines, peer.service("state", "export").expectSuccess());

            peer.changeConfiguration(
                    json -> ((ObjectNode) json.get("datastore")).removeAll().putObject("mvstore"));
            peer.service("state", "import", "-f", lines.toString()).expectSuccess();
            assertThat(peer.folder().resolve("pinion/data/mvstore/pinion.mv")).exists();
            peer.start();

            assertThat(allocations(peer)).isEqualTo(before);
            awaitStatuses(peer, "pinned", PINS);
            assertThat(peer.post("/pins/" + inlineCid(PINS)).status()).isEqualTo(200);
            peer.kill();
            peer.start();
            assertThat(allocations(peer)).hasSize(PINS + 1);
            assertThat(peer.stop()).isZero();
            assertThat(peer.service("state", "export").expectSuccess().lines()).hasSize(PINS + 1);
            peer.service("state", "cleanup", "-f").expectSuccess();
            assertThat(peer.service("state", "export").expectSuccess()).isBlank();
        }
    }

    @Test
    void statusesAndAttemptsStayWhenTheTrackerIsAnotherOneInTheNextRun() throws Exception {
        try (TestPeer peer = new TestPeer("swapper", folder.resolve("swapper"))
                .init(TestCluster.SECRET, ReplacedPartsTest::withShortPins)
                .start()) {
            for (int i = 0; i < 50; i++) {
                assertThat(peer.post("/pins/" + inlineCid(i)).status()).isEqualTo(200);
            }
            String nowhere = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
            assertThat(peer.post("/pins/" + nowhere).status()).isEqualTo(200);
            awaitStatuses(peer, "pinned", 50);
            int attempts = awaitFailure(peer, nowhere, 1);

            for (String tracker : List.of("maptracker", "stateless")) {
                assertThat(peer.stop()).isZero();
                peer.changeConfiguration(json ->
                        ((ObjectNode) json.get("pin_tracker")).removeAll().putObject(tracker));
                peer.start();
                awaitStatuses(peer, "pinned", 50);
                attempts = awaitFailure(peer, nowhere, attempts + 1);
            }
            assertThat(peer.delete("/pins/" + nowhere).status()).isEqualTo(200);
        }
    }

    private static void withShortPins(ObjectNode json) {
        ((ObjectNode) json.at("/ipfs_connector/embedded")).put("pin_timeout", "1s");
    }

    /** Content that is inside its CID: every node has it. */
    private static String inlineCid(int number) {
        byte[] text = "%04d".formatted(number).getBytes(StandardCharsets.US_ASCII);
        return "f01550004" + HexFormat.of().formatHex(text);
    }

    private static List<String> allocations(TestPeer peer) throws Exception {
        return peer.get("/allocations").body().lines().sorted().toList();
    }

    private static void awaitStatuses(TestPeer peer, String status, int count) {
        Await.until(
                count + " are " + status,
                SOON,
                () -> {
                    TreeMap<String, Integer> found = new TreeMap<>();
                    for (JsonNode info : peer.ctlJsonObjects("status")) {
                        for (JsonNode part : info.path("peer_map")) {
                            found.merge(part.path("status").asText(), 1, Integer::sum);
                        }
                    }
                    return found.getOrDefault(status, 0) == count ? "" : found.toString();
                },
                peer::log);
    }

    private static int awaitFailure(TestPeer peer, String cid, int attempts) {
        List<Integer> found = new ArrayList<>();
        Await.until(
                cid + " failed " + attempts + " times",
                SOON,
                () -> {
                    JsonNode info = peer.ctlJson("status", cid);
                    for (JsonNode part : info.path("peer_map")) {
                        int made = part.path("attempt_count").asInt();
                        if (part.path("status").asText().equals("pin_error") && made >= attempts) {
                            found.add(made);
                            return "";
                        }
                    }
                    return info.toString();
                },
                peer::log);
        return found.get(0);
    }
}
