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
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.ForeignProcess;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestPeer;

/** The same requests to the reference's proxy and to ours, both in front of one Kubo: the answers are the same. */
class ProxyComparisonTest {
    private static final String SECRET = "b".repeat(64);
    private static final String HELLO = "QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX";
    private static final String UNKNOWN = "QmNLei78zWmzUdbeRB3CiUfAizWUrbeeZh5K1rhAQKCh51";

    @TempDir
    static Path folder;

    private static KuboNode kubo;
    private static ReferencePeer reference;
    private static TestPeer ours;
    private static final int REFERENCE_PORT = TestPeer.freePort();
    private static final int OUR_PORT = TestPeer.freePort();

    @BeforeAll
    static void start() throws IOException {
        kubo = new KuboNode(Binaries.kubo(), folder.resolve("kubo"), config -> {
                    ObjectNode headers = config.withObject("/API").putObject("HTTPHeaders");
                    headers.putArray("Access-Control-Allow-Origin").add("http://myorigin");
                    headers.putArray("X-Custom-Header").add("42");
                })
                .awaitReady();
        reference = new ReferencePeer(folder.resolve("reference"), SECRET, kubo, json -> proxy(json, REFERENCE_PORT));
        ours = new TestPeer("ours", folder.resolve("ours")).init(SECRET, json -> {
            ((ObjectNode) json.get("ipfs_connector")).removeAll();
            ((ObjectNode) json.get("ipfs_connector")).putObject("ipfshttp").put("node_multiaddress", kubo.apiAddress());
            proxy(json, OUR_PORT);
        });
        reference.start();
        ours.start();
        Await.until(
                "the reference's proxy answers",
                Duration.ofSeconds(60),
                () -> Rest.send("POST", REFERENCE_PORT, "/api/v0/repo/stat").status() == 200 ? "" : "no answer",
                reference::log);
        upload(REFERENCE_PORT, "add", "hello");
        upload(OUR_PORT, "add", "hello");
    }

    private static void proxy(ObjectNode json, int port) {
        ObjectNode section = ((ObjectNode) json.get("api")).putObject("ipfsproxy");
        section.put("listen_multiaddress", "/ip4/127.0.0.1/tcp/" + port);
        section.put("node_multiaddress", kubo.apiAddress());
        section.putArray("extract_headers_extra").add("X-Custom-Header");
    }

