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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.Peerstore;
import org.pinion.libp2p.api.Routing;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ConnectGraph;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.IpfsId;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.consensus.Consensus;
import org.pinion.spi.consensus.Membership;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.rpc.RpcException;
import org.pinion.spi.rpc.RpcMethods;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The members: who they are, how they come and go. */
final class PeersService implements Peers {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration IPFS_TIMEOUT = Duration.ofSeconds(5);

    private final ClusterParts parts;
    private final Known known;
    private final Loops loops;
    private final Repinner repinner;
    private final Workers workers;

    /**
     * Makes the service.
     *
     * @param workers wait for other peers
     */
    PeersService(ClusterParts parts, Known known, Loops loops, Repinner repinner, Workers workers) {
        this.workers = workers;
        this.parts = parts;
        this.known = known;
        this.loops = loops;
        this.repinner = repinner;
    }

    @Override
    public CompletionStage<PeerInfo> id() {
        return guarded(() -> {
            PeerInfo withoutIpfs = self(parts.host.get());
            return ipfs().thenApply(ipfs -> new PeerInfo(
                    withoutIpfs.id(),
                    withoutIpfs.addresses(),
                    withoutIpfs.clusterPeers(),
                    withoutIpfs.clusterPeerAddresses(),
                    withoutIpfs.version(),
                    withoutIpfs.commit(),
                    withoutIpfs.rpcProtocol(),
                    "",
                    ipfs,
                    withoutIpfs.peername()));
        });
    }

    private PeerInfo self(Host host) {
        PeerId self = parts.self();
        Consensus consensus = parts.consensus.now();
        List<PeerId> members = consensus == null ? List.of(self) : consensus.peers();
        List<Multiaddr> others = new ArrayList<>();
        for (PeerId member : members) {
            if (!member.equals(self)) {
                host.peerstore().addresses(member).forEach(address -> others.add(address.withPeerId(member)));
            }
        }
        List<Multiaddr> addresses = host.addresses().stream()
                .map(address -> address.withPeerId(self))
                .toList();
        return new PeerInfo(
                self,
                addresses,
                members,
                others,
                Versions.FULL,
                "",
                Versions.RPC_PROTOCOL,
                "",
                null,
                parts.settings().peername());
    }

