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
package org.pinion.itests.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.NodePackages;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** Programs of others for Node, where it is there: the pinning service's compliance suite, and Kubo's JavaScript client. */
class NodeClientsTest {
    private static final int CANNOT_BE_FETCHED = 69;

    @TempDir
    static Path folder;

    private static TestPeer peer;
    private static int service;
    private static int rpc;
    private static int proxy;

    @BeforeAll
    static void start() {
        NodePackages.nodeOrSkip("programs for Node against a running peer");
        service = TestPeer.freePort();
        rpc = TestPeer.freePort();
        proxy = TestPeer.freePort();
        peer = new TestPeer("ours", folder.resolve("ours"))
                .init(TestCluster.SECRET, json -> {
                    ObjectNode api = (ObjectNode) json.get("api");
                    ObjectNode pins = api.putObject("pinsvcapi");
                    pins.put("http_listen_multiaddress", local(service));
                    pins.putObject("basic_auth_credentials").put("user", "password");
                    api.putObject("kuborpc").put("listen_multiaddress", local(rpc));
                    api.putObject("ipfsproxy")
                            .put("listen_multiaddress", local(proxy))
                            .put("node_multiaddress", local(rpc));
                })
                .start();
    }

    @AfterAll
    static void stop() {
        if (peer != null) {
            peer.close();
        }
    }

    private static String local(int port) {
        return "/ip4/127.0.0.1/tcp/" + port;
    }

    @Test
    void thePinningServicePassesThePublicComplianceSuite() throws IOException, InterruptedException {
        Path kubo = Binaries.kubo();
        Path work = Files.createDirectories(folder.resolve("compliance"));
        Path script = work.resolve("pinning-compliance.sh");
        try (InputStream in = NodeClientsTest.class.getResourceAsStream("/node/pinning-compliance.sh")) {
            Files.write(script, in.readAllBytes());
        }
        Program.Result result = Program.run(
                Map.of("KUBO_BINARY", kubo.toString(), "IPFS_TELEMETRY", "off"),
                work,
                InputStream.nullInputStream(),
                List.of("bash", script.toString(), work.toString(), "http://127.0.0.1:" + service, token()));
        NodePackages.skipIf(
                "the pinning service's compliance suite",
                result.exitCode() == CANNOT_BE_FETCHED ? "npm cannot fetch it" : "");
        JsonNode report =
                Member.JSON.readTree(work.resolve("docs/127.0.0.1.json").toFile());
        assertThat(report.path("failed").asInt(-1))
                .as(result.out() + result.err() + reports(work))
                .isZero();
        assertThat(report.path("passed").asInt()).isPositive();
    }

    private static String reports(Path work) throws IOException {
        StringBuilder text = new StringBuilder();
        try (var files = Files.list(work.resolve("docs"))) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".md")).toList()) {
                text.append(Files.readString(file));
            }
        }
        return text.toString();
    }

    private static String token() throws IOException, InterruptedException {
        String pair = Base64.getEncoder().encodeToString("user:password".getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service + "/token"))
                .header("Authorization", "Basic " + pair)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        String answer = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        return Member.JSON.readTree(answer).path("token").asText();
    }

    @Test
    void kubosJavaScriptClientWorksWithTheNodeAndThroughTheProxy() {
        Path work = folder.resolve("kubo-rpc-client");
        NodePackages.installOrSkip(
                "Kubo's JavaScript client against a running peer", work, "kubo-rpc-client@7.1.0", "multiformats@13");
        for (int port : new int[] {rpc, proxy}) {
            InputStream script = NodeClientsTest.class.getResourceAsStream("/node/kubo-rpc-client.mjs");
            assertThat(NodePackages.script(work, script, "client.mjs", "http://127.0.0.1:" + port))
                    .isEqualTo("ok\n");
        }
    }
}
