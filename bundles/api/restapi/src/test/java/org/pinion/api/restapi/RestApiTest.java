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

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;

/** The API as bytes on the wire. */
class RestApiTest {
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

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private void pin(String cid, String name) {
        api.cluster.pin(Pin.of(Cid.parse(cid), PinOptions.builder().name(name).build()));
    }

    @Test
    void answersAPinAsSubmittedAndLaterAsStored() throws IOException {
        String submitted = api.ask("POST", "/pins/" + CID + "?name=a%26b&replication=2&expire-in=1h");
        String allocations = "\"allocations\":[\"" + MemoryCluster.SELF + "\",\"" + MemoryCluster.OTHER + "\"]";
        assertThat(submitted)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Content-Type: application/json\r\n")
                .endsWith("{\"replication_factor_min\":2,\"replication_factor_max\":2,\"name\":\"a\\u0026b\","
                        + "\"mode\":\"recursive\",\"shard_size\":0,\"user_allocations\":null,"
                        + "\"expire_at\":\"" + local("2026-11-22T15:30:58.5Z") + "\",\"metadata\":{},"
                        + "\"pin_update\":null,\"origins\":null,\"cid\":\"" + CID + "\",\"type\":\"pin\"," + allocations
                        + ",\"max_depth\":-1,\"reference\":null,\"timestamp\":\""
                        + local("2026-11-22T14:30:58.5Z") + "\"}\n");
        assertThat(api.ask("GET", "/allocations/" + CID))
                .startsWith("HTTP/1.1 200")
                .contains("\"metadata\":null,")
                .contains("\"origins\":[],");
    }

    private static String local(String utc) {
        Instant when = Instant.parse(utc);
        return Times.format(when, ZoneId.systemDefault().getRules().getOffset(when));
    }

    @Test
    void streamsAllocationsAsLinesWithAnEmptyTrailer() throws IOException {
        pin(CID, "one");
        pin(MemoryCluster.cid("x").toString(), "two");
        assertThat(api.ask("GET", "/allocations"))
                .contains("Trailer: X-Stream-Error\r\n")
                .contains("\"name\":\"one\"")
                .contains("\"name\":\"two\"")
                .endsWith("0\r\nX-Stream-Error: \r\n\r\n");
        assertThat(api.ask("GET", "/allocations/?filter=meta-pin,bogus")).startsWith("HTTP/1.1 307");
        assertThat(api.ask("GET", "/allocations?filter=meta-pin,bogus"))
                .startsWith("HTTP/1.1 204")
                .contains("Content-Type: application/json\r\n")
                .contains("Trailer: X-Stream-Error\r\n");
        assertThat(api.ask("GET", "/allocations?filter=bogus")).startsWith("HTTP/1.1 400");
    }

    @Test
    void tellsAFailureInTheMiddleOfAListInTheTrailerAndOneAtItsBeginningAsStatus() throws IOException {
        // the state's order is that of the bytes of CIDs: version 1 comes first
        Cid fine = MemoryCluster.cid("x");
        pin(fine.toString(), "fine");
        pin(CID, "broken");
        assertThat(api.ask("GET", "/allocations"))
                .startsWith("HTTP/1.1 200")
                .contains("\"name\":\"fine\"")
                .endsWith("0\r\nX-Stream-Error: state is broken at " + CID + "\r\n\r\n");
        api.cluster.pins.remove(fine);
        assertThat(api.ask("GET", "/allocations"))
                .startsWith("HTTP/1.1 500")
                .contains("{\"code\":500,\"message\":\"state is\\nbroken at " + CID);
    }

    @Test
    void doesNotPinWhenAnOptionIsWrong() throws IOException {
        assertThat(api.ask("POST", "/pins/" + CID + "?replication-min=x"))
                .startsWith("HTTP/1.1 400")
                .endsWith(
                        "{\"code\":400,\"message\":\"parameter replication-min invalid: \\\"x\\\" is not an integer\"}\n");
        assertThat(api.ask("POST", "/pins/ipfs/" + CID + "?expire-in=5")).startsWith("HTTP/1.1 400");
        assertThat(api.cluster.pins).isEmpty();
    }

    @Test
    void honoursDirectModeOnBothRoutes() throws IOException {
        for (String path : new String[] {"/pins/", "/pins/ipfs/"}) {
            assertThat(api.ask("POST", path + CID + "?mode=direct")).contains("\"mode\":\"direct\"", "\"max_depth\":0");
            assertThat(api.cluster.pins.get(Cid.parse(CID)).options().mode()).isEqualTo(PinMode.DIRECT);
        }
    }

