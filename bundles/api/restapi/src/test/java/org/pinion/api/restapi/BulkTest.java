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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.PinMode;

class BulkTest {
    private static final String CID = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";

    @TempDir
    Path folder;

    private RunningApi api;

    @BeforeEach
    void open() {
        api = new RunningApi(folder);
    }

    @AfterEach
    void close() {
        api.close();
    }

    private List<String> post(String path, String body) throws IOException {
        String answer = api.raw("POST " + path + " HTTP/1.0\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
        assertThat(answer).startsWith("HTTP/1.1 20");
        return answer.substring(answer.indexOf("\r\n\r\n") + 4).lines().toList();
    }

    @Test
    void pinsLinesAndAnswersEachInOrder() throws IOException {
        String other = MemoryCluster.cid("x").toString();
        List<String> lines = post(
                "/bulk/pin",
                "\"" + CID + "\"\n\n{\"cid\":\"" + other + "\",\"name\":\"n\",\"mode\":\"direct\","
                        + "\"replication_factor_min\":1,\"replication_factor_max\":2,\"metadata\":{\"a\":\"b\"},"
                        + "\"expire_in\":\"1h\",\"origins\":[\"/ip4/1.2.3.4/tcp/1/p2p/" + MemoryCluster.NODE
                        + "\"],\"user_allocations\":null,\"unknown\":[{}]}\n{\"cid\":\"bad\"}\n{\"cid\":\"" + CID
                        + "\",\"name\":\"refuse\"}");
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0))
                .startsWith("{\"line\":1,\"cid\":\"" + CID + "\",\"pin\":{\"replication_factor_min\":0");
        assertThat(lines.get(1))
                .startsWith("{\"line\":3,\"cid\":\"" + other + "\",\"pin\":{\"replication_factor_min\":1")
                .contains("\"expire_at\":\"2026-", "\"name\":\"n\"");
        assertThat(lines.get(2)).startsWith("{\"line\":4,\"error\":{\"code\":400,\"message\":\"error decoding Cid");
        assertThat(lines.get(3)).startsWith("{\"line\":5,\"cid\":\"" + CID + "\",\"error\":{\"code\":500,");
        assertThat(api.cluster.pins.get(Cid.parse(other)).options().mode()).isEqualTo(PinMode.DIRECT);
        assertThat(api.cluster.pins).hasSize(2);
    }

    @Test
    void takesTheLinesOfThePinSet() throws IOException {
        post("/bulk/pin", "\"" + CID + "\"\n\"" + MemoryCluster.cid("x") + "\"");
        String pins = api.raw("GET /allocations HTTP/1.0\r\n\r\n");
        String lines = pins.substring(pins.indexOf("\r\n\r\n") + 4);
        api.cluster.pins.clear();
        assertThat(post("/bulk/pin", lines)).hasSize(2).allMatch(line -> line.contains("\"pin\":{"));
        assertThat(post("/bulk/unpin", lines)).hasSize(2).allMatch(line -> line.contains("\"pin\":{"));
        assertThat(post("/bulk/unpin", lines)).hasSize(2).allMatch(line -> line.contains("\"code\":404"));
        assertThat(api.cluster.pins).isEmpty();
    }

    @Test
    void namesWhatIsWrongInALineAndGoesOn() throws IOException {
        List<String> lines = post(
                "/bulk/pin",
                String.join(
                        "\n",
                        "{",
                        "[]",
                        "7",
                        "{}",
                        "\"" + CID + "\" \"" + CID + "\"",
                        "{\"cid\":\"" + CID + "\",\"replication_factor_min\":\"1\"}",
                        "{\"cid\":\"" + CID + "\",\"replication_factor_min\":99999999999}",
                        "{\"cid\":\"" + CID + "\",\"shard_size\":\"x\"}",
                        "{\"cid\":\"" + CID + "\",\"name\":{}}",
                        "{\"cid\":\"" + CID + "\",\"metadata\":{\"a\":1}}",
                        "{\"cid\":\"" + CID + "\",\"metadata\":[]}",
                        "{\"cid\":\"" + CID + "\",\"origins\":[\"x\"]}",
                        "{\"cid\":\"" + CID + "\",\"user_allocations\":\"x\"}",
                        "{\"cid\":\"" + CID + "\",\"expire_in\":\"1ms\"}",
                        "{\"cid\":\"" + CID + "\",\"expire_at\":\"soon\"}",
                        "{\"cid\":\"" + CID + "\",\"type\":\"meta-pin\"}",
                        "{\"cid\":\"" + CID + "\",\"pin_update\":\"x\"}",
                        "[".repeat(5000),
                        "{\"cid\":\"" + CID + "\",\"name\":\"" + "x".repeat(70_000) + "\"}",
                        "\u0001\ufffd"));
        assertThat(lines)
                .hasSize(20)
                .allSatisfy(line ->
                        assertThat(line).contains("\"error\":{\"code\":400,").doesNotContain("Exception", "Source"));
        assertThat(api.cluster.pins).isEmpty();
    }

    @Test
    void answersNothingForNothing() throws IOException {
        assertThat(api.raw("POST /bulk/pin HTTP/1.0\r\nContent-Length: 2\r\n\r\n\n\n"))
                .startsWith("HTTP/1.1 204");
    }

    @Test
    void answersBeforeTheNextLineIsSent() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", api.port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            out.write("POST /bulk/pin HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            for (int i = 1; i <= 3; i++) {
                String line = "\"" + MemoryCluster.cid("pin " + i) + "\"\n";
                out.write((Integer.toHexString(line.length()) + "\r\n" + line + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.flush();
                String answer = in.readLine();
                while (answer != null && !answer.startsWith("{\"line\":" + i)) {
                    answer = in.readLine();
                }
                assertThat(answer).contains(MemoryCluster.cid("pin " + i).toString());
            }
        }
    }

    @Test
    void pinsThousandsInOneRequest() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            body.append('"').append(MemoryCluster.cid("many " + i)).append("\"\n");
        }
        assertThat(post("/bulk/pin", body.toString())).hasSize(5000);
        assertThat(api.cluster.pins).hasSize(5000);
    }
}
