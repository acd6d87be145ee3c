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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pinion.api.server.ApiServer;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.http.HttpSettings;

/** The real proxy on a real listener, in front of a node that the test plays. */
final class RunningProxy implements AutoCloseable {
    static final PeerId SELF = PeerId.parse("12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp");

    final IpfsProxy proxy;
    final MovingClock clock = new MovingClock();
    private final ApiServer server;

    RunningProxy(int nodePort) {
        this("/ip4/127.0.0.1/tcp/" + nodePort, Map.of());
    }

    RunningProxy(String node, Map<String, Object> more) {
        Map<String, Object> section = new HashMap<>();
        section.put("listen.multiaddress", new String[] {"/ip4/127.0.0.1/tcp/0"});
        section.put("node.multiaddress", node);
        section.putAll(more);
        proxy = new IpfsProxy(section, (pid, values, otherwise) -> settings(values), new TestSecrets(), clock);
        try {
            server = ApiServer.open(proxy, clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpSettings settings(Map<String, ?> section) {
        return new HttpSettings(
                Arrays.stream((String[]) section.get("http.listen.multiaddress"))
                        .map(Multiaddr::parse)
                        .toList(),
                Optional.empty(),
                Map.of(),
                new HttpSettings.Timeouts(Duration.ZERO, Duration.ofSeconds(5), Duration.ZERO, Duration.ofMinutes(1)),
                4096,
                new HttpSettings.Cors(List.of(), List.of(), List.of(), List.of(), false, Duration.ZERO),
                Map.of(),
                Optional.empty());
    }

    int port() {
        return port(0);
    }

    int port(int index) {
        return Integer.parseInt(server.addresses().get(index).value("tcp").orElseThrow());
    }

    /** Sends bytes as they are and returns everything up to the connection's end. */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(20_000);
            FakeKubo.write(socket, request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /** A request without a body on a connection of its own. */
    String ask(String method, String target, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: app.example\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return raw(request + "Connection: close\r\n\r\n");
    }

    /** The part of an answer behind its headers. */
    static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    @Override
    public void close() {
        server.close();
        proxy.close();
    }

    /** Time as the test says. */
    static final class MovingClock implements Executors, InstantSource {
        volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public InstantSource clock() {
            return this;
        }

        @Override
        public Lane lane(String name, int maxQueued) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Workers workers(String name, int maxThreads, int maxQueued) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }
    }

    private static final class TestSecrets implements Secrets {
        @Override
        public PeerId peerId() {
            return SELF;
        }

        @Override
        public PrivateKey privateKey() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<byte[]> clusterSecret() {
            return Optional.empty();
        }

        @Override
        public Optional<String> value(String pid, String key) {
            return Optional.empty();
        }
    }
}