    @Test
    void pinsAndUnpinsPaths() throws IOException {
        assertThat(api.ask("POST", "/pins/ipfs/" + CID + "/a/b.txt?name=p")).startsWith("HTTP/1.1 200");
        assertThat(api.ask("POST", "/pins/ipns/docs.example.org/a")).startsWith("HTTP/1.1 200");
        assertThat(api.ask("POST", "/pins/ipfs/" + CID + "/nothing"))
                .startsWith("HTTP/1.1 500")
                .contains("no link named nothing");
        assertThat(api.ask("POST", "/pins/ipfs/QmBad/a")).startsWith("HTTP/1.1 400");
        assertThat(api.ask("POST", "/pins/ipfs/recover")).startsWith("HTTP/1.1 400");
        assertThat(api.ask("DELETE", "/pins/ipfs/" + CID + "/a/b.txt")).startsWith("HTTP/1.1 200");
        assertThat(api.ask("DELETE", "/pins/ipfs/" + CID + "/a/b.txt"))
                .startsWith("HTTP/1.1 404")
                .endsWith("{\"code\":404,\"message\":\"pin is not part of the pinset\"}\n");
    }

    @Test
    void mapsErrorsOfTheClusterToStatusCodes() throws IOException {
        assertThat(api.ask("POST", "/pins/" + CID + "?name=refuse"))
                .startsWith("HTTP/1.1 500")
                .endsWith("{\"code\":500,\"message\":\"not enough peers \\u003c\\u0026\\u003e for it\"}\n");
        assertThat(api.ask("DELETE", "/pins/" + CID)).startsWith("HTTP/1.1 404");
        assertThat(api.ask("GET", "/allocations/" + CID)).startsWith("HTTP/1.1 404");
        assertThat(api.ask("GET", "/allocations/bad")).startsWith("HTTP/1.1 400");
        assertThat(api.ask("GET", "/pins/recover")).startsWith("HTTP/1.1 400");
        assertThat(api.ask("GET", "/add")).startsWith("HTTP/1.1 404");
        assertThat(api.ask("DELETE", "/health/graph")).startsWith("HTTP/1.1 405");
        api.api.pinset = null;
        assertThat(api.ask("POST", "/pins/" + CID))
                .startsWith("HTTP/1.1 503")
                .contains("Retry-After: 1\r\n")
                .contains("cluster is not there yet");
    }

    @Test
    void listsStatusesWithFilters() throws IOException {
        pin(CID, "one");
        assertThat(body(api.ask("GET", "/pins?filter=pinned")))
                .contains("{\"cid\":\"" + CID + "\",\"name\":\"one\",\"allocations\":[\"" + MemoryCluster.SELF)
                .contains("\"origins\":[],\"created\":\"")
                .contains("\"metadata\":null,\"peer_map\":{\"" + MemoryCluster.SELF + "\":{\"peername\":\"peer0\","
                        + "\"ipfs_peer_id\":\"" + MemoryCluster.NODE
                        + "\",\"ipfs_peer_addresses\":[\"/ip4/10.0.0.5/tcp/4001/p2p/"
                        + MemoryCluster.NODE + "\"],\"status\":\"pinned\",\"timestamp\":\"")
                .contains("\"error\":\"\",\"attempt_count\":1,\"priority_pin\":false}}}\n");
        assertThat(api.ask("GET", "/pins?local=true&filter=queued")).startsWith("HTTP/1.1 204");
        assertThat(api.ask("GET", "/pins?filter=bogus")).startsWith("HTTP/1.1 400");
        assertThat(api.ask("GET", "/pins?filter=undefined")).startsWith("HTTP/1.1 400");
    }

    @Test
    void asksForSeveralCidsAndTellsFailuresAtTheEnd() throws IOException {
        String other = MemoryCluster.cid("x").toString();
        pin(CID, "one");
        assertThat(api.ask("GET", "/pins?cids=" + CID + "," + other))
                .contains("\"status\":\"pinned\"")
                .contains("\"status\":\"unpinned\"")
                .endsWith("X-Stream-Error: \r\n\r\n");
        assertThat(api.ask("GET", "/pins?cids=" + CID + ",bad")).startsWith("HTTP/1.1 400");
    }

    @Test
    void answersUnknownCidsWithUnpinned() throws IOException {
        assertThat(api.ask("GET", "/pins/" + CID))
                .startsWith("HTTP/1.1 200")
                .contains("\"allocations\":null", "\"created\":\"0001-01-01T00:00:00Z\"", "\"status\":\"unpinned\"");
        assertThat(api.ask("POST", "/pins/" + CID + "/recover?local=true")).startsWith("HTTP/1.1 404");
        assertThat(api.ask("POST", "/pins/recover")).startsWith("HTTP/1.1 204");
    }

