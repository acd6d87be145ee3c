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
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.Pin;
import org.pinion.spi.flow.Cursor;

class ClusterClientTest {
    private static final String PIN = "{\"cid\":\"bafkqaaa\",\"type\":\"pin\",\"name\":\"%s\",\"max_depth\":-1}\n";

    @TempDir
    Path folder;

    @Test
    void rowsAreReadWhenTheyAreAskedFor() throws Exception {
        AtomicInteger written = new AtomicInteger();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        RawServer.Answer endless = (head, out) -> {
            RawServer.write(out, RawServer.OK + "\r\n");
            try {
                while (true) {
                    RawServer.write(out, PIN.formatted("x".repeat(10_000)));
                    written.incrementAndGet();
                }
            } catch (IOException e) {
                ended.complete(null);
                throw e;
            }
        };
        try (RawServer server = new RawServer(endless);
                ClusterClient client = new ClusterClient(ClientSettings.of(server.address()))) {
            try (Cursor<Pin> pins = client.allocations("")) {
                assertThat(pins.next()).isNotNull();
                assertThat(pins.next()).isNotNull();
            }
            // closing gives the connection up: an endless server notices
            ended.join();
            assertThat(written.get()).isPositive();
        }
    }

    @Test
    void anErrorInTheTrailerComesAfterTheRows() {
        String row = PIN.formatted("a");
        String answer = RawServer.OK + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(row.length()) + "\r\n"
                + row + "\r\n0\r\nX-Stream-Error: disk is full\r\n\r\n";
        try (RawServer server = new RawServer((head, out) -> RawServer.write(out, answer));
                ClusterClient client = new ClusterClient(ClientSettings.of(server.address()));
                Cursor<Pin> pins = client.allocations("")) {
            assertThat(pins.next()).isNotNull();
            assertThatThrownBy(pins::next)
                    .hasMessage("disk is full")
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(500));
        }
    }

    @Test
    void closingTheClientEndsACallOfAnotherThread() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (RawServer server = new RawServer((head, out) -> {
            asked.countDown();
            never.await();
        })) {
            ClusterClient client = new ClusterClient(ClientSettings.of(server.address()));
            CompletableFuture<Throwable> result = new CompletableFuture<>();
            RawServer.daemon(() -> result.complete(catchThrowableOfType(ApiException.class, client::version)));
            asked.await();
            client.close();
            assertThat(result.join()).hasMessageContaining("the client was closed");
            assertThatThrownBy(client::version).hasMessageContaining("the client was closed");
        }
    }

    @Test
    void sendsCredentialsOrTheTokenAndShowsNeither() {
        try (RawServer server = new RawServer(RawServer.json("{\"token\":\"abc\"}"))) {
            ClientSettings settings = ClientSettings.of(server.address()).withCredentials("user", "secret:word");
            try (ClusterClient client = new ClusterClient(settings)) {
                assertThat(client.token()).isEqualTo("abc");
            }
            try (ClusterClient client = new ClusterClient(settings.withToken("abc"))) {
                client.token();
            }
            assertThat(server.heads.get(0)).contains("Authorization: Basic dXNlcjpzZWNyZXQ6d29yZA==\r\n");
            assertThat(server.heads.get(1))
                    .contains("Authorization: Bearer abc\r\n")
                    .doesNotContain("Basic");
            assertThat(settings.withToken("abc").toString()).doesNotContain("secret", "abc", "user");
            assertThatThrownBy(() -> settings.withToken("a\r\nHost: b")).hasMessageNotContaining("Host");
        }
    }

    @Test
    void triesAllAddressesInOrderAndNamesEach() {
        Multiaddr closed = Multiaddr.parse("/ip4/127.0.0.1/tcp/1");
        Multiaddr none = Multiaddr.parse("/unix" + folder.resolve("none"));
        try (RawServer server = new RawServer(RawServer.json("{\"version\":\"v\"}"))) {
            try (ClusterClient client = new ClusterClient(ClientSettings.of(closed, none, server.address()))) {
                assertThat(client.version()).isEqualTo("v");
            }
            try (ClusterClient client = new ClusterClient(ClientSettings.of(closed, none))) {
                assertThatThrownBy(client::version)
                        .hasMessageContaining("cannot connect to " + closed)
                        .hasMessageContaining("cannot connect to " + none);
            }
        }
    }

    @Test
    void anErrorIsAnAnswerAndEndsTheSearch() {
        String answer = "HTTP/1.1 503 X\r\nContent-Length: 32\r\n\r\n{\"code\":503,\"message\":\"not yet\"}";
        try (RawServer first = new RawServer((head, out) -> RawServer.write(out, answer));
                RawServer second = new RawServer(RawServer.json("{\"version\":\"v\"}"));
                ClusterClient client = new ClusterClient(ClientSettings.of(first.address(), second.address()))) {
            assertThatThrownBy(client::version).hasMessage("not yet");
            assertThat(second.heads).isEmpty();
        }
    }

    @Test
    void aNameStandsForItsAddresses() {
        try (RawServer server = new RawServer(RawServer.json("{\"version\":\"v\"}"))) {
            Multiaddr name = Multiaddr.parse("/dns4/localhost/tcp/" + server.port());
            try (ClusterClient client = new ClusterClient(ClientSettings.of(name))) {
                assertThat(client.version()).isEqualTo("v");
                assertThat(server.heads.get(0)).contains("Host: localhost:" + server.port() + "\r\n");
            }
        }
    }

    @Test
    void speaksOverUnixSocketsAndStopsWaitingThereToo() throws Exception {
        Path path = folder.resolve("api.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            RawServer.daemon(() -> {
                while (true) {
                    SocketChannel channel = server.accept();
                    RawServer.daemon(() -> RawServer.serve(
                            Channels.newInputStream(channel),
                            Channels.newOutputStream(channel),
                            new ArrayList<>(),
                            (head, out) -> {
                                if (head.startsWith("GET /version")) {
                                    RawServer.json("{\"version\":\"v\"}").to(head, out);
                                }
                            }));
                }
            });
            ClientSettings settings = ClientSettings.of(Multiaddr.parse("/unix" + path));
            try (ClusterClient client = new ClusterClient(settings.withTimeout(Duration.ofMillis(300)))) {
                assertThat(client.version()).isEqualTo("v");
                assertThatThrownBy(client::id).hasMessageContaining("timeout of 0.3 s");
            }
        }
    }

    @Test
    void takesOtherTransports() {
        AtomicInteger closed = new AtomicInteger();
        Transport pipes = new Transport() {
            @Override
            public boolean takes(Multiaddr address) {
                return address.has("udp");
            }

            @Override
            public Channel open(Multiaddr address, Duration timeout) throws IOException {
                return new Pipe();
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
        ClientSettings settings =
                ClientSettings.of(Multiaddr.parse("/ip4/127.0.0.1/udp/1")).withTransport(pipes);
        try (ClusterClient client = new ClusterClient(settings)) {
            assertThat(client.version()).isEqualTo("piped");
        }
        assertThat(closed).hasValue(1);
    }

    private static final class Pipe implements Transport.Channel {
        private final PipedInputStream in = new PipedInputStream(1 << 16);
        private final PipedOutputStream out = new PipedOutputStream();

        Pipe() throws IOException {
            PipedOutputStream answers = new PipedOutputStream(in);
            PipedInputStream requests = new PipedInputStream(out, 1 << 16);
            RawServer.daemon(() ->
                    RawServer.serve(requests, answers, new ArrayList<>(), RawServer.json("{\"version\":\"piped\"}")));
        }

        @Override
        public String host() {
            return "pipe";
        }

        @Override
        public InputStream in() {
            return in;
        }

        @Override
        public OutputStream out() {
            return out;
        }

        @Override
        public void readTimeout(Duration timeout) {}

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>\n<p>hello</p>\n</html>",
                "",
                "null",
                "{\"cid\":",
                "{\"cid\":\"nonsense\"}",
                "{\"cid\":\"bafkqaaa\",\"timestamp\":\"yesterday\"}",
                "{\"cid\":\"bafkqaaa\",\"allocations\":[\"nobody\"]}",
                "{\"cid\":\"bafkqaaa\",\"origins\":[\"/ip4/nowhere\"]}",
                "{\"name\":\"x\"}",
                "\"text\"",
                "17",
            })
    void answersThatCannotBeUsedAreToldInOneLine(String body) {
        try (RawServer server = new RawServer(RawServer.json(body));
                ClusterClient client = new ClusterClient(ClientSettings.of(server.address()))) {
            assertThatThrownBy(() -> client.allocation(Cid.parse("bafkqaaa")))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isZero())
                    .hasMessageStartingWith("the answer to GET /allocations/bafkqaaa cannot be used: ")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "Source"));
        }
    }

    @Test
    void aDocumentWithoutEndIsGivenUp() {
        String filler = "\"x\",".repeat(1 << 14);
        try (RawServer server = new RawServer((head, out) -> {
                    RawServer.write(out, RawServer.OK + "\r\n{\"unknown\":[");
                    while (true) {
                        RawServer.write(out, filler);
                    }
                });
                ClusterClient client = new ClusterClient(ClientSettings.of(server.address()))) {
            assertThatThrownBy(client::version).hasMessageContaining("a single document has more than 67108864 bytes");
        }
    }

    @Test
    void readsTheShapesOfOlderServers() {
        String pins = "[{\"cid\":{\"/\":\"bafkqaaa\"},\"type\":2,\"max_depth\":-1},"
                + "{\"cid\":{\"/\":\"QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn\"},\"type\":4,\"max_depth\":-1}]";
        try (RawServer server = new RawServer(RawServer.json(pins));
                ClusterClient client = new ClusterClient(ClientSettings.of(server.address()))) {
            List<String> seen = new ArrayList<>();
            client.allocations("", pin -> seen.add(pin.cid() + " " + pin.type().text()));
            assertThat(seen).containsExactly("bafkqaaa pin", "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn meta-pin");
        }
    }

    @Test
    void readsTrafficAndPrintsItInTheReferencesForms() {
        String body = "{\"\":{\"total_in\":0,\"total_out\":1300000,\"rate_in\":0.00099,\"rate_out\":1.1e-8},"
                + "\"/A/1\":{\"total_in\":11000,\"total_out\":2,\"rate_in\":3023.957,\"rate_out\":5e21}}";
        try (RawServer server = new RawServer(RawServer.json(body));
                ClusterClient client = new ClusterClient(ClientSettings.of(server.address()))) {
            assertThat(TextRenderer.bandwidth(client.bandwidth()))
                    .startsWith(" ".repeat(25) + ": In:     0 B. Out:  1.3 MB. RateIn: 0.00B/s. RateOut: 0.00B/s\n")
                    .contains("                     /A/1: In:   11 kB. Out:     2 B. RateIn: 3023.96B/s.");
            assertThat(new JsonRenderer(client.offsets()).bandwidth(client.bandwidth()))
                    .contains("\"rate_in\": 0.00099,", "\"rate_out\": 1.1e-8\n", "\"rate_out\": 5e+21\n");
        }
    }

    @Test
    void asksServersWithoutSyncForTheStatus() {
        String status = "{\"cid\":\"bafkqaaa\",\"peer_map\":{}}";
        try (RawServer server = new RawServer((head, out) -> {
                    if (head.contains("/sync")) {
                        RawServer.write(out, "HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n");
                    } else {
                        RawServer.json(status).to(head, out);
                    }
                });
                ClusterClient client = new ClusterClient(ClientSettings.of(server.address()))) {
            assertThat(client.sync(Cid.parse("bafkqaaa"), true).cid()).hasToString("bafkqaaa");
            try (Cursor<?> all = client.syncAll(false)) {
                assertThat(all.next()).isNotNull();
            }
            assertThat(server.heads.get(1)).startsWith("GET /pins/bafkqaaa?local=true ");
            assertThat(server.heads.get(3)).contains("filter=cluster_error%2Cpin_error%2Cunpin_error%2Cunexpectedly");
        }
    }
}