    private CompletionStage<IpfsId> ipfs() {
        IpfsConnector ipfs = parts.ipfs.now();
        if (ipfs == null) {
            return CompletableFuture.completedFuture(new IpfsId(null, List.of(), "no IPFS connector is there"));
        }
        return ipfs.id()
                .copy()
                .orTimeout(IPFS_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(failure -> {
                    String text = ClusterException.of(failure).getMessage();
                    return new IpfsId(null, List.of(), text == null ? "timed out" : text);
                });
    }

    @Override
    public Cursor<PeerInfo> list() {
        Map<PeerId, CompletableFuture<@Nullable PeerInfo>> answers = new LinkedHashMap<>();
        for (PeerId member : parts.consensus.get().peers()) {
            answers.put(member, ask(member));
        }
        // no members, they cannot be: but who looks for a missing peer looks here first
        if (parts.host.now() instanceof RoutedHost routed) {
            routed.strangers()
                    .forEach((stranger, reason) -> answers.putIfAbsent(
                            stranger, CompletableFuture.completedFuture(PeerInfo.failed(stranger, reason))));
        }
        return new Answers(answers.values().iterator());
    }

    /** A member's identity; null if it does not let us ask. */
    private CompletableFuture<@Nullable PeerInfo> ask(PeerId member) {
        CompletionStage<@Nullable PeerInfo> answer = member.equals(parts.self())
                ? id()
                : guarded(() -> parts.rpc.get().call(member, RpcMethods.CLUSTER_ID, null, CALL_TIMEOUT));
        return answer.handle((info, failure) -> {
                    if (failure == null) {
                        return info == null ? PeerInfo.failed(member, "empty answer") : info;
                    }
                    ClusterException cause = ClusterException.of(failure);
                    boolean refused =
                            cause instanceof RpcException rpc && rpc.kind() == RpcException.Kind.AUTHORIZATION;
                    return refused ? null : PeerInfo.failed(member, String.valueOf(cause.getMessage()));
                })
                .toCompletableFuture();
    }

    /** Answers in the order of the members; each call has its own time limit. */
    private record Answers(Iterator<CompletableFuture<@Nullable PeerInfo>> waiting) implements Cursor<PeerInfo> {
        @Override
        public @Nullable PeerInfo next() {
            while (waiting.hasNext()) {
                PeerInfo info = waiting.next().join();
                if (info != null) {
                    return info;
                }
            }
            return null;
        }

        @Override
        public void close() {
            waiting.forEachRemaining(call -> call.cancel(true));
        }
    }

    @Override
    public CompletionStage<PeerInfo> add(PeerId peer) {
        return guarded(() -> {
            Membership membership = parts.membership.now();
            CompletionStage<Void> added =
                    membership == null ? CompletableFuture.completedFuture(null) : membership.addPeer(peer);
            if (peer.equals(parts.self())) {
                return added.thenCompose(done -> id());
            }
            return added.thenCompose(done -> parts.rpc.get().call(peer, RpcMethods.CLUSTER_ID, null, CALL_TIMEOUT))
                    .thenApply(this::withUs);
        });
    }

    private PeerInfo withUs(@Nullable PeerInfo info) {
        if (info == null) {
            throw new ClusterException(ErrorCode.INTERNAL, "the new peer gave an empty answer");
        }
        if (info.clusterPeers().contains(parts.self())) {
            return info;
        }
        List<PeerId> members = new ArrayList<>(info.clusterPeers());
        members.add(parts.self());
        return new PeerInfo(
                info.id(),
                info.addresses(),
                members,
                info.clusterPeerAddresses(),
                info.version(),
                info.commit(),
                info.rpcProtocol(),
                info.error(),
                info.ipfs(),
                info.peername());
    }

    @Override
    public CompletionStage<Void> remove(PeerId peer) {
        return guarded(() -> {
            Membership membership = parts.membership.get();
            if (parts.settings().disableRepinning()) {
                LOG.warn("repinning is disabled: pins of {} stay where they are", peer);
                return membership.removePeer(peer);
            }
            return repinner.vacate(peer).thenCompose(moved -> membership.removePeer(peer));
        });
    }

    @Override
    public CompletionStage<Void> join(Multiaddr address) {
        return guarded(() -> {
            if (address.peerId().isEmpty() && address.has("dnsaddr")) {
                return parts.host.get().resolve(address).thenCompose(found -> joinOneOf(address, found));
            }
            PeerId peer = address.peerId()
                    .orElseThrow(() -> new ClusterException(
                            ErrorCode.BAD_REQUEST,
                            "address to join must end in /p2p/<peer id>, or be a /dnsaddr name that leads to such: "
                                    + address));
            return join(peer, List.of(address.withoutPeerId()));
        });
    }

    /** Tries the peers behind a name one after another. */
    private CompletionStage<Void> joinOneOf(Multiaddr name, List<Multiaddr> found) {
        Map<PeerId, List<Multiaddr>> peers = new LinkedHashMap<>();
        found.forEach(address -> address.peerId()
                .ifPresent(peer ->
                        peers.computeIfAbsent(peer, key -> new ArrayList<>()).add(address.withoutPeerId())));
        boolean onlyUs = peers.remove(parts.self()) != null && peers.isEmpty();
        if (onlyUs) {
            return CompletableFuture.completedFuture(null);
        }
        CompletionStage<Void> joined = CompletableFuture.failedFuture(
                new ClusterException(ErrorCode.NOT_FOUND, name + " leads to no address that ends in /p2p/<peer id>"));
        for (Map.Entry<PeerId, List<Multiaddr>> peer : peers.entrySet()) {
            joined = joined.exceptionallyCompose(failure -> join(peer.getKey(), peer.getValue()));
        }
        return joined;
    }

    private CompletionStage<Void> join(PeerId peer, List<Multiaddr> addresses) {
        if (peer.equals(parts.self())) {
            return CompletableFuture.completedFuture(null);
        }
        Host host = parts.host.get();
        host.peerstore().addAddresses(peer, addresses, Peerstore.PERMANENT);
        return host.connect(peer, addresses)
                .thenCompose(connected ->
                        parts.rpc.get().call(peer, RpcMethods.CLUSTER_PEER_ADD, parts.self(), CALL_TIMEOUT))
                .thenApply(added -> {
                    loops.joined(peer);
                    Routing routing = parts.routing.now();
                    if (routing != null) {
                        routing.refresh();
                    }
                    return null;
                });
    }

    @Override
    public CompletionStage<ConnectGraph> graph() {
        return new GraphSurvey(parts, this, workers).draw();
    }

    @Override
    public CompletionStage<IpfsId> ipfsId(PeerId peer) {
        if (peer.equals(parts.self())) {
            return ipfs();
        }
        PingValue ping = known.of(peer);
        return CompletableFuture.completedFuture(new IpfsId(ping.ipfsId(), ping.ipfsAddresses(), ""));
    }

    private static <T> CompletionStage<T> guarded(Supplier<? extends CompletionStage<T>> flow) {
        try {
            return flow.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(ClusterException.of(e));
        }
    }
}
