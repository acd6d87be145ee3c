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

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.Routing;
import org.pinion.spi.allocator.Allocator;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.config.ClusterSettings;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.consensus.Consensus;
import org.pinion.spi.consensus.Membership;
import org.pinion.spi.consensus.TrustPolicy;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.informer.Informer;
import org.pinion.spi.ipfsconnector.IpfsBlocks;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.ipfsconnector.IpfsRepo;
import org.pinion.spi.ipfsconnector.IpfsSwarm;
import org.pinion.spi.monitor.Monitor;
import org.pinion.spi.pintracker.PinTracker;
import org.pinion.spi.rpc.RpcClient;
import org.pinion.spi.state.PinIndexes;
import org.pinion.spi.state.PinState;

/** Everything that the cluster service works with; each part may come, go and be replaced while the peer runs. */
@Component(service = ClusterParts.class)
public final class ClusterParts {
    private static final Duration WAIT = Duration.ofSeconds(5);

    final Part<ClusterConfig> config;
    final Part<Host> host;
    final Part<Routing> routing;
    final Part<RpcClient> rpc;
    final Part<Consensus> consensus;
    final Part<Membership> membership;
    final Part<TrustPolicy> trust;
    final Part<PinState> state;
    final Part<PinIndexes> indexes;
    final Part<PinTracker> tracker;
    final Part<Monitor> monitor;
    final Part<Allocator> allocator;
    final Part<IpfsConnector> ipfs;
    final Part<IpfsSwarm> swarm;
    final Part<IpfsBlocks> blocks;
    final Part<IpfsRepo> repo;
    final Part<Datastore> datastore;

    private final Executors executors;
    private final PeerId self;
    private volatile Runnable informerChanges = () -> {};
    private final List<Informer> informers = new CopyOnWriteArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Replaced replaced;
    private volatile boolean informerWent;

    /** Nothing is there yet. */
    @Activate
    public ClusterParts(@Reference Executors executors, @Reference Secrets secrets) {
        this(executors, secrets.peerId(), WAIT);
    }

    ClusterParts(Executors executors, PeerId self, Duration wait) {
        this.executors = executors;
        this.self = self;
        config = new Part<>("ClusterConfig", wait);
        host = new Part<>("cluster host", wait);
        routing = new Part<>("Routing", wait);
        rpc = new Part<>("RpcClient", wait);
        consensus = new Part<>("Consensus", wait);
        membership = new Part<>("Membership", wait);
        trust = new Part<>("TrustPolicy", wait);
        state = new Part<>("PinState", wait);
        indexes = new Part<>("PinIndexes", wait);
        tracker = new Part<>("PinTracker", wait);
        monitor = new Part<>("Monitor", wait);
        allocator = new Part<>("Allocator", wait);
        ipfs = new Part<>("IpfsConnector", wait);
        swarm = new Part<>("IpfsSwarm", wait);
        blocks = new Part<>("IpfsBlocks", wait);
        repo = new Part<>("IpfsRepo", wait);
        datastore = new Part<>("Datastore", wait);
    }

    Executors executors() {
        return executors;
    }

    /** This peer. */
    PeerId self() {
        return self;
    }

    /** The section cluster as it is now. */
    ClusterSettings settings() {
        return config.get().settings();
    }

    List<Informer> informers() {
        return informers;
    }

    /** Calls {@code listener} after every change, on whatever thread made it. */
    void listen(Runnable listener) {
        listeners.add(listener);
    }

    /** Calls {@code listener} after an informer took other settings; there is one. */
    void whenInformerChanges(Runnable listener) {
        informerChanges = listener;
    }

    void unlisten(Runnable listener) {
        listeners.remove(listener);
    }

    /** A part that took the place of another. */
    private record Replaced(String name, long nanos) {}

    /**
     * The name of what the metrics of the peers depend on and was replaced less than {@code lately} ago, or the empty
     * text: metrics may not be complete then.
     */
    String replacedWithin(Duration lately) {
        Replaced last = replaced;
        return last != null && executors.nanoTime() - last.nanos < lately.toNanos() ? last.name : "";
    }

    private void noteReplaced(String name) {
        replaced = new Replaced(name, executors.nanoTime());
    }

