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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** Whatever is put wrongly to a running peer gets one clear answer and changes nothing. */
class BadInputTest {
    private static final String CID = "QmaqeMke5B5poqNtrehQ2R5zB4UXygfFvJAhmYfnPPoRzf";
    private static final String NO_PEER_ID = "/ip4/192.0.2.1/tcp/1";

    @TempDir
    static Path folder;

    private static TestPeer peer;

    @BeforeAll
    static void startOnePeer() {
        peer = new TestPeer("peer", folder.resolve("peer"))
                .init(TestCluster.SECRET, json -> {})
                .start("--bootstrap", NO_PEER_ID);
    }

    @AfterAll
    static void endIt() {
        peer.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "POST /pins/bad 400 bad",
                "DELETE /pins/bad 400 bad",
                "POST /pins/bad/recover 400 bad",
                "GET /allocations/bad 400 bad",
                "GET /pins?cids=" + CID + ",bad 400 bad",
                "GET /pins?filter=purple 400 purple",
                "POST /pins/ipfs/bad 400 bad",
                "POST /pins/" + CID + "?replication-min=few 400 few",
                "POST /pins/" + CID + "?replication-min=3&replication-max=2 500 replication_factor_min",
                "POST /pins/" + CID + "?origins=/ip4/nowhere 400 nowhere",
                "POST /pins/" + CID + "?origins=" + NO_PEER_ID + " 400 /p2p/",
                "POST /pins/" + CID + "?expire-at=yesterday 400 yesterday",
                "POST /pins/" + CID + "?pin-update=bad 400 bad",
                "DELETE /pins/" + CID + " 404 pinset",
                "DELETE /peers/nobody 400 nobody",
                "DELETE /peers/12D3KooWEUTSEtySywdffvqTTPEVTcLC1q8F9emsZDaVT57wPepU 500 cannot",
                "POST /add 400 multipart/form-data",
                "GET /nonsense 404 found",
            })
    void aRequestThatCannotBeReadIsNamedAndPinsNothing(String method, String path, int status, String named)
            throws Exception {
        HttpResponse<String> answer = send(method, path, "text/plain", "");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains("\"code\":" + status, named).hasLineCount(1);
        assertThat(peer.get("/allocations").status()).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json|/peers|{bad|error decoding request body|400",
                "application/json|/peers|{\"peer_id\":\"nobody\"}|nobody|400",
                "multipart/form-data|/add|x|boundary|400",
                "multipart/form-data; boundary=b|/add|x|boundary|400",
                "multipart/form-data; boundary=b|/add?stream-channels=false|--b--|no file|500",
                "multipart/form-data; boundary=b|/add?hidden=maybe|--b--|maybe|400",
            })
    void aBodyThatCannotBeReadIsNamed(String type, String path, String body, String named, int status)
            throws Exception {
        HttpResponse<String> answer = send("POST", path, type, body + "\r\n");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(named).doesNotContain("\\n", "Source");
    }

    @Test
    void whatCannotBeAddedIsRefusedAndNothingIsPinned() throws Exception {
        Path top = Files.createDirectories(folder.resolve("top"));
        assertThat(peer.ctl("add", top.toString()).err()).contains("use -r");
        assertThat(peer.ctl("add", folder.resolve("none").toString()).err()).contains("no such file");
        Path file = Files.writeString(top.resolve("file"), "content");
        Program.Result chunker = peer.ctl("add", "--chunker", "huge", file.toString());
        assertThat(chunker.exitCode()).isEqualTo(2);
        assertThat(chunker.out()).contains("Code: 500").contains("huge");
        assertThat(peer.get("/allocations").status()).isEqualTo(204);
    }

    @Test
    void anAddressToJoinWithoutPeerIdIsToldOnceAndThePeerRuns() {
        Await.until(
                "the bootstrap failed",
                Duration.ofSeconds(20),
                () -> peer.log().contains("bootstrap to " + NO_PEER_ID + " failed") ? "" : "no such line",
                peer::log);
        assertThat(peer.log().split("Bootstrapping to ", -1)).hasSize(2);
    }

    @Test
    void anApiThatCannotListenEndsTheDaemonEvenWhenThePeerWasReadyBefore() {
        try (TestPeer other = new TestPeer("other", folder.resolve("other"))
                .init(
                        TestCluster.SECRET,
                        json -> ((ObjectNode) json.at("/api/restapi"))
                                .put("http_listen_multiaddress", "/ip4/192.0.2.200/tcp/9094"))
                .startWithoutWaiting()) {
            assertThat(other.awaitEnd()).isEqualTo(1);
            assertThat(other.log()).contains("error creating REST API component", "192.0.2.200");
        }
    }

    @Test
    void aFileWhereThePeersFolderShouldBeIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Program.Result init = new TestPeer("file", file).service("--config", file.toString(), "init");
        assertThat(init.exitCode()).isEqualTo(1);
        assertThat(init.err()).contains(file + ": is a file");
    }

    private static HttpResponse<String> send(String method, String path, String type, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + peer.apiPort() + path))
                .header("Content-Type", type)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