    @AfterAll
    static void stop() {
        for (AutoCloseable part : Arrays.asList(reference, ours, kubo)) {
            try {
                if (part != null) {
                    part.close();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST,version",
        "POST,no/such/command",
        "GET,id",
        "HEAD,version",
        "OPTIONS,id",
        "POST,cat?arg=" + HELLO,
        "POST,cat?arg=nope",
        "POST,pin/ls?arg=" + HELLO,
        "POST,pin/ls?arg=" + HELLO + "&stream=true",
        "POST,pin/ls/" + HELLO,
        "POST,pin/ls?arg=" + UNKNOWN,
        "PUT,pin/add?arg=" + HELLO,
        "GET,pin/add/" + HELLO,
        "POST,pin/add?arg=" + HELLO + "&type=direct",
        "POST,pin/add",
        "POST,pin/add?arg=abc",
        "POST,pin/add?arg=/foo/abc",
        "POST,pin/rm?arg=" + UNKNOWN,
        "POST,pin/update",
        "POST,pin/update?arg=" + HELLO,
        "POST,pin/update?arg=x&arg=y",
        "POST,add",
        "POST,block/put?pin=true",
        "POST,dag/put?pin=true"
    })
    void requestsWithoutABodyGetTheSameAnswer(String method, String command) throws IOException {
        same(method + " /api/v0/" + command + " HTTP/1.1\r\nOrigin: http://myorigin\r\n", "");
    }

    @ParameterizedTest
    @CsvSource({
        "add",
        "add?wrap-with-directory=true&cid-version=1&progress=true",
        "add?trickle=true&raw-leaves=true",
        "add?pin=false",
        "add?stream-channels=false",
        "add?chunker=foo",
        "block/put",
        "block/put?pin=true",
        "block/put?pin=true&mhtype=foo",
        "dag/put",
        "dag/put?pin=true",
        "dag/put?pin=true&input-codec=foo"
    })
    void uploadsGetTheSameAnswer(String command) throws IOException {
        String body = multipart(command.startsWith("dag") ? "{\"a\":1}" : "hello");
        same(
                "POST /api/v0/" + command + " HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                        + "Content-Length: " + body.length() + "\r\n",
                body);
    }

    @Test
    void kubosOwnProgramWorksThroughTheProxy() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree/below"));
        Files.writeString(tree.resolve("a"), "one");
        Files.writeString(tree.getParent().resolve("b"), "two");
        String root = ipfs("add", "-r", "-Q", tree.getParent().toString()).strip();
        assertThat(ipfs("pin", "ls", root)).contains(root + " recursive");
        assertThat(ours.ctl("pin", "ls", root).expectSuccess()).contains(root);
        assertThat(ipfs("cat", root + "/below/a")).endsWith("one");
        ipfs("get", "-o", folder.resolve("got").toString(), root);
        assertThat(folder.resolve("got/b")).hasContent("two");
        String file = folder.resolve("tree/b").toString();
        String block = ipfs("block", "put", "--pin", file).strip();
        assertThat(ipfs("pin", "ls")).contains(block + " recursive");
        Path json = Files.writeString(folder.resolve("node.json"), "{\"x\":1}");
        String node = ipfs("dag", "put", "--pin", json.toString()).strip();
        assertThat(ipfs("pin", "update", block, node)).contains("updated " + block + " to " + node);
        assertThat(ipfs("pin", "rm", node)).contains("unpinned " + node);
        assertThat(ipfs("pin", "ls")).contains(root).doesNotContain(block, node);
        assertThat(ipfs("repo", "stat")).contains("RepoSize:", "StorageMax:");
    }

    private static String ipfs(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(Binaries.kubo().toString(), "--api", "/ip4/127.0.0.1/tcp/" + OUR_PORT));
        command.addAll(List.of(arguments));
        Map<String, String> environment =
                Map.of("IPFS_PATH", folder.resolve("nothing").toString(), "IPFS_TELEMETRY", "off");
        return ForeignProcess.run(folder, environment, command);
    }

    private static void same(String head, String body) throws IOException {
        assertThat(Answer.of(OUR_PORT, head, body)).isEqualTo(Answer.of(REFERENCE_PORT, head, body));
    }

    private static void upload(int port, String command, String content) throws IOException {
        String body = multipart(content);
        Answer answer = Answer.of(
                port,
                "POST /api/v0/" + command + " HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                        + "Content-Length: " + body.length() + "\r\n",
                body);
        assertThat(answer.status()).isEqualTo("200");
    }

    private static String multipart(String content) {
        return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.txt\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n" + content + "\r\n--b--\r\n";
    }

    /**
     * An answer without what depends on the moment or the framing.
     *
     * @param status the number
     * @param headers in lower case and sorted
     * @param body without sizes of chunks, with trailers
     */
    private record Answer(String status, List<String> headers, String body) {
        static Answer of(int port, String head, String body) throws IOException {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(60_000);
                String request = head + "Host: x\r\nConnection: close\r\n\r\n" + body;
                socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
                String answer =
                        new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).replace("\r", "");
                int end = answer.indexOf("\n\n");
                List<String> lines = List.of(answer.substring(0, end).split("\n"));
                boolean chunked = lines.contains("Transfer-Encoding: chunked");
                String content = answer.substring(end + 2);
                return new Answer(
                        lines.get(0).split(" ")[1],
                        lines.stream()
                                .skip(1)
                                .filter(line -> !line.matches("(?i)(date|content-length|transfer-encoding): .*"))
                                .map(line -> line.toLowerCase(Locale.ROOT))
                                .sorted()
                                .toList(),
                        chunked
                                ? content.replaceAll("(?m)^[0-9a-fA-F]{1,8}$\n?", "")
                                        .replaceAll("\n+", "\n")
                                        .strip()
                                : content.strip());
            }
        }
    }
}
