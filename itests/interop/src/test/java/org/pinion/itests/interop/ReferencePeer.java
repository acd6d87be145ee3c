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
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinion.itests.testkit.TestPeer;

/** A peer of the reference on loopback, beside a Kubo daemon. */
final class ReferencePeer implements Member {
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
            cluster.put("monitor_ping_interval", "2s");
            cluster.put("mdns_interval", "0s");
            cluster.put("pin_recover_interval", "5s");
            ((ObjectNode) json.at("/consensus/crdt")).put("rebroadcast_interval", "2s");
            ((ObjectNode) json.at("/monitor/pubsubmon")).put("check_interval", "1s");
            json.get("informer").forEach(informer -> ((ObjectNode) informer).put("metric_ttl", "4s"));
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
            daemon = ForeignProcess.start(folder, environment, List.of(program.toString(), "daemon"));
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
