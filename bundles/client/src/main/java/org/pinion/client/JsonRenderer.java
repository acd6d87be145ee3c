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

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Alert;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Metric;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.RepoGc;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.adder.AddOutput;

/** The JSON layouts of ctl: the API's objects, indented by four blanks. Results end in a line break. */
public final class JsonRenderer {
    private final Offsets offsets;

    /** A renderer that writes times with these offsets. */
    public JsonRenderer(Offsets offsets) {
        this.offsets = offsets;
    }

    private interface Content {
        void write(JsonWriter out);
    }

    private String document(Content content) {
        JsonWriter out = new JsonWriter(offsets);
        content.write(out);
        return out.finish();
    }

    private <T> String array(Collection<T> items, BiConsumer<JsonWriter, T> item) {
        return document(out -> {
            out.begin('[');
            items.forEach(value -> item.accept(out.item(), value));
            out.end(']');
        });
    }

    /** An error. */
    public String error(int code, String message) {
        return document(out -> out.begin('{')
                .field("code")
                .number(code)
                .field("message")
                .text(message)
                .end('}'));
    }

    /** A version. */
    public String version(String version) {
        return document(out -> out.begin('{').field("version").text(version).end('}'));
    }

    /** A peer's identity. */
    public String peer(PeerInfo peer) {
        return document(out -> {
            IpfsId ipfs = peer.ipfs();
            boolean failed = ipfs == null && !peer.error().isEmpty();
            out.begin('{').field("id").text(peer.id().toString());
            addresses(out.field("addresses"), peer.addresses(), failed);
            peers(out.field("cluster_peers"), peer.clusterPeers(), failed);
            addresses(out.field("cluster_peers_addresses"), peer.clusterPeerAddresses(), failed);
            out.field("version").text(peer.version());
            out.field("commit").text(peer.commit());
            out.field("rpc_protocol_version").text(peer.rpcProtocol());
            out.field("error").text(peer.error());
            out.field("ipfs").begin('{');
            if (ipfs != null && ipfs.id() != null) {
                out.field("id").text(ipfs.id().toString());
            }
            List<Multiaddr> at = ipfs == null ? List.of() : ipfs.addresses();
            addresses(out.field("addresses"), at, ipfs == null || ipfs.id() == null);
            out.field("error").text(ipfs == null ? "" : ipfs.error()).end('}');
            out.field("peername").text(peer.peername()).end('}');
        });
    }

    /** A pin that was read from the pin set. */
    public String pin(Pin pin) {
        return document(out -> pin(out, pin, false));
    }

    /** The answer to a pin call. */
    public String submitted(Pin pin) {
        return document(out -> pin(out, pin, true));
    }

    private static void pin(JsonWriter out, Pin pin, boolean submitted) {
        PinOptions options = pin.options();
        Cid source = options.pinUpdate();
        // A pin made from a stored one has the empty values of a stored one.
        boolean asked = submitted && (source == null || source.equals(pin.cid()));
        out.begin('{').field("replication_factor_min").number(options.replicationMin());
        out.field("replication_factor_max").number(options.replicationMax());
        out.field("name").text(options.name());
        out.field("mode").text(options.mode().text());
        out.field("shard_size").raw(Long.toUnsignedString(options.shardSize()));
        peers(out.field("user_allocations"), options.userAllocations(), true);
        out.field("expire_at").time(options.expireAt());
        texts(out.field("metadata"), options.metadata(), !asked);
        out.field("pin_update").orNull(options.pinUpdate());
        addresses(out.field("origins"), options.origins(), asked);
        out.field("cid").text(pin.cid().toString());
        out.field("type").text(pin.type().text());
        peers(out.field("allocations"), pin.allocations(), false);
        out.field("max_depth").number(pin.maxDepth());
        out.field("reference").orNull(pin.reference());
        out.field("timestamp").time(pin.timestamp()).end('}');
    }

    /** Whether a CID is not in the pin set: then the reference has no list of origins. */
    private static boolean isAbsent(GlobalPinInfo info) {
        return !info.peers().isEmpty()
                && info.peers().values().stream().allMatch(peer -> peer.status() == TrackerStatus.UNPINNED);
    }

