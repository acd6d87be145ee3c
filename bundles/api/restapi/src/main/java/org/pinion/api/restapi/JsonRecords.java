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
package org.pinion.api.restapi;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
import org.pinion.spi.PinOptions;
import org.pinion.spi.RepoGc;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.cluster.Bandwidth;
import org.pinion.spi.cluster.Components.Row;

/** The records of the cluster as the reference's JSON objects, fields in its order. */
final class JsonRecords {
    private JsonRecords() {}

    static void error(JsonBuffer out, int code, String message) {
        out.raw("{\"code\":").number(code).raw(",\"message\":").string(message).raw('}');
    }

    static void version(JsonBuffer out, String version) {
        out.raw("{\"version\":").string(version).raw('}');
    }

    /** What the reference calls ID. */
    static void peer(JsonBuffer out, PeerInfo info) {
        IpfsId ipfs = info.ipfs();
        boolean failed = ipfs == null && !info.error().isEmpty();
        out.raw("{\"id\":").quoted(info.id().toString());
        addresses(out.raw(",\"addresses\":"), info.addresses(), failed);
        peers(out.raw(",\"cluster_peers\":"), info.clusterPeers(), failed);
        addresses(out.raw(",\"cluster_peers_addresses\":"), info.clusterPeerAddresses(), failed);
        out.raw(",\"version\":").string(info.version());
        out.raw(",\"commit\":").string(info.commit());
        out.raw(",\"rpc_protocol_version\":").string(info.rpcProtocol());
        out.raw(",\"error\":").string(info.error());
        out.raw(",\"ipfs\":{");
        if (ipfs != null && ipfs.id() != null) {
            out.raw("\"id\":").quoted(ipfs.id().toString()).raw(',');
        }
        List<Multiaddr> at = ipfs == null ? List.of() : ipfs.addresses();
        addresses(out.raw("\"addresses\":"), at, ipfs == null || ipfs.id() == null);
        out.raw(",\"error\":").string(ipfs == null ? "" : ipfs.error());
        out.raw("},\"peername\":").string(info.peername()).raw('}');
    }

    /**
     * A pin.
     *
     * @param submitted whether it is the answer to a pin call, which has other empty values than one read from the state
     */
    static void pin(JsonBuffer out, Pin pin, boolean submitted) {
        if (out.isLegacy()) {
            LegacyRecords.pin(out, pin);
            return;
        }
        PinOptions options = pin.options();
        out.raw("{\"replication_factor_min\":").number(options.replicationMin());
        out.raw(",\"replication_factor_max\":").number(options.replicationMax());
        out.raw(",\"name\":").string(options.name());
        out.raw(",\"mode\":").quoted(options.mode().text());
        out.raw(",\"shard_size\":").unsigned(options.shardSize());
        peers(out.raw(",\"user_allocations\":"), options.userAllocations(), true);
        out.raw(",\"expire_at\":").time(options.expireAt());
        texts(out.raw(",\"metadata\":"), options.metadata(), !submitted || isUpdate(pin));
        cid(out.raw(",\"pin_update\":"), options.pinUpdate());
        addresses(out.raw(",\"origins\":"), options.origins(), submitted && !isUpdate(pin));
        cid(out.raw(",\"cid\":"), pin.cid());
        out.raw(",\"type\":").quoted(pin.type().text());
        peers(out.raw(",\"allocations\":"), pin.allocations(), false);
        out.raw(",\"max_depth\":").number(pin.maxDepth());
        cid(out.raw(",\"reference\":"), pin.reference());
        out.raw(",\"timestamp\":").time(pin.timestamp());
        out.raw('}');
    }

    /** Whether a pin was made from a stored one: then its empty values are those of a stored one. */
    private static boolean isUpdate(Pin pin) {
        Cid source = pin.options().pinUpdate();
        return source != null && !source.equals(pin.cid());
    }

    /** Whether a CID is not in the pin set: then the reference has no list of origins. */
    private static boolean isAbsent(GlobalPinInfo info) {
        for (PeerPinStatus peer : info.peers().values()) {
            if (peer.status() != TrackerStatus.UNPINNED) {
                return false;
            }
        }
        return !info.peers().isEmpty();
    }

