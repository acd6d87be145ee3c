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
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.KuboNode;

/**
 * Peers of a cluster without a secret that know one member find all. At an address of a private network: peers of the reference do not believe each
 * other's loopback addresses.
 */
class DiscoveryTest {
    @TempDir
    Path folder;

    @Test
    void peersOfTheReferenceMeetThroughOneOfOurs() throws IOException {
        Binaries.kubo();
        Binaries.referenceService();
        String ip = privateAddress();
        try (MixedCluster cluster = new MixedCluster(folder, "")) {
            KuboNode kubo = cluster.kubo("kubo", config -> {});
            Member first = cluster.theirs("first", kubo, json -> {});
            Member middle = cluster.ours("middle", json -> {});
            Member last = cluster.theirs("last", kubo, json -> {});
            for (Member each : cluster.members()) {
                each.configure(json -> ((ObjectNode) json.get("cluster"))
                        .putArray("listen_multiaddress")
                        .add("/ip4/" + ip + "/tcp/" + each.clusterPort()));
            }
            middle.knows(List.of(at(ip, first)));
            last.knows(List.of(at(ip, middle)));
            kubo.awaitReady();
            // One after the other: who finds nobody at its start looks again only after half a minute.
            first.start();
            middle.start();
            cluster.awaitEachSees(List.of(first, middle), List.of(first, middle));
            last.start();
            cluster.awaitWhole();
        }
    }

    private static String at(String ip, Member peer) {
        return "/ip4/" + ip + "/tcp/" + peer.clusterPort() + "/p2p/" + peer.id();
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
