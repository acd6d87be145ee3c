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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** The embedded node's Kubo RPC API and gateway on a running peer. */
class KuboRpcTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String NOBODY_HAS = "QmYNmQKp6SuaVrpgWRsPTgCQCnpxUYGq76YEKBXuj2N4H6";
    private static final String HELLO = "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN";
    private static final String FOLDER_BODY = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"d\"\r\n"
            + "Content-Type: application/x-directory\r\n\r\n\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"d%2Fa.txt\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\nhello\n\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"d%2Fsub%2Fx.html\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n<html>x\r\n--b--\r\n";

    @TempDir
    static Path folder;

    private static TestPeer peer;
    private static int rpc;
    private static int gateway;

    @BeforeAll
    static void start() {
        rpc = TestPeer.freePort();
        gateway = TestPeer.freePort();
        peer = new TestPeer("rpc", folder.resolve("rpc")).init(TestCluster.SECRET, json -> {
            ObjectNode api = (ObjectNode) json.get("api");
            api.putObject("kuborpc").put("listen_multiaddress", "/ip4/127.0.0.1/tcp/" + rpc);
            api.putObject("gateway").put("http_listen_multiaddress", "/ip4/127.0.0.1/tcp/" + gateway);
            ((ObjectNode) json.at("/ipfs_connector/embedded")).put("pin_timeout", "3s");
        });
        peer.start();
    }

    @AfterAll
    static void stop() {
        if (peer != null) {
            peer.close();
        }
    }

    private static HttpResponse<byte[]> post(String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + rpc + "/api/v0/" + path))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String call(String path) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = post(path, new byte[0]);
        assertThat(answer.statusCode()).as(path + " " + text(answer)).isEqualTo(200);
        return text(answer);
    }

    private static HttpResponse<byte[]> upload(String path, byte[] content) throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.UTF_8));
        return post(path, body.toByteArray(), "Content-Type", "multipart/form-data; boundary=b");
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static List<JsonNode> lines(String text) throws IOException {
        return new ArrayList<>(
                JSON.readerFor(JsonNode.class).<JsonNode>readValues(text).readAll());
    }

    private static HttpResponse<byte[]> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway + path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String addFolder() throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = post(
                "add", FOLDER_BODY.getBytes(StandardCharsets.UTF_8), "Content-Type", "multipart/form-data; boundary=b");
        List<JsonNode> rows = lines(text(answer));
        assertThat(rows)
                .extracting(row -> row.path("Name").asText())
                .containsExactly("d/a.txt", "d/sub/x.html", "d/sub", "d");
        return rows.get(3).path("Hash").asText();
    }

    @Test
    void whatIsAddedIsPinnedAndCanBeRead() throws IOException, InterruptedException {
        byte[] content = new byte[3_000_000];
        new Random(7).nextBytes(content);
        HttpResponse<byte[]> added = upload("add?progress=true", content);
        List<JsonNode> rows = lines(text(added));
        assertThat(added.headers().firstValue("x-chunked-output")).contains("1");
        assertThat(rows.get(0).path("Bytes").asLong()).isPositive();
        String cid = rows.get(rows.size() - 1).path("Hash").asText();
        assertThat(call("pin/ls?arg=" + cid)).contains("recursive");
        assertThat(post("cat?arg=" + cid, new byte[0]).body()).isEqualTo(content);
        assertThat(post("cat?arg=" + cid + "&offset=2999990", new byte[0]).body())
                .hasSize(10);
        assertThat(call("refs?arg=" + cid).lines()).hasSize(12);
        assertThat(call("dag/stat?progress=false&arg=" + cid)).contains("\"NumBlocks\":13");
        assertThat(call("repo/stat")).contains("NumObjects");
    }

    @Test
    void foldersAreListedPackedAndMovedAsCar() throws IOException, InterruptedException {
        String cid = addFolder();
        assertThat(call("ls?arg=" + cid))
                .contains("\"Name\":\"a.txt\",\"Hash\":\"" + HELLO + "\",\"Size\":6,\"Type\":2");
        assertThat(text(post("get?arg=" + cid, new byte[0]))).contains("ustar").contains("hello");
        assertThat(call("resolve?arg=/ipfs/" + cid + "/a.txt").strip()).isEqualTo("{\"Path\":\"/ipfs/" + HELLO + "\"}");
        byte[] car = post("dag/export?arg=" + cid, new byte[0]).body();
        call("pin/rm?arg=" + cid);
        assertThat(call("repo/gc")).contains("Key");
        assertThat(text(post("cat?offline=true&arg=" + cid + "/a.txt", new byte[0])))
                .contains("offline");
        HttpResponse<byte[]> loaded = upload("dag/import?stats=true", car);
        assertThat(text(loaded)).contains("\"PinErrorMsg\":\"\"").contains("\"BlockCount\":4");
        assertThat(call("cat?arg=" + cid + "/a.txt")).isEqualTo("hello\n");
    }

    @Test
    void theClusterPinsWhatTheNodeHas() throws IOException, InterruptedException {
        String cid = lines(text(upload("add?pin=false", "for the cluster".getBytes(StandardCharsets.UTF_8))))
                .get(0)
                .path("Hash")
                .asText();
        assertThat(peer.ctl("pin", "add", "--wait", cid).expectSuccess()).contains(cid);
        assertThat(call("pin/ls?type=recursive&stream=true")).contains(cid);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cat|400|ipfs-path",
                "cat?arg=bad|500|path does not have enough components",
                "cat?arg=/ipfs/bad|500|invalid cid",
                "cat?arg=/nope/x|500|unknown namespace",
                "cat?arg=/ipns/example.org|501|/ipns",
                "cat?arg=" + NOBODY_HAS + "&timeout=100ms|500|context deadline exceeded",
                "cat?arg=" + NOBODY_HAS + "|500|could not be fetched",
                "cat?arg=" + HELLO + "&offset=x|400|could not convert",
                "cat?arg=" + HELLO + "&offset=-1|500|negative offset",
                "id?timeout=zz|400|timeout",
                "add|400|file argument",
                "block/put|400|file argument",
                "dag/import|400|file argument",
                "pin/ls?type=bad|500|must be one of",
                "pin/rm?arg=" + NOBODY_HAS + "|500|not pinned or pinned indirectly",
                "swarm/connect?arg=foo|500|must begin with /",
                "config?arg=Identity.PrivKey|500|private key",
                "files/write?arg=/x|501|no mutable file system",
                "files/stat?arg=/|501|no mutable file system",
                "add?nocopy=true|501|no filestore",
                "name/resolve?arg=x|501|no /ipns",
                "nope|404|page not found"
            })
    void badInputIsAnsweredClearly(String path, int status, String message) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = post(path, new byte[0]);
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
        assertThat(text(answer)).contains(message);
    }

    @Test
    void badBodiesAreRefusedAndLeaveTheNodeWorking() throws IOException, InterruptedException {
        assertThat(text(upload("dag/import", "no car".getBytes(StandardCharsets.UTF_8))))
                .contains("CAR");
        assertThat(text(upload("dag/put", "{".getBytes(StandardCharsets.UTF_8))))
                .contains("dag-json");
        assertThat(text(upload("block/put", new byte[(2 << 20) + 1]))).contains("big blocks");
        assertThat(text(upload("block/put?cid-codec=nope", new byte[1]))).contains("unknown multicodec");
        assertThat(text(upload("add?chunker=size-0", new byte[1]))).contains("\"Type\":\"error\"");
        assertThat(post(
                                "add",
                                "junk".getBytes(StandardCharsets.UTF_8),
                                "Content-Type",
                                "multipart/form-data; boundary=b")
                        .statusCode())
                .isGreaterThanOrEqualTo(400);
        assertThat(call("version")).contains("Version");
    }

    @Test
    void pagesInBrowsersMayNotSendCommands() throws IOException, InterruptedException {
        assertThat(post("id", new byte[0], "Origin", "http://evil.example").statusCode())
                .isEqualTo(403);
        assertThat(post("id", new byte[0], "Referer", "http://evil.example/x").statusCode())
                .isEqualTo(403);
        assertThat(post("id", new byte[0], "User-Agent", "Mozilla/5.0").statusCode())
                .isEqualTo(403);
        assertThat(post("id", new byte[0], "Origin", "http://127.0.0.1:" + rpc).statusCode())
                .isEqualTo(200);
        HttpResponse<byte[]> get = CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + rpc + "/api/v0/id"))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(get.headers().firstValue("allow")).contains("OPTIONS, POST");
    }

    @Test
    void theGatewayGivesFilesBlocksAndCars() throws IOException, InterruptedException {
        String cid = addFolder();
        HttpResponse<byte[]> file = get("/ipfs/" + cid + "/a.txt");
        assertThat(text(file)).isEqualTo("hello\n");
        assertThat(file.headers().firstValue("content-type")).contains("text/plain; charset=utf-8");
        String etag = file.headers().firstValue("etag").orElse("");
        assertThat(get("/ipfs/" + cid + "/a.txt", "If-None-Match", etag).statusCode())
                .isEqualTo(304);
        HttpResponse<byte[]> part = get("/ipfs/" + cid + "/a.txt", "Range", "bytes=1-2");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(text(part)).isEqualTo("el");
        assertThat(get("/ipfs/" + cid + "/a.txt", "Range", "bytes=100-").statusCode())
                .isEqualTo(416);
        HttpResponse<byte[]> bare = get("/ipfs/" + cid);
        assertThat(bare.statusCode()).isEqualTo(301);
        assertThat(bare.headers().firstValue("location")).contains("/ipfs/" + cid + "/");
        assertThat(text(get("/ipfs/" + cid + "/"))).contains("./a.txt");
        assertThat(get("/ipfs/" + HELLO + "?format=raw").body()).hasSize(14);
        assertThat(get("/ipfs/" + HELLO, "Accept", "application/vnd.ipld.raw").body())
                .hasSize(14);
        HttpResponse<byte[]> car =
                get("/ipfs/" + cid, "Accept", "application/vnd.ipld.car; version=1; order=dfs; dups=n");
        assertThat(car.headers().firstValue("content-type"))
                .contains("application/vnd.ipld.car; version=1; order=dfs; dups=n");
        assertThat(car.body())
                .isEqualTo(post("dag/export?arg=" + cid, new byte[0]).body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/ipfs/|400",
                "/ipfs/bad|400",
                "/nothing|404",
                "/ipns/example.org|501",
                "/ipfs/" + HELLO + "/x|404",
                "/ipfs/" + HELLO + "/../x|400",
                "/ipfs/" + HELLO + "//x|400",
                "/ipfs/" + HELLO + "/%2e%2e/x|400",
                "/ipfs/" + HELLO + "?format=tar|406",
                "/ipfs/" + HELLO + "?format=car&car-version=2|400",
                "/ipfs/" + HELLO + "?format=car&entity-bytes=x|400",
                "/ipfs/" + NOBODY_HAS + "|504"
            })
    void theGatewayRefusesWhatItCannotGive(String path, int status) throws IOException, InterruptedException {
        upload("add", "hello\n".getBytes(StandardCharsets.UTF_8));
        assertThat(get(path).statusCode()).isEqualTo(status);
    }
}