    @Test
    void refusesPeersThatCannotBeRead() throws IOException {
        String head = "POST /peers HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ";
        String good = "{\"peer_id\":\"" + MemoryCluster.OTHER + "\",\"more\":[{}]}";
        assertThat(api.raw(head + good.length() + "\r\n\r\n" + good)).startsWith("HTTP/1.1 200");
        assertThat(api.raw(head + "8\r\n\r\n{\"peer_i"))
                .startsWith("HTTP/1.1 400")
                .contains("error decoding request body")
                .doesNotContain("Source", "\\n");
        assertThat(api.raw(head + "2\r\n\r\n{}")).startsWith("HTTP/1.1 400").contains("error decoding peer ID");
        assertThat(api.ask("DELETE", "/peers/nobody")).startsWith("HTTP/1.1 400");
        assertThat(api.ask("DELETE", "/peers/" + MemoryCluster.OTHER)).startsWith("HTTP/1.1 204");
    }

    @Test
    void answersHealthMetricsAndAlerts() throws IOException {
        assertThat(api.ask("GET", "/health")).startsWith("HTTP/1.1 204");
        assertThat(body(api.ask("GET", "/monitor/metrics"))).isEqualTo("[\"freespace\",\"ping\"]\n");
        assertThat(body(api.ask("GET", "/monitor/metrics/none"))).isEqualTo("[]\n");
        assertThat(body(api.ask("GET", "/monitor/metrics/freespace")))
                .startsWith("[{\"name\":\"freespace\",\"peer\":\"" + MemoryCluster.SELF
                        + "\",\"value\":\"10000000000\",\"expire\":")
                .endsWith(",\"valid\":true,\"weight\":10000000000,\"partitionable\":false,\"received_at\":1}]\n");
        assertThat(body(api.ask("GET", "/health/alerts")))
                .contains("\"received_at\":7,\"triggered_at\":\"" + local("2026-11-22T14:00:00Z") + "\"}]\n");
        assertThat(body(api.ask("GET", "/health/components")))
                .isEqualTo(
                        "{\"ready\":true,\"missing\":[],\"components\":[{\"type\":\"allocator\",\"implementation\":\"balanced\","
                                + "\"bundle\":\"b 1.0.0\",\"bundle_id\":7,\"state\":\"failed\",\"since\":\"1970-01-01T00:00:00Z\","
                                + "\"reason\":\"activation failed: \\\"x\\\"\"}]}\n");
        assertThat(body(api.ask("GET", "/health/graph")))
                .startsWith("{\"cluster_id\":\"" + MemoryCluster.SELF + "\",\"id_to_peername\":{\"")
                .contains("\"cluster_to_ipfs\":{\"" + MemoryCluster.SELF + "\":\"" + MemoryCluster.NODE + "\"}");
        assertThat(body(api.ask("POST", "/ipfs/gc")))
                .contains("\"keys\":[{\"key\":\"", "{\"key\":null,\"error\":\"locked\"}]")
                .contains("\"keys\":[],\"error\":\"dial failed\"}");
    }

    @Test
    void refusesAddsBeforeAnythingIsSent() throws IOException {
        String head =
                "POST /add%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s";
        String form = "multipart/form-data; boundary=b";
        assertThat(api.raw(head.formatted("", "text/plain", 1, "x"))).startsWith("HTTP/1.1 400");
        assertThat(api.raw(head.formatted("", form, 5, "hello")))
                .startsWith("HTTP/1.1 400")
                .contains("does not hold its boundary");
        for (String query : new String[] {"layout=odd", "format=tar", "raw-leaves=yes", "cid-version=x", "shard=2"}) {
            assertThat(api.raw(head.formatted("?" + query, form, 5, "--b--"))).startsWith("HTTP/1.1 400");
        }
        assertThat(api.cluster.added).isEmpty();
    }

    @Test
    void answersAnAddWithoutStreamingAsOneArray() throws IOException {
        String body = "--b\r\nContent-Disposition: form-data; filename=\"a.txt\"\r\n\r\nhello\r\n--b--\r\n";
        String answer = api.raw("POST /add?stream-channels=false&cid-version=1 HTTP/1.1\r\nHost: x\r\n"
                + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body);
        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .contains("Cache-Control: no-cache\r\n", "Connection: close\r\n", "Content-Length: ")
                .endsWith("\r\n\r\n[{\"name\":\"a.txt\",\"cid\":\"" + MemoryCluster.cid("a.txt")
                        + "\",\"size\":5,\"allocations\":[\"" + MemoryCluster.SELF + "\"]}]\n");
        assertThat(api.cluster.params.rawLeaves()).isTrue();
    }