    /** Names of the parts that a working peer needs and that are away. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (Part<?> part : List.of(config, host, rpc, consensus, state, tracker, monitor, allocator, ipfs)) {
            if (part.now() == null) {
                missing.add(part.name());
            }
        }
        if (datastore.isLost()) {
            missing.add(datastore.name()); // another consensus and tracker may do without one
        }
        return missing;
    }

    private <T> void came(Part<T> part, T value) {
        boolean again = part.set(value);
        if (again && List.of(monitor, allocator, ipfs, datastore).contains(part)) {
            noteReplaced(part.name());
        }
        listeners.forEach(Runnable::run);
    }

    private <T> void went(Part<T> part, T value) {
        part.unset(value);
        listeners.forEach(Runnable::run);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetConfig")
    void setConfig(ClusterConfig came) {
        came(config, came);
    }

    void unsetConfig(ClusterConfig gone) {
        went(config, gone);
    }

    @Reference(
            target = "(pinion.host=cluster)",
            policy = DYNAMIC,
            policyOption = GREEDY,
            cardinality = OPTIONAL,
            unbind = "unsetHost")
    void setHost(Host came) {
        came(host, came);
    }

    void unsetHost(Host gone) {
        went(host, gone);
    }

    @Reference(
            target = "(pinion.host=cluster)",
            policy = DYNAMIC,
            policyOption = GREEDY,
            cardinality = OPTIONAL,
            unbind = "unsetRouting")
    void setRouting(Routing came) {
        came(routing, came);
    }

    void unsetRouting(Routing gone) {
        went(routing, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetRpc")
    void setRpc(RpcClient came) {
        came(rpc, came);
    }

    void unsetRpc(RpcClient gone) {
        went(rpc, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetConsensus")
    void setConsensus(Consensus came) {
        came(consensus, came);
    }

    void unsetConsensus(Consensus gone) {
        went(consensus, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetMembership")
    void setMembership(Membership came) {
        came(membership, came);
    }

    void unsetMembership(Membership gone) {
        went(membership, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetTrust")
    void setTrust(TrustPolicy came) {
        came(trust, came);
    }

    void unsetTrust(TrustPolicy gone) {
        went(trust, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetState")
    void setState(PinState came) {
        came(state, came);
    }

    void unsetState(PinState gone) {
        went(state, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetIndexes")
    void setIndexes(PinIndexes came) {
        came(indexes, came);
    }

    void unsetIndexes(PinIndexes gone) {
        went(indexes, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetTracker")
    void setTracker(PinTracker came) {
        came(tracker, came);
    }

    void unsetTracker(PinTracker gone) {
        went(tracker, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetMonitor")
    void setMonitor(Monitor came) {
        came(monitor, came);
    }

    void unsetMonitor(Monitor gone) {
        went(monitor, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetAllocator")
    void setAllocator(Allocator came) {
        came(allocator, came);
    }

    void unsetAllocator(Allocator gone) {
        went(allocator, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetIpfs")
    void setIpfs(IpfsConnector came) {
        came(ipfs, came);
    }

    void unsetIpfs(IpfsConnector gone) {
        went(ipfs, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetSwarm")
    void setSwarm(IpfsSwarm came) {
        came(swarm, came);
    }

    void unsetSwarm(IpfsSwarm gone) {
        went(swarm, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetBlocks")
    void setBlocks(IpfsBlocks came) {
        came(blocks, came);
    }

    void unsetBlocks(IpfsBlocks gone) {
        went(blocks, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetRepo")
    void setRepo(IpfsRepo came) {
        came(repo, came);
    }

    void unsetRepo(IpfsRepo gone) {
        went(repo, gone);
    }

    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetDatastore")
    void setDatastore(Datastore came) {
        came(datastore, came);
    }

    void unsetDatastore(Datastore gone) {
        went(datastore, gone);
    }

    @Reference(
            policy = DYNAMIC,
            policyOption = GREEDY,
            cardinality = MULTIPLE,
            unbind = "unsetInformer",
            updated = "updatedInformer")
    void setInformer(Informer came) {
        informers.add(came);
        if (informerWent) {
            noteReplaced("Informer");
        }
        listeners.forEach(Runnable::run);
    }

    /** An informer's settings changed: what it says may differ now. */
    void updatedInformer(Informer changed) {
        informerChanges.run();
    }

    void unsetInformer(Informer gone) {
        informers.remove(gone);
        informerWent = true;
        listeners.forEach(Runnable::run);
    }
}
