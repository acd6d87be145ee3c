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
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.ForeignProcess;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestPeer;

/** Our ctl over libp2p streams to peers of the reference. */
class CtlLibp2pTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";

    @TempDir
    Path folder;

    private Program.Result ctl(String... arguments) {
        return Program.ours(Map.of(), folder, "ipfs-cluster-ctl", arguments);
    }

    private static void awaitApi(ReferencePeer peer) {
        Await.until(
                "the API answers",
                Duration.ofSeconds(60),
                // Its own ping: blocks that are added go to peers whose pings came.
                () -> peer.json("/monitor/metrics/ping").isEmpty() ? "no ping" : "",
                peer::log);
    }

    private static String id(Path identity) throws IOException {
        return JSON.readTree(identity.toFile()).path("id").asText();
    }

    @Test
    void aRaftPeerAnswersOnItsClusterHostWithTheSecretOnly() throws IOException {
        try (KuboNode kubo = new KuboNode(Binaries.kubo(), folder.resolve("kubo"));
                ReferencePeer peer = new ReferencePeer(folder.resolve("raft"), SECRET, kubo, json -> {
                    ObjectNode consensus = (ObjectNode) json.get("consensus");
                    consensus.removeAll();
                    consensus.putObject("raft");
                })) {
            kubo.awaitReady();
            peer.start();
            awaitApi(peer);
            String host = "/ip4/127.0.0.1/tcp/" + peer.clusterPort() + "/p2p/"
                    + id(peer.folder().resolve("identity.json"));
            String plain = "/ip4/127.0.0.1/tcp/" + peer.apiPort();
            assertThat(ctl("--host", host, "--secret", SECRET, "id").expectSuccess())
                    .isEqualTo(ctl("--host", plain, "id").expectSuccess());
            Path file = Files.write(folder.resolve("file"), new byte[1_000_000]);
            String cid = ctl("--host", host, "--secret", SECRET, "add", "-Q", file.toString())
                    .expectSuccess()
                    .strip();
            assertThat(ctl("--host", plain, "pin", "ls", cid).expectSuccess()).startsWith(cid);
            Program.Result without = ctl("--host", host, "id");
            assertThat(without.exitCode()).isEqualTo(1);
            assertThat(without.out()).contains("Code: 0", "secret differs");
            assertThat(without.err()).doesNotContain(SECRET);
        }
    }

    @Test
    void anApiOnAHostOfItsOwnAnswersWithoutTheSecret() throws IOException {
        Path own = Files.createDirectories(folder.resolve("own"));
        ForeignProcess.run(
                own, Map.of("IPFS_CLUSTER_PATH", own.toString()), List.of("" + Binaries.referenceService(), "init"));
        JsonNode identity = JSON.readTree(own.resolve("identity.json").toFile());
        int port = TestPeer.freePort();
        String at = "/ip4/127.0.0.1/tcp/" + port;
        try (KuboNode kubo = new KuboNode(Binaries.kubo(), folder.resolve("kubo"));
                ReferencePeer peer = new ReferencePeer(folder.resolve("crdt"), SECRET, kubo, json -> {
                    ObjectNode api = (ObjectNode) json.at("/api/restapi");
                    api.set("id", identity.get("id"));
                    api.set("private_key", identity.get("private_key"));
                    api.putArray("libp2p_listen_multiaddress").add(at);
                })) {
            kubo.awaitReady();
            peer.start();
            awaitApi(peer);
            String host = at + "/p2p/" + identity.path("id").asText();
            List<String> hosts = new ArrayList<>(
                    List.of("/ip4/127.0.0.1/tcp/1/p2p/" + identity.path("id").asText(), host));
            assertThat(ctl("--host", String.join(",", hosts), "version").expectSuccess())
                    .isEqualTo("1.1.6\n");
            String cluster = "/ip4/127.0.0.1/tcp/" + peer.clusterPort() + "/p2p/"
                    + id(peer.folder().resolve("identity.json"));
            Program.Result refused = ctl("--host", cluster, "--secret", SECRET, "id");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.out()).contains("serves none of [/libp2p-http]");
        }
    }
}