    @Test
    void tellsAFailureOfAnAddInTheTrailerAfterWhatWasAdded() throws IOException {
        api.cluster.failAt = Optional.of("b.txt");
        String part = "--b\r\nContent-Disposition: form-data; filename=\"%s\"\r\n\r\nhello\r\n";
        String body = part.formatted("a.txt") + part.formatted("b.txt") + "--b--\r\n";
        String request = "POST /add%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
        assertThat(api.raw(request.formatted("")))
                .startsWith("HTTP/1.1 200")
                .contains("X-Chunked-Output: 1\r\n")
                .contains("{\"name\":\"a.txt\",")
                .endsWith("0\r\nX-Stream-Error: no space for b.txt\r\n\r\n");
        assertThat(api.raw(request.formatted("?stream-channels=false"))).startsWith("HTTP/1.1 500");
        api.cluster.failAt = Optional.empty();
        assertThat(api.raw(request.formatted(""))).doesNotContain("X-Stream-Error: ");
    }

    @Test
    void wantsTheCredentialsOfTheSecretsService() throws IOException {
        try (RunningApi secured = new RunningApi(
                folder.resolve("."), Map.of("http.listen.multiaddress", "/ip4/127.0.0.1/tcp/0"), "{\"u\":\"p\"}")) {
            assertThat(secured.ask("GET", "/id"))
                    .startsWith("HTTP/1.1 401")
                    .contains("{\"code\":401,\"message\":\"unauthorized");
            assertThat(secured.ask("GET", "/id", "Authorization: Basic dTpw")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void makesTokensForWhoeverMayAsk() throws IOException {
        try (RunningApi secured = new RunningApi(
                folder.resolve("."), Map.of("http.listen.multiaddress", "/ip4/127.0.0.1/tcp/0"), "{\"u\":\"p\"}")) {
            assertThat(secured.ask("POST", "/token")).startsWith("HTTP/1.1 401");
            String basic = "Authorization: Basic dTpw";
            String answer = secured.ask("POST", "/token", basic);
            assertThat(answer)
                    .startsWith("HTTP/1.1 200")
                    .contains("{\"token\":\"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.");
            String token = body(answer).replaceAll("(?s).*\"token\":\"([^\"]+)\".*", "$1");
            assertThat(secured.ask("POST", "/token", "Authorization: Bearer " + token))
                    .endsWith(body(answer));
            assertThat(secured.ask("GET", "/id", "Authorization: Bearer " + token))
                    .startsWith("HTTP/1.1 200");
            assertThat(secured.ask("GET", "/id", "Authorization: Bearer " + token + "x"))
                    .startsWith("HTTP/1.1 401")
                    .contains("error=\"invalid_token\"")
                    .doesNotContain("Basic realm");
            assertThat(secured.ask("POST", "/token?expire-in=1h", basic))
                    .doesNotContain(body(answer).trim());
            assertThat(secured.ask("POST", "/token?expire-in=soon", basic)).startsWith("HTTP/1.1 400");
            assertThat(secured.ask("POST", "/token?expire-in=1ms", basic)).startsWith("HTTP/1.1 400");
        }
        assertThat(api.ask("POST", "/token")).startsWith("HTTP/1.1 401").contains("unauthorized");
        assertThat(api.ask("GET", "/token")).startsWith("HTTP/1.1 404");
    }

    @Test
    void answersBandwidthByProtocol() throws IOException {
        assertThat(body(api.ask("GET", "/health/bandwidth")))
                .isEqualTo("{\"\":{\"total_in\":10,\"total_out\":20,\"rate_in\":0,\"rate_out\":0.00099},"
                        + "\"/ipfs/ping/1.0.0\":{\"total_in\":32,\"total_out\":64,\"rate_in\":1.5,"
                        + "\"rate_out\":123457000}}\n");
        api.api.bandwidth = null;
        assertThat(body(api.ask("GET", "/health/bandwidth"))).isEqualTo("null\n");
    }

    @Test
    void saysThatTheClusterIsAwayWhileItIsReplaced() throws IOException {
        api.api.health = null;
        assertThat(body(api.ask("GET", "/health/components")))
                .startsWith("{\"ready\":false,\"missing\":[\"cluster is not there yet");
    }
}
