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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.config.ConfigFiles.InitOptions;
import org.pinion.spi.config.ConfigFiles.InitResult;

/** Makes service.json, identity.json and peerstore as the reference's {@code init}. Nothing is written before all is checked. */
final class NewFiles {
    /** Sections whose listeners get free ports. */
    private static final Map<String, String> LISTENERS = Map.of(
            "cluster", "listen_multiaddress",
            "api.restapi", "http_listen_multiaddress",
            "api.pinsvcapi", "http_listen_multiaddress",
            "api.ipfsproxy", "listen_multiaddress",
            "api.kuborpc", "listen_multiaddress",
            "ipfs_connector.embedded", "listen_multiaddresses");

    private final Path folder;
    private final InitOptions options;
    private final Map<String, Values> sections = new LinkedHashMap<>();
    private final List<String> lines = new ArrayList<>();

    NewFiles(Path folder, InitOptions options) {
        this.folder = folder.toAbsolutePath().normalize();
        this.options = options;
    }

    /** All three files with a whole configuration. */
    InitResult whole() throws IOException {
        prepare();
        Path peerstore = folder.resolve(SettingsReader.peerstore(get("cluster")));
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        for (String type : Schema.TYPES) {
            sections.forEach((label, values) -> {
                Section section = Schema.get(label);
                if (section.type().equals(type)) {
                    Section.put(json, label, section.toJson(values, false));
                }
            });
        }
        Identity identity = write(json);
        writePeerstore(peerstore);
        return new InitResult(identity.id(), lines);
    }

    /** A configuration that only names its source. */
    InitResult source(String url) throws IOException {
        prepare();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("source", url);
        Identity identity = write(json);
        return new InitResult(identity.id(), lines);
    }

    private void prepare() throws IOException {
        checkOptions();
        Path file = folder.resolve(ServiceFile.FILE);
        if (Files.exists(file) && !options.force()) {
            throw bad("overwriting " + file + ": it exists; use --force, a copy is kept");
        }
        choose();
        if (options.randomPorts()) {
            randomPorts();
        }
        applyEnvironment();
        secret();
        peers();
    }

    private void checkOptions() {
        if (!Set.of("crdt", "raft").contains(options.consensus())) {
            throw bad("choosing consensus: flag value must be set to 'raft' or 'crdt'");
        }
        if (!DatastoreSections.REFERENCE.contains(options.datastore())
                && !DatastoreSections.OURS.contains(options.datastore())) {
            throw bad("choosing datastore: flag value must be set to 'leveldb', 'badger', 'badger3' or 'pebble'"
                    + " (or to 'rocksdb' or 'mvstore')");
        }
        if (!Set.of("kubo", "embedded").contains(options.ipfs())) {
            throw bad("choosing ipfs: flag value must be set to 'kubo' or 'embedded'");
        }
        for (Multiaddr address : options.peers()) {
            if (address.peerId().isEmpty()) {
                throw bad("getting AddrInfos from peer multiaddresses: invalid p2p multiaddr: " + address
                        + " must end in /p2p/PEERID");
            }
        }
    }

    private void choose() {
        boolean embedded = options.ipfs().equals("embedded");
        boolean crdt = options.consensus().equals("crdt");
        Stream.of(
                        Stream.of("cluster", "consensus." + options.consensus(), "api.ipfsproxy"),
                        embedded ? Stream.of("api.kuborpc") : Stream.<String>empty(),
                        Stream.of("api.pinsvcapi", "api.restapi"),
                        Stream.of(embedded ? "ipfs_connector.embedded" : "ipfs_connector.ipfshttp"),
                        Stream.of("pin_tracker.stateless", "monitor.pubsubmon", "allocator.balanced"),
                        Stream.of("informer.disk", "informer.pinqueue", "informer.tags"),
                        Stream.of("observations.metrics", "observations.tracing"),
                        crdt ? Stream.of("datastore." + options.datastore()) : Stream.<String>empty())
                .flatMap(labels -> labels)
                .forEach(label -> sections.put(label, Schema.get(label).defaults()));
        byte[] secret = new byte[SecretText.BYTES];
        new SecureRandom().nextBytes(secret);
        get("cluster").set("secret", HexFormat.of().formatHex(secret));
        get("cluster").set("peername", Loaded.hostName());
    }

