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
package org.pinion.api.restapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.cli.ctl.Ctl;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;

/** ctl against the real API: the same bytes, streams and exit codes as the reference. */
class CtlTest {
    private static final String CID = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";

    @TempDir
    Path folder;

    private RunningApi api;
    private Map<String, String> environment = Map.of();

    private record Run(int code, String out, String err) {}

    @BeforeEach
    void open() {
        api = new RunningApi(folder);
    }

    @AfterEach
    void close() {
        api.close();
    }

    private Run ctl(String... words) {
        List<String> all = new ArrayList<>(List.of("--host", api.tcp().toString()));
        all.addAll(List.of(words));
        return run(all.toArray(String[]::new));
    }

    private Run run(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Clock clock = Clock.system(ZoneId.systemDefault());
        int code = new Ctl(
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, false, StandardCharsets.UTF_8),
                        environment,
                        clock)
                .run(words);
        return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void printsIdentitiesInBothEncodings() {
        Run text = ctl("id");
        assertThat(text.code).isZero();
        assertThat(text.out)
                .isEqualTo(MemoryCluster.SELF
                        + " | peer0 | Sees 1 other peers\n  > Addresses:\n    - /ip4/10.0.0.5/tcp/9096/p2p/"
                        + MemoryCluster.SELF + "\n    - /ip4/127.0.0.1/tcp/9096/p2p/" + MemoryCluster.SELF
                        + "\n  > IPFS: " + MemoryCluster.NODE + "\n    - /ip4/10.0.0.5/tcp/4001/p2p/"
                        + MemoryCluster.NODE
                        + "\n");
        assertThat(ctl("peers", "ls").out).endsWith(MemoryCluster.OTHER + " | ERROR: dial failed\n");
        assertThat(ctl("--enc=json", "id").out)
                .startsWith("{\n    \"id\": \"" + MemoryCluster.SELF + "\",\n    \"addresses\": [\n        \"/ip4/127.")
                .contains("    \"commit\": \"\",\n")
                .endsWith("    \"peername\": \"peer0\"\n}\n");
        assertThat(ctl("version").out).startsWith("1.1.6+pinion.").endsWith("\n");
    }

    @Test
    void addsAFolderAndPrintsWhatTheServerTells() throws IOException {
        Path dir = Files.createDirectories(folder.resolve("dir/sub"));
        Files.writeString(dir.resolve("b.txt"), "b");
        Files.writeString(dir.resolveSibling("a.txt"), "a");
        Files.writeString(dir.resolveSibling(".hidden"), "h");
        String path = dir.getParent().toString();
        Run refused = ctl("add", path);
        assertThat(refused.code).isEqualTo(1);
        assertThat(refused.err).startsWith("error : " + path + " is a directory");
        assertThat(api.cluster.added).isEmpty();
        Run added = ctl("add", path, "-r", "--name", "n", "--rmin", "-1", "--rmax", "-1", "--metadata", "k=v");
        assertThat(added.out.lines())
                .containsExactly(
                        "added " + MemoryCluster.cid("dir") + " dir",
                        "added " + MemoryCluster.cid("dir/a.txt") + " dir/a.txt",
                        "added " + MemoryCluster.cid("dir/sub") + " dir/sub",
                        "added " + MemoryCluster.cid("dir/sub/b.txt") + " dir/sub/b.txt");
        assertThat(added.code).isZero();
        PinOptions options = api.cluster.params.pin();
        assertThat(options.name()).isEqualTo("n");
        assertThat(options.replicationMin()).isEqualTo(-1);
        assertThat(options.metadata()).isEqualTo(Map.of("k", "v"));
        assertThat(ctl("add", "-r", "-H", "-q", path).out.lines()).hasSize(5);
        assertThat(ctl("add", "-r", "--quieter", path).out).isEqualTo(MemoryCluster.cid("dir/sub/b.txt") + "\n");
    }

