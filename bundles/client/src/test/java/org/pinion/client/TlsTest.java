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
package org.pinion.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir
    Path folder;

    private KeyStore keys() throws Exception {
        Path file = folder.resolve("keys.p12");
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String arguments = " -genkeypair -alias a -keyalg EC -dname CN=localhost -ext san=ip:127.0.0.1 "
                + "-storetype PKCS12 -storepass password -keystore ";
        List<String> words = new ArrayList<>(List.of((tool + arguments).split(" ")));
        words.add(file.toString());
        assertThat(new ProcessBuilder(words).redirectErrorStream(true).start().waitFor())
                .isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    @Test
    void checksCertificatesUnlessToldOtherwise() throws Exception {
        KeyStore store = keys();
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("a", store.getCertificate("a"));
        trusted.init(certificates);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        ServerSocket socket =
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        try (RawServer server = new RawServer(socket, RawServer.json("{\"version\":\"v\"}"))) {
            ClientSettings plain = ClientSettings.of(server.address());
            ClientSettings unchecked =
                    new ClientSettings(plain.endpoints(), true, false, Optional.empty(), Duration.ZERO);
            assertThat(version(plain.withTls(context))).isEqualTo("v");
            assertThat(version(unchecked)).isEqualTo("v");
            assertThatThrownBy(() -> version(plain.withHttps())).hasMessageContaining("TLS failed: ");
        }
    }

    @Test
    void saysThatAServerDoesNotSpeakTls() {
        RawServer.Answer never = (head, out) -> {};
        try (RawServer server = new RawServer(open(), never)) {
            assertThatThrownBy(() -> version(ClientSettings.of(server.address()).withHttps()))
                    .hasMessageContaining("the server does not speak TLS");
        }
    }

    private static ServerSocket open() {
        try {
            return new ServerSocket(0, 10, InetAddress.getLoopbackAddress()) {
                @Override
                public Socket accept() throws IOException {
                    Socket socket = super.accept();
                    RawServer.write(socket.getOutputStream(), "HTTP/1.1 400 Bad Request\r\n\r\n");
                    return socket;
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String version(ClientSettings settings) {
        try (ClusterClient client = new ClusterClient(settings)) {
            return client.version();
        }
    }
}
