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

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.pinion.itests.testkit.Rest;
import org.pinion.itests.testkit.TestPeer;

/** A peer of the reference on loopback, beside a Kubo daemon. */
final class ReferencePeer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final String ip;
    private final int apiPort = TestPeer.freePort();
    private final int clusterPort = TestPeer.freePort();
    private final ForeignProcess daemon;

    ReferencePeer(Path binary, Path folder, String secret, KuboNode kubo, List<String> peerstore) throws IOException {
        this(binary, folder, secret, kubo, peerstore, "127.0.0.1");
    }

    /** One that listens for other peers at an IPv4 address of this machine. */
    ReferencePeer(Path binary, Path folder, String secret, KuboNode kubo, List<String> peerstore, String ip)
            throws IOException {
        this.folder = Files.createDirectories(folder);
        this.ip = ip;
        Map<String, String> environment = Map.of(
                "IPFS_CLUSTER_PATH", folder.toString(), "CLUSTER_SECRET", secret, "CLUSTER_PEERNAME", "reference");
        ForeignProcess.run(folder, environment, List.of(binary.toString(), "init"));
        File file = folder.resolve("service.json").toFile();
        ObjectNode json = (ObjectNode) JSON.readTree(file);
        ObjectNode cluster = (ObjectNode) json.get("cluster");
        cluster.putArray("listen_multiaddress").add("/ip4/" + ip + "/tcp/" + clusterPort);
        cluster.put("monitor_ping_interval", "1s");
        cluster.put("mdns_interval", "0s");
        cluster.put("pin_recover_interval", "5s");
        ((ObjectNode) json.at("/consensus/crdt")).put("rebroadcast_interval", "2s");
        ((ObjectNode) json.at("/monitor/pubsubmon")).put("check_interval", "1s");
        json.get("informer").forEach(informer -> ((ObjectNode) informer).put("metric_ttl", "4s"));
        ObjectNode api = (ObjectNode) json.get("api");
        api.remove(List.of("ipfsproxy", "pinsvcapi"));
        ((ObjectNode) api.get("restapi")).put("http_listen_multiaddress", "/ip4/127.0.0.1/tcp/" + apiPort);
        ((ObjectNode) json.at("/ipfs_connector/ipfshttp")).put("node_multiaddress", kubo.apiAddress());
        JSON.writeValue(file, json);
        Files.write(folder.resolve("peerstore"), peerstore);
        daemon = ForeignProcess.start(folder, environment, List.of(binary.toString(), "daemon"));
    }

    String id() throws IOException {
        return JSON.readTree(folder.resolve("identity.json").toFile()).get("id").asText();
    }

    /** Where other peers dial it. */
    String clusterAddress() throws IOException {
        return "/ip4/" + ip + "/tcp/" + clusterPort + "/p2p/" + id();
    }

    Rest.Answer get(String path) throws IOException, InterruptedException {
        return Rest.send("GET", apiPort, path);
    }

    Rest.Answer post(String path) throws IOException, InterruptedException {
        return Rest.send("POST", apiPort, path);
    }

    Rest.Answer delete(String path) throws IOException, InterruptedException {
        return Rest.send("DELETE", apiPort, path);
    }

    String log() {
        return daemon.log();
    }

    @Override
    public void close() {
        daemon.close();
    }
}