    /** Status of a pin. */
    public String status(GlobalPinInfo info) {
        return document(out -> {
            boolean unknown = info.created() == null;
            out.begin('{').field("cid").text(info.cid().toString());
            out.field("name").text(info.name());
            peers(out.field("allocations"), info.allocations(), unknown);
            addresses(out.field("origins"), info.origins(), unknown || isAbsent(info));
            out.field("created").time(info.created());
            texts(out.field("metadata"), info.metadata(), true);
            out.field("peer_map").begin('{');
            for (Map.Entry<PeerId, PeerPinStatus> peer : info.peers().entrySet()) {
                peerStatus(out.field(peer.getKey().toString()), peer.getValue());
            }
            out.end('}').end('}');
        });
    }

    private static void peerStatus(JsonWriter out, PeerPinStatus status) {
        out.begin('{').field("peername").text(status.peername());
        if (status.ipfsPeerId() != null) {
            out.field("ipfs_peer_id").text(status.ipfsPeerId().toString());
        }
        if (!status.ipfsAddresses().isEmpty()) {
            addresses(out.field("ipfs_peer_addresses"), status.ipfsAddresses(), false);
        }
        out.field("status").text(status.status().text());
        out.field("timestamp").time(status.timestamp());
        out.field("error").text(status.error());
        out.field("attempt_count").number(status.attemptCount());
        out.field("priority_pin").bool(status.priorityPin()).end('}');
    }

    /** Metrics as one array. */
    public String metrics(List<Metric> metrics) {
        return array(metrics, (out, metric) -> metric(out.begin('{'), metric).end('}'));
    }

    /** Alerts as one array. */
    public String alerts(List<Alert> alerts) {
        return array(
                alerts,
                (out, alert) -> metric(out.begin('{'), alert.metric())
                        .field("triggered_at")
                        .time(alert.triggeredAt())
                        .end('}'));
    }

    private static JsonWriter metric(JsonWriter out, Metric metric) {
        out.field("name").text(metric.name());
        out.field("peer").text(metric.peer().toString());
        out.field("value").text(metric.value());
        out.field("expire").number(metric.expireUnixNanos());
        out.field("valid").bool(metric.valid());
        out.field("weight").number(metric.weight());
        out.field("partitionable").bool(metric.partitionable());
        return out.field("received_at").number(metric.receivedUnixNanos());
    }

    /** Traffic by protocol, as one object. */
    public String bandwidth(SortedMap<String, Bandwidth> all) {
        return document(out -> {
            out.begin('{');
            all.forEach((protocol, of) -> {
                out.field(protocol).begin('{').field("total_in").number(of.totalIn());
                out.field("total_out").number(of.totalOut());
                out.field("rate_in").decimal(of.rateIn());
                out.field("rate_out").decimal(of.rateOut()).end('}');
            });
            out.end('}');
        });
    }

    /** Whether a peer is ready. */
    public String readiness(Readiness readiness) {
        return document(out -> {
            out.begin('{')
                    .field("ready")
                    .bool(readiness.ready())
                    .field("missing")
                    .begin('[');
            readiness.missing().forEach(what -> out.item().text(what));
            out.end(']').end('}');
        });
    }

    /** A status in the form of the 0.11 era. */
    public String oldStatus(GlobalPinInfo info) {
        return document(out -> {
            oldCid(out.begin('{').field("cid"), info.cid());
            out.field("peer_map").begin('{');
            for (Map.Entry<PeerId, PeerPinStatus> entry : info.peers().entrySet()) {
                PeerPinStatus status = entry.getValue();
                String peer = entry.getKey().toString();
                oldCid(out.field(peer).begin('{').field("cid"), info.cid());
                out.field("peer").text(peer);
                out.field("peername").text(status.peername());
                out.field("status").text(oldName(status.status()));
                out.field("timestamp").time(status.timestamp());
                out.field("error").text(status.error()).end('}');
            }
            out.end('}').end('}');
        });
    }

