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

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.ForeignProcess;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestPeer;

/** The same requests to a Kubo daemon and to the embedded node get the same answers; Kubo's program works with both. */
class KuboRpcComparisonTest {
    private static final String SECRET = "";
    private static final String HELLO = "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN";

    @TempDir
    static Path folder;

    private static KuboNode kubo;
    private static TestPeer peer;
    private static int rpc;
    private static String tree;

    @BeforeAll
    static void start() throws IOException {
        kubo = new KuboNode(Binaries.kubo(), folder.resolve("kubo")).awaitReady();
        rpc = TestPeer.freePort();
        peer = new TestPeer("ours", folder.resolve("ours")).init(SECRET, json -> {
            ((ObjectNode) json.get("cluster")).put("secret", "");
            ((ObjectNode) json.get("api")).putObject("kuborpc").put("listen_multiaddress", "/ip4/127.0.0.1/tcp/" + rpc);
        });
        peer.start();
        Path root = Files.createDirectories(folder.resolve("d/sub")).getParent();
        Files.writeString(root.resolve("a.txt"), "hello\n");
        Files.write(root.resolve("big.bin"), new byte[600_000]);
        Files.writeString(root.resolve("sub/x.txt"), "x\n");
        Files.createSymbolicLink(root.resolve("link"), Path.of("a.txt"));
        tree = kubo.ipfs("add", "-rQ", root.toString()).strip();
        assertThat(ours("add", "-rQ", root.toString()).strip()).isEqualTo(tree);
    }

    @AfterAll
    static void stop() {
        if (peer != null) {
            peer.close();
        }
        if (kubo != null) {
            kubo.close();
        }
    }

    /** Kubo's program against the embedded node. */
    private static String ours(String... arguments) {
        return ForeignProcess.run(
                folder,
                Map.of("IPFS_PATH", folder.resolve("kubo/repo").toString(), "IPFS_TELEMETRY", "off"),
                Stream.concat(
                                Stream.of(Binaries.kubo().toString(), "--api", "/ip4/127.0.0.1/tcp/" + rpc),
                                Stream.of(arguments))
                        .toList());
    }

    private static int kuboPort() {
        return Integer.parseInt(kubo.apiAddress().substring(kubo.apiAddress().lastIndexOf('/') + 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cat?arg=TREE/a.txt",
                "cat?arg=TREE/a.txt&offset=2&length=2",
                "cat?arg=TREE/a.txt&offset=20",
                "cat?arg=TREE",
                "cat?arg=TREE/nope",
                "cat",
                "cat?arg=bad",
                "cat?arg=HELLO&offset=-1",
                "cat?arg=HELLO&arg=HELLO",
                "cat?arg=HELLO&offset=x",
                "ls?arg=TREE",
                "ls?arg=TREE&stream=true",
                "ls?arg=TREE&resolve-type=false&size=false",
                "ls?arg=HELLO",
                "block/stat?arg=HELLO",
                "block/get?arg=HELLO",
                "block/rm?arg=QmYNmQKp6SuaVrpgWRsPTgCQCnpxUYGq76YEKBXuj2N4H6",
                "block/put",
                "dag/get?arg=TREE",
                "dag/get?arg=TREE/a.txt",
                "dag/get?arg=TREE&output-codec=dag-cbor",
                "dag/resolve?arg=TREE/a.txt",
                "dag/stat?arg=TREE",
                "dag/stat?arg=TREE&arg=HELLO&progress=false",
                "dag/export?arg=TREE",
                "dag/import",
                "pin/ls?arg=TREE",
                "pin/ls?arg=TREE&type=direct",
                "pin/ls?arg=TREE&stream=true",
                "pin/ls?type=bad",
                "pin/ls?arg=QmYNmQKp6SuaVrpgWRsPTgCQCnpxUYGq76YEKBXuj2N4H6",
                "pin/add?arg=TREE",
                "pin/add?arg=TREE&recursive=false",
                "pin/add",
                "pin/rm?arg=QmYNmQKp6SuaVrpgWRsPTgCQCnpxUYGq76YEKBXuj2N4H6",
                "pin/update?arg=TREE&arg=TREE",
                "refs?arg=TREE",
                "refs?arg=TREE&recursive=true",
                "refs?arg=TREE&recursive=true&unique=true",
                "refs?arg=TREE&format=<src>-<linkname>",
                "repo/version",
                "swarm/peers",
                "resolve?arg=/ipfs/TREE/a.txt",
                "resolve?arg=/ipfs/TREE/nope",
                "files/stat?arg=/ipfs/TREE",
                "config?arg=Nope",
                "config?arg=Identity.PrivKey",
                "bitswap/wantlist",
                "nope"
            })
    void answersAreKubos(String request) throws IOException, InterruptedException {
        String path = "/api/v0/"
                + request.replace("TREE", tree)
                        .replace("HELLO", HELLO)
                        .replace("<", "%3C")
                        .replace(">", "%3E");
        Rest.Answer theirs = Rest.send("POST", kuboPort(), path);
        Rest.Answer own = Rest.send("POST", rpc, path);
        assertThat(own).isEqualTo(theirs);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-w",
                "--cid-version=1",
                "--raw-leaves",
                "--trickle",
                "--chunker=size-1000",
                "--chunker=rabin-16384-65536-131072",
                "--chunker=buzhash",
                "--hash=sha2-512",
                "--hash=blake2b-256",
                "--inline --inline-limit=100 --cid-version=1",
                "--only-hash",
                "--pin=false",
                "--max-file-links=3 --chunker=size-1000"
            })
    void addMakesTheSameOfFoldersWithTheOption(String options) {
        Stream<String> arguments = Stream.concat(
                Stream.concat(Stream.of("add", "-r"), Stream.of(options.split(" "))),
                Stream.of(folder.resolve("d").toString()));
        String[] command = arguments.toArray(String[]::new);
        assertThat(ours(command)).isEqualTo(kubo.ipfs(command));
    }

