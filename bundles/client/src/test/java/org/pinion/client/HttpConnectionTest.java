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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;

/** The client against servers that answer with fixed bytes. */
class HttpConnectionTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger connections = new AtomicInteger();
    private ServerSocket server;

    @BeforeEach
    void open() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        over.countDown();
        server.close();
    }

    /** Answers every request of every connection with the same bytes. */
    private ClusterClient answering(String answer, boolean keepOpen) {
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    connections.incrementAndGet();
                    serve(socket, answer, keepOpen);
                }
            } catch (IOException closed) {
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
        return new ClusterClient(new ClientSettings(
                List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/" + server.getLocalPort())),
                false,
                true,
                Optional.empty(),
                Duration.ofSeconds(2)));
    }

    private void serve(Socket socket, String answer, boolean keepOpen) {
        Thread thread = new Thread(() -> {
            try (socket) {
                while (readHead(socket.getInputStream())) {
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                    socket.getOutputStream().flush();
                    if (!keepOpen) {
                        return;
                    }
                }
                over.await();
            } catch (IOException | InterruptedException e) {
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static boolean readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            head.append((char) next);
        }
        return true;
    }

    @Test
    void readsEveryFormOfABody() {
        try (ClusterClient client = answering(OK + "Content-Length: 15\r\n\r\n{\"version\":\"a\"}", true)) {
            assertThat(client.version()).isEqualTo("a");
            assertThat(client.version()).isEqualTo("a");
        }
        assertThat(connections).hasValue(1);
    }

    @Test
    void readsChunksTrailersAndInterimAnswers() {
        String answer = "HTTP/1.1 100 Continue\r\n\r\n" + OK + "Transfer-Encoding: chunked\r\n\r\n"
                + "5;x=y\r\n{\"ver\r\nA\r\nsion\":\"b\"}\r\n0\r\nX-Stream-Error: \r\n\r\n";
        try (ClusterClient client = answering(answer, true)) {
            assertThat(client.version()).isEqualTo("b");
            assertThat(client.version()).isEqualTo("b");
        }
        assertThat(connections).hasValue(1);
    }

    @Test
    void readsABodyThatEndsWithTheConnection() {
        try (ClusterClient client = answering("HTTP/1.0 200 OK\r\n\r\n{\"version\":\"c\"}", false)) {
            assertThat(client.version()).isEqualTo("c");
            assertThat(client.version()).isEqualTo("c");
        }
        assertThat(connections).hasValue(2);
    }

    @Test
    void connectsAgainWhenAnIdleConnectionWasClosed() {
        try (ClusterClient client = answering(OK + "Content-Length: 15\r\n\r\n{\"version\":\"a\"}", false)) {
            assertThat(client.version()).isEqualTo("a");
            assertThat(client.version()).isEqualTo("a");
        }
    }

    @Test
    void joinsSeveralErrorsOfAStream() {
        String answer = OK + "Transfer-Encoding: chunked\r\n\r\n0\r\nX-Stream-Error: \r\n"
                + "X-Stream-Error: first\r\nX-Stream-Error: second ü\r\n\r\n";
        try (ClusterClient client = answering(answer, true)) {
            assertThatThrownBy(() -> client.peers(peer -> {}))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(500))
                    .hasMessage("first; second ü");
        }
    }

    @Test
    void tellsErrorsThatAreNoJson() {
        try (ClusterClient client = answering("HTTP/1.1 431 Too Large\r\nContent-Length: 5\r\n\r\nlarge", true)) {
            assertThatThrownBy(client::id)
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(431))
                    .hasMessage("large");
        }
    }

    @Test
    void givesUpOnServersThatStopInTheMiddleOrSpeakOtherwise() {
        for (String answer : List.of(
                OK + "Content-Length: 100\r\n\r\n{",
                OK + "Transfer-Encoding: chunked\r\n\r\n5\r\n{",
                OK + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
                OK + "Transfer-Encoding: chunked\r\n\r\n-5\r\n",
                OK + "no header\r\n\r\n",
                "SSH-2.0-x\r\n",
                OK + "X: " + "y".repeat(70_000) + "\r\n\r\n",
                "")) {
            try (ClusterClient client = answering(answer, false)) {
                assertThatThrownBy(client::version)
                        .isInstanceOfSatisfying(
                                ApiException.class, e -> assertThat(e.code()).isZero());
            }
            try {
                close();
                open();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void stopsWaitingAtTheTimeout() {
        try (ClusterClient client = answering(OK + "Content-Length: 100\r\n\r\n{", true)) {
            assertThatThrownBy(client::version)
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isZero())
                    .hasMessageContaining("timeout of 2 s");
        }
    }
}
