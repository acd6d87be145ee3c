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
package org.pinion.itests.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One cluster peer: a folder of its own and, while it runs, one daemon process. Not for several threads. */
public final class TestPeer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Path folder;
    private final Map<String, String> environment = new TreeMap<>();
    private int apiPort;
    private int clusterPort;
    private int ipfsPort;
    private @Nullable Process daemon;

    /** A peer that keeps everything in {@code folder}, which need not exist. */
    public TestPeer(String name, Path folder) {
        this.name = name;
        this.folder = folder;
        environment.put("IPFS_CLUSTER_PATH", folder.toString());
        environment.put("CLUSTER_PEERNAME", name);
    }

    /** Makes the files with an embedded IPFS node, free loopback ports, short intervals, and what {@code change} does. */
    public TestPeer init(String secret, Consumer<ObjectNode> change) {
        environment.put("CLUSTER_SECRET", secret);
        service("init", "--ipfs", "embedded").expectSuccess();
        environment.remove("CLUSTER_SECRET");
        apiPort = freePort();
        clusterPort = freePort();
        ipfsPort = freePort();
        changeConfiguration(json -> {
            ObjectNode cluster = (ObjectNode) json.get("cluster");
            cluster.putArray("listen_multiaddress").add("/ip4/127.0.0.1/tcp/" + clusterPort);
            hurry(json, "1s");
            ObjectNode api = (ObjectNode) json.get("api");
            ((ObjectNode) api.get("restapi")).put("http_listen_multiaddress", "/ip4/127.0.0.1/tcp/" + apiPort);
            api.remove(List.of("ipfsproxy", "pinsvcapi", "kuborpc"));
            ((ObjectNode) json.at("/ipfs_connector/embedded"))
                    .putArray("listen_multiaddresses")
                    .add("/ip4/127.0.0.1/tcp/" + ipfsPort);
            change.accept(json);
        });
        return this;
    }

    /** Changes the configuration of a peer of any kind: short intervals, and nobody looks for peers on the network. */
    public static void hurry(ObjectNode json, String pingInterval) {
        ObjectNode cluster = (ObjectNode) json.get("cluster");
        cluster.put("monitor_ping_interval", pingInterval);
        cluster.put("mdns_interval", "0s");
        cluster.put("pin_recover_interval", "5s");
        ((ObjectNode) json.at("/consensus/crdt")).put("rebroadcast_interval", "2s");
        ((ObjectNode) json.at("/monitor/pubsubmon")).put("check_interval", "1s");
        json.get("informer").forEach(informer -> ((ObjectNode) informer).put("metric_ttl", "4s"));
    }

    /** Edits service.json. */
    public void changeConfiguration(Consumer<ObjectNode> change) {
        Path file = folder.resolve("service.json");
        try {
            ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
            change.accept(json);
            JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Writes the other peers' addresses to the peerstore file. */
    public void knows(List<TestPeer> others) {
        try {
            List<String> lines = new ArrayList<>();
            for (TestPeer other : others) {
                if (other != this) {
                    lines.add(other.clusterAddress());
                }
            }
            Files.write(folder.resolve("peerstore"), lines);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Sets an environment variable for the commands and daemons that are started from now on. */
    public TestPeer with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Starts the daemon and waits until its API answers and the peer is ready. */
    public TestPeer start(String... arguments) {
        startWithoutWaiting(arguments);
        Await.until(
                name + " is ready",
                START,
                () -> {
                    Process current = daemon;
                    if (current == null || !current.isAlive()) {
                        throw new AssertionError(
                                name + " ended with " + (current == null ? "?" : current.exitValue()) + "\n" + log());
                    }
                    return get("/health").status() == 204 ? "" : "GET /health is not 204";
                },
                this::log);
        return this;
    }

    /** Starts the daemon. */
    public TestPeer startWithoutWaiting(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Program.named("ipfs-cluster-service"));
        command.add("daemon");
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
        builder.environment().putAll(environment);
        try {
            Files.writeString(logFile(), "--- start\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            daemon = Children.register(builder.start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return this;
    }

    /** Asks the daemon to stop, waits for its end, and gives its exit code. */
    public int stop() {
        return end(false);
    }

    /** Ends the daemon at once, as a power cut would. */
    public void kill() {
        end(true);
    }

    private int end(boolean forcibly) {
        Process current = daemon;
        if (current == null) {
            throw new AssertionError(name + " does not run");
        }
        daemon = null;
        try {
            if (forcibly) {
                current.destroyForcibly();
            } else {
                current.destroy();
            }
            if (!current.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                current.destroyForcibly().waitFor();
                throw new AssertionError(name + " did not stop within " + STOP.toSeconds() + " s\n" + log());
            }
            return current.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** Waits for the daemon to end by itself and gives its exit code. */
    public int awaitEnd() {
        Process current = daemon;
        if (current == null) {
            throw new AssertionError(name + " does not run");
        }
        try {
            if (!current.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(name + " still runs after " + START.toSeconds() + " s\n" + log());
            }
            daemon = null;
            return current.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** The daemon's process id. */
    public long pid() {
        Process current = daemon;
        if (current == null) {
            throw new AssertionError(name + " does not run");
        }
        return current.pid();
    }

    /** Runs {@code ipfs-cluster-service} on this peer's folder. */
    public Program.Result service(String... arguments) {
        return Program.ours(environment, Path.of("").toAbsolutePath(), "ipfs-cluster-service", arguments);
    }

    /** Runs {@code ipfs-cluster-ctl} against this peer. */
    public Program.Result ctl(String... arguments) {
        return Program.ours(environment, folder, "ipfs-cluster-ctl", withHost(arguments));
    }

    /** Runs {@code ipfs-cluster-ctl} against this peer with text on its standard input. */
    public Program.Result ctlWithInput(String input, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Program.named("ipfs-cluster-ctl"));
        command.addAll(List.of(withHost(arguments)));
        return Program.run(
                environment, folder, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), command);
    }

    /** The JSON object that a ctl command prints; the only one or the first. */
    public JsonNode ctlJson(String... arguments) {
        return ctlJsonObjects(arguments).get(0);
    }

    /** The JSON objects that a ctl command prints one after the other. */
    public List<JsonNode> ctlJsonObjects(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--enc=json"));
        all.addAll(List.of(arguments));
        String out = ctl(all.toArray(String[]::new)).expectSuccess();
        try {
            return JSON.readerFor(JsonNode.class).<JsonNode>readValues(out).readAll();
        } catch (IOException failed) {
            throw new AssertionError("no JSON: " + out, failed);
        }
    }

    private String[] withHost(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--host", "/ip4/127.0.0.1/tcp/" + apiPort));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    /** Sends a GET to the REST API. */
    public Rest.Answer get(String path) throws IOException, InterruptedException {
        return Rest.send("GET", apiPort, path);
    }

    /** Sends a POST without a body to the REST API. */
    public Rest.Answer post(String path) throws IOException, InterruptedException {
        return Rest.send("POST", apiPort, path);
    }

    /** Sends a DELETE to the REST API. */
    public Rest.Answer delete(String path) throws IOException, InterruptedException {
        return Rest.send("DELETE", apiPort, path);
    }

    /** This peer's id. */
    public String id() {
        try {
            return JSON.readTree(folder.resolve("identity.json").toFile())
                    .get("id")
                    .asText();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Where other peers dial it. */
    public String clusterAddress() {
        return "/ip4/127.0.0.1/tcp/" + clusterPort + "/p2p/" + id();
    }

    /** The name it was given. */
    public String name() {
        return name;
    }

    /** Its folder. */
    public Path folder() {
        return folder;
    }

    /** The REST API's port. */
    public int apiPort() {
        return apiPort;
    }

    /** The cluster host's port. */
    public int clusterPort() {
        return clusterPort;
    }

    /** The embedded IPFS node's port. */
    public int ipfsPort() {
        return ipfsPort;
    }

    /** What the daemon printed so far. */
    public String log() {
        try {
            return "=== " + name + "\n" + (Files.exists(logFile()) ? Files.readString(logFile()) : "");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Path logFile() {
        return folder.resolve("daemon.log");
    }

    /** A port that was free a moment ago. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Ends the daemon if it runs. */
    @Override
    public void close() {
        if (daemon != null) {
            end(true);
        }
    }
}
