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
package org.pinion.adder;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.pinion.adder.Ports.Route;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.adder.AddOutput;
import org.pinion.spi.adder.AddParams;
import org.pinion.spi.adder.AddSource;
import org.pinion.spi.adder.Adder;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.ipfsconnector.IpfsBlocks;
import org.pinion.spi.ipfsnode.NodeBlocks;
import org.pinion.spi.rpc.RpcClient;

/**
 * Adds files: the calling thread reads and hashes, destinations store meanwhile; then every root is pinned with the peers
 * that got the blocks.
 */
@Component(service = Adder.class)
@Capability(namespace = "pinion.component", name = "org.pinion.adder", attribute = "type=adder", effective = "active")
public final class ClusterAdder implements Adder {
    private static final int DIAL_THREADS = 16;
    private static final int WAITING_DIALS = 256;

    private final PeerId self;
    private final Workers dialers;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable Pinset pinset;

    /** For the default replication; absent while the section is replaced. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable ClusterConfig config;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable IpfsBlocks blocks;

    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable RpcClient rpc;

    /** The blocks of an IPFS node in this process, where there is one. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    volatile @Nullable NodeBlocks node;

    /** Adds as this peer. */
    @Activate
    public ClusterAdder(@Reference Secrets secrets, @Reference Executors executors) {
        self = secrets.peerId();
        dialers = executors.workers("adder", DIAL_THREADS, WAITING_DIALS);
    }

    /** Ends dials under way. */
    @Deactivate
    void close() {
        dialers.close();
    }

    @Override
    public Cid add(AddSource source, AddParams params, AddOutput output) throws IOException {
        check(params);
        Pinset cluster = pinset();
        PinOptions options =
                params.pin().toBuilder().mode(PinMode.RECURSIVE).pinUpdate(null).build();
        Ports ports = new Ports(
                self,
                first -> route(cluster, Pin.of(first, options), params.local() && !params.shard()),
                this::destination,
                pin -> await(cluster.pin(isEverywhere(pin.options()) ? pin.withAllocations(List.of()) : pin)),
                cid -> cluster.get(cid).map(Pin::type).orElse(PinType.BAD));
        try (Session session = params.shard()
                ? new ShardedSession(ports, options, !params.noPin(), output)
                : new PlainSession(ports, options, !params.noPin())) {
            Roots builder = params.format().equals("car")
                    ? new CarRoots(params, session, output, this::isHere, blocks)
                    : new FileRoots(params, session, output);
            List<Cid> roots = builder.of(source);
            session.finish(roots);
            return roots.get(roots.size() - 1);
        }
    }

    private static void check(AddParams params) {
        if (!params.format().isEmpty()
                && !params.format().equals("unixfs")
                && !params.format().equals("car")) {
            throw Roots.bad("format parameter is invalid: \"" + params.format() + "\"");
        }
        if (params.noCopy()) {
            throw Roots.bad("nocopy makes no sense here: no peer of the cluster can read the client's files;"
                    + " add without it");
        }
    }

    private Pinset pinset() {
        Pinset current = pinset;
        if (current == null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "cannot add: the cluster service is not there");
        }
        return current;
    }

    /** Whether the pin goes to every peer, then and later: such pins name no peers. */
    private boolean isEverywhere(PinOptions options) {
        ClusterConfig current = config;
        int min = options.replicationMin();
        return min < 0 || (min == 0 && current != null && current.settings().replicationMin() < 0);
    }

    private Route route(Pinset cluster, Pin pin, boolean local) {
        List<PeerId> allocations = new ArrayList<>(await(cluster.allocateBlocks(pin)));
        if (!local) {
            return new Route(allocations, allocations);
        }
        if (!allocations.contains(self) && pin.options().userAllocations().isEmpty() && !allocations.isEmpty()) {
            allocations.set(allocations.size() - 1, self);
        }
        return new Route(allocations, List.of(self));
    }

    private boolean isHere(Cid cid) {
        NodeBlocks current = node;
        return current != null && current.contains(cid);
    }

    private Destination destination(PeerId peer) {
        return peer.equals(self) ? Destination.here(self, blocks) : Destination.remote(peer, rpc, dialers);
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw ClusterException.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the add was interrupted", e);
        }
    }
}
