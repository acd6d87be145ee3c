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
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.IpfsId;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsSwarm;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects this peer's IPFS node to those of all members: some time after the peer got ready, and one ping interval after
 * it joined another. What {@link Introductions} could not connect, because the node was away then, is connected here.
 * Fields belong to the lane.
 *
 * @spec IPFS connector "ConnectSwarms"
 */
final class Swarms {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");
    private static final Duration FALLBACK = Duration.ofSeconds(15);
    private static final int MAX_QUEUED = 64;

    private final ClusterParts parts;
    private final Peers peers;
    private final Workers workers;
    private final Lane lane;
    private @Nullable Cancellable planned;

    /**
     * Nothing is planned yet.
     *
     * @param workers wait for other peers
     */
    Swarms(ClusterParts parts, Peers peers, Workers workers) {
        this.parts = parts;
        this.peers = peers;
        this.workers = workers;
        lane = parts.executors().lane("cluster.swarms", MAX_QUEUED);
    }

    /** The peer is ready. */
    void start() {
        IpfsSwarm swarm = parts.swarm.now();
        Duration delay = swarm == null ? Duration.ZERO : swarm.connectDelay();
        if (!delay.isZero()) {
            lane.execute(() -> lane.schedule(delay, this::connect));
        }
    }

    /** This peer joined another; many joins at once are followed by one round. */
    void joined() {
        ClusterConfig config = parts.config.now();
        Duration delay = config == null ? FALLBACK : config.settings().monitorPingInterval();
        lane.execute(() -> {
            Cancellable old = planned;
            if (old != null) {
                old.cancel();
            }
            planned = lane.schedule(delay, this::connect);
        });
    }

    private void connect() {
        try {
            workers.execute(this::connectAll);
        } catch (RejectedExecutionException full) {
            LOG.warn("IPFS nodes of the members are not connected: too much to do");
        }
    }

    private void connectAll() {
        List<IpfsId> nodes = new ArrayList<>();
        try (Cursor<PeerInfo> members = peers.list()) {
            for (PeerInfo member = members.next(); member != null; member = members.next()) {
                IpfsId node = member.ipfs();
                if (member.error().isEmpty() && node != null && node.id() != null) {
                    nodes.add(node);
                }
            }
        } catch (ClusterException e) {
            LOG.warn("IPFS nodes of the members are not connected: {}", e.getMessage());
            return;
        }
        IpfsSwarm swarm = parts.swarm.now();
        if (swarm != null) {
            swarm.connect(nodes.stream().flatMap(Swarms::addresses).toList());
        }
    }

    private static Stream<Multiaddr> addresses(IpfsId node) {
        PeerId id = node.id();
        return node.addresses().stream()
                .map(address -> address.peerId().isPresent() || id == null ? address : address.withPeerId(id));
    }

    void close() {
        lane.close();
    }
}
