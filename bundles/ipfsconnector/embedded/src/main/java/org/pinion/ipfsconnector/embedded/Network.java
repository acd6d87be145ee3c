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
package org.pinion.ipfsconnector.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipfsconnector.embedded.Rows.Entry;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.BlockExchange;
import org.pinion.libp2p.api.BlockExchanges;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.ExchangeBlockstore;
import org.pinion.libp2p.api.ExchangeSettings;
import org.pinion.libp2p.api.ExchangeStats;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.SecureChannel;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.IpfsId;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.ipfsnode.NodeNetwork.Link;
import org.pinion.spi.ipfsnode.NodeNetwork.Traffic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node's host on the public network and the exchange of blocks on it. Any thread. */
final class Network implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.ipfsconnector.embedded");
    private static final String PROTOCOL_VERSION = "ipfs/0.1.0";

    private final Host host;
    private final BlockExchange exchange;

    private Network(Host host, BlockExchange exchange) {
        this.host = host;
        this.exchange = exchange;
    }

    /**
     * Opens host and exchange.
     *
     * @param blocks the blockstore; gives null while there is none
     * @throws ClusterException naming address and section if the host cannot listen
     */
    static Network open(
            EmbeddedSettings settings,
            Path keyFile,
            HostFactory hosts,
            BlockExchanges exchanges,
            Supplier<@Nullable Blockstore> blocks) {
        HostSettings wanted = HostSettings.of(NodeKey.at(keyFile))
                // as Kubo does, and several times faster than Noise on Java 17
                .withSecureChannels(List.of(SecureChannel.TLS, SecureChannel.NOISE))
                .withListen(settings.listen())
                .withAnnounce(settings.announce(), List.of())
                .withVersions(Versions.AGENT, PROTOCOL_VERSION);
        Host host;
        try {
            host = hosts.open(wanted);
        } catch (IOException e) {
            throw new ClusterException(
                    ErrorCode.UNAVAILABLE,
                    "ipfs_connector.embedded: cannot listen on listen_multiaddresses " + settings.listen() + ": "
                            + e.getMessage() + "; stop what uses the port, or change the section",
                    e);
        }
        try {
            BlockExchange exchange = exchanges.open(host, new Shared(blocks), ExchangeSettings.DEFAULT);
            LOG.info("IPFS node {} listens on {}", host.id(), host.listenAddresses());
            return new Network(host, exchange);
        } catch (RuntimeException e) {
            host.close();
            throw e;
        }
    }

    /** What others may ask for: everything that is here. */
    private record Shared(Supplier<@Nullable Blockstore> blocks) implements ExchangeBlockstore {
        @Override
        public Optional<byte[]> get(Cid cid) {
            Blockstore store = blocks.get();
            return store == null ? Optional.empty() : Optional.ofNullable(store.get(cid));
        }

        @Override
        public OptionalLong size(Cid cid) {
            Blockstore store = blocks.get();
            Entry entry = store == null ? null : store.entry(cid.multihash());
            return entry == null ? OptionalLong.empty() : OptionalLong.of(entry.bytes());
        }
    }

    BlockExchange exchange() {
        return exchange;
    }

    void haveNewBlock(Cid cid) {
        exchange.haveNewBlock(cid);
    }

    IpfsId id() {
        List<Multiaddr> addresses = host.addresses().stream()
                .map(address -> address.withPeerId(host.id()))
                .toList();
        return new IpfsId(host.id(), addresses, "");
    }

    List<PeerId> peers() {
        return host.connections().stream()
                .map(Connection::remotePeer)
                .distinct()
                .toList();
    }

    /** Open connections. */
    List<Link> links() {
        return host.connections().stream()
                .map(connection -> {
                    Optional<PeerInfo> info = host.peerstore().info(connection.remotePeer());
                    return new Link(
                            connection.remotePeer(),
                            connection.remoteAddress(),
                            connection.outbound(),
                            info.map(PeerInfo::agentVersion).orElse(""),
                            info.map(known ->
                                            known.protocols().stream().sorted().toList())
                                    .orElse(List.of()));
                })
                .toList();
    }

    /** Remembered addresses of other nodes. */
    Map<PeerId, List<Multiaddr>> knownPeers() {
        Map<PeerId, List<Multiaddr>> known = new TreeMap<>();
        for (PeerId peer : host.peerstore().peers()) {
            List<Multiaddr> addresses = host.peerstore().addresses(peer);
            if (!addresses.isEmpty()) {
                known.put(peer, addresses);
            }
        }
        return known;
    }

    List<Multiaddr> listenAddresses() {
        return host.listenAddresses();
    }

    boolean isConnected(PeerId peer) {
        return host.connections().stream()
                .anyMatch(connection -> connection.remotePeer().equals(peer) && connection.isOpen());
    }

    boolean disconnect(PeerId peer) {
        List<Connection> open = host.connections().stream()
                .filter(connection -> connection.remotePeer().equals(peer))
                .toList();
        open.forEach(Connection::close);
        return !open.isEmpty();
    }

    Registration listen(HostListener listener) {
        return host.listen(listener);
    }

    Traffic traffic() {
        ExchangeStats stats = exchange.stats();
        return new Traffic(
                stats.blocksReceived(),
                stats.bytesReceived(),
                stats.blocksSent(),
                stats.bytesSent(),
                stats.duplicateBlocks(),
                stats.wants());
    }

    /** Connects to a peer or fails. */
    CompletableFuture<Void> reach(PeerId peer, List<Multiaddr> addresses) {
        if (peer.equals(host.id())) {
            return CompletableFuture.failedFuture(
                    new ClusterException(ErrorCode.BAD_REQUEST, "dial to self attempted: " + peer));
        }
        return host.connect(peer, addresses)
                .thenApply(connection -> (Void) null)
                .toCompletableFuture();
    }

    /**
     * A block from here, else from connected nodes; then it is kept. No thread waits for it. Cancelling the future
     * withdraws the request.
     *
     * @param workers read and write the disk
     */
    CompletableFuture<byte[]> fetch(Cid cid, Blockstore store, Duration timeout, Workers workers) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        CompletableFuture<Void> looking = workers.call(EmbeddedIpfs.BUSY, () -> {
            byte[] here = store.get(cid);
            if (here != null) {
                result.complete(here);
                return null;
            }
            CompletableFuture<byte[]> want = exchange.get(cid, timeout);
            result.whenComplete((data, failure) -> want.cancel(false));
            want.whenComplete((data, failure) -> fetched(cid, data, failure, store, workers, result));
            return null;
        });
        looking.whenComplete((none, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    private static void fetched(
            Cid cid,
            byte @Nullable [] data,
            @Nullable Throwable failure,
            Blockstore store,
            Workers workers,
            CompletableFuture<byte[]> result) {
        if (data != null) {
            workers.call(EmbeddedIpfs.BUSY, result, () -> {
                NetworkReader.keep(store, new Block(cid, data));
                return data;
            });
        } else if (failure != null) {
            result.completeExceptionally(NetworkReader.notFetched(cid, failure));
        }
    }

    /** Dials each peer at its addresses; done when all were tried. Addresses without {@code /p2p} are left out. */
    CompletableFuture<Void> connect(List<Multiaddr> addresses) {
        Map<PeerId, List<Multiaddr>> peers = new LinkedHashMap<>();
        for (Multiaddr address : addresses) {
            address.peerId()
                    .filter(peer -> !peer.equals(host.id()))
                    .ifPresent(peer -> peers.computeIfAbsent(peer, key -> new ArrayList<>())
                            .add(address.withoutPeerId()));
        }
        CompletableFuture<?>[] dials = peers.entrySet().stream()
                .map(entry -> dial(entry.getKey(), entry.getValue()))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(dials);
    }

    private CompletableFuture<?> dial(PeerId peer, List<Multiaddr> addresses) {
        return host.connect(peer, addresses)
                .handle((connection, failure) -> {
                    if (failure != null) {
                        LOG.debug("IPFS node {} not reached: {}", peer, failure.getMessage());
                    }
                    return connection;
                })
                .toCompletableFuture();
    }

    @Override
    public void close() {
        exchange.close();
        host.close();
    }
}