    @Test
    void pinsHaveNames() throws IOException, InterruptedException {
        String cid = kubo.add("named");
        assertThat(ours("add", "-Q", "--pin=false", "--raw-leaves", named()).strip())
                .isEqualTo(cid);
        for (String request : List.of(
                "pin/add?name=my+name&arg=" + cid,
                "pin/ls?names=true&arg=" + cid,
                "pin/ls?names=true&stream=true&arg=" + cid,
                "pin/ls?name=my+na&type=recursive",
                "pin/ls?name=other&type=recursive",
                "pin/ls?arg=" + cid,
                "pin/add?name=" + "x".repeat(256) + "&arg=" + cid,
                "pin/rm?arg=" + cid)) {
            assertThat(Rest.send("POST", rpc, "/api/v0/" + request))
                    .as(request)
                    .isEqualTo(Rest.send("POST", kuboPort(), "/api/v0/" + request));
        }
    }

    private static String named() throws IOException {
        return Files.writeString(folder.resolve("named.txt"), "named").toString();
    }

    @Test
    void kubosProgramGetsWholeTrees() throws IOException {
        Path out = folder.resolve("out");
        ours("get", "-o", out.toString(), tree);
        assertThat(out.resolve("big.bin")).hasSameBinaryContentAs(folder.resolve("d/big.bin"));
        assertThat(Files.readSymbolicLink(out.resolve("link"))).isEqualTo(Path.of("a.txt"));
        for (List<String> command : List.of(
                List.of("pin", "ls", "--type=recursive", "-q"),
                List.of("repo", "stat"),
                List.of("id"),
                List.of("repo", "verify"),
                List.of("pin", "verify"),
                List.of("swarm", "addrs", "local"))) {
            assertThat(ours(command.toArray(String[]::new))).isNotNull();
        }
    }

    @Test
    void blocksGoBothWays() {
        String theirs =
                kubo.ipfs("swarm", "addrs", "local", "--id").lines().findFirst().orElseThrow();
        Await.until(
                "the node is connected",
                Duration.ofSeconds(60),
                () -> Rest.send("POST", rpc, "/api/v0/swarm/connect?arg=" + theirs)
                                        .status()
                                == 200
                        ? ""
                        : "not connected",
                peer::log);
        String onlyTheirs = kubo.add("only theirs");
        assertThat(ours("cat", onlyTheirs)).isEqualTo("only theirs");
        assertThat(ours("swarm", "peers")).contains(kubo.peerId());
        Path mine = folder.resolve("d/big.bin");
        String onlyOurs =
                ours("add", "-Q", "--chunker=size-70000", mine.toString()).strip();
        assertThat(kubo.has(onlyOurs)).isFalse();
        Path back = folder.resolve("back.bin");
        kubo.ipfs("get", "-o", back.toString(), onlyOurs);
        assertThat(back).hasSameBinaryContentAs(mine);
    }
}
