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
package org.pinion.itests.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.itests.testkit.Await;
import org.pinion.itests.testkit.ForeignProcess;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestCluster;
import org.pinion.itests.testkit.TestPeer;

/** A peer of the reference on loopback, with its own defaults but for addresses and the interval between announcements. */
final class ReferencePeer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String binary;
    private final Path folder;
    private final int apiPort = TestPeer.freePort();
    private final int clusterPort = TestPeer.freePort();
    private final Map<String, String> environment;
    private @Nullable ForeignProcess daemon;

    /** Makes its files. */
    ReferencePeer(Path binary, Path folder, KuboNode kubo) throws IOException {
        this.binary = binary.toString();
        this.folder = Files.createDirectories(folder);
        environment = Map.of(
                "IPFS_CLUSTER_PATH",
                folder.toString(),
                "CLUSTER_SECRET",
                TestCluster.SECRET,
                "CLUSTER_PEERNAME",
                folder.getFileName().toString());
        run("init");
        File file = folder.resolve("service.json").toFile();
        ObjectNode json = (ObjectNode) JSON.readTree(file);
        ObjectNode cluster = (ObjectNode) json.get("cluster");
        cluster.putArray("listen_multiaddress").add("/ip4/127.0.0.1/tcp/" + clusterPort);
        cluster.put("mdns_interval", "0s");
        ((ObjectNode) json.at("/consensus/crdt")).put("rebroadcast_interval", "1s");
        ObjectNode api = (ObjectNode) json.get("api");
        api.remove(List.of("ipfsproxy", "pinsvcapi"));
        ((ObjectNode) api.get("restapi")).put("http_listen_multiaddress", "/ip4/127.0.0.1/tcp/" + apiPort);
        ((ObjectNode) json.at("/ipfs_connector/ipfshttp")).put("node_multiaddress", kubo.apiAddress());
        JSON.writeValue(file, json);
    }

    /** Runs a command on its folder. */
    String run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(binary));
        command.addAll(List.of(arguments));
        return ForeignProcess.run(folder, environment, command);
    }

    /** Starts the daemon, which dials {@code others}. */
    ReferencePeer startWithoutWaiting(String... others) throws IOException {
        Files.write(folder.resolve("peerstore"), List.of(others));
        daemon = ForeignProcess.start(folder, environment, List.of(binary, "daemon"));
        return this;
    }

    /** Waits until its API answers. */
    ReferencePeer awaitAnswer() {
        // a request that comes earlier ends the reference: its API listens before it has what it calls
        started().awaitLine("IPFS Cluster is READY", START);
        Await.until(
                "the reference answers",
                START,
                () -> Rest.send("GET", apiPort, "/id").status() == 200 ? "" : "no answer",
                this::log);
        return this;
    }

    String id() throws IOException {
        return JSON.readTree(folder.resolve("identity.json").toFile()).get("id").asText();
    }

    /** Where other peers dial it. */
    String clusterAddress() throws IOException {
        return "/ip4/127.0.0.1/tcp/" + clusterPort + "/p2p/" + id();
    }

    int apiPort() {
        return apiPort;
    }

    long pid() {
        return started().pid();
    }

    String log() {
        return started().log();
    }

    private ForeignProcess started() {
        ForeignProcess current = daemon;
        if (current == null) {
            throw new IllegalStateException("the peer in " + folder + " does not run");
        }
        return current;
    }

    @Override
    public void close() {
        if (daemon != null) {
            daemon.close();
            daemon = null;
        }
    }
}
