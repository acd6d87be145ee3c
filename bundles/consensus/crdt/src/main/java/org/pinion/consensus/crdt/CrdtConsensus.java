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
package org.pinion.consensus.crdt;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.BlockExchange;
import org.pinion.libp2p.api.BlockExchanges;
import org.pinion.libp2p.api.ExchangeSettings;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.Peerstore;
import org.pinion.libp2p.api.PubSub;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Metric;
import org.pinion.spi.Pin;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.consensus.Consensus;
import org.pinion.spi.consensus.Membership;
import org.pinion.spi.consensus.PinsetListener;
import org.pinion.spi.consensus.TrustPolicy;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.monitor.Monitor;
import org.pinion.spi.state.PinCodec;
import org.pinion.spi.state.PinState;
import org.pinion.spi.state.PinStateWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pin set as a Merkle-CRDT, compatible with the reference's: heads on a topic named after the cluster, nodes by block
 * exchange on the cluster host. An operation is on disk, and in this peer's pin set, before it completes.
 *
 * @spec cluster wire "CRDT consensus"
 */
@Component(
        name = "org.pinion.consensus.crdt",
        service = {Consensus.class, Membership.class, TrustPolicy.class},
        configurationPid = "org.pinion.consensus.crdt",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(
        namespace = "pinion.component",
        name = "org.pinion.consensus.crdt",
        attribute = "type=consensus",
        effective = "active")
public final class CrdtConsensus implements Consensus, Membership, TrustPolicy {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.consensus.crdt");
    private static final int MAX_TASKS = 8192;
    private static final int MAX_ANNOUNCEMENTS = 16;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final PeerId self;
    private final Host host;
    private final Peerstore peerstore;
    private final Trust trust;
    private final Lane lane;
    private final Workers workers;
    private final Workers streams;
    private final HeadsTopic topic;
    private final BlockExchange exchange;
    private final CrdtPeer peer;
    private final StorageSlot storage;
    private final Complaints complaints = new Complaints();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile Settings settings;
    private volatile boolean follower;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    private volatile @Nullable Monitor monitor;

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.MULTIPLE)
    private volatile List<PinsetListener> listeners = List.of();

    /**
     * The network of this peer.
     *
     * @param host the cluster host
     * @param pubsub publish-subscribe on that host
     * @param exchanges opens block exchange on it
     */
    record Network(Host host, PubSub pubsub, BlockExchanges exchanges) {}

    /** Joins the topic; everything else begins when there are a datastore and a pin set. */
    @Activate
    public CrdtConsensus(
            @Reference(target = "(pinion.host=cluster)") Host host,
            @Reference(target = "(pinion.host=cluster)") PubSub pubsub,
            @Reference BlockExchanges exchanges,
            @Reference Executors executors,
            @Reference Secrets secrets,
            Map<String, Object> properties) {
        this(new Network(host, pubsub, exchanges), executors, secrets.peerId(), Settings.of(properties));
    }

    CrdtConsensus(Network network, Executors executors, PeerId self, Settings settings) {
        this.self = self;
        this.settings = settings;
        host = network.host();
        peerstore = host.peerstore();
        trust = new Trust(self, settings);
        lane = executors.lane("consensus.crdt", MAX_TASKS);
        workers = executors.workers("consensus.crdt.announce", 1, MAX_ANNOUNCEMENTS);
        // one stream comes in at a time, beside those that go out
        streams = executors.workers("consensus.crdt.streams", 1 + DagSource.MAX_STREAMS, 1);
        storage = new StorageSlot(this::storageChanged);
        topic = new HeadsTopic(network.pubsub(), settings.clusterName(), trust, complaints);
        try {
            exchange = network.exchanges()
                    .open(network.host(), new DagBlocks(storage::datastore), ExchangeSettings.DEFAULT);
        } catch (RuntimeException e) {
            topic.close();
            lane.close();
            workers.close();
            streams.close();
            throw e;
        }
        SplittableRandom random = new SplittableRandom(executors.nanoTime() ^ self.hashCode());
        peer = new CrdtPeer(
                new CrdtPeer.Parts(
                        lane,
                        workers,
                        topic.topic(),
                        exchange,
                        new DagDownloads(host, trust::isTrusted, streams, lane),
                        () -> listeners,
                        random,
                        complaints),
                settings);
        peer.configure(settings, false);
        host.handle(DagStream.PROTOCOL, new DagSource(storage::datastore, streams, executors::nanoTime)::accept);
    }

    /** Takes intervals, limits, batching and trusted peers at once. */
    @Modified
    public void modified(Map<String, Object> properties) {
        Settings changed = Settings.of(properties);
        if (!changed.clusterName().equals(settings.clusterName())) {
            log.warn("crdt.cluster_name: {} counts from the next start on", changed.clusterName());
        }
        settings = changed;
        trust.configure(changed);
        peer.configure(changed, follower);
    }

    private void storageChanged(Replica.@Nullable Storage now) {
        try {
            lane.execute(() -> use(now));
        } catch (RejectedExecutionException e) {
            log.debug("closed: {}", e.getMessage());
        }
    }

    private void use(Replica.@Nullable Storage now) {
        peer.use(null);
        if (now == null) {
            return;
        }
        try {
            Replica replica = new Replica(now);
            log.info(
                    "the CRDT has {} heads, the highest at {}, and {} pins",
                    replica.heads().cids().size(),
                    Long.toUnsignedString(replica.heads().maxHeight()),
                    now.pins().size());
            peer.use(replica);
            // only now: whoever announces heads because we came should be heard
            topic.subscribe(peer);
            ready.complete(null);
        } catch (RuntimeException e) {
            log.error("the CRDT cannot be opened: {}", e.getMessage());
            ready.completeExceptionally(ClusterException.of(e));
        }
    }

    @Override
    public CompletionStage<Void> logPin(Pin pin) {
        PinCodec codec = storage.codec();
        if (follower || codec == null) {
            return refused();
        }
        return peer.submit(SetKey.of(pin.cid()), codec.encode(pin));
    }

    @Override
    public CompletionStage<Void> logUnpin(Pin pin) {
        return follower ? refused() : peer.submit(SetKey.of(pin.cid()), null);
    }

    private CompletionStage<Void> refused() {
        return CompletableFuture.failedFuture(
                follower
                        ? new ClusterException(
                                ErrorCode.FORBIDDEN,
                                "this peer is configured to be in follower mode. Write operations are disabled")
                        : new ClusterException(ErrorCode.UNAVAILABLE, "no pin codec: the state component is missing"));
    }

    @Override
    public List<PeerId> peers() {
        TreeSet<PeerId> peers = new TreeSet<>();
        peers.add(self);
        Monitor present = monitor;
        if (present != null) {
            present.latest(settings.peersetMetric()).stream().map(Metric::peer).forEach(peers::add);
        }
        return List.copyOf(peers);
    }

    @Override
    public Optional<PeerId> leader() {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Void> ready() {
        return ready.minimalCompletionStage();
    }

    @Override
    public CompletionStage<Void> addPeer(PeerId added) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> removePeer(PeerId removed) {
        return CompletableFuture.failedFuture(
                new ClusterException(ErrorCode.INTERNAL, "crdt consensus component cannot remove peers"));
    }

    @Override
    public boolean isTrusted(PeerId other) {
        return trust.isTrusted(other);
    }

    @Override
    public void trust(PeerId trusted) {
        trust.trust(trusted);
        peerstore.addAddresses(trusted, peerstore.addresses(trusted), Peerstore.PERMANENT);
    }

    @Override
    public void distrust(PeerId distrusted) {
        trust.distrust(distrusted);
    }

    /** Who hears of changes; the framework sets the field itself. */
    void setListeners(List<PinsetListener> some) {
        listeners = List.copyOf(some);
    }

    /** The cluster section came or changed. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetClusterConfig")
    public void setClusterConfig(ClusterConfig config) {
        follow(config.settings().followerMode());
    }

    /** Takes no writes and announces nothing, or does again. */
    void follow(boolean only) {
        follower = only;
        peer.configure(settings, only);
    }

    /** The cluster section goes: what it said last still counts. */
    public void unsetClusterConfig(ClusterConfig config) {}

    /** A datastore came. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetDatastore")
    public void setDatastore(Datastore datastore) {
        storage.set(datastore);
    }

    /** A datastore goes. */
    public void unsetDatastore(Datastore datastore) {
        storage.unset(datastore);
    }

    /** The pin set came. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetPinState")
    public void setPinState(PinState state) {
        storage.set(state);
    }

    /** The pin set goes. */
    public void unsetPinState(PinState state) {
        storage.unset(state);
    }

    /** The pin set's writing side came. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetPinStateWriter")
    public void setPinStateWriter(PinStateWriter writer) {
        storage.set(writer);
    }

    /** The pin set's writing side goes. */
    public void unsetPinStateWriter(PinStateWriter writer) {
        storage.unset(writer);
    }

    /** The form of pins came. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL,
            unbind = "unsetPinCodec")
    public void setPinCodec(PinCodec codec) {
        storage.set(codec);
    }

    /** The form of pins goes. */
    public void unsetPinCodec(PinCodec codec) {
        storage.unset(codec);
    }

    /** Writes what waits, then leaves the topic and ends the exchange. */
    @Deactivate
    public void close() {
        host.unhandle(DagStream.PROTOCOL);
        topic.silence();
        peer.close(CLOSE_TIMEOUT);
        streams.close();
        workers.close();
        exchange.close();
        topic.close();
        ready.completeExceptionally(new ClusterException(ErrorCode.UNAVAILABLE, "the consensus component was stopped"));
    }
}
