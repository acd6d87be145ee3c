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

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestPeer;

/** The embedded node beside a Kubo daemon, and as the node of other peers. */
class EmbeddedAndKuboTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    Path folder;

    private static void rpc(ObjectNode json, int port) {
        ((ObjectNode) json.get("cluster")).put("secret", "");
        ((ObjectNode) json.get("api")).putObject("kuborpc").put("listen_multiaddress", "/ip4/127.0.0.1/tcp/" + port);
    }

    @Test
    void aPeerOfThePeeringListIsDialledAgainWhenItComesBack() throws IOException {
        int port = TestPeer.freePort();
        try (KuboNode kubo = new KuboNode(Binaries.kubo(), folder.resolve("kubo")).awaitReady();
                TestPeer peer = new TestPeer("ours", folder.resolve("ours"))) {
            String address = kubo.ipfs("swarm", "addrs", "local", "--id")
                    .lines()
                    .findFirst()
                    .orElseThrow();
            peer.init("", json -> {
                rpc(json, port);
                ((ObjectNode) json.at("/ipfs_connector/embedded"))
                        .putArray("peering")
                        .add(address);
            });
            peer.start();
            awaitConnected(port, kubo, peer);
            assertThat(peer.ctl("pin", "add", "--wait", kubo.add("pinned from Kubo"))
                            .expectSuccess())
                    .contains("PINNED");
            kubo.ipfs("swarm", "disconnect", "/p2p/" + nodeId(port));
            awaitConnected(port, kubo, peer);
        }
    }

    @Test
    void otherPeersUseTheNodeThroughItsApi() throws IOException {
        int port = TestPeer.freePort();
        try (KuboNode kubo = new KuboNode(Binaries.kubo(), folder.resolve("kubo")).awaitReady();
                TestPeer node = new TestPeer("node", folder.resolve("node"));
                TestPeer ours = new TestPeer("ours", folder.resolve("ours"))) {
            node.init("", json -> rpc(json, port)).start();
            ours.init("", json -> {
                ((ObjectNode) json.get("cluster")).put("secret", "");
                json.withObject("/ipfs_connector").remove("embedded");
                json.withObject("/ipfs_connector/ipfshttp").put("node_multiaddress", "/ip4/127.0.0.1/tcp/" + port);
            });
            ours.start();
            Path file = folder.resolve("file");
            Files.write(file, "through the API".repeat(50_000).getBytes(StandardCharsets.UTF_8));
            String cid = ours.ctl("add", "-Q", file.toString()).expectSuccess().strip();
            assertThat(ours.ctl("status", cid).expectSuccess()).contains("PINNED");
            try (ReferencePeer reference = new ReferencePeer(
                    folder.resolve("reference"),
                    "",
                    kubo,
                    json -> ((ObjectNode) json.at("/ipfs_connector/ipfshttp"))
                            .put("node_multiaddress", "/ip4/127.0.0.1/tcp/" + port))) {
                reference.start();
                Await.until(
                        "the reference answers",
                        LIMIT,
                        () -> Rest.send("GET", reference.apiPort(), "/id").status() == 200 ? "" : "no answer",
                        reference::log);
                Await.until(
                        "the reference pinned it",
                        LIMIT,
                        () -> {
                            Rest.send("POST", reference.apiPort(), "/pins/ipfs/" + cid);
                            String status = Rest.send("GET", reference.apiPort(), "/pins/" + cid)
                                    .body();
                            return status.contains("\"pinned\"") ? "" : status;
                        },
                        reference::log);
                assertThat(reference.apiPort()).isPositive();
            }
        }
    }

    private static String nodeId(int port) {
        try {
            String body = Rest.send("POST", port, "/api/v0/id").body();
            return body.replaceAll("(?s).*\"ID\":\"([^\"]+)\".*", "$1");
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static void awaitConnected(int port, KuboNode kubo, TestPeer peer) {
        Await.until(
                "connected to Kubo",
                LIMIT,
                () -> {
                    String peers =
                            Rest.send("POST", port, "/api/v0/swarm/peers").body();
                    return peers.contains(kubo.peerId()) ? "" : peers;
                },
                peer::log);
    }
}
