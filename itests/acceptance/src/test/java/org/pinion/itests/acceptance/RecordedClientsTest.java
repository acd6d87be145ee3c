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
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.NodePackages;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/**
 * Clients of others. Their requests were recorded byte for byte, with the answers that they accepted; {@code …} in an
 * answer stands for what differs between peers. Where Node is there, the JavaScript clients run themselves, too.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RecordedClientsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static TestPeer peer;
    private static int legacyPort;

    @BeforeAll
    static void startOnePeer() {
        legacyPort = TestPeer.freePort();
        peer = new TestPeer("peer", folder.resolve("peer"))
                .init(
                        TestCluster.SECRET,
                        json -> ((ObjectNode) json.at("/api/restapi"))
                                .put("legacy_http_listen_multiaddress", "/ip4/127.0.0.1/tcp/" + legacyPort))
                .start();
    }

    @AfterAll
    static void endIt() {
        peer.close();
    }

    @Test
    @Order(1)
    void everyRecordedRequestGetsTheAnswerThatItsClientAccepted() throws IOException {
        try (InputStream in = RecordedClientsTest.class.getResourceAsStream("/clients/recorded.json")) {
            for (JsonNode row : JSON.readTree(in)) {
                String request = row.get("request").asText();
                String name = row.get("client").asText() + ": "
                        + request.lines().findFirst().orElse("");
                int port = name.startsWith("ipfs-cluster-api") ? legacyPort : peer.apiPort();
                Wire.Answer answer = Wire.send(port, request.getBytes(StandardCharsets.UTF_8));
                assertThat(answer.status())
                        .as(name + "\n" + answer.body())
                        .isEqualTo(row.get("status").asInt());
                List<String> expected = new ArrayList<>();
                row.get("answer").forEach(line -> expected.add(line.asText()));
                List<String> given = answer.body().lines().toList();
                assertThat(Expected.missing(expected, given))
                        .as(name + "\n" + answer.body())
                        .isEmpty();
                assertThat(given).as(name).hasSameSizeAs(expected);
            }
        }
    }

    @Test
    @Order(2)
    void theJavaScriptClientsWorkWhereNodeIsThere() {
        Path work = folder.resolve("node");
        // the second client does not name all that it needs
        NodePackages.installOrSkip(
                "JavaScript clients against a running peer",
                work,
                "@nftstorage/ipfs-cluster@5.0.1",
                "ipfs-cluster-api@0.0.9",
                "debug",
                "is-stream@1");
        assertThat(node(work, "nftstorage.mjs", "http://127.0.0.1:" + peer.apiPort() + "/"))
                .isEqualTo("ok\n");
        assertThat(node(work, "ipfs-cluster-api.cjs", "127.0.0.1", Integer.toString(legacyPort)))
                .isEqualTo("ok\n");
    }

    private static String node(Path work, String script, String... arguments) {
        InputStream in = RecordedClientsTest.class.getResourceAsStream("/clients/" + script);
        return NodePackages.script(work, in, script, arguments);
    }
}