    @Test
    void forcesOptionsThatBelongTogetherWhenAdding() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "x");
        ctl("add", "--cid-version=1", file.toString());
        assertThat(api.cluster.params.rawLeaves()).isTrue();
        ctl("add", "--hash", "sha3-512", file.toString(), file.toString());
        assertThat(api.cluster.params.cidVersion()).isEqualTo(1);
        assertThat(api.cluster.params.wrap()).isTrue();
        assertThat(ctl("add", "--format", "car", "-w", file.toString()).code).isEqualTo(1);
        assertThat(ctl("add").err).startsWith("error : need at least one path");
        assertThat(ctl("add", folder.resolve("none").toString()).err).contains("no such file or directory");
        assertThat(ctl("--enc=json", "add", "--no-stream", file.toString()).out)
                .startsWith("[\n    {\n        \"name\": \"f\",\n")
                .endsWith("    }\n]\n");
    }

    @Test
    void printsWhatWasAddedBeforeAnError() throws IOException {
        Path good = Files.writeString(folder.resolve("good"), "x");
        Path bad = Files.writeString(folder.resolve("bad"), "x");
        api.cluster.failAt = Optional.of("bad");
        Run run = ctl("add", good.toString(), bad.toString());
        assertThat(run.code).isEqualTo(2);
        assertThat(run.out)
                .isEqualTo("added " + MemoryCluster.cid("good")
                        + " good\nAn error occurred:\n  Code: 500\n  Message: no space for bad\n");
    }

    @Test
    void pinsAndPrintsThePinOrItsStatus() {
        Run pin = ctl("pin", "add", "--ns", CID, "--name", "foo", "-r", "2", "--expire-in", "72h", "--mode", "direct");
        assertThat(pin.code).isZero();
        assertThat(pin.out)
                .startsWith(CID + " | foo | PIN-DIRECT | Repl. Factor: 2--2 | Allocations: [" + MemoryCluster.SELF + " "
                        + MemoryCluster.OTHER + "] | Direct | Metadata: no | Exp: 20");
        assertThat(ctl("pin", "ls", CID).out).contains("Added: 2026-11-22 ");
        assertThat(ctl("--enc=json", "pin", "ls").out)
                .contains("    \"cid\": \"" + CID + "\",\n", "    \"mode\": \"direct\",\n");
        Run waited = ctl("pin", "add", CID, "--wait", "--wait-timeout", "30s");
        assertThat(waited.out)
                .startsWith(CID + ":\n    > peer0                : PINNED | ")
                .endsWith(" | Attempts: 1 | Priority: false\n");
        assertThat(ctl("pin", "rm", "/ipfs/" + CID, "--ns").out).startsWith(CID + " |  | PIN | ");
        Run gone = ctl("pin", "rm", CID);
        assertThat(gone.code).isEqualTo(2);
        assertThat(gone.out).isEqualTo("An error occurred:\n  Code: 404\n  Message: pin is not part of the pinset\n");
        assertThat(ctl("--enc=json", "pin", "rm", CID).out)
                .isEqualTo("{\n    \"code\": 404,\n    \"message\": \"pin is not part of the pinset\"\n}\n");
    }

    @Test
    void updatesAPinByPath() {
        Run run = ctl("pin", "update", CID, "/ipfs/" + MemoryCluster.cid("new") + "/a b", "--ns", "-n", "x");
        assertThat(run.code).isZero();
        Pin pin = api.cluster.pins.values().iterator().next();
        assertThat(pin.options().pinUpdate()).isEqualTo(Cid.parse(CID));
        assertThat(pin.options().mode()).isEqualTo(PinMode.RECURSIVE);
    }

    @Test
    void refusesBadArgumentsBeforeAnythingIsSent() {
        for (String[] words : new String[][] {
            {"pin", "add"},
            {"pin", "add", "QmBad"},
            {"pin", "add", CID, "--allocations", "nobody"},
            {"pin", "add", CID, "--metadata", "nothing"},
            {"pin", "add", CID, "--expire-in", "soon"},
            {"pin", "ls", "QmBad"},
            {"status", "QmBad"},
            {"status", CID, "QmBad"},
            {"status", "--filter", "bogus"},
            {"peers", "rm"},
            {"peers", "rm", "nobody"},
            {"--encoding", "xml", "id"},
            {"--secret", "zz", "id"},
            {"--host", "/ip4/127.0.0.1/tcp/1,", "id"},
            {"--host", "/ip4/127.0.0.1/tcp/1/p2p/" + MemoryCluster.SELF, "id"},
        }) {
            Run run = ctl(words);
            assertThat(run.code).as(String.join(" ", words)).isEqualTo(1);
            assertThat(run.err).as(String.join(" ", words)).startsWith("error ").hasLineCount(1);
            assertThat(run.out).isEmpty();
        }
        assertThat(api.cluster.pins).isEmpty();
    }

    @Test
    void showsUsageForFlagsThatItDoesNotKnow() {
        Run command = ctl("pin", "ls", "--bogus");
        assertThat(command.code).isEqualTo(1);
        assertThat(command.out).startsWith("Incorrect Usage: flag provided but not defined: -bogus\n\nNAME:\n");
        Run global = run("--bogus", "id");
        assertThat(global.code).isEqualTo(1);
        assertThat(global.out).startsWith("Incorrect Usage. ");
        assertThat(ctl("pin", "add", CID, "--rmin", "x").out)
                .startsWith("Incorrect Usage: invalid value \"x\" for flag -replication-min: ");
        assertThat(ctl("pin", "add", CID, "--wait-timeout", "5").out).startsWith("Incorrect Usage: ");
        assertThat(ctl("bogus").code).isEqualTo(3);
        assertThat(ctl("bogus").err).isEqualTo("No help topic for 'bogus'\n");
        assertThat(ctl("pin", "bogus").code).isEqualTo(3);
    }

    @Test
    void takesOneDashOrTwoAndBooleansWithValues() {
        assertThat(ctl("pin", "add", "-rmin", "2", "-rmax=3", "--ns=true", "--wait=false", CID).out)
                .contains("Repl. Factor: 2--3");
        assertThat(run("-host", api.tcp().toString(), "-enc", "json", "version").out)
                .startsWith("{\n    \"version\"");
    }

    @Test
    void listsStatusesAndRecovers() {
        api.cluster.pin(Pin.of(Cid.parse(CID), PinOptions.builder().name("n").build()));
        assertThat(ctl("status", CID).out).startsWith(CID + " | n:\n    > peer0                : PINNED | ");
        assertThat(ctl("status", "--filter", "pinned,queued", "--local").out).startsWith(CID);
        assertThat(ctl("status", "--filter", "error").out).isEmpty();
        assertThat(ctl("status", CID, MemoryCluster.cid("x").toString()).out).contains("UNPINNED", "PINNED");
        assertThat(ctl("recover")).isEqualTo(new Run(0, "", ""));
        assertThat(ctl("recover", CID, "--local").out).startsWith(CID);
    }

    @Test
    void showsHealth() throws IOException {
        assertThat(ctl("health", "metrics").out).isEqualTo("freespace\nping\n");
        assertThat(ctl("health", "metrics", "freespace").out)
                .isEqualTo(MemoryCluster.SELF + " | freespace: 10 GB | Expires in: 3 days from now\n");
        assertThat(ctl("health", "metrics", "none")).isEqualTo(new Run(0, "", ""));
        assertThat(ctl("--enc=json", "health", "metrics", "none").out).isEqualTo("[]\n");
        assertThat(ctl("health", "alerts").out)
                .startsWith(MemoryCluster.OTHER + ": ping. Expired at: a long while ago. ");
        assertThat(ctl("health", "graph").out)
                .contains("C0 -> I0\n", "C0 -> T1\n", "T1 -> I1 [ style=\"dotted\" ]\n")
                .endsWith("}");
        Path file = folder.resolve("graph.dot");
        assertThat(ctl("health", "graph", "--file", file.toString()).out).isEmpty();
        assertThat(file).content().startsWith("digraph cluster {");
        assertThat(ctl("ipfs", "gc").out)
                .isEqualTo("peer0          \n  > CIDs:\n    - " + MemoryCluster.cid("gone")
                        + "\n    - ERROR: locked\npeer1           | ERROR: dial failed\n  > CIDs:\n");
    }

    @Test
    void exitsWithOneWhenNobodyAnswers() {
        Run run = run("--host", "/unix" + folder + "/none.sock", "id");
        assertThat(run.code).isEqualTo(1);
        assertThat(run.out).startsWith("An error occurred:\n  Code: 0\n  Message: cannot connect to /unix");
        assertThat(run.err).isNotEmpty();
        assertThat(run("--host", "/unix" + folder + "/none.sock," + api.unix(), "version").code)
                .isZero();
    }

    @Test
    void sendsCredentialsFromFlagOrEnvironment() {
        try (RunningApi secured = new RunningApi(
                folder.resolve("."), Map.of("http.listen.multiaddress", "/ip4/127.0.0.1/tcp/0"), "{\"u\":\"p:q\"}")) {
            String host = secured.tcp().toString();
            Run none = run("--host", host, "id");
            assertThat(none.code).isEqualTo(2);
            assertThat(none.out).contains("  Code: 401\n  Message: unauthorized");
            assertThat(run("--host", host, "-f", "--basic-auth", "u:p:q", "id").code)
                    .isZero();
            assertThat(run("--host", host, "-f", "--basic-auth", "u", "id").code)
                    .isEqualTo(2);
            assertThat(run("--host", host, "--basic-auth", "u:p:q", "id").code).isEqualTo(1);
            environment = Map.of("CLUSTER_CREDENTIALS", "u:p:q");
            assertThat(run("--host", host, "-f", "id").code).isZero();
        }
    }

    @Test
    void helpsOnEveryLevelWithinTheWidth() {
        for (String[] words : new String[][] {{}, {"help"}, {"h"}, {"--help"}, {"-h"}}) {
            Run run = ctl(words);
            assertThat(run.code).isZero();
            assertThat(run.out).contains("USAGE:", "COMMANDS:", "GLOBAL OPTIONS:");
        }
        assertThat(ctl("--version").out).matches("ipfs-cluster-ctl version 1\\.1\\.6\\+pinion\\.[0-9.]+\n");
        String commands = ctl("commands").out;
        assertThat(commands.lines())
                .contains(
                        "ipfs-cluster-ctl id",
                        "ipfs-cluster-ctl peers",
                        "ipfs-cluster-ctl pin add",
                        "ipfs-cluster-ctl commands");
        commands.lines().forEach(line -> {
            List<String> words = new ArrayList<>(List.of(line.split(" ")).subList(1, line.split(" ").length));
            words.add("--help");
            Run run = ctl(words.toArray(String[]::new));
            assertThat(run.code).as(line).isZero();
            assertThat(run.out).startsWith("NAME:\n");
            assertThat(run.out.lines()).allMatch(text -> text.length() <= 120);
        });
        assertThat(ctl("help", "pin", "add").out).contains("--replication-min");
        assertThat(ctl("help", "bogus").code).isEqualTo(3);
    }
}
