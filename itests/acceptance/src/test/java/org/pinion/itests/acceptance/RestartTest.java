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

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** What a peer knows survives stops, crashes and absences. */
class RestartTest {
    private static final int PINS = 2_000;
    private static final int CLIENTS = 8;

    @TempDir
    Path folder;

    @Test
    void aStoppedPeerCatchesUpWhenItIsBack() throws Exception {
        try (TestCluster cluster = TestCluster.of(3, folder, json -> {}).start()) {
            assertThat(cluster.peer(2).stop()).isZero();
            Path file = Files.writeString(folder.resolve("while-away.txt"), "pinned while one was away\n");
            String cid = cluster.peer(0)
                    .ctl("add", "-Q", file.toString())
                    .expectSuccess()
                    .strip();
            cluster.peer(2).start();
            cluster.awaitAllPeersSeenBy(cluster.peer(2));
            cluster.awaitStatus(cluster.peer(2), cid, "pinned", 3);
        }
    }

    @Test
    void everyAcknowledgedPinSurvivesKillNine() throws Exception {
        try (TestPeer peer = new TestPeer("alone", folder.resolve("alone"))
                .init(TestCluster.SECRET, RestartTest::withoutWaitingForContent)
                .start()) {
            Set<String> acknowledged = ConcurrentHashMap.newKeySet();
            AtomicInteger next = new AtomicInteger();
            CountDownLatch halfway = new CountDownLatch(PINS / 2);
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Thread client = new Thread(() -> pinUntilThePeerDies(peer, next, acknowledged, halfway));
                client.start();
                clients.add(client);
            }
            halfway.await();
            peer.kill();
            for (Thread client : clients) {
                client.join();
            }
            assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(PINS / 2);
            peer.start();
            List<String> lost = new ArrayList<>();
            for (String cid : acknowledged) {
                if (peer.get("/allocations/" + cid).status() != 200) {
                    lost.add(cid);
                }
            }
            assertThat(lost).isEmpty();
        }
    }

    @Test
    void pinsImportedWhileThePeerIsDownAreThereWhenItIsUpAndInTheNextExport() throws Exception {
        String cid = rawCid(7);
        Path lines = Files.writeString(
                folder.resolve("pins.jsonl"),
                "{\"cid\":\"" + cid + "\",\"name\":\"imported\",\"type\":\"pin\",\"max_depth\":-1,"
                        + "\"replication_factor_min\":-1,\"replication_factor_max\":-1}\n");
        try (TestPeer peer = new TestPeer("importer", folder.resolve("importer"))
                .init(TestCluster.SECRET, RestartTest::withoutWaitingForContent)) {
            peer.service("state", "import", "-f", lines.toString()).expectSuccess();
            peer.start();
            assertThat(peer.get("/allocations").body()).contains("\"name\":\"imported\"");
            assertThat(peer.stop()).isZero();
            assertThat(peer.service("state", "export").expectSuccess()).contains("\"name\":\"imported\"");
        }
    }

    @Test
    void theShellListsEveryComponentAndWhyOneIsOff() {
        try (TestPeer peer = new TestPeer("shell", folder.resolve("shell"))
                .init(TestCluster.SECRET, json -> {})
                .start()) {
            Await.until(
                    "the shell, which starts last, answers",
                    Duration.ofSeconds(30),
                    () -> {
                        Program.Result result = peer.service("shell", "cluster:components");
                        return result.exitCode() == 0 ? "" : result.err();
                    },
                    peer::log);
            String table = peer.service("shell", "cluster:components").expectSuccess();
            assertThat(table.lines().filter(line -> line.startsWith("ipfsconnector")))
                    .anySatisfy(line -> assertThat(line).contains("embedded").contains("active"))
                    .anySatisfy(line -> assertThat(line).contains("ipfshttp").contains("no configuration"));
            assertThat(table)
                    .containsPattern("(?m)^cluster .* active ")
                    .containsPattern("(?m)^consensus .* active ")
                    .containsPattern("(?m)^datastore .* active ");
        }
    }

    @Test
    void aSecondDaemonOnTheSameFolderRefusesAndNamesTheFirst() {
        try (TestPeer peer = new TestPeer("first", folder.resolve("first"))
                .init(TestCluster.SECRET, json -> {})
                .start()) {
            Program.Result second = peer.service("daemon");
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.out() + second.err()).contains(Long.toString(peer.pid()));
            assertThat(peer.stop()).isZero();
        }
    }

    @Test
    void aPortInUseEndsTheDaemonAndIsNamed() {
        try (TestPeer first = new TestPeer("first", folder.resolve("first"))
                        .init(TestCluster.SECRET, json -> {})
                        .start();
                TestPeer second = new TestPeer("second", folder.resolve("second"))
                        .init(
                                TestCluster.SECRET,
                                json -> ((ObjectNode) json.at("/api/restapi"))
                                        .put("http_listen_multiaddress", "/ip4/127.0.0.1/tcp/" + first.apiPort()))
                        .startWithoutWaiting()) {
            assertThat(second.awaitEnd()).isEqualTo(1);
            assertThat(second.log()).contains(Integer.toString(first.apiPort()));
        }
    }

    private static void withoutWaitingForContent(ObjectNode json) {
        // Nobody has the content of these pins: the peer must not wait long for it.
        ((ObjectNode) json.at("/ipfs_connector/embedded")).put("pin_timeout", "2s");
    }

    private static void pinUntilThePeerDies(
            TestPeer peer, AtomicInteger next, Set<String> acknowledged, CountDownLatch halfway) {
        for (int number = next.getAndIncrement(); number < PINS; number = next.getAndIncrement()) {
            String cid = rawCid(number);
            try {
                if (peer.post("/pins/" + cid).status() != 200) {
                    return;
                }
                acknowledged.add(cid);
                halfway.countDown();
            } catch (Exception died) {
                return;
            }
        }
    }

    /** CIDv1, raw, sha2-256 of a number, in base 16: multibase {@code f}. */
    private static String rawCid(int number) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(ByteBuffer.allocate(8).putLong(number).array());
            return "f01551220" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
