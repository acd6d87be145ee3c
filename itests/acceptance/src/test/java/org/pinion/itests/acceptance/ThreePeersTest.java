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

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** Three daemons with embedded IPFS nodes keep one pin set. */
class ThreePeersTest {
    private static final String UNKNOWN = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

    @TempDir
    static Path folder;

    private static TestCluster cluster;

    @BeforeAll
    static void startThreePeers() {
        cluster = TestCluster.of(3, folder, json -> {}).start();
    }

    @AfterAll
    static void endThem() {
        cluster.close();
    }

    @Test
    void everyPeerSeesAllThreeWithTheirIpfsNodes() {
        List<JsonNode> peers = cluster.peer(1).ctlJsonObjects("peers", "ls");
        assertThat(peers).hasSize(3);
        for (JsonNode peer : peers) {
            assertThat(peer.path("error").asText()).isEmpty();
            assertThat(peer.path("ipfs").path("id").asText()).startsWith("12D3KooW");
            assertThat(peer.path("cluster_peers")).hasSize(3);
        }
    }

    @Test
    void aFileAddedOnOneIsPinnedOnAllAndEachSaysSo() {
        String cid = add(cluster.peer(0), "hello from peer 0\n");
        for (TestPeer peer : cluster.peers()) {
            cluster.awaitStatus(peer, cid, "pinned", 3);
        }
    }

    @Test
    void aFolderKeepsItsNamesAndGetsTheCidThatKuboGives() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree/sub"));
        Files.writeString(tree.getParent().resolve("a.txt"), "a\n");
        Files.writeString(tree.resolve("b.txt"), "b\n");
        String out =
                cluster.peer(0).ctl("add", "-r", tree.getParent().toString()).expectSuccess();
        assertThat(out.lines().map(line -> line.replaceFirst("^added \\S+ ", "")))
                .containsExactly("tree/a.txt", "tree/sub/b.txt", "tree/sub", "tree");
        String root = out.lines().reduce((first, last) -> last).orElseThrow().split(" ")[1];
        cluster.awaitStatus(cluster.peer(2), root, "pinned", 3);
    }

    @Test
    void severalMegabytesReachTheOtherPeersBlockByBlock() throws IOException {
        byte[] content = new byte[5 * 1024 * 1024 + 17];
        new Random(42).nextBytes(content);
        Path file = Files.write(folder.resolve("large.bin"), content);
        String cid = cluster.peer(0)
                .ctl("add", "--local", "-Q", file.toString())
                .expectSuccess()
                .strip();
        cluster.awaitStatus(cluster.peer(1), cid, "pinned", 3);
    }

    @Test
    void unpinningOnOneUnpinsEverywhere() {
        String cid = add(cluster.peer(0), "soon gone\n");
        cluster.awaitStatus(cluster.peer(0), cid, "pinned", 3);
        cluster.peer(2).ctl("pin", "rm", cid).expectSuccess();
        cluster.awaitStatus(cluster.peer(1), cid, "unpinned", 3);
        Program.Result again = cluster.peer(2).ctl("pin", "rm", cid);
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.out()).contains("Code: 404").contains("pin is not part of the pinset");
    }

    @Test
    void twoOfThreeGivesTwoAllocationsAndOneRemote() {
        String cid = add(cluster.peer(0), "two of three\n", "--rmin", "2", "--rmax", "2");
        cluster.awaitStatus(cluster.peer(0), cid, "pinned", 2);
        cluster.awaitStatus(cluster.peer(0), cid, "remote", 1);
        assertThat(cluster.peer(1).ctlJson("pin", "ls", cid).path("allocations"))
                .hasSize(2);
    }

    @Test
    void morePeersThanThereAreCannotBeAllocated() {
        Program.Result result = cluster.peer(0).ctl("pin", "add", "--rmin", "4", "--rmax", "4", UNKNOWN);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).contains("not enough peers to allocate CID");
    }

    @Test
    void namesAndMetadataAreKept() {
        String cid = add(cluster.peer(0), "named\n", "--name", "a name", "--metadata", "kind=text");
        JsonNode pin = cluster.peer(0).ctlJson("pin", "ls", cid);
        assertThat(pin.path("name").asText()).isEqualTo("a name");
        assertThat(pin.path("metadata").path("kind").asText()).isEqualTo("text");
        cluster.awaitStatus(cluster.peer(2), cid, "pinned", 3);
    }

    @Test
    void metricsOfAllPeersArriveEverywhere() {
        String out = cluster.peer(2).ctl("health", "metrics", "freespace").expectSuccess();
        for (TestPeer peer : cluster.peers()) {
            assertThat(out).containsAnyOf(peer.name(), peer.id());
        }
    }

    @Test
    void badInputIsNamedWithTheRightExitCode() {
        Program.Result badCid = cluster.peer(0).ctl("pin", "add", "nonsense");
        assertThat(badCid.exitCode()).isNotZero();
        assertThat(badCid.out() + badCid.err()).contains("nonsense");
        assertThat(cluster.peer(0).ctl("status", "--filter", "purple").exitCode())
                .isEqualTo(1);
        assertThat(cluster.peer(0).ctl("nonsense").exitCode()).isEqualTo(3);
        assertThat(cluster.peer(0).ctl("id", "--nonsense").exitCode()).isEqualTo(1);
    }

    @Test
    void contentThatArrivesOnStandardInputIsAdded() {
        List<String> cids = new ArrayList<>();
        cids.add(cluster.peer(0)
                .ctlWithInput("from stdin\n", "add", "-Q", "-")
                .expectSuccess()
                .strip());
        cids.add(add(cluster.peer(1), "from stdin\n"));
        assertThat(cids.get(0)).isEqualTo(cids.get(1));
    }

    static String add(TestPeer peer, String content, String... flags) {
        try {
            Path file = Files.createTempFile(folder, "content", ".txt");
            Files.writeString(file, content);
            List<String> arguments = new ArrayList<>(List.of("add", "-Q"));
            arguments.addAll(List.of(flags));
            arguments.add(file.toString());
            return peer.ctl(arguments.toArray(String[]::new)).expectSuccess().strip();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
