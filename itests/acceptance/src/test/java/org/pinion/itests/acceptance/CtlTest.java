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
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** The command line of the distribution against a running peer, by every way to reach it. */
class CtlTest {
    private static final String CID = "bafkqaaa";
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z]+( [a-z]+)?)` \\| `[^`]*ipfs-cluster-ctl");
    private static final List<String> RUNS = List.of(
            "id|peer",
            "version|1.1.6",
            "peers ls --sort name|peer",
            "peers rm PEER|cannot remove peers",
            "add -Q FILE|Qm",
            "pin add --wait --wait-timeout 1m CID|PINNED",
            "pin ls --filter pin --sort added --reverse|CID",
            "pin update CID bafkqaayaaaaa|bafkqaayaaaaa",
            "pin rm bafkqaayaaaaa|bafkqaayaaaaa",
            "status --filter pinned,error|PINNED",
            "recover CID|CID",
            "sync CID|CID",
            "health graph|digraph",
            "health metrics freespace|freespace",
            "health alerts|",
            "health bandwidth|",
            "health components|ready",
            "ipfs gc --local|",
            "completion bash|complete",
            "commands|ipfs-cluster-ctl pin add");

    @TempDir
    static Path folder;

    private static TestPeer peer;
    private static String libp2p = "";

    @BeforeAll
    static void startOnePeerWithAllListeners() throws IOException {
        Path own = folder.resolve("own");
        Program.ours(Map.of("IPFS_CLUSTER_PATH", own.toString()), folder, "ipfs-cluster-service", "init")
                .expectSuccess();
        JsonNode identity =
                new ObjectMapper().readTree(own.resolve("identity.json").toFile());
        String at = "/ip4/127.0.0.1/tcp/" + TestPeer.freePort();
        libp2p = at + "/p2p/" + identity.path("id").asText();
        peer = new TestPeer("peer", folder.resolve("peer"))
                .init(TestCluster.SECRET, json -> {
                    ObjectNode api = (ObjectNode) json.at("/api/restapi");
                    String http = api.get("http_listen_multiaddress").asText();
                    api.putArray("http_listen_multiaddress").add(http).add("/unix" + folder.resolve("api.sock"));
                    api.set("id", identity.get("id"));
                    api.set("private_key", identity.get("private_key"));
                    api.putArray("libp2p_listen_multiaddress").add(at);
                })
                .start();
    }

    @AfterAll
    static void endIt() {
        peer.close();
    }

    private static Program.Result at(String host, String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "--host";
        all[1] = host;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Program.ours(Map.of(), folder, "ipfs-cluster-ctl", all);
    }

    @Test
    void theAnswerIsTheSameOverTcpUnixSocketsAndLibp2p() {
        String id = peer.ctl("id").expectSuccess();
        assertThat(at("/unix" + folder.resolve("api.sock"), "id").expectSuccess())
                .isEqualTo(id);
        assertThat(at(libp2p, "id").expectSuccess()).isEqualTo(id);
        assertThat(at("/ip4/127.0.0.1/tcp/1," + libp2p, "id").expectSuccess()).isEqualTo(id);
    }

    @Test
    void filesAreAddedOverLibp2p() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[3_000_000]);
        String cid = at(libp2p, "add", "-Q", file.toString()).expectSuccess().strip();
        assertThat(peer.ctl("pin", "ls", cid).expectSuccess()).startsWith(cid + " | ");
    }

    @Test
    void everyCommandThatIsListedHasAHelp() {
        List<String> commands = peer.ctl("commands").expectSuccess().lines().toList();
        assertThat(commands).hasSizeGreaterThan(20);
        for (String command : commands) {
            String[] words = (command + " --help").split(" ");
            String help = peer.ctl(List.of(words).subList(1, words.length).toArray(String[]::new))
                    .expectSuccess();
            assertThat(help.lines()).as(command).allMatch(line -> line.length() <= 120);
        }
    }

    @Test
    void whatIsPinnedCanBeListedSortedAndAsATable() {
        peer.ctl("pin", "add", "--wait", "--name", "listed", CID).expectSuccess();
        assertThat(peer.ctl("pin", "ls", "--sort", "name").expectSuccess()).contains(CID + " | listed | PIN | ");
        assertThat(peer.ctl("--enc", "table", "status").expectSuccess())
                .startsWith("CID ")
                .containsPattern(CID + " +listed +peer +PINNED ");
        assertThat(peer.ctl("sync", CID).expectSuccess()).contains("> peer                 : PINNED | ");
        assertThat(peer.ctl("health", "components").expectSuccess()).startsWith("ready\n");
    }

    /** A run of every command of the table in docs/ctl.md, with what its output holds. */
    @Test
    void everyCommandOfTheTableWorks() throws IOException {
        Path file = Files.writeString(folder.resolve("table.txt"), "for the table");
        Set<String> run = new TreeSet<>();
        for (String each : RUNS) {
            String[] parts = each.split("\\|", 2);
            String line = parts[0].replace("PEER", peer.id())
                    .replace("FILE", file.toString())
                    .replace("CID", CID);
            Program.Result result = peer.ctl(line.split(" "));
            // crdt cannot remove peers
            assertThat(result.exitCode())
                    .as(line + "\n" + result.out() + result.err())
                    .isEqualTo(line.startsWith("peers rm") ? 2 : 0);
            assertThat(result.out()).as(line).contains(parts[1].replace("CID", CID));
            run.add(parts[0].replaceFirst("^((peers|pin|health|ipfs) )?([a-z]+).*", "$1$3"));
        }
        Set<String> listed = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("../../docs/ctl.md")));
        while (row.find()) {
            listed.add(row.group(1));
        }
        assertThat(listed).isEqualTo(run);
    }
}