    static void status(JsonBuffer out, GlobalPinInfo info) {
        if (out.isLegacy()) {
            LegacyRecords.status(out, info);
            return;
        }
        boolean unknown = info.created() == null;
        cid(out.raw("{\"cid\":"), info.cid());
        out.raw(",\"name\":").string(info.name());
        peers(out.raw(",\"allocations\":"), info.allocations(), unknown);
        addresses(out.raw(",\"origins\":"), info.origins(), unknown || isAbsent(info));
        out.raw(",\"created\":").time(info.created());
        texts(out.raw(",\"metadata\":"), info.metadata(), true);
        out.raw(",\"peer_map\":{");
        String separator = "";
        for (Map.Entry<PeerId, PeerPinStatus> peer : info.peers().entrySet()) {
            out.raw(separator).peer(peer.getKey()).raw(':');
            peerStatus(out, peer.getValue());
            separator = ",";
        }
        out.raw("}}");
    }

    private static void peerStatus(JsonBuffer out, PeerPinStatus status) {
        out.raw("{\"peername\":").string(status.peername());
        if (status.ipfsPeerId() != null) {
            out.raw(",\"ipfs_peer_id\":").peer(status.ipfsPeerId());
        }
        if (!status.ipfsAddresses().isEmpty()) {
            addresses(out.raw(",\"ipfs_peer_addresses\":"), status.ipfsAddresses(), false);
        }
        out.raw(",\"status\":").quoted(status.status().text());
        out.raw(",\"timestamp\":").time(status.timestamp());
        out.raw(",\"error\":").string(status.error());
        out.raw(",\"attempt_count\":").number(status.attemptCount());
        out.raw(",\"priority_pin\":").bool(status.priorityPin()).raw('}');
    }

    static void metric(JsonBuffer out, Metric metric) {
        metricFields(out.raw('{'), metric);
        out.raw('}');
    }

    static void alert(JsonBuffer out, Alert alert) {
        metricFields(out.raw('{'), alert.metric());
        out.raw(",\"triggered_at\":").time(alert.triggeredAt()).raw('}');
    }

    private static void metricFields(JsonBuffer out, Metric metric) {
        out.raw("\"name\":").string(metric.name());
        out.raw(",\"peer\":").quoted(metric.peer().toString());
        out.raw(",\"value\":").string(metric.value());
        out.raw(",\"expire\":").number(metric.expireUnixNanos());
        out.raw(",\"valid\":").bool(metric.valid());
        out.raw(",\"weight\":").number(metric.weight());
        out.raw(",\"partitionable\":").bool(metric.partitionable());
        out.raw(",\"received_at\":").number(metric.receivedUnixNanos());
    }

    static void graph(JsonBuffer out, ConnectGraph graph) {
        if (out.isLegacy()) {
            out.raw("{\"ClusterID\":").quoted(graph.clusterId().toString());
            map(out.raw(",\"ipfs_links\":"), graph.ipfsLinks(), (to, peers) -> peers(to, peers, false));
            map(out.raw(",\"cluster_links\":"), graph.clusterLinks(), (to, peers) -> peers(to, peers, false));
            map(out.raw(",\"cluster_to_ipfs\":"), graph.clusterToIpfs(), (to, peer) -> to.quoted(peer.toString()));
            out.raw('}');
            return;
        }
        out.raw("{\"cluster_id\":").quoted(graph.clusterId().toString());
        map(out.raw(",\"id_to_peername\":"), graph.peernames(), JsonBuffer::string);
        map(out.raw(",\"ipfs_links\":"), graph.ipfsLinks(), (to, peers) -> peers(to, peers, false));
        map(out.raw(",\"cluster_links\":"), graph.clusterLinks(), (to, peers) -> peers(to, peers, false));
        map(out.raw(",\"cluster_trust_links\":"), graph.trustLinks(), JsonBuffer::bool);
        map(out.raw(",\"cluster_to_ipfs\":"), graph.clusterToIpfs(), (to, peer) -> to.quoted(peer.toString()));
        out.raw('}');
    }

    /** Traffic by protocol; null = nothing counts it. */
    static void component(JsonBuffer out, Row row) {
        out.raw("{\"type\":").string(row.type());
        out.raw(",\"implementation\":").string(row.implementation());
        out.raw(",\"bundle\":").string(row.bundle());
        out.raw(",\"bundle_id\":").number(row.bundleId());
        out.raw(",\"state\":").quoted(row.state().name().toLowerCase(Locale.ROOT));
        out.raw(",\"since\":").quoted(Times.format(row.since(), ZoneOffset.UTC));
        out.raw(",\"reason\":").string(row.reason()).raw('}');
    }

