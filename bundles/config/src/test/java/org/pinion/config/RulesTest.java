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

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule of the sections, with a value that breaks it. */
class RulesTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "cluster/secret|\"abcd\"|input secret is 2 bytes, cluster secret should be 32",
                "cluster/secret|\"zz\"|encoding/hex: invalid byte: U+007A 'z'",
                "cluster/listen_multiaddress||cluster.listen_multiaddress is undefined",
                "cluster/listen_multiaddress|[]|cluster.listen_multiaddress is undefined",
                "cluster/listen_multiaddress|\"nonsense\"|must be a multiaddress",
                "cluster/announce_multiaddress|\"x\"|must be a multiaddress",
                "cluster/no_announce_multiaddress|[\"x\"]|must be a multiaddress",
                "cluster/peer_addresses|\"/ip4/1.2.3.4/tcp/1\"|must be a list of multiaddresses",
                "cluster/connection_manager|{\"low_water\":1,\"grace_period\":\"1s\"}|high_water = (missing): must be more than 0",
                "cluster/connection_manager|{\"high_water\":1,\"low_water\":1}|cluster.connection_manager.grace_period is invalid",
                "cluster/connection_manager/low_water|500|low_water is greater than high_water",
                "cluster/connection_manager/low_water|0|must be more than 0",
                "cluster/connection_manager|7|must be an object",
                "cluster/pubsub/seen_messages_ttl|\"0s\"|seen_message_ttl",
                "cluster/pubsub/heartbeat_interval|\"-1s\"|must be more than 0s",
                "cluster/pubsub|{\"history_gossip\":1,\"history_length\":1}|cluster.pubsub.d_factor = (missing)",
                "cluster/pubsub/history_gossip|0|must be more than 0",
                "cluster/pubsub/history_length|-1|must be more than 0",
                "cluster/dial_peer_timeout|\"0s\"|cluster.dial_peer_timeout is invalid",
                "cluster/dial_peer_timeout|5|must be a duration",
                "cluster/state_sync_interval|\"0s\"|cluster.state_sync_interval is invalid",
                "cluster/pin_recover_interval|\"-1m\"|cluster.pin_recover_interval is invalid",
                "cluster/monitor_ping_interval|\"0s\"|cluster.monitoring_interval is invalid",
                "cluster/peer_watch_interval|\"0s\"|cluster.peer_watch_interval is invalid",
                "cluster/replication_factor_min|3|cluster.replication_factor_min is larger than max",
                "cluster/replication_factor_max|-2|cluster.replication_factor_min is larger than max",
                "cluster/replication_factor_min|-2|cluster.replication_factor_min is wrong",
                "cluster/replication_factor_max|2|cluster.replication_factor_min and max must be -1 when one of them is",
                "cluster/replication_factor_min|\"x\"|must be a whole number",
                "cluster/replication_factor_min|1.5|must be a whole number",
                "cluster/disable_repinning|\"yes\"|must be true or false",
                "cluster/resource_manager/memory_limit_bytes|-1|must be a whole number from 0",
                "consensus/crdt/trusted_peers|[\"nobody\"]|error parsing trusted peers",
                "consensus/crdt/trusted_peers|\"*\"|must be a list of texts",
                "consensus/crdt/repair_interval|\"-1s\"|must be 0s or more",
                "consensus/crdt/rebroadcast_interval|\"0s\"|must be more than 0s",
                "consensus/crdt/batching/max_queue_size|-1|must be more than 0",
                "consensus/crdt/batching/max_batch_size|-1|must be 0 or more",
                "consensus/crdt/batching/max_batch_age|\"-1s\"|must be 0s or more",
                "api/restapi/http_listen_multiaddress|\"9094\"|must be a multiaddress",
                "api/restapi/http_listen_multiaddress|\"/ip4/127.0.0.1\"|must be an address with a TCP port",
                "api/restapi/read_timeout|\"-1s\"|restapi.read_timeout is invalid",
                "api/restapi/read_header_timeout|\"-1s\"|restapi.read_header_timeout is invalid",
                "api/restapi/write_timeout|\"-1s\"|restapi.write_timeout is invalid",
                "api/restapi/idle_timeout|\"-1s\"|restapi.idle_timeout is invalid",
                "api/restapi/cors_max_age|\"-1s\"|restapi.cors_max_age is invalid",
                "api/restapi/max_header_bytes|1000|restapi.max_header_bytes must be not less then 4096",
                "api/pinsvcapi/max_header_bytes|1000|pinsvcapi.max_header_bytes must be not less then 4096",
                "api/restapi/basic_auth_credentials|{}|restapi.basic_auth_creds should be null or have at least one entry",
                "api/restapi/basic_auth_credentials|{\"u\":1}|basic_auth_credentials = (hidden): must be an object of texts",
                "api/restapi/headers|{\"X\":\"y\"}|must be an object of lists of texts",
                "api/restapi/id|\"12D3KooWEUTSEtySywdffvqTTPEVTcLC1q8F9emsZDaVT57wPepU\"|all ID, private_key and libp2p_listen_multiaddress should be set",
                "api/ipfsproxy/node_multiaddress|\"x\"|must be a multiaddress",
                "api/ipfsproxy/max_header_bytes|1|ipfsproxy.max_header_size must be greater or equal to 4096",
                "api/ipfsproxy/idle_timeout|\"-1s\"|ipfsproxy.idle_timeout is invalid",
                "api/ipfsproxy/extract_headers_ttl|\"-1s\"|ipfsproxy.extract_headers_ttl is invalid",
                "api/kuborpc|{\"max_header_bytes\":1}|must be 4096 or more",
                "ipfs_connector/ipfshttp/node_multiaddress||error parsing ipfs_node_multiaddress",
                "ipfs_connector/ipfshttp/pin_timeout|\"-1s\"|must be 0s or more",
                "ipfs_connector/ipfshttp/informer_trigger_interval|-1|ipfshttp.informer_trigger_interval",
                "ipfs_connector/ipfshttp/node_authorization|\"hunter2\"|node_authorization = (hidden): must be basic:<user>:<password> or bearer:<token>",
                "pin_tracker/stateless/max_pin_queue_size|-1|statelesstracker.max_pin_queue_size too low",
                "pin_tracker/stateless/concurrent_pins|-1|statelesstracker.concurrent_pins is too low",
                "pin_tracker/stateless/priority_pin_max_age|\"0s\"|must be more than 0s",
                "pin_tracker/stateless/priority_pin_max_retries|-1|must be more than 0",
                "monitor/pubsubmon|{}|pubsubmon.check_interval too low",
                "monitor/pubsubmon/check_interval|\"soon\"|pubsubmon.check_interval too low",
                "allocator/balanced/allocate_by|\"freespace\"|must be a list of texts",
                "informer/disk/metric_ttl||disk.metric_ttl is invalid",
                "informer/disk/metric_ttl|\"soon\"|disk.metric_ttl is invalid",
                "informer/disk/metric_type||disk.metric_type is invalid",
                "informer/disk/metric_type|\"speed\"|must be freespace or reposize",
                "informer/pinqueue/metric_ttl||pinqueue.metric_ttl is invalid",
                "informer/pinqueue/weight_bucket_size|-1|pinqueue.WeightBucketSize is invalid",
                "informer/tags/metric_ttl|\"soon\"|must be a duration",
                "informer/tags/metric_ttl|\"0s\"|must be more than 0s",
                "informer/tags/tags|{\"a\":1}|must be an object of texts",
                "informer/numpin|{\"metric_ttl\":\"0s\"}|numpin.metric_ttl is invalid",
                "observations/metrics|{}|loadMetricsOptions: PrometheusEndpoint multiaddr",
                "observations/tracing|{}|JaegerAgentEndpoint multiaddr",
                "observations/tracing/sampling_prob|\"x\"|must be a number",
                "datastore/pebble/pebble_options/format_major_version|9999|FormatMajorVersion (9999) must be between 13 and 24",
                "datastore/pebble/pebble_options/max_open_files|\"many\"|must be a whole number",
                "datastore/pebble/pebble_options/levels|[1]|must be a list of objects",
                "informer|[]|informer is a list, must be an object",
                "informer/disk|1|informer.disk is a number, must be an object",
                "cluster||cluster.listen_multiaddress is undefined",
                "cluster|null|cluster.listen_multiaddress is undefined",
                "consensus||could not determine the consensus component",
                "consensus/raft|{}|could not determine the consensus component",
                "datastore||unknown datastore",
                "datastore/badger|{}|unknown datastore",
                "informer|{}|no informers are passed",
                "ipfs_connector/embedded|{}|ipfs_connector.ipfshttp, ipfs_connector.embedded are there, must be one",
                "source|7|must be a text"
            })
    void whatTheReferenceRefusesIsRefusedWithFileKeyAndRange(String path, String json, String message) {
        PeerDir peer = PeerDir.fresh(dir).set(path, json == null ? "" : json);

        assertThat(peer.faults())
                .singleElement()
                .asString()
                .startsWith(peer.service().toString())
                .contains(path.split("/")[0])
                .contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "wait_for_leader_timeout|\"0s\"|wait_for_leader_timeout <= 0",
                "network_timeout|\"-1s\"|network_timeout <= 0",
                "commit_retries|-1|commit_retries is invalid",
                "commit_retry_delay|\"0s\"|must be more than 0s",
                "backups_rotate|-1|backups_rotate should be larger than 0",
                "heartbeat_timeout|\"1ms\"|HeartbeatTimeout is too low",
                "election_timeout|\"1ms\"|must be 5ms or more",
                "election_timeout|\"500ms\"|ElectionTimeout (500ms) must be equal or greater than Heartbeat Timeout (1s)",
                "commit_timeout|\"1us\"|must be 1ms or more",
                "max_append_entries|2000|MaxAppendEntries is too large",
                "max_append_entries|-1|must be more than 0",
                "trailing_logs|-1|must be a whole number from 0",
                "snapshot_interval|\"1ms\"|must be 5ms or more",
                "leader_lease_timeout|\"5s\"|LeaderLeaseTimeout (5s) cannot be larger than heartbeat timeout (1s)"
            })
    void rulesOfRaft(String key, String json, String message) {
        PeerDir peer = PeerDir.fresh(dir, "raft").set("consensus/raft/" + key, json);

        onlyFault(peer, "consensus.raft." + key, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "badger|{\"gc_discard_ratio\":1}|gc_discard_ratio must be more than 0 and less than 1",
                "badger3|{\"gc_interval\":\"soon\"}|must be a duration",
                "leveldb|{\"leveldb_options\":{\"no_sync\":1}}|must be true or false",
                "rocksdb|{\"cache_bytes\":1}|must be from 1048576",
                "rocksdb|{\"max_open_files\":1}|must be from 16"
            })
    void rulesOfTheOtherDatastores(String name, String json, String message) {
        PeerDir peer = PeerDir.fresh(dir).set("datastore/pebble", "").set("datastore/" + name, json);

        onlyFault(peer, "datastore." + name, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"storage_max\":\"much\"}|must be bytes like 10GB or 512MiB",
                "{\"pin_timeout\":\"0s\"}|must be more than 0s",
                "{\"listen_multiaddresses\":\"4001\"}|must be a multiaddress",
                "{\"bootstrap\":\"/ip4/1.2.3.4/tcp/1\"}|must be a list of multiaddresses"
            })
    void rulesOfTheEmbeddedNode(String json, String message) {
        PeerDir peer = PeerDir.fresh(dir).set("ipfs_connector/ipfshttp", "").set("ipfs_connector/embedded", json);

        onlyFault(peer, "ipfs_connector.embedded", message);
    }

    private static void onlyFault(PeerDir peer, String key, String message) {
        assertThat(peer.faults()).singleElement().asString().contains(key).contains(message);
    }

    @Test
    void certificateFilesHaveToBeThere() {
        PeerDir peer = PeerDir.fresh(dir)
                .set("api/restapi/ssl_cert_file", "\"none.pem\"")
                .set("api/restapi/ssl_key_file", "\"/none/key.pem\"");

        assertThat(peer.faults())
                .hasSize(2)
                .anyMatch(fault -> fault.contains("error loading TLS certificate/key: open " + dir.resolve("none.pem")))
                .anyMatch(fault -> fault.contains("error loading TLS certificate/key: open /none/key.pem"));
    }

    @Test
    void everyFaultIsReportedAtOnce() {
        PeerDir peer = PeerDir.fresh(dir)
                .set("cluster/dial_peer_timeout", "\"0s\"")
                .set("cluster/replication_factor_min", "\"x\"")
                .set("informer/disk/metric_type", "\"speed\"")
                .set("api/restapi/max_header_bytes", "1");

        assertThat(peer.faults()).hasSize(4);
    }

    @Test
    void aFaultHasOneForm() {
        PeerDir peer = PeerDir.fresh(dir).set("consensus/crdt/batching/max_queue_size", "-1");

        assertThat(peer.faults())
                .containsExactly(peer.service() + ": consensus.crdt.batching.max_queue_size = -1: must be more than 0"
                        + " (crdt.batching.max_queue_size is invalid)");
    }

    @Test
    void secretsNeverGetIntoAMessage() {
        String secret = "deadbeef".repeat(7);
        PeerDir peer = PeerDir.fresh(dir)
                .set("cluster/secret", "\"" + secret + "\"")
                .set("api/restapi/basic_auth_credentials", "{\"user\":[\"" + secret + "\"]}");

        assertThat(peer.faults()).hasSize(2).noneMatch(fault -> fault.contains("deadbeef"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"cluster\":{\"listen_multiaddress\":\"/ip4/0.0.0.0/tcp/9096\"},\"consensus\":{\"crdt\":{}},"
                        + "\"datastore\":{\"badger\":{}},\"informer\":{\"tags\":{}}}",
                "{\"cluster\":{\"listen_multiaddress\":\"/ip4/0.0.0.0/tcp/9096\"},\"consensus\":{\"raft\":{}},"
                        + "\"informer\":{\"tags\":{}}}",
                "{\"CLUSTER_\":1,\"cluster\":{\"Listen_MultiAddress\":\"/ip4/0.0.0.0/tcp/9096\",\"id\":\"\",\"peers\":[],"
                        + "\"replication_factor\":-1,\"bootstrap\":[]},\"consensus\":{\"crdt\":{}},"
                        + "\"api\":{\"restapi\":{},\"pinsvcapi\":{},\"ipfsproxy\":{}},"
                        + "\"pin_tracker\":{\"maptracker\":{\"max_pin_queue_size\":50000},\"stateless\":{}},"
                        + "\"monitor\":{\"monbasic\":{\"check_interval\":\"15s\"}},\"allocator\":{\"balanced\":{}},"
                        + "\"datastore\":{\"leveldb\":{}},\"informer\":{\"numpin\":{\"metric_ttl\":\"10s\"}}}"
            })
    void smallAndOldFilesLoad(String json) throws Exception {
        PeerDir peer = PeerDir.fresh(dir);
        java.nio.file.Files.writeString(peer.service(), json);

        assertThat(peer.faults()).isEmpty();
    }

    @Test
    void badDurationsOfCrdtStopTheReadingOfTheRestAsInTheReference() {
        PeerDir peer = PeerDir.fresh(dir)
                .set("consensus/crdt/batching/max_batch_age", "\"soon\"")
                .set("consensus/crdt/repair_interval", "\"2h\"");

        assertThat(peer.active().get("org.pinion.consensus.crdt").properties())
                .containsEntry("batching.max.batch.age", "0s")
                .containsEntry("repair.interval", "1h0m0s");
    }

    @Test
    void badDurationsOfRaftKeepTheDefault() {
        PeerDir peer = PeerDir.fresh(dir, "raft").set("consensus/raft/network_timeout", "\"soon\"");

        assertThat(peer.active().get("org.pinion.consensus.raft").properties()).containsEntry("network.timeout", "10s");
    }

    @Test
    void zeroInOptionsOfAStoreKeepsTheDefaultButLoadingModesAreTaken() {
        PeerDir peer = PeerDir.fresh(dir)
                .set("datastore/pebble", "")
                .set(
                        "datastore/badger",
                        "{\"badger_options\":{\"sync_writes\":false,\"max_levels\":0,\"table_loading_mode\":0}}");

        assertThat(peer.active().get("org.pinion.datastore.rocksdb").properties())
                .containsEntry("badger.options.sync.writes", true)
                .containsEntry("badger.options.max.levels", 7L)
                .containsEntry("badger.options.table.loading.mode", 0L);
    }

    @Test
    void unknownKeysAreNotedAndNotRefused() {
        PeerDir peer = PeerDir.fresh(dir)
                .set("mine", "1")
                .set("cluster/mine", "1")
                .set("cluster/pubsub/mine", "1")
                .set("allocator/metricalloc", "{}");

        assertThat(peer.read(java.util.Map.of()).notes())
                .hasSize(4)
                .anyMatch(note -> note.endsWith("unknown key cluster.pubsub.mine has no effect"))
                .anyMatch(note -> note.contains("component allocator.metricalloc of an earlier version"));
        assertThat(peer.faults()).isEqualTo(List.of());
    }
}
