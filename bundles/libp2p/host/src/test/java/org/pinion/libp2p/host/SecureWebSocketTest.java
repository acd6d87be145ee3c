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
package org.pinion.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.libp2p.host.TestHosts.await;
import static org.pinion.libp2p.host.TestHosts.readAll;
import static org.pinion.libp2p.host.TestHosts.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.Stream;

/** A web server that ends TLS before a host's WebSocket, as operators set it up. */
class SecureWebSocketTest {
    private static final String ECHO = "/test/echo/1.0.0";
    private static final char[] PASSWORD = "password".toCharArray();

    private final TestHosts hosts = new TestHosts();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @TempDir
    private Path folder;

    private SSLContext before;
    private SSLServerSocket server;
    private Host behind;

    @BeforeEach
    void startServer() throws Exception {
        behind = hosts.open(settings().withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0/ws"))));
        behind.handle(ECHO, TestHosts::echo);
        before = SSLContext.getDefault();
        SSLContext context = context();
        SSLContext.setDefault(context);
        server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        int port = Integer.parseInt(behind.listenAddresses().get(0).value("tcp").orElseThrow());
        threads.execute(() -> serve(port));
    }

    @AfterEach
    void close() throws IOException {
        hosts.close();
        server.close();
        threads.shutdownNow();
        SSLContext.setDefault(before);
    }

    private SSLContext context() throws IOException, GeneralSecurityException, InterruptedException {
        Path file = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,dns:node.example,ip:127.0.0.1",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes());
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", store.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private void serve(int port) {
        while (!server.isClosed()) {
            try {
                Socket outside = server.accept();
                Socket inside = new Socket(InetAddress.getLoopbackAddress(), port);
                threads.execute(() -> copy(outside, inside));
                threads.execute(() -> copy(inside, outside));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // the other direction ended it
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ip4/127.0.0.1/tcp/%d/tls/ws",
                "/ip4/127.0.0.1/tcp/%d/wss",
                "/dns4/localhost/tcp/%d/wss",
                "/ip4/127.0.0.1/tcp/%d/tls/sni/node.example/ws"
            })
    void aWebSocketInsideTlsIsDialed(String address) {
        Host dialer = open();
        Multiaddr at = Multiaddr.parse(address.formatted(server.getLocalPort()));
        byte[] data = new byte[300_000];
        new Random(5).nextBytes(data);

        await(dialer.connect(behind.id(), List.of(at)));

        Stream stream = await(dialer.newStream(behind.id(), List.of(ECHO)));
        stream.write(ByteBuffer.wrap(data));
        stream.closeWrite();
        assertThat(readAll(stream)).isEqualTo(data);
    }

    @Test
    void aCertificateForAnotherNameIsRefused() {
        Host dialer = open();
        Multiaddr at =
                Multiaddr.parse("/ip4/127.0.0.1/tcp/%d/tls/sni/other.example/ws".formatted(server.getLocalPort()));

        assertThatThrownBy(() -> await(dialer.connect(behind.id(), List.of(at))))
                .hasMessageContaining("the TLS handshake of the WebSocket")
                .hasMessageContaining("other.example");
    }

    @Test
    void listeningWithTlsNeedsACertificateThatNobodyCanGive() {
        assertThatThrownBy(() ->
                        hosts.open(settings().withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0/tls/ws")))))
                .hasMessageContaining("/tls/ws: not supported");
    }

    private Host open() {
        try {
            return hosts.open(settings());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
