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
package org.pinion.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamInput;
import org.pinion.libp2p.host.NettyHostFactory;
import org.pinion.spi.http.HttpSettings;

/** TLS with HTTP/2 and certificates that change; libp2p streams. */
class TransportsTest {
    private static final String LOOPBACK = "/ip4/127.0.0.1/tcp/0";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void speaksHttp2InsideTlsWithWhoeverAsksForIt() throws Exception {
        try (ApiServer server = ApiServer.open(new EchoApi(tls()), InstantSource.system())) {
            URI base = URI.create("https://127.0.0.1:" + port(server));
            HttpClient client = HttpClient.newBuilder().sslContext(trusting()).build();
            HttpResponse<String> id = client.send(
                    HttpRequest.newBuilder(base.resolve("/id")).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(id.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(id.body()).isEqualTo("id");
            byte[] body = new byte[3 << 20];
            new Random(7).nextBytes(body);
            HttpResponse<byte[]> echo = client.send(
                    HttpRequest.newBuilder(base.resolve("/echo"))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            assertThat(echo.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(Arrays.equals(echo.body(), body)).isTrue();
            HttpResponse<String> old = client.send(
                    HttpRequest.newBuilder(base.resolve("/id"))
                            .version(HttpClient.Version.HTTP_1_1)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(old.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void takesANewCertificateForTheNextConnectionsAndKeepsTheOldOneWhenItIsBroken() throws Exception {
        HttpSettings settings = tls();
        HttpSettings.Tls files = settings.tls().orElseThrow();
        try (ApiServer server = ApiServer.open(new EchoApi(settings), InstantSource.system())) {
            int port = port(server);
            assertThat(subject(port)).isEqualTo("CN=localhost");
            replace(files.certificate(), "broken".getBytes(StandardCharsets.UTF_8), 1);
            assertThat(subject(port)).isEqualTo("CN=localhost");
            replace(files.certificate(), content("other-cert.pem"), 2);
            replace(files.key(), content("other-key.pem"), 2);
            assertThat(subject(port)).isEqualTo("CN=other");
        }
    }

    @Test
    void refusesAKeyThatIsNotTheCertificates() throws IOException {
        HttpSettings.Tls files = new HttpSettings.Tls(resource("cert.pem"), resource("other-key.pem"));
        EchoApi api =
                new EchoApi(EchoApi.with(EchoApi.settings(LOOPBACK), Optional.of(files), Map.of(), Optional.empty()));
        assertThatThrownBy(() -> ApiServer.open(api, InstantSource.system()))
                .hasMessageContaining("is not that of the first certificate");
    }

    @Test
    void servesTheApiOnStreamsOfAHost() throws Exception {
        Path log = folder.resolve("http.log");
        EchoApi api =
                new EchoApi(EchoApi.with(EchoApi.settings(LOOPBACK), Optional.empty(), Map.of(), Optional.of(log)));
        String caller;
        try (Host serving = host();
                Host asking = host();
                ApiServer server = ApiServer.open(api, InstantSource.system(), serving)) {
            assertThat(server.addresses()).isEmpty();
            asking.connect(serving.id(), serving.listenAddresses())
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            assertThat(ask(asking, serving, "GET /id HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("id");

            byte[] body = new byte[5 << 20];
            new Random(8).nextBytes(body);
            Stream stream = stream(asking, serving);
            CompletableFuture<byte[]> answer = CompletableFuture.supplyAsync(() -> all(stream));
            write(
                    stream,
                    ("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + body.length
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            for (int at = 0; at < body.length; at += 1 << 16) {
                write(stream, Arrays.copyOfRange(body, at, Math.min(body.length, at + (1 << 16))));
            }
            byte[] got = answer.get(30, TimeUnit.SECONDS);
            assertThat(got.length).isGreaterThan(body.length);
            caller = asking.id() + " - - [";
        }
        assertThat(Files.readString(log)).startsWith(caller);
    }

    @Test
    void aCallerThatResetsItsStreamEndsOnlyItsOwnRequest() throws Exception {
        EchoApi api = new EchoApi(EchoApi.settings(LOOPBACK));
        try (Host serving = host();
                Host asking = host();
                ApiServer server = ApiServer.open(api, InstantSource.system(), serving)) {
            asking.connect(serving.id(), serving.listenAddresses())
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            Stream endless = stream(asking, serving);
            write(endless, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(api.streaming.await(30, TimeUnit.SECONDS)).isTrue();
            endless.reset(Stream.RESET_NONE);
            assertThat(api.failed.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(ask(asking, serving, "GET /id HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                    .endsWith("id");
            assertThat(server.addresses()).isEmpty();
        }
    }

    @Test
    void anApiThatIsClosedIsNoLongerOffered() throws Exception {
        try (Host serving = host();
                Host asking = host()) {
            ApiServer.open(new EchoApi(EchoApi.settings(LOOPBACK)), InstantSource.system(), serving)
                    .close();
            asking.connect(serving.id(), serving.listenAddresses())
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            assertThatThrownBy(() -> {
                        Stream stream = stream(asking, serving);
                        write(stream, "GET /id HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                        stream.read().toCompletableFuture().get(30, TimeUnit.SECONDS);
                    })
                    .hasRootCauseInstanceOf(NetworkException.class);
        }
    }

    private static Host host() throws IOException {
        return new NettyHostFactory()
                .open(HostSettings.of(PrivateKey.generate(KeyType.ED25519))
                        .withListen(List.of(Multiaddr.parse(LOOPBACK))));
    }

    private static Stream stream(Host from, Host to) throws Exception {
        return from.newStream(to.id(), List.of(StreamConnector.PROTOCOL))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private static void write(Stream stream, byte[] bytes) throws Exception {
        stream.write(ByteBuffer.wrap(bytes)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static String ask(Host from, Host to, String request) throws Exception {
        Stream stream = stream(from, to);
        write(stream, request.getBytes(StandardCharsets.UTF_8));
        return new String(all(stream), StandardCharsets.UTF_8);
    }

    private static byte[] all(Stream stream) {
        try (InputStream in = new StreamInput(stream, LIMIT)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpSettings tls() throws IOException {
        HttpSettings.Tls files = new HttpSettings.Tls(resource("cert.pem"), resource("key.pem"));
        return EchoApi.with(EchoApi.settings(LOOPBACK), Optional.of(files), Map.of(), Optional.empty());
    }

    private static int port(ApiServer server) {
        return Integer.parseInt(server.addresses().get(0).value("tcp").orElseThrow());
    }

    private static String subject(int port) throws Exception {
        try (SSLSocket socket = (SSLSocket) trusting().getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            socket.startHandshake();
            X509Certificate first = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return first.getSubjectX500Principal().getName();
        }
    }

    private static SSLContext trusting() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustEverything()}, null);
        return context;
    }

    /** File systems may count whole seconds: each version gets a time of its own. */
    private static void replace(Path file, byte[] content, int version) throws IOException {
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(version)));
    }

    private static byte[] content(String name) throws IOException {
        try (InputStream in = TransportsTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    private Path resource(String name) throws IOException {
        return Files.write(folder.resolve(name), content(name));
    }

    private static final class TrustEverything implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
