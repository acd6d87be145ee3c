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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.Registration;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.IpfsId;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.ipfsconnector.IpfsSwarm;
import org.pinion.spi.rpc.RpcClient;
import org.pinion.spi.rpc.RpcMethods;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets to know every cluster peer that a connection leads to: counts it as a member at once, learns from it where the
 * other members are and connects to them, and connects the IPFS nodes of both. Joins the peers of {@code --bootstrap}.
 * Fields belong to the lane.
 */
final class Introductions implements HostListener {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration ROUND = Duration.ofSeconds(10);
    private static final Duration ADDRESS_TTL = Duration.ofHours(1);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final int MAX_BOOTSTRAPS = 10;
    private static final int MAX_QUEUED = 4096;

    private final ClusterParts parts;
    private final Peers peers;
    private final Loops loops;
    private final Lane lane;
    private final Set<PeerId> asking = new HashSet<>();
    private final Set<PeerId> introduced = new HashSet<>();
    private final Map<PeerId, List<Multiaddr>> nodes = new HashMap<>();
    private @Nullable Host listened;
    private @Nullable Registration registration;
    private @Nullable IpfsSwarm swarm;
    private boolean bootstrapped;

    Introductions(ClusterParts parts, Peers peers, Loops loops) {
        this.parts = parts;
        this.peers = peers;
        this.loops = loops;
        lane = parts.executors().lane("cluster.peers", MAX_QUEUED);
    }

    /** Starts the rounds that catch up with what failed. */
    void start() {
        lane.execute(this::round);
    }

    /** Some part came or went. */
    void partsChanged() {
        lane.execute(this::look);
    }

    @Override
    public void peerIdentified(org.pinion.libp2p.api.PeerInfo info) {
        if (info.protocols().contains(Versions.RPC_PROTOCOL)) {
            loops.bookPing(info.id());
            lane.execute(() -> introduce(info.id()));
        }
    }

    @Override
    public void peerDisconnected(PeerId peer) {
        lane.execute(() -> {
            introduced.remove(peer);
            nodes.remove(peer);
        });
    }

    private void look() {
        Host host = parts.host.now();
        if (host != null && !host.equals(listened)) {
            closeRegistration();
            listened = host;
            registration = host.listen(this);
        }
        IpfsSwarm now = parts.swarm.now();
        if (now != null && !now.equals(swarm)) {
            nodes.values().forEach(now::connect);
        }
        swarm = now;
        ClusterConfig config = parts.config.now();
        boolean complete = host != null && config != null && parts.rpc.now() != null && parts.consensus.now() != null;
        if (!bootstrapped && complete && config != null) {
            bootstrapped = true;
            config.settings().bootstrap().forEach(address -> bootstrap(address, 1));
        }
    }

    private void bootstrap(Multiaddr address, int attempt) {
        ClusterEvents.bootstrapping(address);
        peers.join(address).whenComplete((nothing, failure) -> {
            if (failure == null) {
                return;
            }
            ClusterException reason = ClusterException.of(failure);
            ClusterEvents.bootstrapFailed(address, String.valueOf(reason.getMessage()));
            // an address without a peer id stays wrong
            if (attempt < MAX_BOOTSTRAPS && reason.code() != ErrorCode.BAD_REQUEST) {
                Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(attempt - 1, 5));
                lane.schedule(pause, () -> bootstrap(address, attempt + 1));
            }
        });
    }

    private void round() {
        Host host = parts.host.now();
        if (host != null) {
            for (Connection connection : host.connections()) {
                PeerId peer = connection.remotePeer();
                if (host.peerstore().protocols(peer).contains(Versions.RPC_PROTOCOL)) {
                    introduce(peer);
                }
            }
        }
        lane.schedule(ROUND, this::round);
    }

    private void introduce(PeerId peer) {
        RpcClient rpc = parts.rpc.now();
        boolean known = introduced.contains(peer) && nodes.containsKey(peer);
        if (rpc == null || known || peer.equals(parts.self()) || !asking.add(peer)) {
            return;
        }
        rpc.call(peer, RpcMethods.CLUSTER_ID, null, CALL_TIMEOUT)
                .whenComplete((info, failure) -> lane.execute(() -> {
                    asking.remove(peer);
                    if (failure != null || info == null) {
                        LOG.debug(
                                "{} does not tell who it is yet: {}",
                                peer,
                                failure == null
                                        ? "empty answer"
                                        : ClusterException.of(failure).getMessage());
                        return;
                    }
                    if (introduced.add(peer)) {
                        meetOthers(info);
                    }
                    meetNode(peer, info.ipfs());
                }));
    }

    private void meetOthers(PeerInfo info) {
        Host host = parts.host.now();
        if (host == null) {
            return;
        }
        Map<PeerId, List<Multiaddr>> others = new HashMap<>();
        for (Multiaddr address : info.clusterPeerAddresses()) {
            address.peerId()
                    .filter(other -> !other.equals(parts.self()))
                    .ifPresent(other -> others.computeIfAbsent(other, key -> new ArrayList<>())
                            .add(address.withoutPeerId()));
        }
        Set<PeerId> connected = new HashSet<>();
        host.connections().forEach(connection -> connected.add(connection.remotePeer()));
        others.forEach((other, addresses) -> {
            host.peerstore().addAddresses(other, addresses, ADDRESS_TTL);
            if (!connected.contains(other)) {
                host.connect(other, addresses).whenComplete((connection, failure) -> {
                    if (failure != null) {
                        LOG.debug("member {} cannot be reached: {}", other, failure.getMessage());
                    }
                });
            }
        });
    }

    private void meetNode(PeerId peer, @Nullable IpfsId node) {
        if (node == null || node.id() == null || node.addresses().isEmpty()) {
            return; // asked again in the next round
        }
        PeerId id = node.id();
        List<Multiaddr> addresses = node.addresses().stream()
                .map(address -> address.peerId().isPresent() || id == null ? address : address.withPeerId(id))
                .toList();
        nodes.put(peer, addresses);
        IpfsSwarm ours = parts.swarm.now();
        if (ours != null) {
            ours.connect(addresses).whenComplete((nothing, failure) -> {
                if (failure != null) {
                    LOG.debug("IPFS node of {} cannot be connected: {}", peer, failure.getMessage());
                }
            });
        }
    }

    private void closeRegistration() {
        Registration old = registration;
        if (old != null) {
            old.close();
        }
    }

    void close() {
        lane.close();
        closeRegistration();
    }
}
