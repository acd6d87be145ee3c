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
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.http.HttpSettings;

class ApiServerTest {
    private static final String LOOPBACK = "/ip4/127.0.0.1/tcp/0";

    @TempDir
    Path folder;

    private final EchoApi api = new EchoApi(EchoApi.settings(LOOPBACK));
    private ApiServer server;

    private ApiServer open(EchoApi which) throws IOException {
        server = ApiServer.open(which, InstantSource.system());
        return server;
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    private static int port(Multiaddr address) {
        return Integer.parseInt(address.value("tcp").orElseThrow());
    }

    private String ask(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port(server.addresses().get(0)))) {
            socket.setSoTimeout(30_000);
            return ask(socket, request);
        }
    }

    private static String ask(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private String get(String target, String... headers) throws IOException {
        return ask(
                "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + String.join("", headers) + "\r\n");
    }

    @Test
    void answersARouteWithCustomHeadersVersionAndVary() throws IOException {
        open(api);
        assertThat(get("/id"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Server: pinion/1.1.6+pinion.")
                .contains("X-Custom: one\r\nX-Custom: two\r\n")
                .contains("Vary: Origin\r\n")
                .endsWith("\r\n\r\nid");
    }

    @Test
    void decodesVariablesAndKeepsSlashesInTails() throws IOException {
        open(api);
        assertThat(get("/items/a%20b%C3%BC")).endsWith("\r\n\r\na bü");
        assertThat(get("/tail/a/b/c")).endsWith("\r\n\r\na/b/c");
        assertThat(get("/items/a%zz")).startsWith("HTTP/1.1 400");
    }

    @Test
    void redirectsTrailingSlashesAndUncleanPaths() throws IOException {
        open(api);
        assertThat(get("/items/?a=b"))
                .startsWith("HTTP/1.1 307")
                .contains("Location: /items?a=b\r\n")
                .doesNotContain("X-Custom");
        assertThat(get("//id")).startsWith("HTTP/1.1 301").contains("Location: /id\r\n");
        assertThat(get("/a/../id")).startsWith("HTTP/1.1 301").contains("Location: /id\r\n");
        assertThat(get("//evil.example/")).doesNotContain("Location: //");
    }

    @Test
    void tellsUnknownPathsFromWrongMethods() throws IOException {
        open(api);
        assertThat(get("/nothing")).startsWith("HTTP/1.1 404").endsWith("404: not found");
        assertThat(ask("PUT /id HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 405")
                .doesNotContain("Content-Type");
        // a later route has POST, so the reference's router forgets that only the method was wrong
        assertThat(ask("POST /id HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 404");
    }

    @Test
    void refusesOversizedHeadersInPlainText() throws IOException {
        open(api);
        String answer = get("/id", "X-Big: " + "a".repeat(8192) + "\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 431")
                .contains("text/plain")
                .endsWith("431 Request Header Fields Too Large\n");
        assertThat(get("/id", "X-Half: " + "a".repeat(2048) + "\r\n")).startsWith("HTTP/1.1 200");
    }

    @Test
    void writesWhileItStillReads() throws IOException {
        open(api);
        try (Socket socket = new Socket("127.0.0.1", port(server.addresses().get(0)))) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            out.write("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 5; i++) {
                out.write(("6\r\nhello" + i + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.flush();
                assertThat(readUntil(in, "hello" + i)).endsWith("hello" + i);
            }
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("\r\n0\r\nX-Stream-Error: \r\n\r\n");
        }
    }

    private static String readUntil(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = in.read();
            if (next < 0) {
                return text + " <end>";
            }
            text.append((char) next);
        }
        return text.toString();
    }

    @Test
    void tellsALateFailureInTheTrailerOnOneLine() throws IOException {
        open(api);
        assertThat(get("/late"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Trailer: X-Stream-Error\r\n")
                .contains("first\n")
                .endsWith("0\r\nX-Stream-Error: disk gone für immer\r\n\r\n");
    }

    @Test
    void answersAnEarlyFailureWithItsStatusEvenWhenABodyFollows() throws IOException {
        open(api);
        String body = "x".repeat(100_000);
        String answer = ask("POST /early HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body);
        assertThat(answer).startsWith("HTTP/1.1 404").endsWith("404: it is\nnot there");
    }

    @Test
    void endsOpenStreamsWithAReasonWhenItCloses() throws Exception {
        open(api);
        try (Socket socket = new Socket("127.0.0.1", port(server.addresses().get(0)))) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(api.streaming.await(30, TimeUnit.SECONDS)).isTrue();
            Thread closer = new Thread(server::close);
            closer.start();
            byte[] all = socket.getInputStream().readAllBytes();
            closer.join();
            String end =
                    new String(all, Math.max(0, all.length - 100), Math.min(100, all.length), StandardCharsets.UTF_8);
            assertThat(end).endsWith("0\r\nX-Stream-Error: echo is stopping\r\n\r\n");
        }
    }

    @Test
    void stopsTheHandlerWhenTheClientLeaves() throws Exception {
        open(api);
        try (Socket socket = new Socket("127.0.0.1", port(server.addresses().get(0)))) {
            socket.getOutputStream()
                    .write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(api.streaming.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(api.failed.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void wantsCredentialsExceptForHealthAndPreflights() throws IOException {
        HttpSettings settings =
                EchoApi.with(EchoApi.settings(LOOPBACK), Optional.empty(), Map.of("me", "secret"), Optional.empty());
        open(new EchoApi(settings));
        assertThat(get("/id"))
                .startsWith("HTTP/1.1 401")
                .contains("WWW-Authenticate: Bearer realm=\"Restricted IPFS Cluster API\"\r\n"
                        + "WWW-Authenticate: Basic realm=\"Restricted IPFS Cluster API\"\r\n")
                .contains("X-Custom: one")
                .doesNotContain("Vary")
                .contains("unauthorized");
        assertThat(get("/id", basic("me:wrong"))).startsWith("HTTP/1.1 401").doesNotContain("Bearer");
        assertThat(get("/nothing", basic("you:secret"))).startsWith("HTTP/1.1 401");
        assertThat(get("/id", "Authorization: Basic %%%\r\n")).startsWith("HTTP/1.1 401");
        assertThat(get("/id", basic("me:secret"))).startsWith("HTTP/1.1 200");
        assertThat(get("/health")).startsWith("HTTP/1.1 200");
        assertThat(ask("OPTIONS /id HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 405");
    }

    private static String basic(String pair) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))
                + "\r\n";
    }

    @Test
    void addsCrossOriginHeadersForAllowedMethods() throws IOException {
        open(api);
        assertThat(get("/id", "Origin: https://a.example\r\n"))
                .contains("Access-Control-Allow-Origin: *\r\n")
                .contains("Access-Control-Expose-Headers: X-A, X-B\r\n")
                .contains("Access-Control-Allow-Credentials: true\r\n");
        String preflight = ask("OPTIONS /id HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: https://a.example\r\n"
                + "Access-Control-Request-Method: GET\r\n\r\n");
        assertThat(preflight).startsWith("HTTP/1.1 204").contains("Access-Control-Allow-Methods: GET\r\n");
    }

    @Test
    void listensOnUnixSocketsAndRemovesTheFile() throws IOException {
        Path socket = folder.resolve("api.sock");
        open(new EchoApi(EchoApi.settings("/unix" + socket)));
        for (int i = 0; i < 2; i++) {
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                channel.write(ByteBuffer.wrap("GET /id HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII)));
                String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
                assertThat(answer).startsWith("HTTP/1.1 200").endsWith("id");
            }
        }
        server.close();
        assertThat(socket).doesNotExist();
    }

    @Test
    void replacesASocketFileThatNobodyListensOn() throws IOException {
        Path socket = folder.resolve("old.sock");
        try (ServerSocketChannel old = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            old.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        open(new EchoApi(EchoApi.settings("/unix" + socket)));
        EchoApi second = new EchoApi(EchoApi.settings("/unix" + socket));
        assertThatThrownBy(() -> ApiServer.open(second, InstantSource.system()))
                .hasMessageContaining("address already in use");
    }

    @Test
    void namesTheAddressOfAPortInUse() throws IOException {
        open(api);
        EchoApi second =
                new EchoApi(EchoApi.settings(LOOPBACK, server.addresses().get(0).toString()));
        assertThatThrownBy(() -> ApiServer.open(second, InstantSource.system()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("listen " + server.addresses().get(0) + ": bind: address already in use");
    }

    @Test
    void writesOneLinePerRequestToTheLogFile() throws IOException {
        Path log = folder.resolve("http.log");
        HttpSettings settings = EchoApi.with(EchoApi.settings(LOOPBACK), Optional.empty(), Map.of(), Optional.of(log));
        open(new EchoApi(settings));
        assertThat(log).isEmptyFile();
        get("/id?a=%22b");
        server.close();
        assertThat(Files.readString(log))
                .matches("127\\.0\\.0\\.1 - - \\[\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4}\\] "
                        + "\"GET /id\\?a=%22b HTTP/1\\.1\" 200 2\n");
    }

    @Test
    void speaksTlsWithBothFormsOfKeys() throws Exception {
        for (String key : new String[] {"key.pem", "rsa-key.pem"}) {
            HttpSettings.Tls tls = new HttpSettings.Tls(resource("cert.pem"), resource(key));
            HttpSettings settings =
                    EchoApi.with(EchoApi.settings(LOOPBACK), Optional.of(tls), Map.of(), Optional.empty());
            open(new EchoApi(settings));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustEverything()}, null);
            try (Socket socket = context.getSocketFactory()
                    .createSocket("127.0.0.1", port(server.addresses().get(0)))) {
                socket.setSoTimeout(30_000);
                assertThat(ask(socket, "GET /id HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                        .startsWith("HTTP/1.1 200");
            }
            server.close();
        }
        HttpSettings.Tls wrong = new HttpSettings.Tls(folder.resolve("none.pem"), resource("key.pem"));
        EchoApi broken =
                new EchoApi(EchoApi.with(EchoApi.settings(LOOPBACK), Optional.of(wrong), Map.of(), Optional.empty()));
        assertThatThrownBy(() -> ApiServer.open(broken, InstantSource.system()))
                .hasMessageContaining("error loading TLS certificate/key: cannot read");
    }

    private Path resource(String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = ApiServerTest.class.getResourceAsStream(name)) {
            Files.write(file, in.readAllBytes());
        }
        return file;
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

    @Test
    void leavesNoThreadsBehind() throws IOException {
        for (int i = 0; i < 5; i++) {
            open(new EchoApi(EchoApi.settings(LOOPBACK)));
            get("/id");
            server.close();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.isAlive() && thread.getName().startsWith("pinion-api-server-echo"));
    }
}
