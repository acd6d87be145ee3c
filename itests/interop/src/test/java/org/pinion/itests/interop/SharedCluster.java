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

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.pinion.itests.testkit.KuboNode;
import org.pinion.itests.testkit.TestCluster;

/**
 * One private cluster of two peers of the reference, each beside a Kubo daemon, and two of ours: started for the first
 * class that uses it, ended after the last. Every test finds it whole and without pins, and leaves it whole.
 * {@code go-0} and {@code our0} are in the east, {@code go-1} and {@code our1} in the west. Nobody recovers pins by
 * itself, and expired pins go within seconds.
 */
final class SharedCluster implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace SPACE = ExtensionContext.Namespace.create(SharedCluster.class);

    /** The metrics that every peer sends. */
    static final String[] METRICS = {"ping", "freespace", "tag:group", "pinqueue"};

    private static Running running = Running.NONE;

    /** The cluster, and its folder. */
    private record Running(Path folder, MixedCluster cluster) implements AutoCloseable {
        static final Running NONE = new Running(Path.of(""), new MixedCluster(Path.of(""), ""));

        @Override
        public void close() throws IOException {
            cluster.close();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    static MixedCluster cluster() {
        return running.cluster();
    }

    static Path folder() {
        return running.folder();
    }

    static Member go(int index) {
        return cluster().member("go-" + index);
    }

    static Member our(int index) {
        return cluster().member("our" + index);
    }

    static List<Member> all() {
        return cluster().members();
    }

    /** One peer of each kind. */
    static List<Member> oneOfEach() {
        return List.of(go(0), our(0));
    }

    /** A peer of the other kind, which is elsewhere, too. */
    static Member other(Member one) {
        return one.name().equals("go-0") ? our(1) : go(1);
    }

    /** The peers that a pin is allocated to. */
    static List<Member> allocated(JsonNode pin) {
        Set<String> ids = new TreeSet<>();
        pin.path("allocations").forEach(id -> ids.add(id.asText()));
        return all().stream().filter(member -> ids.contains(member.id())).toList();
    }

    static KuboNode kubo(int index) {
        return cluster().kubos().get(index);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Binaries.kubo();
        Binaries.referenceService();
        Binaries.referenceCtl();
        running = context.getRoot().getStore(SPACE).getOrComputeIfAbsent("cluster", key -> start(), Running.class);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        cluster().awaitWhole();
        cluster().awaitMetrics(all(), all(), METRICS);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        cluster().unpinAll(our(0));
    }

    private static Running start() {
        try {
            Path folder = Files.createTempDirectory("pinion-interop");
            Running made = new Running(folder, new MixedCluster(folder, TestCluster.SECRET));
            try {
                makePeers(made.cluster());
                made.cluster().introduceAll();
                made.cluster().start();
            } catch (Throwable failed) {
                made.close();
                throw failed;
            }
            return made;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void makePeers(MixedCluster cluster) {
        for (int i = 0; i < 2; i++) {
            String region = i == 0 ? "east" : "west";
            KuboNode kubo = cluster.kubo("kubo" + i, config -> {});
            cluster.theirs("go-" + i, kubo, json -> settings(json, region));
            cluster.ours("our" + i, json -> settings(json, region));
        }
    }

    /** What all peers of the shared cluster have, and late ones too. */
    static void settings(ObjectNode json, String region) {
        ObjectNode cluster = (ObjectNode) json.get("cluster");
        cluster.put("state_sync_interval", "2s");
        cluster.put("pin_recover_interval", "1h");
        cluster.put("disable_repinning", false);
        json.get("informer").forEach(informer -> ((ObjectNode) informer).put("metric_ttl", "10s"));
        ((ObjectNode) json.at("/informer/tags")).putObject("tags").put("group", region);
        json.get("ipfs_connector")
                .forEach(connector ->
                        ((ObjectNode) connector).put("pin_timeout", "5s").put("connect_swarms_delay", "1s"));
    }
}
