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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionTest {
    private static final String PEER = "12D3KooWEUTSEtySywdffvqTTPEVTcLC1q8F9emsZDaVT57wPepU";

    @TempDir
    Path dir;

    @Test
    void aNewFileSwitchesItsSectionsOn() {
        assertThat(PeerDir.fresh(dir).active().keySet())
                .containsExactlyInAnyOrder(
                        "org.pinion.consensus.crdt",
                        "org.pinion.datastore.rocksdb",
                        "org.pinion.pintracker.stateless",
                        "org.pinion.monitor.pubsubmon",
                        "org.pinion.allocator.balanced",
                        "org.pinion.ipfsconnector.ipfshttp",
                        "org.pinion.api.restapi",
                        "org.pinion.api.pinsvcapi",
                        "org.pinion.api.ipfsproxy",
                        "org.pinion.informer.disk",
                        "org.pinion.informer.pinqueue",
                        "org.pinion.informer.tags",
                        "org.pinion.observations.metrics",
                        "org.pinion.observations.tracing");
    }

    @Test
    void keysGetDotsListsAreArraysAndMapsAreOneText() {
        Map<String, ActiveSection> active = PeerDir.fresh(dir).active();

        assertThat(active.get("org.pinion.informer.tags").properties())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "metric.ttl", "30s", "tags", "{\"group\":\"default\"}", "pinion.section", "informer.tags"));
        assertThat(active.get("org.pinion.allocator.balanced").properties().get("allocate.by"))
                .isEqualTo(new String[] {"tag:group", "freespace"});
        assertThat(active.get("org.pinion.api.restapi").properties())
                .containsEntry("http.listen.multiaddress", new String[] {"/ip4/127.0.0.1/tcp/9094"})
                .containsEntry("max.header.bytes", 4096L)
                .containsEntry("cors.allow.credentials", true)
                .containsEntry("idle.timeout", "2m0s")
                .containsEntry("headers", "{}");
        assertThat(active.get("org.pinion.consensus.crdt").properties())
                .containsEntry("batching.max.queue.size", 50000L)
                .containsEntry("trusted.peers", new String[] {"*"})
                .containsEntry("rebroadcast.interval", "1m0s")
                .containsEntry("peerset.metric", "ping")
                .containsEntry("datastore.namespace", "/c");
        assertThat(active.get("org.pinion.observations.tracing").properties()).containsEntry("sampling.prob", 0.3);
    }

    @Test
    void secretsAreNeverProperties() {
        String secret = "c0ffee".repeat(10);
        PeerDir peer = PeerDir.fresh(dir)
                .set("api/restapi/basic_auth_credentials", "{\"user\":\"" + secret + "\"}")
                .set("informer/mine", "{\"api_token\":\"" + secret + "\",\"login\":{\"password\":\"" + secret + "\"}}");

        Map<String, ActiveSection> active = peer.active();

        assertThat(active.values())
                .allSatisfy(section -> assertThat(new TreeMap<>(section.properties()).toString())
                        .doesNotContain("c0ffee"));
        assertThat(active.get("org.pinion.api.restapi").properties()).doesNotContainKey("basic.auth.credentials");
        assertThat(active.get("org.pinion.api.restapi").secrets())
                .containsEntry("basic_auth_credentials", "{\"user\":\"" + secret + "\"}");
        assertThat(active.get("org.pinion.informer.mine").secrets())
                .containsEntry("api_token", secret)
                .containsEntry("login.password", secret);
        assertThat(active.toString()).doesNotContain("cluster.secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pebble", "badger", "badger3", "leveldb", "rocksdb"})
    void everyStoreOfTheReferenceIsTheDefaultEngineInOurOwnFolder(String name) {
        PeerDir peer = PeerDir.fresh(dir).set("datastore", "{\"" + name + "\":{}}");

        assertThat(peer.active().get("org.pinion.datastore.rocksdb").properties())
                .containsEntry("folder", dir.resolve("pinion/data").toString());
        assertThat(peer.read(Map.of()).store().orElseThrow().factory()).isEqualTo("rocksdb");
        assertThat(peer.read(Map.of()).store().orElseThrow().folder()).isEqualTo(dir.resolve("pinion/data"));
    }

    @Test
    void aFolderChosenForAStoreOfTheReferenceIsLeftAloneAndOursStandsBesideIt() {
        PeerDir peer = PeerDir.fresh(dir).set("datastore/pebble/folder", "\"/disk/pebble\"");

        assertThat(peer.read(Map.of()).store().orElseThrow().folder()).isEqualTo(Path.of("/disk/pebble.pinion"));
    }

    @Test
    void aFolderChosenForOurStoreIsTaken() {
        PeerDir peer = PeerDir.fresh(dir).set("datastore", "{\"rocksdb\":{\"folder\":\"store\"}}");

        assertThat(peer.read(Map.of()).store().orElseThrow().folder()).isEqualTo(dir.resolve("store"));
    }

    @Test
    void sectionsThatTheReferenceRunsWithoutAFileAreMade() {
        PeerDir peer = PeerDir.fresh(dir)
                .set("pin_tracker", "")
                .set("monitor", "")
                .set("allocator", "")
                .set("ipfs_connector", "")
                .set("api", "")
                .set("observations", "")
                .set("informer", "{\"tags\":{}}");

        Map<String, ActiveSection> active = peer.active();

        assertThat(active.keySet())
                .containsExactlyInAnyOrder(
                        "org.pinion.consensus.crdt",
                        "org.pinion.datastore.rocksdb",
                        "org.pinion.pintracker.stateless",
                        "org.pinion.monitor.pubsubmon",
                        "org.pinion.allocator.balanced",
                        "org.pinion.ipfsconnector.ipfshttp",
                        "org.pinion.informer.tags");
        assertThat(active.get("org.pinion.allocator.balanced").properties())
                .containsEntry("allocate.by", new String[] {"freespace"});
        assertThat(active.get("org.pinion.monitor.pubsubmon").properties()).containsEntry("check.interval", "15s");
    }

    @Test
    void raftWithoutAStoreGetsTheDefaultEngine() {
        assertThat(PeerDir.fresh(dir, "raft").active())
                .containsKeys("org.pinion.consensus.raft", "org.pinion.datastore.rocksdb")
                .doesNotContainKey("org.pinion.consensus.crdt");
    }

    @Test
    void consensusIsChosenByTheFlagWhereBothAreThere() {
        PeerDir peer = PeerDir.fresh(dir).set("consensus/raft", "{}");

        assertThat(peer.active(Map.of("pinion.consensus", "raft")))
                .containsKey("org.pinion.consensus.raft")
                .doesNotContainKey("org.pinion.consensus.crdt");
        assertThat(peer.active(Map.of("pinion.consensus", "crdt"))).containsKey("org.pinion.consensus.crdt");
        assertThat(peer.faults()).singleElement().asString().contains("choose with --consensus");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pinion.consensus|raft|init --consensus raft",
                "pinion.consensus|paxos|--consensus paxos: must be crdt or raft",
                "pinion.pintracker|map|has no section pin_tracker.maptracker",
                "pinion.pintracker|best|must be stateless or map",
                "pinion.alloc|numpin|allocator.balanced.allocate_by",
                "pinion.monitor|basic|must be pubsubmon",
                "pinion.bootstrap|foo|not a multiaddress"
            })
    void flagsThatDoNotAgreeWithTheFileAreRefused(String flag, String value, String message) {
        assertThat(PeerDir.fresh(dir).read(Map.of(flag, value)).faults())
                .singleElement()
                .asString()
                .contains(message);
    }

    @ParameterizedTest
    @CsvSource({
        "pinion.consensus, crdt",
        "pinion.pintracker, stateless",
        "pinion.alloc, disk-freespace",
        "pinion.monitor, pubsub"
    })
    void oldFlagsThatAgreeAreAccepted(String flag, String value) {
        assertThat(PeerDir.fresh(dir).read(Map.of(flag, value)).faults()).isEmpty();
    }

    @Test
    void theOldTrackerRunsWhenItIsTheOnlyOneOrAskedFor() {
        assertThat(PeerDir.fresh(dir).set("pin_tracker", "{\"maptracker\":{}}").active())
                .containsKey("org.pinion.pintracker.map");
        PeerDir peer = PeerDir.fresh(dir).set("pin_tracker/maptracker", "{}");

        assertThat(peer.active()).containsKey("org.pinion.pintracker.stateless");
        assertThat(peer.active(Map.of("pinion.pintracker", "map")))
                .containsKey("org.pinion.pintracker.map")
                .doesNotContainKey("org.pinion.pintracker.stateless");
    }

    @Test
    void bootstrapPeersAreTrustedUnlessForbidden() {
        PeerDir peer = PeerDir.fresh(dir).set("consensus/crdt/trusted_peers", "[]");
        String address = "/ip4/1.2.3.4/tcp/9096/p2p/" + PEER;

        assertThat(trusted(peer, Map.of("pinion.bootstrap", address))).containsExactly(PEER);
        assertThat(trusted(peer, Map.of("pinion.bootstrap", address, "pinion.no.trust", "true")))
                .isEmpty();
        assertThat(trusted(PeerDir.fresh(dir), Map.of("pinion.bootstrap", address)))
                .containsExactly("*");
    }

    private static String[] trusted(PeerDir peer, Map<String, String> flags) {
        return (String[])
                peer.active(flags).get("org.pinion.consensus.crdt").properties().get("trusted.peers");
    }

    @Test
    void statsAndTracingAreSwitchedOnByFlags() {
        Map<String, ActiveSection> active =
                PeerDir.fresh(dir).active(Map.of("pinion.stats", "true", "pinion.tracing", "true"));

        assertThat(active.get("org.pinion.observations.metrics").properties()).containsEntry("enable.stats", true);
        assertThat(active.get("org.pinion.observations.tracing").properties()).containsEntry("enable.tracing", true);
    }

    @Test
    void sectionsOfStrangersAreHandedOn() {
        PeerDir peer = PeerDir.fresh(dir)
                .set("informer/weather", "{\"metric_ttl\":\"5s\",\"nested\":{\"max_size\":3},\"names\":[\"a\",\"b\"]}")
                .set("allocator", "{\"mine\":{\"a\":1}}");

        Map<String, ActiveSection> active = peer.active();

        assertThat(active.get("org.pinion.informer.weather").properties())
                .containsEntry("metric.ttl", "5s")
                .containsEntry("nested.max.size", 3L)
                .containsEntry("names", new String[] {"a", "b"});
        assertThat(active).containsKey("org.pinion.allocator.mine").doesNotContainKey("org.pinion.allocator.balanced");
    }

    @Test
    void aStrangerBesideOursHasNoEffectWhereOnlyOneRuns() {
        PeerDir peer = PeerDir.fresh(dir).set("allocator/mine", "{}");

        assertThat(peer.active())
                .containsKey("org.pinion.allocator.balanced")
                .doesNotContainKey("org.pinion.allocator.mine");
    }

    @Test
    void environmentWinsOverTheFileAndCannotSwitchOn() {
        PeerDir peer = PeerDir.fresh(dir).set("api/pinsvcapi", "");

        Map<String, ActiveSection> active = peer.active(
                Map.of(),
                "CLUSTER_STATELESS_CONCURRENTPINS",
                "3",
                "CLUSTER_CRDT_BATCHING_MAXBATCHSIZE",
                "100",
                "CLUSTER_PINSVCAPI_IDLETIMEOUT",
                "1s",
                "CLUSTER_UNKNOWN_THING",
                "x");

        assertThat(active.get("org.pinion.pintracker.stateless").properties()).containsEntry("concurrent.pins", 3L);
        assertThat(active.get("org.pinion.consensus.crdt").properties()).containsEntry("batching.max.batch.size", 100L);
        assertThat(active).doesNotContainKey("org.pinion.api.pinsvcapi");
    }

    @ParameterizedTest
    @CsvSource({
        "CLUSTER_RAFT_BACKUPSROTATE, -1, backups_rotate should be larger than 0",
        "CLUSTER_BADGER_BADGEROPTIONS_SYNCWRITES, yes, to type bool",
        "CLUSTER_REPLICATIONFACTORMAX, 2, must be -1 when one of them is"
    })
    void environmentIsCheckedEvenForSectionsThatAreNotThere(String name, String value, String message) {
        assertThat(PeerDir.fresh(dir).faults(name, value))
                .singleElement()
                .asString()
                .contains(name)
                .contains(message);
    }

    @Test
    void environmentDoesNotMendAFaultOfTheFile() {
        PeerDir peer = PeerDir.fresh(dir).set("cluster/dial_peer_timeout", "\"0s\"");

        assertThat(peer.faults("CLUSTER_DIALPEERTIMEOUT", "3s")).hasSize(1);
    }

    @Test
    void listenersAreTheAddressesThatAreServed() {
        assertThat(PeerDir.fresh(dir).read(Map.of()).listeners())
                .extracting(one -> one.section() + " " + one.address())
                .containsExactlyInAnyOrder(
                        "cluster /ip4/0.0.0.0/tcp/9096",
                        "api.restapi /ip4/127.0.0.1/tcp/9094",
                        "api.ipfsproxy /ip4/127.0.0.1/tcp/9095",
                        "api.pinsvcapi /ip4/127.0.0.1/tcp/9097");
    }

    @Test
    void dataOfAGoPeerIsNeverTakenForNothing() throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        Files.createDirectories(dir.resolve("pebble"));
        Files.writeString(dir.resolve("pebble/MANIFEST"), "x");
        Map<String, String> start = Map.of("pinion.daemon", "true");

        assertThat(peer.read(start).faults()).singleElement().asString().contains("state export");
        assertThat(peer.read(Map.of()).faults()).isEmpty();
        Files.writeString(dir.resolve("peerstore"), "/ip4/1.2.3.4/tcp/9096/p2p/" + PEER + "\n");
        assertThat(peer.read(start).faults()).isEmpty();
        assertThat(peer.read(start).notes()).anyMatch(note -> note.startsWith("NOTICE: " + dir.resolve("pebble")));
    }

    @Test
    void theTableOfSectionsIsTrue() throws Exception {
        Path table = Path.of(System.getProperty("pinion.root"), "etc", "build", "sections.csv");
        TreeMap<String, String> expected = new TreeMap<>();
        Schema.sections().forEach(section -> expected.put(section.label(), section.pid()));

        TreeMap<String, String> rows = new TreeMap<>();
        Files.readAllLines(table).stream()
                .skip(1)
                .map(line -> line.split(","))
                .forEach(row -> rows.put(row[0], row[1]));
        assertThat(rows).isEqualTo(expected);
    }
}
