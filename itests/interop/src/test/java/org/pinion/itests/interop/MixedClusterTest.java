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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** Two of our peers and one of the reference, beside a real Kubo, in one CRDT cluster. */
class MixedClusterTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static TestCluster ours;
    private static KuboNode kubo;
    private static ReferencePeer theirs;

    @BeforeAll
    static void start() throws IOException {
        Path kuboBinary = Binaries.kubo();
        Path referenceBinary = Binaries.referenceService();
        ours = TestCluster.of(2, folder, json -> {});
        ours.start();
        kubo = new KuboNode(kuboBinary, folder.resolve("kubo"));
        theirs = new ReferencePeer(
                referenceBinary,
                folder.resolve("reference"),
                TestCluster.SECRET,
                kubo,
                ours.peers().stream().map(TestPeer::clusterAddress).toList());
    }

    @AfterAll
    static void end() {
        if (theirs != null) {
            theirs.close();
        }
        if (kubo != null) {
            kubo.close();
        }
        if (ours != null) {
            ours.close();
        }
    }

    @Test
    void eachKindSeesTheOtherInItsListOfPeers() {
        Await.until(
                "all see three peers",
                LIMIT,
                () -> {
                    String seenByThem = theirs.get("/peers").body();
                    String seenByUs = ours.peer(0).get("/peers").body();
                    return fine(seenByThem) == 3 && fine(seenByUs) == 3
                            ? ""
                            : "they: " + seenByThem + "\nwe: " + seenByUs;
                },
                MixedClusterTest::logs);
    }

    @Test
    void whatWePinTheyPinToo() throws IOException {
        Path file = Files.writeString(folder.resolve("ours.txt"), "added by us\n");
        String cid =
                ours.peer(0).ctl("add", "-Q", file.toString()).expectSuccess().strip();
        awaitPinnedOnThree(cid);
        assertThat(kubo.ipfs("pin", "ls", "--type=recursive", cid)).contains(cid);
        assertThat(kubo.ipfs("cat", cid)).isEqualTo("added by us\n");
    }

    @Test
    void whatTheyPinWePinToo() throws Exception {
        Path file = Files.write(folder.resolve("theirs.txt"), "added by them\n".getBytes(StandardCharsets.UTF_8));
        String cid = kubo.ipfs("add", "-Q", file.toString()).strip();
        assertThat(theirs.post("/pins/" + cid + "?name=theirs").status()).isEqualTo(200);
        awaitPinnedOnThree(cid);
        assertThat(ours.peer(1).ctlJson("pin", "ls", cid).path("name").asText()).isEqualTo("theirs");
    }

    @Test
    void whatTheyUnpinIsGoneHere() throws Exception {
        Path file = Files.writeString(folder.resolve("gone.txt"), "soon gone\n");
        String cid =
                ours.peer(1).ctl("add", "-Q", file.toString()).expectSuccess().strip();
        awaitPinnedOnThree(cid);
        assertThat(theirs.delete("/pins/" + cid).status()).isEqualTo(200);
        Await.until(
                "unpinned here",
                LIMIT,
                () -> ours.peer(0).get("/allocations/" + cid).status() == 404 ? "" : "still there",
                MixedClusterTest::logs);
    }

    @Test
    void metricsTravelBothWays() {
        Await.until(
                "freespace of all",
                LIMIT,
                () -> {
                    String here = ours.peer(0).get("/monitor/metrics/freespace").body();
                    String there = theirs.get("/monitor/metrics/freespace").body();
                    boolean all = here.contains(theirs.id())
                            && ours.peers().stream().allMatch(peer -> there.contains(peer.id()));
                    return all ? "" : "here: " + here + "\nthere: " + there;
                },
                MixedClusterTest::logs);
    }

    private static void awaitPinnedOnThree(String cid) {
        Await.until(
                cid + " is pinned on three peers, for both kinds",
                LIMIT,
                () -> {
                    String there = theirs.get("/pins/" + cid).body();
                    String here = ours.peer(0).get("/pins/" + cid).body();
                    return pinned(there) == 3 && pinned(here) == 3 ? "" : "there: " + there + "\nhere: " + here;
                },
                MixedClusterTest::logs);
    }

    private static long pinned(String status) {
        return status.split("\"status\":\"pinned\"", -1).length - 1L;
    }

    private static long fine(String peers) {
        return peers.lines()
                .filter(line -> line.contains("\"error\":\"\"") || !line.contains("\"error\":\""))
                .filter(line -> line.contains("\"peername\":\""))
                .count();
    }

    private static String logs() {
        return Stream.of(ours.logs(), theirs.log(), kubo.log()).reduce("", (a, b) -> a + "\n" + b);
    }
}
