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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.BlockExchanges;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Pin;
import org.pinion.spi.RepoGc;
import org.pinion.spi.RepoStat;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.informer.InformerTicks;
import org.pinion.spi.informer.InformerTrigger;
import org.pinion.spi.ipfsconnector.IpfsBlocks;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.pinion.spi.ipfsconnector.IpfsRepo;
import org.pinion.spi.ipfsconnector.IpfsSwarm;
import org.pinion.spi.ipfsnode.NodeBlocks;
import org.pinion.spi.ipfsnode.NodeNetwork;
import org.pinion.spi.ipfsnode.NodePins;

/**
 * An IPFS node in this process: its own libp2p host on the public network, blocks and pins in the peer's datastore, blocks
 * fetched from and given to connected nodes by bitswap.
 */
@Component(
        service = {
            IpfsConnector.class,
            IpfsBlocks.class,
            IpfsRepo.class,
            IpfsSwarm.class,
            NodeBlocks.class,
            NodeNetwork.class,
            NodePins.class
        },
        configurationPid = "org.pinion.ipfsconnector.embedded",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(
        namespace = "pinion.component",
        name = "org.pinion.ipfsconnector.embedded",
        attribute = "type=ipfsconnector",
        effective = "active")
public final class EmbeddedIpfs
        implements IpfsConnector, IpfsBlocks, IpfsRepo, IpfsSwarm, NodeBlocks, NodeNetwork, NodePins {
    /** What callers hear when a task has no room or no time left. */
    static final String BUSY = "the embedded IPFS node takes no more";

    private static final int PIN_THREADS = 32;
    private static final int WAITING_PINS = 100_000;
    private static final int PUT_THREADS = 64;
    private static final int READ_THREADS = 8;
    private static final int WAITING_READS = 1024;

    private final EmbeddedSettings settings;
    private final InformerTicks ticks;
    private final Executors executors;
    private final Network network;
    private final Workers pinners;
    private final Workers putters;
    private final Workers readers;
    private final Peering peering;
    private volatile @Nullable Storage storage;

    /** What is opened for one datastore. */
    private record Storage(Datastore datastore, Blockstore blocks, Pins pins, Pinner pinner) {}

    /**
     * Opens the node's host.
     *
     * @throws ClusterException if it cannot listen, naming address and section
     */
    @Activate
    public EmbeddedIpfs(
            Map<String, Object> properties,
            @Reference HostFactory hosts,
            @Reference BlockExchanges exchanges,
            @Reference PeerFolder folder,
            @Reference Executors executors) {
        this.settings = EmbeddedSettings.of(properties);
        ticks = new InformerTicks(settings.informerTriggerInterval());
        this.executors = executors;
        network = Network.open(
                settings, folder.own().resolve("ipfs").resolve("key"), hosts, exchanges, this::blocksOrNull);
        pinners = executors.workers("ipfsconnector.embedded.pin", PIN_THREADS, WAITING_PINS);
        // no queue: adds that wait for each other's turn at several peers would wait for ever
        putters = executors.workers("ipfsconnector.embedded.put", PUT_THREADS, 0);
        readers = executors.workers("ipfsconnector.embedded", READ_THREADS, WAITING_READS);
        peering = new Peering(network, executors.lane("ipfsconnector.embedded.peering", 1024));
        network.connect(settings.neighbours());
        peering.keep(settings.peers());
    }

    /** Stops running pins and closes the host. */
    @Deactivate
    void close() {
        pinners.close();
        putters.close();
        readers.close();
        peering.close();
        network.close();
    }

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetDatastore")
    void setDatastore(Datastore came) {
        Blockstore blocks =
                new Blockstore(came, settings.storageMaxBytes(), executors::nanoTime, network::haveNewBlock);
        Pins pins = new Pins(came);
        PinWalk.Watch watch = new PinWalk.Watch(settings.pinTimeout(), executors::nanoTime);
        storage =
                new Storage(came, blocks, pins, new Pinner(blocks, pins, new SharedSync(came), network, watch, ticks));
    }

    void unsetDatastore(Datastore gone) {
        Storage current = storage;
        if (current != null && current.datastore().equals(gone)) {
            storage = null;
        }
    }

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetTrigger")
    void setTrigger(InformerTrigger came) {
        ticks.set(came);
    }

    void unsetTrigger(InformerTrigger gone) {
        ticks.unset(gone);
    }

    private Storage storage() {
        Storage current = storage;
        if (current == null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the embedded IPFS node has no Datastore");
        }
        return current;
    }

    private @Nullable Blockstore blocksOrNull() {
        Storage current = storage;
        return current == null ? null : current.blocks();
    }

    @Override
    public CompletableFuture<IpfsId> id() {
        return CompletableFuture.completedFuture(network.id());
    }

    @Override
    public CompletableFuture<Void> pin(Pin pin) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        CompletableFuture<Void> walk = new CompletableFuture<>();
        // called off while it waits for its turn
        result.whenComplete((none, failure) -> walk.cancel(false));
        pinners.call(BUSY, walk, () -> {
                    storage().pinner().pin(pin, result);
                    return null;
                })
                .whenComplete((none, failure) -> {
                    if (failure != null) {
                        result.completeExceptionally(failure);
                    }
                });
        return result;
    }

    @Override
    public CompletableFuture<Void> unpin(Cid cid) {
        if (settings.unpinDisable()) {
            return CompletableFuture.failedFuture(new ClusterException(
                    ErrorCode.FORBIDDEN, "ipfs unpinning is disallowed by configuration on this peer"));
        }
        return read(() -> {
            storage().pins().remove(cid);
            return null;
        });
    }

    @Override
    public CompletableFuture<IpfsPinStatus> pinStatus(Pin pin) {
        return read(() -> storage().pins().status(pin.cid(), pin.maxDepth()));
    }

    @Override
    public Cursor<IpfsPin> pins(Set<IpfsPinStatus> kinds) {
        return storage().pins().list(kinds);
    }

    @Override
    public CompletableFuture<Void> putBlocks(Cursor<Block> blocks) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        putters.call(BUSY, result, () -> {
            try (blocks) {
                ticks.tick();
                BlockWriter.write(blocks, storage().blocks(), result::isDone);
            }
            return null;
        });
        if (result.isCompletedExceptionally()) {
            blocks.close();
        }
        return result;
    }

    @Override
    public CompletableFuture<byte[]> getBlock(Cid cid) {
        return network.fetch(cid, storage().blocks(), settings.pinTimeout(), readers);
    }

    @Override
    public CompletableFuture<RepoStat> stat() {
        return read(() -> storage().blocks().stat());
    }

    @Override
    public Cursor<RepoGc.Removed> collectGarbage() {
        Collector collector = collector();
        return new Cursor<>() {
            private boolean closed;

            @Override
            public RepoGc.@Nullable Removed next() {
                return collector.next();
            }

            @Override
            public void close() {
                collector.close();
                if (!closed) {
                    closed = true;
                    ticks.tick();
                }
            }
        };
    }

    private Collector collector() {
        Storage current = storage();
        return new Collector(
                current.blocks(),
                current.pins(),
                executors::nanoTime,
                settings.gcTimeout().toNanos());
    }

    @Override
    public CompletableFuture<List<PeerId>> swarmPeers() {
        return CompletableFuture.completedFuture(network.peers());
    }

    @Override
    public CompletableFuture<Void> connect(List<Multiaddr> addresses) {
        return network.connect(addresses);
    }

    @Override
    public Duration connectDelay() {
        return settings.connectSwarmsDelay();
    }

    @Override
    public CompletableFuture<Cid> resolve(String path) {
        return read(() -> Paths.resolve(path, reader()));
    }

    private NetworkReader reader() {
        return new NetworkReader(storage().blocks(), network, settings.pinTimeout());
    }

    private <T> CompletableFuture<T> read(Supplier<T> task) {
        return readers.call(BUSY, task);
    }

    @Override
    public byte @Nullable [] get(Cid cid) {
        return storage().blocks().get(cid);
    }

    @Override
    public boolean contains(Cid cid) {
        return storage().blocks().contains(cid);
    }

    @Override
    public void put(Iterable<Block> blocks, Keep keep) {
        storage().blocks().put(blocks, keep instanceof Kept kept ? kept : null);
    }

    @Override
    public void remove(Cid cid) {
        try (Collector collector = collector()) {
            if (!collector.removeOnly(cid) && contains(cid)) {
                throw new ClusterException(
                        ErrorCode.BAD_REQUEST, "block " + cid + " is pinned or being added; unpin its root first");
            }
        }
    }

    @Override
    public Cursor<Cid> list() {
        return storage().blocks().list();
    }

    @Override
    public Keep keep() {
        return storage().blocks().keep();
    }

    @Override
    public long count() {
        return storage().blocks().count();
    }

    @Override
    public String pinName(Cid root) {
        return storage().pins().name(root);
    }

    @Override
    public void namePin(Cid root, String name) {
        storage().pins().rename(root, name);
    }

    @Override
    public List<Link> links() {
        return network.links();
    }

    @Override
    public Map<PeerId, List<Multiaddr>> knownPeers() {
        return network.knownPeers();
    }

    @Override
    public List<Multiaddr> listenAddresses() {
        return network.listenAddresses();
    }

    @Override
    public CompletableFuture<Void> dial(PeerId peer, List<Multiaddr> addresses) {
        return network.reach(peer, addresses);
    }

    @Override
    public boolean disconnect(PeerId peer) {
        return network.disconnect(peer);
    }

    @Override
    public Traffic traffic() {
        return network.traffic();
    }
}