    private static String oldName(TrackerStatus status) {
        return switch (status) {
            case UNEXPECTEDLY_UNPINNED -> TrackerStatus.PIN_ERROR.text();
            case SHARDED -> TrackerStatus.REMOTE.text();
            default -> status.text();
        };
    }

    /** A pin in the form of the 0.11 era. */
    public String oldPin(Pin pin) {
        return document(out -> {
            PinOptions options = pin.options();
            out.begin('{').field("replication_factor_min").number(options.replicationMin());
            out.field("replication_factor_max").number(options.replicationMax());
            out.field("name").text(options.name());
            out.field("shard_size").raw(Long.toUnsignedString(options.shardSize()));
            peers(out.field("user_allocations"), options.userAllocations(), true);
            texts(out.field("metadata"), options.metadata(), true);
            oldCid(out.field("pin_update"), options.pinUpdate());
            oldCid(out.field("cid"), pin.cid());
            out.field("type").number(pin.type().bit());
            peers(out.field("allocations"), pin.allocations(), false);
            out.field("max_depth").number(pin.maxDepth());
            oldCid(out.field("reference"), pin.reference());
            out.end('}');
        });
    }

    private static void oldCid(JsonWriter out, @Nullable Cid cid) {
        if (cid == null) {
            out.raw("null");
        } else {
            out.begin('{').field("/").text(cid.toString()).end('}');
        }
    }

    /** Texts as one array. */
    public String strings(Collection<String> texts) {
        return array(texts, JsonWriter::text);
    }

    /** Results of a garbage collection. */
    public String collected(List<RepoGc> results) {
        return document(out -> {
            out.begin('{').field("peer_map").begin('{');
            for (RepoGc result : results) {
                String peer = result.peer().toString();
                out.field(peer).begin('{').field("peer").text(peer);
                out.field("peername").text(result.peername());
                out.field("keys").begin('[');
                for (RepoGc.Removed removed : result.keys()) {
                    out.item().begin('{').field("key").orNull(removed.cid());
                    if (!removed.error().isEmpty()) {
                        out.field("error").text(removed.error());
                    }
                    out.end('}');
                }
                out.end(']');
                if (!result.error().isEmpty()) {
                    out.field("error").text(result.error());
                }
                out.end('}');
            }
            out.end('}').end('}');
        });
    }

    /** One added entry. */
    public String added(AddOutput.Added line) {
        return document(out -> added(out, line));
    }

    /** Added entries as one array. */
    public String allAdded(List<AddOutput.Added> lines) {
        return array(lines, JsonRenderer::added);
    }

    private static void added(JsonWriter out, AddOutput.Added line) {
        out.begin('{').field("name").text(line.name());
        out.field("cid").orNull(line.cid());
        if (line.bytes() != 0) {
            out.field("bytes").raw(Long.toUnsignedString(line.bytes()));
        }
        if (line.size() != 0) {
            out.field("size").raw(Long.toUnsignedString(line.size()));
        }
        if (!line.allocations().isEmpty()) {
            peers(out.field("allocations"), line.allocations(), false);
        }
        out.end('}');
    }

    private static void peers(JsonWriter out, List<PeerId> peers, boolean nullWhenEmpty) {
        values(out, peers, nullWhenEmpty);
    }

    private static void addresses(JsonWriter out, List<Multiaddr> addresses, boolean nullWhenEmpty) {
        values(out, addresses, nullWhenEmpty);
    }

    private static void values(JsonWriter out, List<?> values, boolean nullWhenEmpty) {
        if (values.isEmpty() && nullWhenEmpty) {
            out.raw("null");
            return;
        }
        out.begin('[');
        values.forEach(value -> out.item().text(value.toString()));
        out.end(']');
    }

    private static void texts(JsonWriter out, Map<String, String> texts, boolean nullWhenEmpty) {
        if (texts.isEmpty() && nullWhenEmpty) {
            out.raw("null");
            return;
        }
        out.begin('{');
        texts.forEach((key, value) -> out.field(key).text(value));
        out.end('}');
    }
}
