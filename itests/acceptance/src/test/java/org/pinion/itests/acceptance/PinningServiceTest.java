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
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** The IPFS Pinning Services API of a running peer. */
class PinningServiceTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NOBODY_HAS = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
    private static final String OTHER = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

    @TempDir
    static Path folder;

    private static TestPeer peer;
    private static int port;

    @BeforeAll
    static void start() {
        port = TestPeer.freePort();
        peer = new TestPeer("service", folder.resolve("service")).init(TestCluster.SECRET, json -> {
            ObjectNode section = ((ObjectNode) json.get("api")).putObject("pinsvcapi");
            section.put("http_listen_multiaddress", "/ip4/127.0.0.1/tcp/" + port);
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
    void pinsWhatIsThereAndTellsItsStateUntilItIsRemoved() throws IOException {
        String cid = add("kept");
        Answer added = send(
                "POST",
                "/pins",
                "{\"cid\":\"" + cid + "\",\"name\":\"mine\",\"meta\":{\"app\":\"test\"},\"more\":[1]}");
        assertThat(added.status()).isEqualTo(202);
        assertThat(added.json().path("requestid").asText()).isEqualTo(cid);
        assertThat(added.json().path("status").asText()).isEqualTo("queued");
        assertThat(added.json().path("created").asText()).startsWith("20");
        // loopback addresses, all that this node has, are of no use to others
        assertThat(added.json().path("delegates").isArray()).isTrue();
        awaitState(cid, "pinned");

        JsonNode pin = send("GET", "/pins/" + cid, "").json().path("pin");
        assertThat(pin.path("cid").asText()).isEqualTo(cid);
        assertThat(pin.path("name").asText()).isEqualTo("mine");
        assertThat(pin.path("meta").path("app").asText()).isEqualTo("test");

        Answer removed = send("DELETE", "/pins/" + cid, "");
        assertThat(removed.status()).isEqualTo(202);
        assertThat(removed.body()).isEmpty();
        assertThat(send("GET", "/pins/" + cid, "").status()).isEqualTo(404);
        assertThat(send("DELETE", "/pins/" + cid, "").status()).isEqualTo(404);
    }

    @Test
    void listsTheNewestFirstCountsExactlyAndFilters() throws IOException {
        List<String> cids = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String cid = add("listed " + i);
            cids.add(cid);
            send(
                    "POST",
                    "/pins",
                    "{\"cid\":\"" + cid + "\",\"name\":\"Listed-" + i + "\",\"meta\":{\"set\":\"twelve\"}}");
            awaitState(cid, "pinned");
        }
        String set = "meta=" + encoded("{\"set\":\"twelve\"}");
        JsonNode page = send("GET", "/pins?" + set, "").json();
        assertThat(page.path("count").asInt()).isEqualTo(12);
        assertThat(page.path("results")).hasSize(10);
        List<String> times = new ArrayList<>();
        page.path("results").forEach(result -> times.add(result.path("created").asText()));
        assertThat(times).isSortedAccordingTo(java.util.Comparator.reverseOrder());

        assertThat(count("name=Listed-3")).isEqualTo(1);
        assertThat(count("name=listed-3")).isZero();
        assertThat(count("name=listed-3&match=iexact")).isEqualTo(1);
        assertThat(count("name=sted-1&match=partial")).isEqualTo(3);
        assertThat(count("name=STED-1&match=ipartial")).isEqualTo(3);
        assertThat(count("cid=" + cids.get(0) + "," + cids.get(1) + "," + NOBODY_HAS))
                .isEqualTo(2);
        assertThat(count(set + "&status=queued,pinning,failed")).isZero();
        assertThat(count(set + "&status=failed&status=pinned")).isEqualTo(12);
        assertThat(count(set + "&before=2020-01-01T00:00:00Z")).isZero();
        assertThat(count(set + "&after=2020-01-01T00:00:00%2B02:00")).isEqualTo(12);
        assertThat(count("meta=" + encoded("{\"set\":\"twelve\",\"other\":\"x\"}")))
                .isZero();
    }

    @Test
    void replacesAPinAndKeepsItWhenItIsReplacedByItself() throws IOException {
        String first = add("replaced");
        String second = add("replacing");
        send("POST", "/pins", "{\"cid\":\"" + first + "\",\"name\":\"one\"}");
        Answer replaced = send("POST", "/pins/" + first, "{\"cid\":\"" + second + "\",\"name\":\"two\"}");
        assertThat(replaced.status()).isEqualTo(202);
        assertThat(replaced.json().path("requestid").asText()).isEqualTo(second);
        assertThat(send("GET", "/pins/" + first, "").status()).isEqualTo(404);
        awaitState(second, "pinned");
        assertThat(send("POST", "/pins/" + second, "{\"cid\":\"" + second + "\",\"name\":\"three\"}")
                        .status())
                .isEqualTo(202);
        assertThat(send("GET", "/pins/" + second, "").json().at("/pin/name").asText())
                .isEqualTo("three");
        assertThat(send("POST", "/pins/" + OTHER, "{\"cid\":\"" + first + "\"}").status())
                .isEqualTo(404);
    }

    @Test
    void wrongRequestsAreRefusedWithReasonAndDetailsAndPinNothing() throws IOException {
        String[][] requests = {
            {"POST", "/pins", "", "400"},
            {"POST", "/pins", "{", "400"},
            {"POST", "/pins", "[]", "400"},
            {"POST", "/pins", "{}", "400"},
            {"POST", "/pins", "{\"cid\":null}", "400"},
            {"POST", "/pins", "{\"cid\":7}", "400"},
            {"POST", "/pins", "{\"cid\":\"nothing\"}", "400"},
            {"POST", "/pins", "{\"cid\":\"" + OTHER + "\"} more", "400"},
            {"POST", "/pins", "{\"cid\":\"" + OTHER + "\",\"name\":\"" + "x".repeat(256) + "\"}", "400"},
            {"POST", "/pins", "{\"cid\":\"" + OTHER + "\",\"meta\":{\"a\":1}}", "400"},
            {"POST", "/pins", "{\"cid\":\"" + OTHER + "\",\"meta\":[]}", "400"},
            {"POST", "/pins", "{\"cid\":\"" + OTHER + "\",\"origins\":[\"here\"]}", "400"},
            {"POST", "/pins", "{\"cid\":\"" + OTHER + "\",\"x\":" + "[".repeat(200), "400"},
            {"POST", "/pins", "{\"cid\":\"" + OTHER + "\",\"x\":\"" + "x".repeat(300_000) + "\"}", "413"},
            {"GET", "/pins?limit=0", "", "400"},
            {"GET", "/pins?limit=1001", "", "400"},
            {"GET", "/pins?limit=many", "", "400"},
            {"GET", "/pins?status=fine", "", "400"},
            {"GET", "/pins?match=exactly", "", "400"},
            {"GET", "/pins?before=yesterday", "", "400"},
            {"GET", "/pins?meta=%7B", "", "400"},
            {"GET", "/pins?meta=7", "", "400"},
            {"GET", "/pins?cid=nothing", "", "400"},
            {"GET", "/pins?name=" + "x".repeat(256), "", "400"},
            {"GET", "/pins/not-an-id", "", "404"},
            {"POST", "/pins/not-an-id", "{\"cid\":\"" + OTHER + "\"}", "404"},
            {"DELETE", "/pins/not-an-id", "", "404"},
            {"GET", "/pins/" + NOBODY_HAS, "", "404"},
            {"GET", "/nothing", "", "404"},
            {"POST", "/token", "", "401"},
        };
        for (String[] request : requests) {
            Answer answer = send(request[0], request[1], request[2]);
            String what = String.join(" ", request)
                    .substring(0, Math.min(80, String.join(" ", request).length()));
            assertThat(answer.status()).as(what).isEqualTo(Integer.parseInt(request[3]));
            JsonNode error = answer.json().path("error");
            assertThat(error.path("reason").asText()).as(what).matches("[A-Z_]+");
            assertThat(error.path("details").asText()).as(what).isNotEmpty().doesNotContain("Exception");
        }
        assertThat(send("GET", "/pins/" + OTHER, "").status()).isEqualTo(404);
        assertThat(send("PUT", "/pins", "").status()).isEqualTo(405);
        assertThat(send("GET", "/health", "").status()).isEqualTo(204);
    }

    private static String add(String content) throws IOException {
        Path file = Files.writeString(folder.resolve("content.txt"), content);
        return peer.ctl("add", "-Q", "--no-pin", file.toString())
                .expectSuccess()
                .strip();
    }

    private static int count(String query) throws IOException {
        return send("GET", "/pins?" + query, "").json().path("count").asInt();
    }

    private static void awaitState(String cid, String state) {
        Await.until(
                cid + " is " + state,
                LIMIT,
                () -> {
                    String body = send("GET", "/pins/" + cid, "").body();
                    return body.contains("\"status\":\"" + state + "\"") ? "" : body;
                },
                peer::log);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private record Answer(int status, String body) {
        JsonNode json() throws IOException {
            return JSON.readTree(body);
        }
    }

    private static Answer send(String method, String target, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write((method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                            + bytes.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            out.write(bytes);
            out.flush();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            String text = answer.toString(StandardCharsets.UTF_8);
            int end = text.indexOf("\r\n\r\n");
            return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(end + 4));
        }
    }
}
