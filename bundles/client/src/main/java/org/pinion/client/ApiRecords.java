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
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Alert;
import org.pinion.spi.ConnectGraph;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Metric;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.RepoGc;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.adder.AddOutput;

/** Reads the objects of the API into records. For one thread. */
final class ApiRecords {
    private final JsonIn in;

    ApiRecords(JsonIn in) {
        this.in = in;
    }

    private static <T> T required(@Nullable T value, String what) throws IOException {
        if (value == null) {
            throw new IOException("answer lacks " + what);
        }
        return value;
    }

    PeerInfo peer() throws IOException {
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
                case "ipfs" -> it.ipfs = ipfs();
                case "peername" -> it.name = in.text();
                default -> {}
            }
        });
        return new PeerInfo(
                required(it.id, "the peer's id"),
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

    private @Nullable IpfsId ipfs() throws IOException {
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

    Pin pin() throws IOException {
        var it = new Object() {
            int min;
            int max;
            final PinOptions.Builder options = PinOptions.builder();

            @Nullable
            Cid cid;

            PinType type = PinType.DATA;
            List<PeerId> allocations = List.of();
            int depth = -1;

            @Nullable
            Cid reference;

            @Nullable
            Instant timestamp;
        };
        in.object(field -> {
            switch (field) {
                case "replication_factor_min" -> it.min = (int) in.number();
                case "replication_factor_max" -> it.max = (int) in.number();
                case "name" -> it.options.name(in.text());
                case "mode" -> it.options.mode(PinMode.ofText(in.text()));
                case "shard_size" -> it.options.shardSize(in.number());
                case "user_allocations" -> it.options.userAllocations(in.peers());
                case "expire_at" -> it.options.expireAt(in.time());
                case "metadata" -> it.options.metadata(in.texts());
                case "pin_update" -> it.options.pinUpdate(in.cid());
                case "origins" -> it.options.origins(in.addresses());
                case "cid" -> it.cid = in.cid();
                case "type" -> it.type = type();
                case "allocations" -> it.allocations = in.peers();
                case "max_depth" -> it.depth = (int) in.number();
                case "reference" -> it.reference = in.cid();
                case "timestamp" -> it.timestamp = in.time();
                default -> {}
            }
        });
        PinOptions options = it.options.replication(it.min, it.max).build();
        return new Pin(
                required(it.cid, "the pin's CID"),
                it.type,
                it.allocations,
                it.depth,
                it.reference,
                it.timestamp,
                options);
    }

    /** Text, or the number of older servers. */
    private PinType type() throws IOException {
        String text = in.text();
        return text.isEmpty() ? PinType.ofBit(in.number()) : PinType.ofText(text);
    }

    GlobalPinInfo status() throws IOException {
        var it = new Object() {
            @Nullable
            Cid cid;

            String name = "";
            List<PeerId> allocations = List.of();
            List<Multiaddr> origins = List.of();

            @Nullable
            Instant created;

            SortedMap<String, String> metadata = new TreeMap<>();
            SortedMap<PeerId, PeerPinStatus> peers = new TreeMap<>();
        };
        in.object(field -> {
            switch (field) {
                case "cid" -> it.cid = in.cid();
                case "name" -> it.name = in.text();
                case "allocations" -> it.allocations = in.peers();
                case "origins" -> it.origins = in.addresses();
                case "created" -> it.created = in.time();
                case "metadata" -> it.metadata = in.texts();
                case "peer_map" -> it.peers = in.byPeer(this::peerStatus);
                default -> {}
            }
        });
        return new GlobalPinInfo(
                required(it.cid, "the status' CID"),
                it.name,
                it.allocations,
                it.origins,
                it.created,
                it.metadata,
                it.peers);
    }

    private PeerPinStatus peerStatus() throws IOException {
        var it = new Object() {
            String name = "";

            @Nullable
            PeerId ipfs;

            List<Multiaddr> addresses = List.of();
            TrackerStatus status = TrackerStatus.UNDEFINED;

            @Nullable
            Instant timestamp;

            String error = "";
            int attempts;
            boolean priority;
        };
        in.object(field -> {
            switch (field) {
                case "peername" -> it.name = in.text();
                case "ipfs_peer_id" -> it.ipfs = in.peer();
                case "ipfs_peer_addresses" -> it.addresses = in.addresses();
                case "status" -> it.status = TrackerStatus.ofText(in.text());
                case "timestamp" -> it.timestamp = in.time();
                case "error" -> it.error = in.text();
                case "attempt_count" -> it.attempts = (int) in.number();
                case "priority_pin" -> it.priority = in.bool();
                default -> {}
            }
        });
        return new PeerPinStatus(
                it.name, it.ipfs, it.addresses, it.status, it.timestamp, it.error, it.attempts, it.priority);
    }

    Alert alert() throws IOException {
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
                required(it.peer, "the metric's peer"),
                it.value,
                it.expire,
                it.valid,
                it.weight,
                it.partitionable,
                it.received);
        return new Alert(metric, it.triggered == null ? Instant.EPOCH : it.triggered);
    }

    Metric metric() throws IOException {
        return alert().metric();
    }

    ConnectGraph graph() throws IOException {
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
                required(it.self, "the asked peer's id"), it.names, it.ipfs, it.cluster, it.trust, it.nodes);
    }

    List<RepoGc> collected() throws IOException {
        var it = new Object() {
            SortedMap<PeerId, RepoGc> peers = new TreeMap<>();
        };
        in.object(field -> {
            if (field.equals("peer_map")) {
                it.peers = in.byPeer(this::repoGc);
            }
        });
        return List.copyOf(it.peers.values());
    }

    private RepoGc repoGc() throws IOException {
        var it = new Object() {
            @Nullable
            PeerId peer;

            String name = "";
            List<RepoGc.Removed> keys = List.of();
            String error = "";
        };
        in.object(field -> {
            switch (field) {
                case "peer" -> it.peer = in.peer();
                case "peername" -> it.name = in.text();
                case "keys" -> it.keys = in.list(this::removed);
                case "error" -> it.error = in.text();
                default -> {}
            }
        });
        return new RepoGc(required(it.peer, "the peer"), it.name, it.keys, it.error);
    }

    private RepoGc.Removed removed() throws IOException {
        var it = new Object() {
            @Nullable
            Cid key;

            String error = "";
        };
        in.object(field -> {
            switch (field) {
                case "key" -> it.key = in.cid();
                case "error" -> it.error = in.text();
                default -> {}
            }
        });
        return new RepoGc.Removed(it.key, it.error);
    }

    SortedMap<String, Bandwidth> bandwidth() throws IOException {
        SortedMap<String, Bandwidth> all = new TreeMap<>();
        in.exactObject(protocol -> all.put(protocol, traffic()));
        return all;
    }

    private Bandwidth traffic() throws IOException {
        long[] totals = new long[2];
        double[] rates = new double[2];
        in.object(field -> {
            switch (field) {
                case "total_in" -> totals[0] = in.number();
                case "total_out" -> totals[1] = in.number();
                case "rate_in" -> rates[0] = in.decimal();
                case "rate_out" -> rates[1] = in.decimal();
                default -> {}
            }
        });
        return new Bandwidth(totals[0], totals[1], rates[0], rates[1]);
    }

    Readiness readiness() throws IOException {
        var it = new Object() {
            boolean ready;
            List<String> missing = List.of();
        };
        in.object(field -> {
            switch (field) {
                case "ready" -> it.ready = in.bool();
                case "missing" -> it.missing = in.list(in::text);
                default -> {}
            }
        });
        return new Readiness(it.ready, it.missing);
    }

    AddOutput.Added added() throws IOException {
        var it = new Object() {
            String name = "";

            @Nullable
            Cid cid;

            long bytes;
            long size;
            List<PeerId> allocations = List.of();
        };
        in.object(field -> {
            switch (field) {
                case "name" -> it.name = in.text();
                case "cid" -> it.cid = in.cid();
                case "bytes" -> it.bytes = in.number();
                case "size" -> it.size = in.number();
                case "allocations" -> it.allocations = in.peers();
                default -> {}
            }
        });
        return new AddOutput.Added(it.name, it.cid, it.bytes, it.size, it.allocations);
    }

    /** An error object; null if the document is none. */
    @Nullable
    ApiException error() throws IOException {
        var it = new Object() {
            int code;
            String message = "";
        };
        in.object(field -> {
            switch (field) {
                case "code" -> it.code = (int) in.number();
                case "message" -> it.message = in.text();
                default -> {}
            }
        });
        return it.code == 0 ? null : new ApiException(it.code, it.message);
    }

    /** The only field that is asked for. */
    String field(String wanted) throws IOException {
        String[] found = {""};
        in.object(name -> found[0] = name.equals(wanted) ? in.text() : found[0]);
        return found[0];
    }

    List<String> strings() throws IOException {
        return in.list(in::text);
    }
}
