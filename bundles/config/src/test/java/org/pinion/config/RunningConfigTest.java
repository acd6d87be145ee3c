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
package org.pinion.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.service.cm.SynchronousConfigurationListener;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.config.ClusterSettings;

class RunningConfigTest {
    private static final String TAGS = "org.pinion.informer.tags";
    private static final String REST = "org.pinion.api.restapi";
    private static final String STATELESS = "org.pinion.pintracker.stateless";
    private static final String MAP = "org.pinion.pintracker.map";

    @TempDir
    Path dir;

    private final FakeFramework framework = new FakeFramework();
    private final List<ClusterSettings> offered = new ArrayList<>();
    private final Set<String> installed = new TreeSet<>(Set.of(
            STATELESS, MAP, "org.pinion.monitor.pubsubmon", "org.pinion.monitor.other", "org.pinion.allocator.mine"));
    private final List<String> order = new ArrayList<>();
    private PeerSecrets secrets;
    private String failure = "";

    private RunningConfig start(PeerDir peer) throws Exception {
        return start(peer, Map.of(), DaemonFlags.NONE);
    }

    private RunningConfig start(PeerDir peer, Map<String, String> environment, DaemonFlags flags) throws Exception {
        Loaded loaded = Loaded.of(peer.path(), environment);
        Events events = new Events();
        secrets = new PeerSecrets(loaded.identity(), new byte[0]);
        Candidate first = Candidate.first(loaded, flags);
        assertThat(first.faults()).isEmpty();
        RunningConfig running = new RunningConfig(
                first,
                flags,
                environment,
                new RunningConfig.Ends(
                        new Publisher(framework.admin(), secrets, events), offered::add, new FakePresence()),
                events);
        running.start();
        framework.context().registerService(SynchronousConfigurationListener.class, new LiveCheck(running), null);
        framework.changes().clear();
        return running;
    }

    /** Components that come and go at once, unless they are to fail. */
    private final class FakePresence implements Presence {
        @Override
        public List<String> pids() {
            return List.copyOf(installed);
        }

        @Override
        public Held come(ActiveSection section, Duration limit) {
            if (!failure.isEmpty()) {
                throw new ClusterException(ErrorCode.UNAVAILABLE, failure);
            }
            order.add("+" + section.label());
            return () -> order.add("held");
        }

        @Override
        public boolean gone(ActiveSection section, Duration limit) {
            order.add("-" + section.label());
            return true;
        }
    }

    private String file() throws Exception {
        return Files.readString(dir.resolve("service.json"));
    }

    private Object property(String pid, String key) {
        return framework.configurations().get(pid).get(key);
    }

