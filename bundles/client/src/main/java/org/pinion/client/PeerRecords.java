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
package org.pinion.client;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Alert;
import org.pinion.spi.ConnectGraph;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Metric;
import org.pinion.spi.PeerInfo;

/** Reads peers, metrics and who is connected to whom. */
final class PeerRecords {
    private PeerRecords() {}

    static PeerInfo peer(JsonIn in) throws IOException {
        var it = new Object() {
            @Nullable
            PeerId id;

            List<Multiaddr> addresses = List.of();
            List<PeerId> peers = List.of();
            List<Multiaddr> peerAddresses = List.of();
            String version = "";
            String commit = "";
            String rpc = "";
            String error = "";

            @Nullable
            IpfsId ipfs;

            String name = "";
        };
        in.object(field -> {
            switch (field) {
                case "id" -> it.id = in.peer();
                case "addresses" -> it.addresses = in.addresses();
                case "cluster_peers" -> it.peers = in.peers();
                case "cluster_peers_addresses" -> it.peerAddresses = in.addresses();
                case "version" -> it.version = in.text();
                case "commit" -> it.commit = in.text();
                case "rpc_protocol_version" -> it.rpc = in.text();
                case "error" -> it.error = in.text();
                case "ipfs" -> it.ipfs = ipfs(in);
                case "peername" -> it.name = in.text();
                default -> {}
            }
        });
        return new PeerInfo(
                ApiRecords.required(it.id, "the peer's id"),
                it.addresses,
                it.peers,
                it.peerAddresses,
                it.version,
                it.commit,
                it.rpc,
                it.error,
                it.ipfs,
                it.name);
    }

    private static @Nullable IpfsId ipfs(JsonIn in) throws IOException {
        var it = new Object() {
            @Nullable
            PeerId id;

            List<Multiaddr> addresses = List.of();
            String error = "";
        };
        in.object(field -> {
            switch (field) {
                case "id" -> it.id = in.peer();
                case "addresses" -> it.addresses = in.addresses();
                case "error" -> it.error = in.text();
                default -> {}
            }
        });
        return it.id == null && it.error.isEmpty() ? null : new IpfsId(it.id, it.addresses, it.error);
    }

    static Alert alert(JsonIn in) throws IOException {
        var it = new Object() {
            String name = "";

            @Nullable
            PeerId peer;

            String value = "";
            long expire;
            boolean valid;
            long weight;
            boolean partitionable;
            long received;

            @Nullable
            Instant triggered;
        };
        in.object(field -> {
            switch (field) {
                case "name" -> it.name = in.text();
                case "peer" -> it.peer = in.peer();
                case "value" -> it.value = in.text();
                case "expire" -> it.expire = in.number();
                case "valid" -> it.valid = in.bool();
                case "weight" -> it.weight = in.number();
                case "partitionable" -> it.partitionable = in.bool();
                case "received_at" -> it.received = in.number();
                case "triggered_at" -> it.triggered = in.time();
                default -> {}
            }
        });
        Metric metric = new Metric(
                it.name,
                ApiRecords.required(it.peer, "the metric's peer"),
                it.value,
                it.expire,
                it.valid,
                it.weight,
                it.partitionable,
                it.received);
        return new Alert(metric, it.triggered == null ? Instant.EPOCH : it.triggered);
    }

    static Metric metric(JsonIn in) throws IOException {
        return alert(in).metric();
    }

    static ConnectGraph graph(JsonIn in) throws IOException {
        var it = new Object() {
            @Nullable
            PeerId self;

            SortedMap<PeerId, String> names = new TreeMap<>();
            SortedMap<PeerId, List<PeerId>> ipfs = new TreeMap<>();
            SortedMap<PeerId, List<PeerId>> cluster = new TreeMap<>();
            SortedMap<PeerId, Boolean> trust = new TreeMap<>();
            SortedMap<PeerId, PeerId> nodes = new TreeMap<>();
        };
        in.object(field -> {
            switch (field) {
                case "cluster_id", "clusterid" -> it.self = in.peer();
                case "id_to_peername" -> it.names = in.byPeer(in::text);
                case "ipfs_links" -> it.ipfs = in.byPeer(in::peers);
                case "cluster_links" -> it.cluster = in.byPeer(in::peers);
                case "cluster_trust_links" -> it.trust = in.byPeer(in::bool);
                case "cluster_to_ipfs" -> it.nodes = in.byPeer(in::peer);
                default -> {}
            }
        });
        return new ConnectGraph(
                ApiRecords.required(it.self, "the asked peer's id"), it.names, it.ipfs, it.cluster, it.trust, it.nodes);
    }
}
