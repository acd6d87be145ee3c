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
package org.pinion.itests.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinion.itests.testkit.ForeignProcess;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.TestPeer;

/** A peer of the reference on loopback, beside a Kubo daemon. */
final class ReferencePeer implements Member {
    private static final Duration START = Duration.ofMinutes(1);

    private final Path folder;
    private final Map<String, String> environment;
    private final int apiPort = TestPeer.freePort();
    private final int clusterPort = TestPeer.freePort();
    private @Nullable ForeignProcess daemon;

    /** Makes its files, with short intervals and what {@code change} does; an empty secret means none. */
    ReferencePeer(Path folder, String secret, KuboNode kubo, Consumer<ObjectNode> change) throws IOException {
        this.folder = Files.createDirectories(folder);
        environment = Map.of("IPFS_CLUSTER_PATH", folder.toString(), "CLUSTER_PEERNAME", name());
        Map<String, String> atInit = new java.util.TreeMap<>(environment);
        atInit.put("CLUSTER_SECRET", secret);
        ForeignProcess.run(folder, atInit, List.of(Binaries.referenceService().toString(), "init"));
        configure(json -> {
            ObjectNode cluster = (ObjectNode) json.get("cluster");
            cluster.put("secret", secret);
            cluster.putArray("listen_multiaddress").add("/ip4/127.0.0.1/tcp/" + clusterPort);
            TestPeer.hurry(json, "2s");
            ObjectNode api = (ObjectNode) json.get("api");
            api.remove(List.of("ipfsproxy", "pinsvcapi"));
            ((ObjectNode) api.get("restapi")).put("http_listen_multiaddress", "/ip4/127.0.0.1/tcp/" + apiPort);
            ((ObjectNode) json.at("/ipfs_connector/ipfshttp")).put("node_multiaddress", kubo.apiAddress());
            change.accept(json);
        });
    }

    @Override
    public String name() {
        return folder.getFileName().toString();
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public int apiPort() {
        return apiPort;
    }

    @Override
    public int clusterPort() {
        return clusterPort;
    }

    @Override
    public void start() {
        start(Binaries.referenceService());
    }

    /** Starts the daemon of another program, ours for one, on this peer's folder. */
    void start(Path program) {
        try {
            ForeignProcess started = ForeignProcess.start(folder, environment, List.of(program.toString(), "daemon"));
            daemon = started;
            // a request that comes earlier ends the reference: its API listens before it has what it calls
            started.awaitLine("IPFS Cluster is READY", START);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void stop() {
        running().close();
        daemon = null;
    }

    @Override
    public void kill() {
        running().kill();
        daemon = null;
    }

    @Override
    public long pid() {
        return running().pid();
    }

    private ForeignProcess running() {
        ForeignProcess current = daemon;
        if (current == null) {
            throw new AssertionError(name() + " does not run");
        }
        return current;
    }

    @Override
    public String log() {
        return ForeignProcess.read(ForeignProcess.logIn(folder));
    }

    @Override
    public void close() {
        if (daemon != null) {
            stop();
        }
    }
}
