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

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.ClusterException;
import org.pinion.spi.config.ConfigFiles.InitOptions;
import org.pinion.spi.config.ConfigFiles.InitResult;

class NewFilesTest {
    private static final String SECRET = "00".repeat(32);
    private static final String PEER_A = "12D3KooWEUTSEtySywdffvqTTPEVTcLC1q8F9emsZDaVT57wPepU";
    private static final String PEER_B = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";

    @TempDir
    Path dir;

    private static Path folder(Path dir) {
        return dir.resolve("peer");
    }

    private static InitOptions options(String consensus, String datastore, String ipfs) {
        return new InitOptions(consensus, datastore, ipfs, "", false, List.of(), false, Map.of());
    }

    private static InitOptions plain(Map<String, String> environment, boolean force, Multiaddr... peers) {
        return new InitOptions("crdt", "pebble", "kubo", "", false, List.of(peers), force, environment);
    }

    private InitResult init(InitOptions options) throws IOException {
        return new PeerFiles().init(folder(dir), options);
    }

    private String service() throws IOException {
        return Files.readString(folder(dir).resolve("service.json"));
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = NewFilesTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource({"crdt, service.default.json", "raft, service.raft.json"})
    void plainInitWritesTheReferencesFileByteForByte(String consensus, String golden) throws IOException {
        init(new InitOptions(
                consensus, "pebble", "kubo", SECRET, false, List.of(), false, Map.of("CLUSTER_PEERNAME", "hostname")));

        assertThat(service()).isEqualTo(golden(golden));
    }

    @ParameterizedTest
    @ValueSource(strings = {"badger", "badger3", "leveldb", "pebble"})
    void everyDatastoreIsWrittenAsTheReferenceWritesIt(String store) throws IOException {
        init(options("crdt", store, "kubo"));

        Object written =
                ((Map<?, ?>) Objects.requireNonNull(Json.parseObject(service()).get("datastore"))).get(store);
        Object expected = Json.parseObject(golden("datastores.json")).get(store);
        assertThat(Json.pretty(written, 2)).isEqualTo(Json.pretty(expected, 2));
    }

    @Test
    void hostNameAndSecretAreFilledInAndTheSecretIsNewEachTime() throws IOException {
        init(options("crdt", "pebble", "kubo"));
        String first = secret();
        init(plain(Map.of(), true));

        assertThat(first).matches("[0-9a-f]{64}").isNotEqualTo(secret());
        assertThat(service()).contains("\"peername\": \"" + Loaded.hostName() + "\"");
    }

    private String secret() throws IOException {
        return String.valueOf(
                ((Map<?, ?>) Objects.requireNonNull(Json.parseObject(service()).get("cluster"))).get("secret"));
    }

    @Test
    void embeddedWritesTheNodeAndItsApiInsteadOfTheHttpConnector() throws IOException {
        init(options("crdt", "rocksdb", "embedded"));

        assertThat(service())
                .doesNotContain("ipfshttp")
                .contains("\"embedded\": {\n      \"listen_multiaddresses\": \"/ip4/0.0.0.0/tcp/4001\"")
                .contains("\"kuborpc\": {\n      \"listen_multiaddress\": \"/ip4/127.0.0.1/tcp/5001\"")
                .contains("\"rocksdb\": {}");
        assertThat(new PeerFiles().check(folder(dir), Map.of())).isEmpty();
    }

    @Test
    void filesAreOnlyForTheirOwner() throws IOException {
        init(options("crdt", "pebble", "kubo"));

        assertThat(mode("service.json")).isEqualTo("rw-------");
        assertThat(mode("identity.json")).isEqualTo("rw-------");
        assertThat(mode("")).isEqualTo("rwx------");
        assertThat(folder(dir)).isDirectoryContaining("glob:**/peerstore");
        assertThat(Files.list(folder(dir))).hasSize(3);
    }

    private String mode(String name) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder(dir).resolve(name)));
    }

    @Test
    void identityHasTheReferencesForm() throws IOException {
        InitResult result = init(options("crdt", "pebble", "kubo"));

        assertThat(Files.readString(folder(dir).resolve("identity.json")))
                .matches(
                        "\\{\n    \"id\": \"12D3KooW[A-Za-z0-9]{44}\",\n    \"private_key\": \"[A-Za-z0-9+/]{91}=\"\n}")
                .contains(result.peer().toString());
        assertThat(new PeerFiles().identity(folder(dir), Map.of())).isEqualTo(result.peer());
    }

    @Test
    void messagesAreThoseOfTheReference() throws IOException {
        assertThat(init(options("crdt", "pebble", "kubo")).lines())
                .containsExactly(
                        "configuration written to " + folder(dir) + "/service.json.",
                        "new identity written to " + folder(dir) + "/identity.json",
                        "new empty peerstore written to " + folder(dir) + "/peerstore.");
    }

    @Test
    void existingFilesAreRefusedWithoutForceAndNothingChanges() throws IOException {
        init(options("crdt", "pebble", "kubo"));
        String before = service();

        assertThatThrownBy(() -> init(options("crdt", "pebble", "kubo")))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining(folder(dir) + "/service.json")
                .hasMessageContaining("--force");
        assertThat(service()).isEqualTo(before);
    }

    @Test
    void forceKeepsTheIdentityAndACopyOfTheOldConfiguration() throws IOException {
        InitResult first = init(plain(Map.of(), false, Multiaddr.parse("/ip4/1.2.3.4/tcp/9096/p2p/" + PEER_A)));
        String before = service();
        InitResult second = init(plain(Map.of(), true));

        assertThat(second.peer()).isEqualTo(first.peer());
        assertThat(folder(dir).resolve("service.json.old.0")).hasContent(before);
        assertThat(folder(dir).resolve("peerstore")).isEmptyFile();
        assertThat(folder(dir).resolve("peerstore.old.0")).isNotEmptyFile();
        assertThat(second.lines()).doesNotContain("new identity written to " + folder(dir) + "/identity.json");
    }

    @Test
    void atMostSixCopiesAreKept() throws IOException {
        for (int i = 0; i < 9; i++) {
            init(plain(Map.of("CLUSTER_PEERNAME", "n" + i), true));
        }

        assertThat(folder(dir).resolve("service.json.old.0")).content().contains("\"n7\"");
        assertThat(folder(dir).resolve("service.json.old.5")).content().contains("\"n2\"");
        assertThat(folder(dir).resolve("service.json.old.6")).doesNotExist();
    }

    @Test
    void peersGoToThePeerstoreAndAreTrusted() throws IOException {
        InitResult result = init(plain(
                Map.of(),
                false,
                Multiaddr.parse("/ip4/1.2.3.4/tcp/9096/ipfs/" + PEER_A),
                Multiaddr.parse("/dns4/b.example.org/tcp/9096/p2p/" + PEER_B),
                Multiaddr.parse("/ip4/1.2.3.5/tcp/9096/p2p/" + PEER_A)));

        assertThat(folder(dir).resolve("peerstore"))
                .hasContent("/ip4/1.2.3.4/tcp/9096/p2p/" + PEER_A + "\n/ip4/1.2.3.5/tcp/9096/p2p/" + PEER_A
                        + "\n/dns4/b.example.org/tcp/9096/p2p/" + PEER_B + "\n");
        assertThat(service())
                .contains("\"trusted_peers\": [\n        \"" + PEER_A + "\",\n        \"" + PEER_B + "\"\n      ]");
        assertThat(result.lines()).last().asString().endsWith("/peerstore with 3 entries.");
    }

    @Test
    void peersOfRaftAreTheInitialPeerSet() throws IOException {
        init(new InitOptions(
                "raft", "pebble", "kubo", "", false, List.of(Multiaddr.parse("/p2p/" + PEER_A)), false, Map.of()));

        assertThat(service()).contains("\"init_peerset\": [\n        \"" + PEER_A + "\"\n      ]");
        assertThat(folder(dir).resolve("peerstore")).isEmptyFile();
    }

    @Test
    void peersWithoutIdAreRefusedAndNothingIsWritten() {
        assertThatThrownBy(() -> init(plain(Map.of(), false, Multiaddr.parse("/ip4/1.2.3.4/tcp/9096"))))
                .hasMessageContaining("getting AddrInfos from peer multiaddresses: invalid p2p multiaddr");
        assertThat(folder(dir)).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "paxos, pebble, kubo, choosing consensus: flag value must be set to 'raft' or 'crdt'",
        "crdt, oracle, kubo, choosing datastore: flag value must be set to 'leveldb'",
        "crdt, pebble, none, choosing ipfs: flag value must be set to 'kubo' or 'embedded'"
    })
    void wrongChoicesAreRefusedAndNothingIsWritten(String consensus, String store, String ipfs, String message) {
        assertThatThrownBy(() -> init(options(consensus, store, ipfs))).hasMessageContaining(message);
        assertThat(folder(dir)).doesNotExist();
    }

    @Test
    void environmentIsBakedIntoTheFile() throws IOException {
        init(plain(
                Map.of(
                        "CLUSTER_SECRET", "AB".repeat(32),
                        "CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS", "/ip4/0.0.0.0/tcp/1,/ip6/::/tcp/2",
                        "CLUSTER_CRDT_REBROADCASTINTERVAL", "90s",
                        "CLUSTER_TAGS_TAGS", "group:x,region:y",
                        "CLUSTER_CONNECTIONMANAGER_HIGHWATER", "0x190",
                        "CLUSTER_PEBBLE_PEBBLEOPTIONS_MAXOPENFILES", "77",
                        "CLUSTER_RESTAPI_BASICAUTHCREDENTIALS", "user:pass"),
                false));

        assertThat(service())
                .contains("\"secret\": \"" + "ab".repeat(32) + "\"")
                .contains(
                        "\"http_listen_multiaddress\": [\n        \"/ip4/0.0.0.0/tcp/1\",\n        \"/ip6/::/tcp/2\"\n      ]")
                .contains("\"rebroadcast_interval\": \"1m30s\"")
                .contains("\"tags\": {\n        \"group\": \"x\",\n        \"region\": \"y\"\n      }")
                .contains("\"high_water\": 400")
                .contains("\"max_open_files\": 77")
                .contains("\"basic_auth_credentials\": {\n        \"user\": \"pass\"\n      }");
    }

    @Test
    void anEmptySecretInTheEnvironmentMeansAnOpenNetworkAndIsSaid() throws IOException {
        InitResult result = init(plain(Map.of("CLUSTER_SECRET", ""), false));

        assertThat(secret()).isEmpty();
        assertThat(result.lines())
                .first()
                .isEqualTo("Cluster secret is empty, cluster will start on unprotected network.");
    }

    @ParameterizedTest
    @CsvSource({
        "CLUSTER_SECRET, abcd, 'error loading cluster secret from config: input secret is 2 bytes, cluster secret should be 32'",
        "CLUSTER_SECRET, zz, encoding/hex: invalid byte: U+007A 'z'",
        "CLUSTER_SECRET, abc, encoding/hex: odd length hex string",
        "CLUSTER_REPLICATIONFACTORMIN, x, 'assigning CLUSTER_REPLICATIONFACTORMIN to replication_factor_min: converting ''x'' to type int. details:'",
        "CLUSTER_DISABLEREPINNING, yes, converting 'yes' to type bool. details:",
        "CLUSTER_DIALPEERTIMEOUT, 5, CLUSTER_DIALPEERTIMEOUT: cluster.dial_peer_timeout",
        "CLUSTER_PEERADDRESSES, '/ip4/1.2.3.4/tcp/1, /ip4/1.2.3.4/tcp/2', must be a list of multiaddresses",
        "CLUSTER_RESTAPI_BASICAUTHCREDENTIALS, a:b:c, CLUSTER_RESTAPI_BASICAUTHCREDENTIALS",
        "CLUSTER_RESTAPI_BASICAUTHCREDENTIALS, '', should be null or have at least one entry",
        "CLUSTER_RESTAPI_MAXHEADERBYTES, '', converting '' to type int"
    })
    void badEnvironmentIsRefusedByNameAndNothingIsWritten(String name, String value, String message) {
        assertThatThrownBy(() -> init(plain(Map.of(name, value), false)))
                .hasMessageStartingWith("applying environment variables to configuration: ")
                .hasMessageContaining(message)
                .hasMessageContaining(name);
        assertThat(folder(dir)).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "abcd, 'parsing user-provided secret: input secret is 2 bytes, cluster secret should be 32'",
        "xy, 'parsing user-provided secret: encoding/hex: invalid byte: U+0078 ''x'''"
    })
    void aBadOwnSecretIsRefused(String secret, String message) {
        assertThatThrownBy(() ->
                        init(new InitOptions("crdt", "pebble", "kubo", secret, false, List.of(), false, Map.of())))
                .hasMessage(message);
        assertThat(folder(dir)).doesNotExist();
    }

    @Test
    void anIdentityOfTheEnvironmentThatDoesNotMatchIsRefused() {
        assertThatThrownBy(() -> init(plain(Map.of("CLUSTER_ID", PEER_A), false)))
                .hasMessage(
                        "applying environment variables to the identity: identity ID does not match the private_key");
    }

    @Test
    void randomPortsAreFreeAndAllDifferentAndTheProxyFollowsTheNode() throws IOException {
        init(new InitOptions("crdt", "rocksdb", "embedded", "", true, List.of(), false, Map.of()));

        var reading = new PeerFiles().read(folder(dir), Map.of(), Map.of());
        Set<String> ports = new HashSet<>();
        reading.listeners().forEach(one -> ports.add(one.address().value("tcp").orElseThrow()));
        assertThat(reading.faults()).isEmpty();
        assertThat(reading.listeners()).hasSize(6);
        assertThat(ports).hasSize(6).doesNotContain("9094", "9095", "9096", "9097", "4001", "5001", "0");
        Map<?, ?> api =
                (Map<?, ?>) Objects.requireNonNull(Json.parseObject(service()).get("api"));
        assertThat(((Map<?, ?>) api.get("ipfsproxy")).get("node_multiaddress"))
                .isEqualTo(((Map<?, ?>) api.get("kuborpc")).get("listen_multiaddress"));
        assertThat(service()).containsPattern("/ip4/0.0.0.0/udp/[0-9]+/quic\"").doesNotContain("udp/9096");
    }

    @Test
    void aSourceIsTheOnlyKeyOfTheFile() throws IOException {
        new PeerFiles().initFromSource(folder(dir), "http://host/cfg.json", options("crdt", "pebble", "kubo"));

        assertThat(service()).isEqualTo("{\n  \"source\": \"http://host/cfg.json\"\n}");
        assertThat(folder(dir).resolve("peerstore")).doesNotExist();
        assertThat(folder(dir).resolve("identity.json")).exists();
    }
}
