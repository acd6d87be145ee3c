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
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Several peers with one secret that know each other. */
public final class TestCluster implements AutoCloseable {
    /** A secret for tests; 32 bytes. */
    public static final String SECRET = "0123456789abcdef".repeat(4);

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<TestPeer> peers = new ArrayList<>();

    private TestCluster() {}

    /** Makes the peers' files in folders below {@code folder}; nothing is started. */
    public static TestCluster of(int count, Path folder, Consumer<ObjectNode> change) {
        TestCluster cluster = new TestCluster();
        for (int i = 0; i < count; i++) {
            cluster.peers.add(new TestPeer("peer" + i, folder.resolve("peer" + i)).init(SECRET, change));
        }
        cluster.peers.forEach(peer -> peer.knows(cluster.peers));
        return cluster;
    }

    /** Starts all peers and waits until each sees all. */
    public TestCluster start() {
        peers.forEach(TestPeer::startWithoutWaiting);
        peers.forEach(this::awaitAllPeersSeenBy);
        return this;
    }

    /** Waits until a peer's {@code peers ls} shows every running peer without an error. */
    public void awaitAllPeersSeenBy(TestPeer peer) {
        Await.until(
                peer.name() + " sees all peers",
                LIMIT,
                () -> {
                    List<String> lines = peer.get("/peers").body().lines().toList();
                    long fine = lines.stream()
                            .filter(line -> !line.contains("\"error\":\"") || line.contains("\"error\":\"\""))
                            .count();
                    return fine == peers.size() ? "" : lines.toString();
                },
                this::logs);
    }

    /** One of the peers. */
    public TestPeer peer(int index) {
        return peers.get(index);
    }

    /** All peers. */
    public List<TestPeer> peers() {
        return List.copyOf(peers);
    }

    /** Waits until {@code asked} reports {@code status} for a CID on exactly {@code count} peers. */
    public void awaitStatus(TestPeer asked, String cid, String status, int count) {
        Await.until(
                cid + " is " + status + " on " + count + " peers, as " + asked.name() + " sees it",
                LIMIT,
                () -> {
                    JsonNode answer = asked.ctlJson("status", cid);
                    long found = 0;
                    for (JsonNode peer : answer.path("peer_map")) {
                        found += peer.path("status").asText().equals(status) ? 1 : 0;
                    }
                    return found == count ? "" : answer.toString();
                },
                this::logs);
    }

    /** The logs of all peers. */
    public String logs() {
        return peers.stream().map(TestPeer::log).collect(Collectors.joining("\n"));
    }

    /** Ends all peers. */
    @Override
    public void close() {
        peers.forEach(TestPeer::close);
    }
}
