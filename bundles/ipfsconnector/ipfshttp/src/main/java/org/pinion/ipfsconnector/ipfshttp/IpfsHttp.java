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
package org.pinion.ipfsconnector.ipfshttp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.eclipse.jetty.util.ssl.SslContextFactory;
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
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Pin;
import org.pinion.spi.RepoGc.Removed;
import org.pinion.spi.RepoStat;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.informer.InformerTicks;
import org.pinion.spi.informer.InformerTrigger;
import org.pinion.spi.ipfsconnector.IpfsBlocks;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.pinion.spi.ipfsconnector.IpfsRepo;
import org.pinion.spi.ipfsconnector.IpfsSwarm;
import org.pinion.spi.ipfsconnector.RpcEndpoint;

/** A Kubo node through its RPC API. */
@Component(
        service = {IpfsConnector.class, IpfsBlocks.class, IpfsRepo.class, IpfsSwarm.class},
        configurationPid = IpfsHttp.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(
        namespace = "pinion.component",
        name = "org.pinion.ipfsconnector.ipfshttp",
        attribute = "type=ipfsconnector",
        effective = "active")
public final class IpfsHttp implements IpfsConnector, IpfsBlocks, IpfsRepo, IpfsSwarm {
    static final String PID = "org.pinion.ipfsconnector.ipfshttp";

    private static final String BUSY = "too many calls of the IPFS node at once";

    private static final int PIN_THREADS = 64;
    private static final int WAITING_PINS = 100_000;
    private static final int CALL_THREADS = 32;
    private static final int WAITING_CALLS = 4096;
    private static final int PUT_THREADS = 64;
    private static final int MAX_TIMERS = 1024;
    private static final int MAX_ORIGINS = 10;

    private final InformerTicks ticks;
    private final Executors executors;
    private final SslContextFactory.Client tls;
    private final Supplier<Optional<String>> authorization;
    private final Workers pinners;
    private final Workers callers;
    private final Workers putters;
    private final Lane timers;
    private volatile Calls calls;

    /**
     * What is made of the settings: other settings make another one.
     *
     * @param header what the node wants to see with every call
     */
    private record Calls(
            IpfsHttpSettings settings,
            Optional<String> header,
            KuboRpc rpc,
            PinCalls pins,
            BlockCalls blocks,
            NodeCalls node) {}

    /** Takes its section of service.json; the node need not run yet. */
    @Activate
    public IpfsHttp(Map<String, Object> properties, @Reference Executors executors, @Reference Secrets secrets) {
        this(properties, executors, () -> secrets.value(PID, "node_authorization"), new SslContextFactory.Client());
    }

    IpfsHttp(
            Map<String, Object> properties,
            Executors executors,
            Supplier<Optional<String>> authorization,
            SslContextFactory.Client tls) {
        IpfsHttpSettings settings = IpfsHttpSettings.of(properties);
        this.executors = executors;
        this.authorization = authorization;
        this.tls = tls;
        ticks = new InformerTicks(settings.informerTriggerInterval());
        timers = executors.lane("ipfsconnector.ipfshttp.timers", MAX_TIMERS);
        pinners = executors.workers("ipfsconnector.ipfshttp.pin", PIN_THREADS, WAITING_PINS);
        callers = executors.workers("ipfsconnector.ipfshttp", CALL_THREADS, WAITING_CALLS);
        // no queue: adds that wait for each other's turn at several peers would wait for ever
        putters = executors.workers("ipfsconnector.ipfshttp.put", PUT_THREADS, 0);
        Optional<String> header = authorization.get().flatMap(Authorization::header);
        calls = calls(settings, header, open(settings, header, executors, tls, timers));
    }

    IpfsHttp(
            Map<String, Object> properties,
            Executors executors,
            Optional<String> authorization,
            SslContextFactory.Client tls) {
        this(properties, executors, () -> authorization, tls);
    }

    private static KuboRpc open(
            IpfsHttpSettings settings,
            Optional<String> header,
            Executors executors,
            SslContextFactory.Client tls,
            Lane timers) {
        RpcEndpoint endpoint = RpcEndpoint.of(settings.node());
        return KuboRpc.open(endpoint, header, new Gate(endpoint.toString(), timers), executors, tls);
    }

    private Calls calls(IpfsHttpSettings settings, Optional<String> header, KuboRpc rpc) {
        return new Calls(
                settings,
                header,
                rpc,
                new PinCalls(rpc, settings, executors, timers, ticks),
                new BlockCalls(rpc, settings, callers),
                new NodeCalls(rpc, settings, executors, ticks));
    }

    /** Limits count for the next calls; another node ends those that run, whoever made them tries again. */
    @Modified
    synchronized void modified(Map<String, Object> properties) {
        IpfsHttpSettings settings = IpfsHttpSettings.of(properties);
        Optional<String> header = authorization.get().flatMap(Authorization::header);
        Calls before = calls;
        ticks.every(settings.informerTriggerInterval());
        if (settings.node().equals(before.settings.node()) && header.equals(before.header)) {
            calls = calls(settings, header, before.rpc);
        } else {
            calls = calls(settings, header, open(settings, header, executors, tls, timers));
            before.rpc.close();
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

    /** Ends what runs. */
    @Deactivate
    void close() {
        timers.close(Duration.ofSeconds(1));
        pinners.close();
        callers.close();
        putters.close();
        calls.rpc.close();
    }

    @Override
    public CompletableFuture<IpfsId> id() {
        return call(calls.node::id);
    }

    @Override
    public CompletableFuture<Void> pin(Pin pin) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        List<Multiaddr> origins = pin.options().origins();
        CompletableFuture<Void> dialling = origins.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : connect(origins.subList(0, Math.min(origins.size(), MAX_ORIGINS)));
        pinners.call(BUSY, result, () -> {
            calls.pins.pin(pin, result);
            return null;
        });
        result.whenComplete((none, failure) -> dialling.cancel(true));
        return result;
    }

    @Override
    public CompletableFuture<Void> unpin(Cid cid) {
        if (calls.settings.unpinDisable()) {
            return CompletableFuture.failedFuture(new ClusterException(
                    ErrorCode.FORBIDDEN, "ipfs unpinning is disallowed by configuration on this peer"));
        }
        return call(() -> {
            calls.pins.unpin(cid);
            return null;
        });
    }

    @Override
    public CompletableFuture<IpfsPinStatus> pinStatus(Pin pin) {
        return call(() -> calls.pins.status(pin.cid(), pin.maxDepth()));
    }

    @Override
    public Cursor<IpfsPin> pins(Set<IpfsPinStatus> kinds) {
        return calls.pins.list(kinds);
    }

    @Override
    public CompletableFuture<Void> putBlocks(Cursor<Block> blocks) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        putters.call(BUSY, result, () -> {
            try (blocks) {
                ticks.tick();
                calls.blocks.put(blocks, result::isDone);
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
        return call(() -> calls.blocks.get(cid));
    }

    @Override
    public CompletableFuture<RepoStat> stat() {
        return call(calls.node::stat);
    }

    @Override
    public Cursor<Removed> collectGarbage() {
        return calls.node.collectGarbage();
    }

    @Override
    public CompletableFuture<List<PeerId>> swarmPeers() {
        return call(calls.node::swarmPeers);
    }

    @Override
    public CompletableFuture<Void> connect(List<Multiaddr> addresses) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        List<Multiaddr> all = new ArrayList<>(addresses);
        return callers.call(BUSY, result, () -> {
            calls.node.connect(all, result::isDone);
            return null;
        });
    }

    @Override
    public Duration connectDelay() {
        return calls.settings.connectSwarmsDelay();
    }

    @Override
    public CompletableFuture<Cid> resolve(String path) {
        return call(() -> calls.node.resolve(path));
    }

    private <T> CompletableFuture<T> call(Supplier<@Nullable T> task) {
        return callers.call(BUSY, task);
    }
}
