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
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** The IPFS proxy of a running peer, in front of the peer's embedded node. */
class IpfsProxyTest {
    private static final String HELLO = "QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX";
    private static final String FILE = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.txt\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\nhello\r\n--b--\r\n";

    @TempDir
    static Path folder;

    private static TestPeer peer;
    private static int port;
    private static int second;
    private static int orphan;

    @BeforeAll
    static void start() {
        port = TestPeer.freePort();
        second = TestPeer.freePort();
        orphan = TestPeer.freePort();
        int node = TestPeer.freePort();
        peer = new TestPeer("proxy", folder.resolve("proxy")).init(TestCluster.SECRET, json -> {
            ObjectNode api = (ObjectNode) json.get("api");
            ObjectNode section = api.putObject("ipfsproxy");
            section.putArray("listen_multiaddress")
                    .add("/ip4/127.0.0.1/tcp/" + port)
                    .add("/ip4/127.0.0.1/tcp/" + second);
            section.put("node_multiaddress", "/ip4/127.0.0.1/tcp/" + node);
            section.put("log_file", "proxy.log");
            api.putObject("kuborpc").put("listen_multiaddress", "/ip4/127.0.0.1/tcp/" + node);
        });
        peer.start();
    }

    @AfterAll
    static void stop() {
        if (peer != null) {
            peer.close();
        }
    }

    @Test
    void addsPinsListsAndReadsAsKuboDoes() throws IOException {
        assertThat(send(port, "add", FILE)).contains("{\"Name\":\"f.txt\",\"Hash\":\"" + HELLO + "\",\"Size\":\"13\"}");
        assertThat(peer.ctl("pin", "ls", HELLO).expectSuccess()).contains(HELLO);
        assertThat(send(second, "cat?arg=" + HELLO, "")).contains("hello");
        assertThat(send(port, "pin/ls?arg=" + HELLO, ""))
                .endsWith("{\"Keys\":{\"" + HELLO + "\":{\"Type\":\"recursive\"}}}");
        assertThat(send(port, "pin/rm?arg=" + HELLO, "")).endsWith("{\"Pins\":[\"" + HELLO + "\"]}");
        assertThat(send(port, "pin/rm?arg=" + HELLO, "")).contains("pin is not part of the pinset");
        assertThat(send(port, "pin/add?arg=/ipfs/" + HELLO, "")).endsWith("{\"Pins\":[\"" + HELLO + "\"]}");
        assertThat(send(port, "repo/stat", "")).contains("{\"RepoSize\":");
        assertThat(send(port, "version", "")).startsWith("HTTP/1.1 200 ");
        assertThat(send(port, "no/such/command", "")).startsWith("HTTP/1.1 404 ");
        Await.until(
                "the request is in proxy.log",
                Duration.ofSeconds(20),
                () -> Files.readString(peer.folder().resolve("proxy.log")).contains("POST /api/v0/pin/rm?arg=" + HELLO)
                        ? ""
                        : "it is not",
                peer::log);
    }

    @Test
    void tellsWhichNodeIsMissing(@TempDir Path other) throws IOException {
        try (TestPeer alone = new TestPeer("alone", other.resolve("alone")).init(TestCluster.SECRET, json -> {
            ObjectNode section = ((ObjectNode) json.get("api")).putObject("ipfsproxy");
            section.put("listen_multiaddress", "/ip4/127.0.0.1/tcp/" + orphan);
            section.put("node_multiaddress", "/ip4/127.0.0.1/tcp/1");
        })) {
            alone.start();
            assertThat(send(orphan, "id", ""))
                    .startsWith("HTTP/1.1 502 ")
                    .contains("the IPFS node at /ip4/127.0.0.1/tcp/1 cannot be reached", "is it running?");
            assertThat(send(orphan, "add", FILE)).contains(HELLO);
        }
    }

    private static String send(int to, String command, String body) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", to)) {
            socket.setSoTimeout(60_000);
            String request = String.format(
                    Locale.ROOT,
                    "POST /api/v0/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n%s",
                    command,
                    body.length(),
                    body);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
