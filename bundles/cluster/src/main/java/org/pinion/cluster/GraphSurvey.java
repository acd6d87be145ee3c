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
package org.pinion.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ConnectGraph;
import org.pinion.spi.IpfsId;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.consensus.TrustPolicy;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.rpc.PeerIds;
import org.pinion.spi.rpc.RpcMethods;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks every member, one after another, whom it sees. For one drawing. */
final class GraphSurvey {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final ClusterParts parts;
    private final Peers peers;
    private final Workers workers;
    private final TreeMap<PeerId, String> names = new TreeMap<>();
    private final TreeMap<PeerId, List<PeerId>> ipfsLinks = new TreeMap<>();
    private final TreeMap<PeerId, List<PeerId>> clusterLinks = new TreeMap<>();
    private final TreeMap<PeerId, Boolean> trustLinks = new TreeMap<>();
    private final TreeMap<PeerId, PeerId> clusterToIpfs = new TreeMap<>();

    GraphSurvey(ClusterParts parts, Peers peers, Workers workers) {
        this.parts = parts;
        this.peers = peers;
        this.workers = workers;
    }

    CompletionStage<ConnectGraph> draw() {
        return workers.call("too many calls at once", this::survey);
    }

    private ConnectGraph survey() {
        TrustPolicy trust = parts.trust.now();
        for (PeerId member : parts.consensus.get().peers()) {
            trustLinks.put(member, trust == null || trust.isTrusted(member));
            List<PeerId> links = new ArrayList<>();
            clusterLinks.put(member, links);
            try (Cursor<PeerInfo> seen = member.equals(parts.self())
                    ? peers.list()
                    : parts.rpc.get().stream(member, RpcMethods.CLUSTER_PEERS, Cursor.empty(), TIMEOUT)) {
                for (PeerInfo info = seen.next(); info != null; info = seen.next()) {
                    note(member, info, links);
                }
            } catch (ClusterException e) {
                LOG.debug("{} cannot be asked for its peers: {}", member, e.getMessage());
            }
        }
        return new ConnectGraph(parts.self(), names, ipfsLinks, clusterLinks, trustLinks, clusterToIpfs);
    }

    private void note(PeerId member, PeerInfo info, List<PeerId> links) {
        if (!info.error().isEmpty()) {
            return;
        }
        names.put(info.id(), info.peername());
        if (!info.id().equals(member)) {
            links.add(info.id());
            return;
        }
        IpfsId ipfs = info.ipfs();
        PeerId node = ipfs == null || !ipfs.error().isEmpty() ? null : ipfs.id();
        if (node != null) {
            clusterToIpfs.put(member, node);
            ipfsLinks.put(node, swarmPeers(member));
        }
    }

    private List<PeerId> swarmPeers(PeerId member) {
        try {
            if (member.equals(parts.self())) {
                return Waits.await(parts.swarm.get().swarmPeers(), TIMEOUT);
            }
            PeerIds answer = parts.rpc
                    .get()
                    .call(member, RpcMethods.IPFS_SWARM_PEERS, null, TIMEOUT)
                    .join();
            return answer == null ? List.of() : answer.peers();
        } catch (RuntimeException e) {
            LOG.debug(
                    "swarm of {} is not known: {}",
                    member,
                    ClusterException.of(e).getMessage());
            return List.of();
        }
    }
}