    @Test
    void aKeyIsSetAtOnceAndTheFileStaysUntilItIsSaved() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));
        String before = file();

        assertThat(running.set("informer.tags.metric_ttl", "1m"))
                .isEqualTo("informer.tags.metric_ttl: \"30s\" -> \"1m0s\", applied at once");
        assertThat(property(TAGS, "metric.ttl")).isEqualTo("1m0s");
        assertThat(framework.changes()).containsExactly(TAGS);
        assertThat(file()).isEqualTo(before);

        assertThat(running.save()).isEqualTo(dir.resolve("service.json"));
        assertThat(file()).isEqualTo(before.replaceFirst("(\"tags\": \\{\\s*\"metric_ttl\": )\"30s\"", "$1\"1m\""));
        assertThat(Files.readString(dir.resolve("service.json.old.0"))).isEqualTo(before);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("service.json"))))
                .isEqualTo("rw-------");
        assertThat(running.reload()).isEmpty();
    }

    @Test
    void everyKindOfValueIsTakenAsJsonOrAsTyped() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));

        running.set("informer.tags.tags", "{\"group\":\"x\",\"zone\":\"1\"}");
        running.set("pin_tracker.stateless.concurrent_pins", "33");
        running.set("allocator.balanced.allocate_by", "tag:zone,freespace");
        running.set("api.restapi.cors_allowed_origins", "[\"https://a.example\"]");
        running.set("api.restapi.cors_allow_credentials", "false");
        running.set("cluster.peername", "alice");
        running.set("cluster.connection_manager.high_water", "500");

        assertThat(property(TAGS, "tags")).isEqualTo("{\"group\":\"x\",\"zone\":\"1\"}");
        assertThat(property(STATELESS, "concurrent.pins")).isEqualTo(33L);
        assertThat((String[]) property("org.pinion.allocator.balanced", "allocate.by"))
                .containsExactly("tag:zone", "freespace");
        assertThat((String[]) property(REST, "cors.allowed.origins")).containsExactly("https://a.example");
        assertThat(property(REST, "cors.allow.credentials")).isEqualTo(false);
        ClusterSettings last = offered.get(offered.size() - 1);
        assertThat(last.peername()).isEqualTo("alice");
        assertThat(last.connections().high()).isEqualTo(500);
        running.set("pin_tracker.stateless.concurrent_pins", "null");
        assertThat(property(STATELESS, "concurrent.pins")).isEqualTo(10L);
    }

    @Test
    void keysThatHaveToAgreeAreSetTogether() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));

        assertThat(running.set("cluster", "{\"replication_factor_min\":2,\"replication_factor_max\":3}"))
                .isEqualTo("cluster.replication_factor_min: -1 -> 2, applied at once;"
                        + " cluster.replication_factor_max: -1 -> 3, applied at once");
        running.set("cluster.connection_manager", "{\"high_water\":50,\"low_water\":20}");
        ClusterSettings last = offered.get(offered.size() - 1);
        assertThat(List.of(last.replicationMin(), last.replicationMax())).containsExactly(2, 3);
        assertThat(last.connections().low()).isEqualTo(20);
        assertThatThrownBy(() -> running.set("cluster.connection_manager", "5"))
                .hasMessageContaining("holds several keys");
        assertThatThrownBy(() -> running.set("cluster", "{\"colour\":1}")).hasMessageContaining("no key colour");
    }

    @Test
    void aWrongValueIsRefusedWithFileKeyValueAndRange() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));

        assertThatThrownBy(() -> running.set("informer.tags.metric_ttl", "0s"))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining(dir + "/service.json: informer.tags.metric_ttl = \"0s\": must be more than 0s");
        assertThatThrownBy(() -> running.set("consensus.crdt.repair_interval", "soon"))
                .hasMessageContaining("consensus.crdt.repair_interval = soon: must be a duration");
        assertThatThrownBy(() -> running.set("pin_tracker.stateless.concurrent_pins", "many"))
                .hasMessageContaining("concurrent_pins = many: must be a whole number");
        assertThatThrownBy(() -> running.set("cluster.connection_manager.low_water", "500"))
                .hasMessageContaining("low_water = 500: must be at most high_water = 400");
        assertThatThrownBy(() -> running.set("informer.tagz.metric_ttl", "5s"))
                .hasMessageContaining("no section informer.tagz");
        assertThatThrownBy(() -> running.set("informer.tags.ttl", "5s"))
                .hasMessageContaining("no key ttl in informer.tags; there are [metric_ttl, tags]");
        assertThatThrownBy(() -> running.set("api.restapi.basic_auth_credentials", "s3cret"))
                .hasMessageContaining("(hidden)")
                .hasMessageNotContaining("s3cret");
        assertThat(framework.changes()).isEmpty();
        assertThat(running.reload()).isEmpty();
    }

    @Test
    void whatNeedsARestartIsKeptForTheFileAndNotGivenToComponents() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));

        assertThat(running.set("consensus.crdt.cluster_name", "other"))
                .contains("\"ipfs-cluster\" -> \"other\", needs a restart of the peer; cluster:config-save");
        assertThat(running.set("cluster.secret", "ab".repeat(32)))
                .startsWith("cluster.secret: changed, needs a restart of the peer")
                .doesNotContain("abab");
        assertThat(property("org.pinion.consensus.crdt", "cluster.name")).isEqualTo("ipfs-cluster");
        running.set("consensus.crdt.rebroadcast_interval", "5s");
        assertThat(property("org.pinion.consensus.crdt", "cluster.name")).isEqualTo("ipfs-cluster");
        running.save();
        assertThat(file()).contains("\"cluster_name\": \"other\"", "abab");
    }

    @Test
    void changedCredentialsReachTheirComponentAndStayHidden() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));
        assertThat(property(REST, Publisher.SECRETS)).isNull();

        assertThat(running.set("api.restapi.basic_auth_credentials", "{\"u\":\"c0ffee\"}"))
                .isEqualTo("api.restapi.basic_auth_credentials: changed, applied at once");
        assertThat(secrets.value(REST, "basic_auth_credentials")).contains("{\"u\":\"c0ffee\"}");
        assertThat(property(REST, Publisher.SECRETS)).isEqualTo(1L);
        running.set("api.restapi.basic_auth_credentials", "{\"u\":\"tea\"}");
        assertThat(property(REST, Publisher.SECRETS)).isEqualTo(2L);
        assertThat(framework.configurations().toString()).doesNotContain("tea", "c0ffee");
        assertThat(running.show("api.restapi"))
                .contains("\"basic_auth_credentials\": \"***\"")
                .doesNotContain("tea");
    }

    @Test
    void reloadAppliesWhatDiffersAndSaysSo() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        RunningConfig running = start(peer);
        peer.set("informer/tags/tags", "{\"group\":\"new\"}")
                .set("cluster/peername", "\"bob\"")
                .set("cluster/secret", "\"" + "cd".repeat(32) + "\"")
                .set("api/pinsvcapi", "")
                .set("informer/numpin", "{}")
                .set("datastore", "{\"rocksdb\":{}}");

        assertThat(running.reload())
                .anyMatch(line -> line.startsWith("cluster.peername: ") && line.endsWith("\"bob\", applied at once"))
                .contains(
                        "cluster.secret: changed, needs a restart of the peer",
                        "api.pinsvcapi: goes, applied at once",
                        "informer.numpin: comes, applied at once",
                        "datastore: [pebble] -> [rocksdb], needs a restart of the peer",
                        "informer.tags.tags: {\"group\":\"default\"} -> {\"group\":\"new\"}, applied at once")
                .hasSize(6);
        assertThat(property("org.pinion.datastore.rocksdb", "pinion.section")).isEqualTo("datastore.pebble");
        assertThat(framework.configurations())
                .containsKey("org.pinion.informer.numpin")
                .doesNotContainKey("org.pinion.api.pinsvcapi");
        assertThat(running.reload()).isEmpty();
    }

    @Test
    void aReloadWithFaultsNamesAllOfThemAndChangesNothing() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        RunningConfig running = start(peer);
        peer.set("informer/tags/metric_ttl", "\"0s\"")
                .set("cluster/dial_peer_timeout", "\"-1s\"")
                .set("cluster/peername", "\"bob\"");

        assertThatThrownBy(running::reload)
                .hasMessageContaining("informer.tags.metric_ttl = \"0s\": must be more than 0s")
                .hasMessageContaining("cluster.dial_peer_timeout = \"-1s\"");
        assertThat(framework.changes()).isEmpty();
        assertThat(running.show("cluster")).doesNotContain("bob");
    }

    @Test
    void changesByTheShellArePartOfWhatIsShownAndSaved() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));

        framework.update(STATELESS, "concurrent.pins", "20");
        framework.update("org.pinion.config.cluster", "replication.factor.max", "3");
        framework.update("org.pinion.consensus.crdt", "cluster.name", "other");
        framework.update("org.pinion.config.cluster", "peername", "carol");

        assertThat(property(STATELESS, "concurrent.pins")).isEqualTo(20L);
        assertThat(property("org.pinion.config.cluster", "replication.factor.max"))
                .as("min is still -1")
                .isEqualTo(-1L);
        assertThat(property("org.pinion.consensus.crdt", "cluster.name")).isEqualTo("ipfs-cluster");
        assertThat(offered.get(offered.size() - 1).peername()).isEqualTo("carol");
        running.save();
        assertThat(file()).contains("\"concurrent_pins\": 20", "\"peername\": \"carol\"", "\"ipfs-cluster\"");
    }

    @Test
    void theFileThatTheShellWritesBesideAChangeIsForgotten() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));
        Path written = Files.writeString(dir.resolve(TAGS + ".cfg"), "metric.ttl = 8s");

        framework
                .configurations()
                .get(TAGS)
                .put("felix.fileinstall.filename", written.toUri().toString());
        framework.update(TAGS, "metric.ttl", "8s");

        assertThat(written).doesNotExist();
        assertThat(framework.configurations().get(TAGS))
                .containsEntry("metric.ttl", "8s")
                .doesNotContainKey("felix.fileinstall.filename");
        assertThat(running.show("informer.tags")).contains("8s");
    }

    @Test
    void aDeletedConfigurationGoesWhereManyAreWantedAndComesBackWhereOneIs() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));

        framework.delete("org.pinion.api.pinsvcapi");
        framework.delete(STATELESS);

        assertThat(running.show("")).doesNotContain("pinsvcapi");
        assertThat(property(STATELESS, "concurrent.pins")).isEqualTo(10L);
    }

    @Test
    void whatTheEnvironmentDecidesIsNotChangedBehindItsBack() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir), Map.of("CLUSTER_TAGS_METRICTTL", "9s"), DaemonFlags.NONE);

        assertThatThrownBy(() -> running.set("informer.tags.metric_ttl", "5s"))
                .hasMessageContaining("CLUSTER_TAGS_METRICTTL decides");
        framework.update(TAGS, "metric.ttl", "5s");
        assertThat(property(TAGS, "metric.ttl")).isEqualTo("9s");
        assertThat(running.show("informer.tags")).contains("\"metric_ttl\": \"9s\"");
    }

    @Test
    void unknownKeysAndOrderSurviveASave() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        peer.set("note", "\"mine\"")
                .set("informer/tags/colour", "\"red\"")
                .set("informer/weather", "{\"station\":{\"id\":7},\"metric_ttl\":\"3s\"}");
        RunningConfig running = start(peer);
        String before = file();

        running.set("cluster.peername", "alice");
        running.save();

        assertThat(file())
                .isEqualTo(before.replaceFirst("\"peername\": \"[^\"]*\"", "\"peername\": \"alice\""))
                .contains("\"note\": \"mine\"", "\"colour\": \"red\"");
    }

    @Test
    void somebodyElsesSectionIsConfiguredLikeOurs() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        peer.set(
                "informer/weather",
                "{\"station\":{\"id\":7,\"on\":true},\"metric_ttl\":\"3s\",\"places\":[\"a\",\"b\"]}");
        RunningConfig running = start(peer);
        String pid = "org.pinion.informer.weather";

        assertThat(property(pid, "station.id")).isEqualTo(7L);
        assertThat(property(pid, "station.on")).isEqualTo(true);
        assertThat((String[]) property(pid, "places")).containsExactly("a", "b");
        running.set("informer.weather.station.id", "8");
        assertThat(property(pid, "station.id")).isEqualTo(8L);
        framework.update(pid, "station.id", "9");
        assertThat(property(pid, "station.id")).isEqualTo(9L);
        framework.update(pid, "station.on", "false");
        assertThat(property(pid, "station.on")).isEqualTo(false);
        assertThat(running.keys()).contains("informer.weather.station.id", "informer.disk.metric_ttl");
        assertThat(running.show("informer.weather")).contains("\"id\": 9", "\"on\": false");
    }

    @Test
    void aSectionOfAManyComesWithItsFirstKey() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));

        assertThat(running.set("informer.numpin.metric_ttl", "5s"))
                .isEqualTo("informer.numpin: comes, applied at once");
        assertThat(property("org.pinion.informer.numpin", "metric.ttl")).isEqualTo("5s");
    }

    @Test
    void anEditedFileIsNotOverwritten() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        RunningConfig running = start(peer);
        running.set("cluster.peername", "alice");
        peer.set("informer/tags/metric_ttl", "\"7s\"");

        assertThatThrownBy(running::save).hasMessageContaining("was changed since it was read");
        assertThat(file()).contains("7s");
    }

    @Test
    void theNewTrackerIsThereBeforeTheOldOneGoes() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));
        running.set("pin_tracker.stateless.concurrent_pins", "12");

        assertThat(running.swap("pintracker", "map"))
                .startsWith("pin_tracker.maptracker runs in the place of pin_tracker.stateless");
        assertThat(order).containsExactly("+pin_tracker.maptracker", "-pin_tracker.stateless", "held");
        assertThat(framework.configurations()).containsKey(MAP).doesNotContainKey(STATELESS);
        assertThat(running.show("pin_tracker")).contains("maptracker").doesNotContain("stateless");
        running.save();
        assertThat(new PeerFiles().check(dir, Map.of())).isEmpty();
        assertThat(Candidate.first(Loaded.of(dir, Map.of()), DaemonFlags.NONE).runs("pin_tracker.maptracker"))
                .isTrue();

        running.swap("pin_tracker", "stateless");
        assertThat(property(STATELESS, "concurrent.pins"))
                .as("its section was kept for the way back")
                .isEqualTo(12L);
    }

    @Test
    void aMonitorGoesBeforeItsSuccessorComes() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));
        running.swap("monitor", "other");

        assertThat(order).containsExactly("-monitor.pubsubmon", "+monitor.other", "held");
        running.swap("monitor", "pubsubmon");
        assertThat(property("org.pinion.monitor.pubsubmon", "check.interval")).isEqualTo("15s");
    }

    @Test
    void aComponentThatDoesNotStartLeavesTheOldOneInItsPlace() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));
        failure = "pin_tracker.maptracker does not start: it broke";

        assertThatThrownBy(() -> running.swap("pintracker", "map"))
                .hasMessage("pin_tracker.stateless stays in its place: " + failure);
        assertThat(framework.configurations()).containsKey(STATELESS).doesNotContainKey(MAP);
        assertThat(running.show("pin_tracker")).contains("stateless").doesNotContain("maptracker");
        assertThatThrownBy(() -> running.swap("monitor", "other")).hasMessageContaining("monitor.pubsubmon stays");
        assertThat(framework.configurations()).containsKey("org.pinion.monitor.pubsubmon");
    }

    @Test
    void whatCannotBeSwappedSaysWhatToDo() throws Exception {
        RunningConfig running = start(PeerDir.fresh(dir));

        assertThatThrownBy(() -> running.swap("consensus", "raft")).hasMessageContaining("state export");
        assertThatThrownBy(() -> running.swap("datastore", "mvstore")).hasMessageContaining("state export");
        assertThatThrownBy(() -> running.swap("informer", "disk")).hasMessageContaining("several of type informer");
        assertThatThrownBy(() -> running.swap("pintracker", "best"))
                .hasMessage("no bundle provides pintracker best; installed: map, stateless");
        assertThatThrownBy(() -> running.swap("pintracker", "stateless")).hasMessageContaining("runs already");
        assertThatThrownBy(() -> running.swap("engine", "x")).hasMessageContaining("no type engine");
    }

    @Test
    void theFlagThatChoseATrackerNoLongerCountsAfterASwap() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        peer.set("pin_tracker/maptracker", "{}");
        DaemonFlags flags = DaemonFlags.of(Map.of("pinion.pintracker", "map")::get);
        RunningConfig running = start(peer, Map.of(), flags);
        assertThat(framework.configurations()).containsKey(MAP);

        running.swap("pintracker", "stateless");
        running.set("cluster.peername", "x");
        assertThat(framework.configurations()).containsKey(STATELESS).doesNotContainKey(MAP);
    }

    @Test
    void whatIsShownIsWholeAndHidesSecrets() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        peer.set("cluster/secret", "\"" + "ab".repeat(32) + "\"")
                .set("informer/weather", "{\"token\":\"t0p\"}")
                .set("api/restapi", "{}");
        RunningConfig running = start(peer);

        assertThat(running.show("")).contains("\"secret\": \"***\"").doesNotContain("abab", "t0p");
        assertThat(running.show("api.restapi")).contains("/ip4/127.0.0.1/tcp/9094");
        assertThatThrownBy(() -> running.show("informer.none")).hasMessageContaining("no section informer.none");
    }
}
