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
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.Program;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/**
 * The command line reaches peers through the proxies of the environment: a peer whose API speaks TLS and one whose API
 * does not, both behind a name that only the proxy knows.
 */
@Timeout(180)
class CtlProxyTest {
    private static final String NAME = "peer.example";
    private static final String PASSWORD = "password";
    private static final String USER = "me:word";

    @TempDir
    static Path folder;

    private static TestPeer secure;
    private static TestPeer plain;

    private HttpProxy proxy;

    @BeforeAll
    static void startOnePeerWithTlsAndOneWithout() throws Exception {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        makeCertificate(certificate, key);
        secure = new TestPeer("secure", folder.resolve("s"))
                .init(
                        TestCluster.SECRET,
                        json -> ((ObjectNode) json.at("/api/restapi"))
                                .put("ssl_cert_file", certificate.toString())
                                .put("ssl_key_file", key.toString()))
                .startWithoutWaiting();
        plain = new TestPeer("plain", folder.resolve("p"))
                .init(TestCluster.SECRET, json -> {})
                .start();
        Await.until(
                "the peer with TLS answers",
                Duration.ofSeconds(60),
                () -> {
                    Program.Result result = direct("health", "components");
                    return result.exitCode() == 0 && result.out().startsWith("ready")
                            ? ""
                            : result.out() + result.err();
                },
                secure::log);
    }

    /** A certificate that names itself as its issuer, and its key, as the files that service.json names. */
    private static void makeCertificate(Path certificate, Path key) throws Exception {
        Path store = folder.resolve("keys.p12");
        Program.run(
                        Map.of(),
                        folder,
                        InputStream.nullInputStream(),
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "peer",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=" + NAME,
                                "-ext",
                                "san=dns:" + NAME,
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                PASSWORD,
                                "-keystore",
                                store.toString()))
                .expectSuccess();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        Key secret = keys.getKey("peer", PASSWORD.toCharArray());
        Files.writeString(
                certificate, pem("CERTIFICATE", keys.getCertificate("peer").getEncoded()));
        Files.writeString(key, pem("PRIVATE KEY", secret.getEncoded()));
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("peer", keys.getCertificate("peer"));
        try (var out = Files.newOutputStream(folder.resolve("trusted.p12"))) {
            trusted.store(out, PASSWORD.toCharArray());
        }
    }

    private static String pem(String type, byte[] bytes) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + type + "-----\n";
    }

    @AfterAll
    static void endPeers() {
        secure.close();
        plain.close();
    }

    @BeforeEach
    void openProxy() throws IOException {
        proxy = new HttpProxy(NAME, USER);
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    private static Program.Result ctl(Map<String, String> environment, String... words) {
        return Program.ours(environment, folder, "ipfs-cluster-ctl", words);
    }

    private static Program.Result direct(String... words) {
        return ctl(
                Map.of(),
                concat(
                        List.of(
                                "--host",
                                "/ip4/127.0.0.1/tcp/" + secure.apiPort(),
                                "--https",
                                "--no-check-certificate"),
                        words));
    }

    private static String[] concat(List<String> first, String... others) {
        return Stream.concat(first.stream(), Arrays.stream(others)).toArray(String[]::new);
    }

    private static String far(TestPeer peer) {
        return "/dns4/" + NAME + "/tcp/" + peer.apiPort();
    }

    private String address(String user) {
        return "http://" + (user.isEmpty() ? "" : user + "@") + "127.0.0.1:" + proxy.port();
    }

    private static Map<String, String> with(String... pairs) {
        Map<String, String> environment = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return environment;
    }

    @Test
    void anApiWithTlsIsReachedThroughATunnel() throws IOException {
        Map<String, String> environment = with("HTTPS_PROXY", address(USER));
        Program.Result id = ctl(environment, "--host", far(secure), "--https", "--no-check-certificate", "id");
        assertThat(id.expectSuccess()).isEqualTo(direct("id").expectSuccess()).contains(secure.id());
        assertThat(proxy.requests()).containsExactly("CONNECT " + NAME + ":" + secure.apiPort() + " HTTP/1.1");
        assertThat(proxy.firstTunnelledByte()).as("a record of a TLS handshake").isEqualTo(22);

        Path file = Files.write(folder.resolve("file"), new byte[3_000_000]);
        String cid = ctl(
                        environment,
                        "--host",
                        far(secure),
                        "--https",
                        "--no-check-certificate",
                        "add",
                        "-Q",
                        file.toString())
                .expectSuccess()
                .strip();
        assertThat(direct("pin", "ls", cid).expectSuccess()).startsWith(cid + " | ");
        assertThat(proxy.requests()).allMatch(line -> line.startsWith("CONNECT "));
    }

    @Test
    void theCertificateIsCheckedThroughTheTunnel() {
        Map<String, String> environment = with("https_proxy", address(USER));
        Program.Result unknown = ctl(environment, "--host", far(secure), "--https", "id");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err())
                .contains("by the proxy 127.0.0.1:" + proxy.port())
                .contains("TLS failed");

        environment.put(
                "JAVA_TOOL_OPTIONS",
                "-Djavax.net.ssl.trustStore=" + folder.resolve("trusted.p12") + " -Djavax.net.ssl.trustStorePassword="
                        + PASSWORD);
        assertThat(ctl(environment, "--host", far(secure), "--https", "id").expectSuccess())
                .contains(secure.id());
    }

    @Test
    void anApiWithoutTlsIsAskedForByTheProxy() {
        Map<String, String> environment = with("HTTP_PROXY", address(USER), "HTTPS_PROXY", "http://127.0.0.1:1");
        assertThat(ctl(environment, "--host", far(plain), "id").expectSuccess())
                .isEqualTo(plain.ctl("id").expectSuccess());
        assertThat(proxy.requests()).containsExactly("GET http://" + NAME + ":" + plain.apiPort() + "/id HTTP/1.1");
    }

    @Test
    void whatNoProxyNamesAndWhatIsOnThisMachineIsReachedWithoutTheProxy() {
        Map<String, String> environment =
                with("HTTP_PROXY", address(USER), "HTTPS_PROXY", address(USER), "NO_PROXY", "other.example, .example");
        for (List<String> options : List.of(List.of("--https"), List.<String>of())) {
            Program.Result result = ctl(environment, concat(options, "--host", far(secure), "id"));
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err()).contains("the name " + NAME + " cannot be resolved");
        }
        environment.remove("NO_PROXY");
        String here = "/ip4/127.0.0.1/tcp/";
        assertThat(ctl(environment, "--host", here + plain.apiPort(), "id").expectSuccess())
                .contains(plain.id());
        assertThat(ctl(environment, "--host", here + secure.apiPort(), "--https", "--no-check-certificate", "id")
                        .expectSuccess())
                .contains(secure.id());
        assertThat(proxy.requests()).isEmpty();
    }

    @Test
    void aProxyThatRefusesIsTold() {
        Program.Result result = ctl(
                with("HTTPS_PROXY", address("me:wrong")),
                "--host",
                far(secure),
                "--https",
                "--no-check-certificate",
                "id");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains("the proxy 127.0.0.1:" + proxy.port() + " does not connect to " + NAME)
                .contains("407")
                .doesNotContain("wrong");
    }
}
