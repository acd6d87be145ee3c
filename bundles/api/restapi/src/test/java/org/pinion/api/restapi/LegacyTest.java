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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.api.server.ApiServer;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.http.HttpSettings;

/** The shapes of the 0.11 era. */
class LegacyTest {
    private static final String CID = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
    private static final String OLD = "Accept: application/vnd.ipfs-cluster.v0+json";

    @TempDir
    Path folder;

    private RunningApi api;

    @BeforeEach
    void open() {
        api = new RunningApi(folder);
        api.cluster.pin(Pin.of(Cid.parse(CID), PinOptions.builder().name("one").build()));
    }

    @AfterEach
    void close() {
        api.close();
    }

    private String old(String method, String path) throws IOException {
        String answer = api.raw(method + " " + path + " HTTP/1.0\r\n" + OLD + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200");
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    @Test
    void pinsHaveObjectsForCidsAndNumbersForTypes() throws IOException {
        String pin = "{\"replication_factor_min\":0,\"replication_factor_max\":0,\"name\":\"one\",\"shard_size\":0,"
                + "\"user_allocations\":null,\"metadata\":null,\"pin_update\":null,\"cid\":{\"/\":\"" + CID
                + "\"},\"type\":2,\"allocations\":[\"" + MemoryCluster.SELF + "\",\"" + MemoryCluster.OTHER
                + "\"],\"max_depth\":-1,\"reference\":null}";
        assertThat(old("GET", "/allocations/" + CID)).isEqualTo(pin + "\n");
        assertThat(old("GET", "/allocations")).isEqualTo("[" + pin + "\n]\n");
        assertThat(old("POST", "/pins/" + CID + "?name=one")).isEqualTo(pin + "\n");
    }

    @Test
    void statusesHaveFullEntriesInOneArray() throws IOException {
        assertThat(old("GET", "/pins"))
                .startsWith("[{\"cid\":{\"/\":\"" + CID + "\"},\"peer_map\":{\"" + MemoryCluster.SELF
                        + "\":{\"cid\":{\"/\":\"" + CID + "\"},\"peer\":\"" + MemoryCluster.SELF
                        + "\",\"peername\":\"peer0\",\"status\":\"pinned\",\"timestamp\":\"")
                .endsWith("\",\"error\":\"\"}}}\n]\n");
        assertThat(old("GET", "/pins?filter=queued")).isEqualTo("[]\n");
        assertThat(old("POST", "/pins/recover?local=true")).isEqualTo("[]\n");
        assertThat(old("GET", "/peers"))
                .startsWith("[{\"id\":\"")
                .contains("\n,{\"id\":\"")
                .endsWith("}\n]\n");
        assertThat(old("GET", "/health/graph")).startsWith("{\"ClusterID\":\"").doesNotContain("id_to_peername");
    }

    @Test
    void syncIsAcceptedInBothShapes() throws IOException {
        assertThat(old("POST", "/pins/" + CID + "/sync")).startsWith("{\"cid\":{\"/\":\"");
        assertThat(old("POST", "/pins/sync?local=true")).isEqualTo("[]\n");
        assertThat(api.ask("POST", "/pins/" + CID + "/sync?local=true")).contains("{\"cid\":\"" + CID + "\"");
        assertThat(api.ask("POST", "/pins/sync")).startsWith("HTTP/1.1 204");
        assertThat(api.cluster.reconciled).isEqualTo(4);
        assertThat(api.ask("POST", "/pins/bad/sync")).startsWith("HTTP/1.1 400");
        assertThat(api.ask("GET", "/pins/sync")).startsWith("HTTP/1.1 400");
    }

    @Test
    void errorsAreTheSameAndAFailureInTheMiddleBreaksTheArray() throws IOException {
        assertThat(api.ask("DELETE", "/pins/" + MemoryCluster.cid("x"), OLD))
                .endsWith("{\"code\":404,\"message\":\"pin is not part of the pinset\"}\n");
        Cid behind = Cid.parse("QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN");
        api.cluster.pin(Pin.of(behind, PinOptions.builder().name("broken").build()));
        assertThat(api.ask("GET", "/allocations", OLD))
                .contains("\"name\":\"one\"")
                .doesNotContain("]\n");
    }

    @Test
    void aListenerOfItsOwnNeedsNoHeader() {
        HttpSettings settings = RestSettings.legacy(
                        Map.of("legacy.http.listen.multiaddress", new String[] {"/ip4/127.0.0.1/tcp/0"}),
                        RunningApi.reader(folder, null))
                .orElseThrow();
        Multiaddr address;
        try (ApiServer server = ApiServer.open(new Legacy(api.api, settings), InstantSource.fixed(TestExecutors.NOW))) {
            address = server.addresses().get(0);
            int port = Integer.parseInt(address.value("tcp").orElseThrow());
            assertThat(RunningApi.raw(port, "GET /allocations HTTP/1.0\r\n\r\n"))
                    .contains("[{", "\"cid\":{\"/\":\"" + CID);
            assertThat(RunningApi.raw(port, "GET /pins/bad HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 400");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
