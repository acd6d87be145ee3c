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
package org.pinion.api.restapi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pinion.api.server.ApiServer;
import org.pinion.api.server.SectionReader;
import org.pinion.client.ClientSettings;
import org.pinion.client.ClusterClient;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.spi.cluster.Components.Row;
import org.pinion.spi.cluster.Components.State;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.config.Secrets;

/** The real API on real listeners over a cluster in memory. */
final class RunningApi implements AutoCloseable {
    final MemoryCluster cluster = new MemoryCluster();
    final RestApi api;
    private final ApiServer server;

    RunningApi(Path folder) {
        this(folder, Map.of(), null);
    }

    RunningApi(Path folder, Map<String, Object> more, String credentials) {
        Map<String, Object> section = new HashMap<>();
        section.put("http.listen.multiaddress", new String[] {"/ip4/127.0.0.1/tcp/0", "/unix" + folder + "/api.sock"});
        section.put("cors.allowed.origins", new String[] {"*"});
        section.put("cors.allowed.methods", new String[] {"GET"});
        section.put("cors.allow.credentials", true);
        section.putAll(more);
        api = new RestApi(section, MemoryCluster.SELF, reader(folder, credentials), new TestExecutors());
        api.pinset = cluster;
        api.statuses = cluster;
        api.peers = cluster;
        api.health = cluster;
        api.adder = cluster;
        api.indexes = cluster;
        api.reconciler = cluster;
        api.bandwidth = cluster;
        api.installed = () -> List.of(new Row(
                "allocator", "balanced", "b 1.0.0", 7, State.FAILED, Instant.EPOCH, "activation failed: \"x\""));
        try {
            server = ApiServer.open(api, InstantSource.fixed(TestExecutors.NOW));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads sections of a peer in {@code folder}. */
    static SectionReader reader(Path folder, String credentials) {
        return new SectionReader(new TestSecrets(credentials), new TestFolder(folder));
    }

    Multiaddr tcp() {
        return server.addresses().get(0);
    }

    Multiaddr unix() {
        return server.addresses().get(1);
    }

    int port() {
        return Integer.parseInt(tcp().value("tcp").orElseThrow());
    }

    ClusterClient client() {
        return new ClusterClient(ClientSettings.of(tcp()));
    }

    /** Sends bytes as they are and returns the whole answer; the request must close the connection. */
    String raw(String request) throws IOException {
        return raw(port(), request);
    }

    static String raw(int port, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    /** A request without a body on a connection of its own. */
    String ask(String method, String target, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: x\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return raw(request + "Connection: close\r\n\r\n");
    }

    @Override
    public void close() {
        server.close();
        api.close();
    }

    private record TestFolder(Path root) implements PeerFolder {
        @Override
        public Path own() {
            return root.resolve("pinion");
        }
    }

    private record TestSecrets(String credentials) implements Secrets {
        @Override
        public PeerId peerId() {
            return MemoryCluster.SELF;
        }

        @Override
        public PrivateKey privateKey() {
            throw new UnsupportedOperationException("no key in this test");
        }

        @Override
        public Optional<byte[]> clusterSecret() {
            return Optional.empty();
        }

        @Override
        public Optional<String> value(String pid, String key) {
            return Optional.ofNullable(credentials);
        }
    }
}