    private Values get(String label) {
        Values values = sections.get(label);
        if (values == null) {
            throw new IllegalArgumentException("no section " + label);
        }
        return values;
    }

    private void randomPorts() throws IOException {
        try (FreePorts ports = new FreePorts()) {
            for (Map.Entry<String, Values> section : sections.entrySet()) {
                String path = LISTENERS.get(section.getKey());
                if (path == null) {
                    continue;
                }
                List<String> free = new ArrayList<>();
                for (String address : section.getValue().texts(path)) {
                    free.add(ports.replace(address));
                }
                section.getValue().set(path, List.copyOf(free));
            }
        }
        if (sections.containsKey("api.kuborpc")) {
            // the proxy goes on to the node's own API, which has just moved
            get("api.ipfsproxy")
                    .set(
                            "node_multiaddress",
                            get("api.kuborpc").texts("listen_multiaddress").get(0));
        }
    }

    private void applyEnvironment() {
        List<String> faults = new ArrayList<>();
        EnvironmentReader reader = new EnvironmentReader(options.environment(), folder, faults);
        sections.replaceAll((label, values) -> reader.apply(Schema.get(label), values));
        if (!faults.isEmpty()) {
            throw bad("applying environment variables to configuration: " + String.join("\n", faults));
        }
    }

    private void secret() {
        Values cluster = get("cluster");
        if (!options.secret().isEmpty()) {
            try {
                SecretText.decode(options.secret());
            } catch (IllegalArgumentException e) {
                throw bad("parsing user-provided secret: " + e.getMessage());
            }
            cluster.set("secret", options.secret());
        }
        cluster.set("secret", cluster.text("secret").toLowerCase(Locale.ROOT));
        if (cluster.text("secret").isEmpty()) {
            lines.add("Cluster secret is empty, cluster will start on unprotected network.");
        }
    }

    private void peers() {
        if (options.peers().isEmpty()) {
            return;
        }
        List<String> ids = byPeer().keySet().stream().map(PeerId::toString).toList();
        boolean crdt = options.consensus().equals("crdt");
        get("consensus." + options.consensus()).set(crdt ? "trusted_peers" : "init_peerset", ids);
    }

    private Map<PeerId, Set<Multiaddr>> byPeer() {
        Map<PeerId, Set<Multiaddr>> peers = new LinkedHashMap<>();
        for (Multiaddr address : options.peers()) {
            Set<Multiaddr> addresses =
                    peers.computeIfAbsent(address.peerId().orElseThrow(), peer -> new LinkedHashSet<>());
            if (!address.withoutPeerId().isEmpty()) {
                addresses.add(address);
            }
        }
        return peers;
    }

    private Identity write(Map<String, @Nullable Object> json) throws IOException {
        Path service = folder.resolve(ServiceFile.FILE);
        boolean newIdentity = Identity.isMissing(folder);
        Identity identity;
        try {
            identity = newIdentity
                    ? Identity.generate().withEnvironment(options.environment())
                    : Identity.load(folder, options.environment(), Map.of());
        } catch (IllegalArgumentException e) {
            throw bad(Loaded.text(e));
        }
        Disk.makeFolder(folder);
        if (Files.exists(service)) {
            lines.add("previous configuration kept as " + Disk.keep(service) + ".");
        }
        Disk.writeSecret(service, Json.pretty(json, 2));
        lines.add("configuration written to " + service + ".");
        if (newIdentity) {
            Disk.writeSecret(folder.resolve(Identity.FILE), identity.toFile());
            lines.add("new identity written to " + folder.resolve(Identity.FILE));
        }
        return identity;
    }

    private void writePeerstore(Path file) throws IOException {
        if (Files.exists(file) && Files.size(file) > 0) {
            lines.add("previous peerstore kept as " + Disk.keep(file) + ".");
        }
        List<String> addresses = byPeer().values().stream()
                .flatMap(Set::stream)
                .map(Multiaddr::toString)
                .toList();
        Files.write(file, addresses);
        lines.add(
                options.peers().isEmpty()
                        ? "new empty peerstore written to " + file + "."
                        : "peerstore written to " + file + " with "
                                + options.peers().size() + " entries.");
    }

    private static ClusterException bad(String text) {
        return new ClusterException(ErrorCode.BAD_REQUEST, text);
    }
}