    static void bandwidth(JsonBuffer out, @Nullable Map<String, Bandwidth.Usage> byProtocol) {
        if (byProtocol == null) {
            out.raw("null");
            return;
        }
        out.raw('{');
        String separator = "";
        for (Map.Entry<String, Bandwidth.Usage> entry : byProtocol.entrySet()) {
            Bandwidth.Usage usage = entry.getValue();
            out.raw(separator).string(entry.getKey());
            out.raw(":{\"total_in\":").number(usage.totalInBytes());
            out.raw(",\"total_out\":").number(usage.totalOutBytes());
            out.raw(",\"rate_in\":").raw(rate(usage.rateIn()));
            out.raw(",\"rate_out\":").raw(rate(usage.rateOut())).raw('}');
            separator = ",";
        }
        out.raw('}');
    }

    private static String rate(double bytesPerSecond) {
        return new BigDecimal(bytesPerSecond, new MathContext(6))
                .setScale(6, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    static void repoGc(JsonBuffer out, List<RepoGc> results) {
        out.raw("{\"peer_map\":{");
        String separator = "";
        for (RepoGc result : results) {
            String peer = result.peer().toString();
            out.raw(separator).quoted(peer).raw(":{\"peer\":").quoted(peer);
            out.raw(",\"peername\":").string(result.peername()).raw(",\"keys\":[");
            String next = "";
            for (RepoGc.Removed removed : result.keys()) {
                cid(out.raw(next).raw("{\"key\":"), removed.cid());
                if (!removed.error().isEmpty()) {
                    out.raw(",\"error\":").string(removed.error());
                }
                out.raw('}');
                next = ",";
            }
            out.raw(']');
            if (!result.error().isEmpty()) {
                out.raw(",\"error\":").string(result.error());
            }
            out.raw('}');
            separator = ",";
        }
        out.raw("}}");
    }

    static void added(JsonBuffer out, AddOutput.Added line) {
        out.raw("{\"name\":").string(line.name());
        cid(out.raw(",\"cid\":"), line.cid());
        if (line.bytes() != 0) {
            out.raw(",\"bytes\":").unsigned(line.bytes());
        }
        if (line.size() != 0) {
            out.raw(",\"size\":").unsigned(line.size());
        }
        if (!line.allocations().isEmpty() && !out.isLegacy()) {
            peers(out.raw(",\"allocations\":"), line.allocations(), false);
        }
        out.raw('}');
    }

    static void names(JsonBuffer out, Collection<String> names) {
        out.raw('[');
        String separator = "";
        for (String name : names) {
            out.raw(separator).string(name);
            separator = ",";
        }
        out.raw(']');
    }

    static void cid(JsonBuffer out, @Nullable Cid cid) {
        if (cid == null) {
            out.raw("null");
        } else if (out.isLegacy()) {
            out.raw("{\"/\":").quoted(cid.toString()).raw('}');
        } else {
            out.quoted(cid.toString());
        }
    }

    static void peers(JsonBuffer out, List<PeerId> peers, boolean nullWhenEmpty) {
        if (peers.isEmpty() && nullWhenEmpty) {
            out.raw("null");
            return;
        }
        out.raw('[');
        for (int i = 0; i < peers.size(); i++) {
            out.raw(i == 0 ? "" : ",").peer(peers.get(i));
        }
        out.raw(']');
    }

    private static void addresses(JsonBuffer out, List<Multiaddr> addresses, boolean nullWhenEmpty) {
        if (addresses.isEmpty() && nullWhenEmpty) {
            out.raw("null");
            return;
        }
        out.raw('[');
        for (int i = 0; i < addresses.size(); i++) {
            out.raw(i == 0 ? "" : ",").string(addresses.get(i).toString());
        }
        out.raw(']');
    }

    static void texts(JsonBuffer out, Map<String, String> texts, boolean nullWhenEmpty) {
        if (texts.isEmpty() && nullWhenEmpty) {
            out.raw("null");
            return;
        }
        out.raw('{');
        String separator = "";
        for (Map.Entry<String, String> entry : texts.entrySet()) {
            out.raw(separator).string(entry.getKey()).raw(':').string(entry.getValue());
            separator = ",";
        }
        out.raw('}');
    }

    private interface Value<T> {
        void write(JsonBuffer out, T value);
    }

    private static <T> void map(JsonBuffer out, Map<PeerId, T> map, Value<T> value) {
        out.raw('{');
        String separator = "";
        for (Map.Entry<PeerId, T> entry : map.entrySet()) {
            value.write(out.raw(separator).quoted(entry.getKey().toString()).raw(':'), entry.getValue());
            separator = ",";
        }
        out.raw('}');
    }
}
