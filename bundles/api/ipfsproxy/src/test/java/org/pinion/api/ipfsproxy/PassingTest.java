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
package org.pinion.api.ipfsproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes to the node, and what comes back: bytes on sockets. */
@Timeout(60)
class PassingTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @Test
    void sendsPathQueryHeadersAndHostAsTheyCame() throws Exception {
        try (FakeKubo kubo = new FakeKubo((head, in, socket) -> FakeKubo.write(
                        socket,
                        "HTTP/1.1 404 Not Found\r\nServer: kubo/1\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                                + "X-One: a\r\nX-One: b\r\nKeep-Alive: 1\r\nContent-Length: 3\r\n\r\nno\n"));
                RunningProxy proxy = new RunningProxy(kubo.port())) {
            String target = "/api/v0/x%2Fy/%2e/z//?arg=%2Fipfs%20a&b=a+b&d";
            String answer = proxy.ask(
                    "POST",
                    target,
                    "X-Two: 1",
                    "X-Two: 2",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "User-Agent: me",
                    "TE: trailers");
            assertThat(answer)
                    .startsWith("HTTP/1.1 404 Not Found\r\n")
                    .contains("\r\nServer: kubo/1\r\n", "\r\nX-One: a\r\nX-One: b\r\n", "1970")
                    .doesNotContain("Keep-Alive")
                    .endsWith("\r\n\r\nno\n");
            assertThat(answer.split("\r\nDate:", -1)).hasSize(2);
            assertThat(answer.split("\r\nServer:", -1)).hasSize(2);
            String head = kubo.heads.take();
            assertThat(head).startsWith("POST " + target + " HTTP/1.1\r\n");
            assertThat(head.toLowerCase(java.util.Locale.ROOT))
                    .contains(
                            "\r\nhost: app.example\r\n",
                            "\r\nx-two: 1\r\nx-two: 2\r\n",
                            "\r\nuser-agent: me\r\n",
                            "\r\nx-forwarded-for: 127.0.0.1\r\n")
                    .doesNotContain("upgrade", "trailers", "accept-encoding", "connection: close");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "DELETE", "PATCH", "PURGE"})
    void passesEveryMethodOn(String method) throws Exception {
        try (FakeKubo kubo = new FakeKubo((head, in, socket) -> FakeKubo.write(
                        socket, head.startsWith("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n" : OK));
                RunningProxy proxy = new RunningProxy(kubo.port())) {
            String answer = proxy.ask(method, "/api/v0/pins/x");
            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(answer).contains(method.equals("HEAD") ? "Content-Length: 77" : "Content-Length: 2");
            assertThat(kubo.heads.take()).startsWith(method + " /api/v0/pins/x ");
        }
    }

    @Test
    void leavesCommandsToTheNodeUnlessTheyArePostGetOrPut() throws Exception {
        try (FakeKubo kubo = new FakeKubo((head, in, socket) -> FakeKubo.write(socket, OK));
                RunningProxy proxy = new RunningProxy(kubo.port())) {
            assertThat(proxy.ask("DELETE", "/api/v0/pin/add?arg=x")).endsWith("ok");
            assertThat(proxy.ask("OPTIONS", "/api/v0/pin/add", "Origin: o", "Access-Control-Request-Method: GET"))
                    .endsWith("ok");
            assertThat(proxy.ask("POST", "/api/v0/pin/add/a/b")).endsWith("ok");
            assertThat(proxy.ask("POST", "/api/v0/block/put?pin=false")).endsWith("ok");
            assertThat(proxy.ask("POST", "/api/v0/add?nocopy=true")).endsWith("ok");
        }
    }

    @Test
    void forwardsBodiesOfEitherKindAndTrailers() throws Exception {
        try (FakeKubo kubo = new FakeKubo((head, in, socket) -> {
                    String body = head.toLowerCase(java.util.Locale.ROOT).contains("content-length: 5")
                            ? new String(in.readNBytes(5), StandardCharsets.US_ASCII)
                            : chunks(in);
                    FakeKubo.write(
                            socket,
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Stream-Error\r\n\r\n5\r\n"
                                    + body + "\r\n0\r\nX-Stream-Error: late \u00c3\u00a4\r\n\r\n");
                });
                RunningProxy proxy = new RunningProxy(kubo.port())) {
            String head = "POST /api/v0/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
            String known = proxy.raw(head + "Content-Length: 5\r\n\r\nhello");
            assertThat(known)
                    .contains(
                            "\r\nTrailer: X-Stream-Error\r\n",
                            "5\r\nhello\r\n0\r\nX-Stream-Error: late \u00c3\u00a4\r\n");
            String chunked = proxy.raw(head + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
            assertThat(chunked).contains("5\r\nhello\r\n0\r\nX-Stream-Error: late");
        }
    }

    @Test
    void showsHeadersAndPiecesAsSoonAsTheNodeSendsThem() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (FakeKubo kubo = new FakeKubo((head, in, socket) -> {
                    FakeKubo.write(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    seen.await();
                    FakeKubo.write(socket, "3\r\nend\r\n0\r\n\r\n");
                });
                RunningProxy proxy = new RunningProxy(kubo.port());
                Socket client = new Socket("127.0.0.1", proxy.port())) {
            FakeKubo.write(client, "POST /api/v0/slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(FakeKubo.head(client.getInputStream())).startsWith("HTTP/1.1 200 OK");
            seen.countDown();
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .contains("end");
        }
    }

    @Test
    void aNodeThatBreaksOffLeavesTheAnswerWithoutItsEnd() throws Exception {
        try (FakeKubo kubo = new FakeKubo((head, in, socket) -> {
                    FakeKubo.write(
                            socket,
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Stream-Error\r\n\r\n3\r\nabc\r\n");
                    socket.close();
                });
                RunningProxy proxy = new RunningProxy(kubo.port())) {
            assertThat(proxy.ask("POST", "/api/v0/cat")).contains("abc").doesNotContain("\r\n0\r\n");
        }
    }

    @Test
    void aNodeThatAnswersBeforeTheWholeBodyIsHeard() throws Exception {
        try (FakeKubo kubo = new FakeKubo((head, in, socket) -> FakeKubo.write(
                        socket, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"));
                RunningProxy proxy = new RunningProxy(kubo.port());
                Socket client = new Socket("127.0.0.1", proxy.port())) {
            FakeKubo.write(
                    client,
                    "POST /api/v0/files/write HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nfirst bytes");
            assertThat(FakeKubo.head(client.getInputStream())).startsWith("HTTP/1.1 403");
            assertThat(new String(client.getInputStream().readNBytes(2), StandardCharsets.US_ASCII))
                    .isEqualTo("no");
        }
    }

    @Test
    void aClientThatGoesEndsTheRequestToTheNode() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (FakeKubo kubo = new FakeKubo((head, in, socket) -> {
                    asked.countDown();
                    if (in.read() < 0) {
                        ended.countDown();
                    }
                });
                RunningProxy proxy = new RunningProxy(kubo.port())) {
            Socket client = new Socket("127.0.0.1", proxy.port());
            FakeKubo.write(client, "POST /api/v0/pubsub/sub HTTP/1.1\r\nHost: x\r\n\r\n");
            asked.await();
            client.close();
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aClientThatGoesInTheMiddleOfItsBodyEndsTheRequestToTheNode() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (FakeKubo kubo = new FakeKubo((head, in, socket) -> {
                    asked.countDown();
                    in.readAllBytes();
                    ended.countDown();
                });
                RunningProxy proxy = new RunningProxy(kubo.port())) {
            Socket client = new Socket("127.0.0.1", proxy.port());
            FakeKubo.write(client, "POST /api/v0/files/write HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nfirst");
            asked.await();
            client.close();
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aConnectionServesManyRequestsWhileItIsWatched() throws Exception {
        try (FakeKubo kubo = new FakeKubo((head, in, socket) -> FakeKubo.write(socket, OK));
                RunningProxy proxy = new RunningProxy(kubo.port());
                Socket client = new Socket("127.0.0.1", proxy.port())) {
            String request = "POST /api/v0/id HTTP/1.1\r\nHost: x\r\n\r\n";
            for (int i = 0; i < 50; i++) {
                // the last ones are pipelined
                FakeKubo.write(client, i == 40 ? request.repeat(10) : i < 40 ? request : "");
                InputStream in = client.getInputStream();
                assertThat(FakeKubo.head(in)).as("answer %d", i).startsWith("HTTP/1.1 200 OK");
                assertThat(new String(in.readNBytes(2), StandardCharsets.US_ASCII))
                        .isEqualTo("ok");
            }
        }
    }

    @Test
    void saysWhichNodeIsMissingAndWhatToDo() throws IOException {
        int nobody;
        try (ServerSocket closed = new ServerSocket(0)) {
            nobody = closed.getLocalPort();
        }
        try (RunningProxy proxy = new RunningProxy(nobody)) {
            assertThat(proxy.ask("POST", "/api/v0/id"))
                    .startsWith("HTTP/1.1 502 ")
                    .contains("{\"Message\":\"the IPFS node at /ip4/127.0.0.1/tcp/" + nobody + " cannot be reached")
                    .contains("is it running?", "api.ipfsproxy.node_multiaddress")
                    .endsWith("\"Code\":0,\"Type\":\"error\"}");
        }
    }

    @Test
    void recoversWhenTheNodeComesBack() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        try (RunningProxy proxy = new RunningProxy(port)) {
            assertThat(proxy.ask("POST", "/api/v0/id")).startsWith("HTTP/1.1 502 ");
            try (ServerSocket back = new ServerSocket(port, 5, java.net.InetAddress.getByName("127.0.0.1"))) {
                Thread node = new Thread(() -> {
                    try (Socket socket = back.accept()) {
                        FakeKubo.head(socket.getInputStream());
                        FakeKubo.write(socket, OK);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                node.start();
                assertThat(proxy.ask("POST", "/api/v0/id")).endsWith("ok");
                node.join();
            }
        }
    }

    @Test
    void reachesANodeOnAUnixSocket(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("api");
        try (ServerSocketChannel node = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            node.bind(UnixDomainSocketAddress.of(path));
            Thread thread = new Thread(() -> {
                try (SocketChannel socket = node.accept()) {
                    socket.read(ByteBuffer.allocate(4096));
                    socket.write(ByteBuffer.wrap(OK.getBytes(StandardCharsets.US_ASCII)));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            thread.start();
            try (RunningProxy proxy = new RunningProxy("/unix" + path, Map.of())) {
                assertThat(proxy.ask("POST", "/api/v0/id")).endsWith("ok");
            }
            thread.join();
        }
        Files.delete(path);
    }

    private static String chunks(InputStream in) throws IOException {
        StringBuilder body = new StringBuilder();
        while (true) {
            StringBuilder line = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                line.append((char) b);
            }
            int size = Integer.parseInt(line.toString().strip(), 16);
            body.append(new String(in.readNBytes(size), StandardCharsets.US_ASCII));
            in.readNBytes(2);
            if (size == 0) {
                return body.toString();
            }
        }
    }
}
