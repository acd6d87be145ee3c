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

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/**
 * Peers that know one member find all. At an address of a private network: peers of the reference do not believe each
 * other's loopback addresses.
 */
class DiscoveryTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    /** How a peer is asked, whatever its kind. */
    private interface Asked {
        Rest.Answer get(String path) throws IOException, InterruptedException;
    }

    @Test
    void peersOfTheReferenceMeetThroughOneOfOurs() throws IOException {
        Path kuboBinary = Binaries.kubo();
        Path reference = Binaries.referenceService();
        String ip = privateAddress();
        try (KuboNode kubo = new KuboNode(kuboBinary, folder.resolve("kubo"));
                ReferencePeer first =
                        new ReferencePeer(reference, folder.resolve("first"), TestCluster.SECRET, kubo, List.of(), ip);
                TestPeer middle = ours(ip, first.clusterAddress());
                ReferencePeer last = new ReferencePeer(
                        reference, folder.resolve("last"), TestCluster.SECRET, kubo, List.of(at(ip, middle)), ip)) {
            Await.until(
                    "each sees all three",
                    LIMIT,
                    () -> {
                        StringBuilder missing = new StringBuilder();
                        for (Asked each : List.<Asked>of(first::get, middle::get, last::get)) {
                            String seen = each.get("/peers").body();
                            missing.append(fine(seen) == 3 ? "" : seen + "\n");
                        }
                        return missing.toString();
                    },
                    () -> Stream.of(first.log(), middle.log(), last.log()).reduce("", (a, b) -> a + "\n" + b));
        }
    }

    private TestPeer ours(String ip, String known) throws IOException {
        TestPeer peer = new TestPeer("middle", folder.resolve("middle"));
        peer.init(
                TestCluster.SECRET,
                json -> ((ObjectNode) json.get("cluster"))
                        .putArray("listen_multiaddress")
                        .add("/ip4/" + ip + "/tcp/" + peer.clusterPort()));
        Files.write(peer.folder().resolve("peerstore"), List.of(known));
        return peer.start();
    }

    private static String at(String ip, TestPeer peer) {
        return "/ip4/" + ip + "/tcp/" + peer.clusterPort() + "/p2p/" + peer.id();
    }

    private static long fine(String peers) {
        return peers.lines()
                .filter(line -> line.contains("\"peername\":\"") && !line.contains("\"peername\":\"\""))
                .filter(line -> !line.contains("\"error\":\"") || line.contains("\"error\":\"\""))
                .count();
    }

    /** An address that this machine has on a private network; without one the test is skipped with one line. */
    private static String privateAddress() throws IOException {
        Optional<String> found = NetworkInterface.networkInterfaces()
                .flatMap(each -> each.getInterfaceAddresses().stream())
                .map(InterfaceAddress::getAddress)
                .filter(ip -> ip instanceof Inet4Address && ip.isSiteLocalAddress())
                .map(ip -> ip.getHostAddress())
                .findFirst();
        if (found.isEmpty()) {
            System.out.println("skipped: this machine has no address on a private network");
        }
        Assumptions.assumeTrue(found.isPresent(), "no private address");
        return found.orElseThrow();
    }
}
