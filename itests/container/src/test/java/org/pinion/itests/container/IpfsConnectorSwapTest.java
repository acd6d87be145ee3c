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

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** The IPFS connector is stopped, updated, replaced and put back under load. */
class IpfsConnectorSwapTest {
    @TempDir
    Path folder;

    @Test
    void pinsKeepArrivingWhileKuboTakesThePlaceOfTheEmbeddedNodeAndBack() {
        int port = TestPeer.freePort();
        TestPeer node = new TestPeer("node", folder.resolve("node"))
                .init(
                        TestCluster.SECRET,
                        json -> ((ObjectNode) json.get("api"))
                                .putObject("kuborpc")
                                .put("listen_multiaddress", "/ip4/127.0.0.1/tcp/" + port));
        Map<String, String> where = Map.of("CLUSTER_IPFSHTTP_NODEMULTIADDRESS", "/ip4/127.0.0.1/tcp/" + port);
        try (node;
                SwapPeer peer = new SwapPeer(folder, where)) {
            node.start();
            new Swapping(peer, "ipfsconnector", "embedded", "IpfsConnector is not available").during(() -> {
                peer.shell("cluster:swap ipfsconnector ipfshttp");
                peer.awaitState("ipfsconnector", "ipfshttp", "active");
                assertThat(peer.peer().ctl("id").expectSuccess()).contains("IPFS: " + ipfsId(node));
                peer.shell("cluster:swap ipfsconnector embedded");
                peer.awaitState("ipfsconnector", "embedded", "active");
                assertThat(peer.peer().ctl("id").expectSuccess()).doesNotContain(ipfsId(node));
            });
        }
    }

    private static String ipfsId(TestPeer peer) {
        return peer.ctlJson("id").path("ipfs").path("id").asText();
    }

    @Test
    void pinsKeepArrivingWhileTheIpfsConnectorGoes() {
        try (SwapPeer peer = new SwapPeer(folder)) {
            new Swapping(peer, "ipfsconnector", "embedded", "IpfsConnector is not available").run();
        }
    }
}
