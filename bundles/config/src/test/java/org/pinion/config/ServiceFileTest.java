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
package org.pinion.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceFileTest {
    @TempDir
    Path dir;

    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String serve(int status, String body) {
        server.createContext("/cfg", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/cfg";
    }

    private PeerDir withSource(String url) throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        Files.writeString(peer.service(), "{\"source\":\"" + url + "\",\"cluster\":{\"bad\":1}}");
        return peer;
    }

    @Test
    void theSourceTakesThePlaceOfTheFile() throws Exception {
        String body = Files.readString(PeerDir.fresh(dir).service()).replace("ipfs-cluster", "from-afar");
        PeerDir peer = withSource(serve(200, body));

        assertThat(peer.active().get("org.pinion.consensus.crdt").properties())
                .containsEntry("cluster.name", "from-afar");
    }

    @Test
    void faultsNameTheSource() throws Exception {
        String url = serve(200, "{\"cluster\":{}}");

        assertThat(withSource(url).faults()).first().asString().startsWith(url + ": cluster.listen_multiaddress");
    }

    @Test
    void anAnswerThatIsNoSuccessIsShown() throws Exception {
        assertThat(withSource(serve(404, "gone fishing")).faults())
                .contains("unsuccessful request (404): gone fishing");
    }

    @Test
    void aSourceMustNotPointToAnother() throws Exception {
        assertThat(withSource(serve(200, "{\"source\":\"http://127.0.0.1:9/x\"}"))
                        .faults())
                .first()
                .asString()
                .endsWith("a sourced configuration cannot point to another source");
    }

    @Test
    void anUnreachableSourceIsNamed() throws Exception {
        String url = serve(200, "");
        server.stop(0);

        assertThat(withSource(url).faults())
                .first()
                .asString()
                .startsWith("could not fetch configuration from source: " + url);
    }

    @Test
    void onlyTheWebIsASource() throws Exception {
        assertThat(withSource("file:/etc/passwd").faults()).first().asString().contains("only http and https");
    }

    @Test
    void aMissingFileIsNamed() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        Files.delete(peer.service());

        assertThat(peer.faults())
                .singleElement()
                .asString()
                .startsWith("open " + peer.service() + ": no such file or directory");
    }

    @Test
    void aBrokenFileIsNamedWithThePlace() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        Files.writeString(peer.service(), "{\n \"cluster\": {\n");

        assertThat(peer.faults())
                .singleElement()
                .asString()
                .startsWith(peer.service() + ": error parsing JSON: ")
                .contains("line 3")
                .doesNotContain("Source");
    }
}
