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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** Three peers, one beside a Kubo daemon, two with a node inside: what one has gets to all. */
class MixedNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    static Path folder;

    private static KuboNode kubo;
    private static List<TestPeer> peers = List.of();

    @BeforeAll
    static void start() throws IOException {
        kubo = new KuboNode(Binaries.kubo(), folder.resolve("kubo")).awaitReady();
        TestPeer besideKubo = new TestPeer("kubo-peer", folder.resolve("kubo-peer")).init(TestCluster.SECRET, json -> {
            json.withObject("/ipfs_connector").remove("embedded");
            ObjectNode section = json.withObject("/ipfs_connector/ipfshttp");
            section.put("node_multiaddress", kubo.apiAddress());
            section.put("connect_swarms_delay", "1s");
        });
        TestPeer first = new TestPeer("first", folder.resolve("first")).init(TestCluster.SECRET, json -> {});
        TestPeer second = new TestPeer("second", folder.resolve("second")).init(TestCluster.SECRET, json -> {});
        peers = List.of(besideKubo, first, second);
        for (TestPeer peer : peers) {
            peer.knows(peers);
            peer.startWithoutWaiting();
        }
        for (TestPeer peer : peers) {
            Await.until(
                    peer.name() + " sees all peers",
                    LIMIT,
                    () -> {
                        List<String> lines = peer.get("/peers").body().lines().toList();
                        boolean whole =
                                lines.size() == 3 && lines.stream().allMatch(line -> line.contains("\"error\":\"\""));
                        return whole ? "" : lines.toString();
                    },
                    MixedNodesTest::logs);
        }
    }

    @AfterAll
    static void stop() {
        peers.forEach(TestPeer::close);
        if (kubo != null) {
            kubo.close();
        }
    }

    private static String logs() {
        StringBuilder all = new StringBuilder(kubo.log());
        peers.forEach(peer -> all.append(peer.log()));
        return all.toString();
    }

    private static void awaitPinnedByAll(String cid) {
        for (TestPeer asked : peers) {
            Await.until(
                    cid + " is pinned everywhere, as " + asked.name() + " sees it",
                    LIMIT,
                    () -> {
                        JsonNode answer = asked.ctlJson("status", cid);
                        long pinned = answer.path("peer_map").findValuesAsText("status").stream()
                                .filter("pinned"::equals)
                                .count();
                        return pinned == 3 ? "" : answer.toString();
                    },
                    MixedNodesTest::logs);
        }
    }

    @Test
    void whatIsAddedThroughAnyPeerGetsToTheNodesOfAll() throws IOException {
        for (TestPeer peer : peers) {
            Path tree = Files.createDirectories(folder.resolve("from-" + peer.name()));
            Files.writeString(tree.resolve("text.txt"), "added through " + peer.name() + "\n");
            Files.writeString(tree.resolve("large.txt"), (peer.name() + " ").repeat(200_000));
            String cid = lastLine(
                    peer.ctl("add", "-r", "-q", "--local", tree.toString()).expectSuccess());
            awaitPinnedByAll(cid);
            assertThat(kubo.ipfs("cat", cid + "/text.txt")).isEqualTo("added through " + peer.name() + "\n");
            assertThat(kubo.ipfs("pin", "ls", "--type=recursive", "-q")).contains(cid);
            Path copy = folder.resolve("copy-" + peer.name());
            kubo.ipfs("get", "-o", copy.toString(), cid);
            assertThat(copy.resolve("large.txt")).hasSameBinaryContentAs(tree.resolve("large.txt"));
        }
    }

    @Test
    void whatOnlyKuboHasIsFetchedByTheOthers() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("only-kubo"));
        for (int i = 0; i < 50; i++) {
            Files.writeString(tree.resolve("file" + i), "number " + i);
        }
        String cid = kubo.ipfs("add", "-rQ", "--pin=false", tree.toString()).strip();
        peers.get(1).ctl("pin", "add", "--name", "from Kubo", cid).expectSuccess();
        awaitPinnedByAll(cid);
        peers.get(2).ctl("pin", "rm", cid).expectSuccess();
        Await.until(
                "Kubo unpinned it",
                LIMIT,
                () -> kubo.ipfs("pin", "ls", "--type=recursive", "-q").contains(cid) ? "still pinned" : "",
                MixedNodesTest::logs);
    }

    private static String lastLine(String text) {
        return Stream.of(text.strip().split("\n"))
                .reduce((first, second) -> second)
                .orElseThrow();
    }
}
