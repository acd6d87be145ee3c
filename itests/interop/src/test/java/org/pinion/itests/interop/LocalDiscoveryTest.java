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
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.TestCluster;

/** Peers that were told nothing of each other meet on the local network, where that carries multicast. */
class LocalDiscoveryTest {
    @TempDir
    Path folder;

    @Test
    void peersOfBothKindsFindEachOtherWithoutAnAddress() throws IOException {
        Binaries.kubo();
        Binaries.referenceService();
        String ip = multicastAddress();
        try (MixedCluster cluster = new MixedCluster(folder, TestCluster.SECRET)) {
            KuboNode kubo = cluster.kubo("kubo", config -> {});
            cluster.theirs("first", kubo, json -> {});
            cluster.ours("second", json -> {});
            cluster.ours("third", json -> {});
            for (Member each : cluster.members()) {
                each.configure(json -> {
                    ObjectNode section = (ObjectNode) json.get("cluster");
                    section.put("mdns_interval", "10s");
                    section.putArray("listen_multiaddress").add("/ip4/" + ip + "/tcp/" + each.clusterPort());
                });
            }
            kubo.awaitReady();
            cluster.members().forEach(Member::start);
            cluster.awaitWhole();
        }
    }

    /** Our address on a private network with multicast; without one the test is skipped with one line. */
    private static String multicastAddress() throws IOException {
        Optional<String> found = NetworkInterface.networkInterfaces()
                .filter(LocalDiscoveryTest::carriesMulticast)
                .flatMap(NetworkInterface::inetAddresses)
                .filter(ip -> ip instanceof Inet4Address && ip.isSiteLocalAddress())
                .map(InetAddress::getHostAddress)
                .findFirst();
        if (found.isEmpty()) {
            System.out.println("skipped: this machine has no private network with multicast");
        }
        Assumptions.assumeTrue(found.isPresent(), "no private network with multicast");
        return found.orElseThrow();
    }

    private static boolean carriesMulticast(NetworkInterface network) {
        try {
            return network.isUp() && !network.isLoopback() && network.supportsMulticast();
        } catch (SocketException e) {
            return false;
        }
    }
}
