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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.DagLinks;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Metric;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.allocator.Allocator;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.config.ClusterSettings;
import org.pinion.spi.consensus.Consensus;
import org.pinion.spi.consensus.TrustPolicy;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.monitor.Monitor;
import org.pinion.spi.state.PinState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pin and unpin flows. */
final class PinsetService implements Pinset {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");

    /** After a part was replaced metrics come in for so long at least. */
    private static final Duration REPLACED = Duration.ofSeconds(5);

    private final ClusterParts parts;

    PinsetService(ClusterParts parts) {
        this.parts = parts;
    }

    @Override
    public CompletionStage<Pin> pin(Pin pin) {
        return guarded(() -> {
            PinRules.checkWritable(parts.settings());
            Cid source = pin.options().pinUpdate();
            return source == null || source.equals(pin.cid())
                    ? pin(pin, Set.of())
                    : log(PinRules.update(stored(source), pin.cid(), pin.options(), now()));
        });
    }

    /** Pins a stored pin again, on other peers than those of {@code avoid}. */
    CompletionStage<Pin> repin(Pin stored, Set<PeerId> avoid) {
        return guarded(() -> pin(stored.withAllocations(List.of()), avoid));
    }

    private CompletionStage<Pin> pin(Pin pin, Set<PeerId> avoid) {
        ClusterSettings settings = parts.settings();
        Pin existing = parts.state.get().get(pin.cid()).orElse(null);
        Pin prepared = PinRules.prepare(pin, existing, settings, now());
        if (prepared.type() != PinType.META && prepared.allocations().isEmpty() && !prepared.isEverywhere()) {
            prepared = prepared.withAllocations(allocate(prepared, existing, avoid, settings));
        }
        return log(prepared);
    }

    private CompletionStage<Pin> log(Pin pin) {
        Consensus consensus = parts.consensus.get();
        LOG.debug("pinning {} on {}", pin.cid(), pin.isEverywhere() ? "all peers" : pin.allocations());
        return consensus.logPin(pin).thenApply(done -> pin);
    }

    private List<PeerId> allocate(Pin pin, @Nullable Pin existing, Set<PeerId> avoid, ClusterSettings settings) {
        Monitor monitor = parts.monitor.get();
        Allocator allocator = parts.allocator.get();
        Predicate<PeerId> allowed = allowed(settings);
        Map<PeerId, Map<String, Metric>> metrics = Allocation.complete(
                allocator.metrics(), monitor::latest, peer -> !avoid.contains(peer) && allowed.test(peer));
        Allocation.Request request = new Allocation.Request(
                pin.cid(),
                pin.options().replicationMin(),
                pin.options().replicationMax(),
                existing == null ? List.of() : existing.allocations(),
                new HashSet<>(pin.options().userAllocations()),
                metrics);
        try {
            return Allocation.of(request, allocator::allocate);
        } catch (ClusterException e) {
            throw whileReplaced(e, settings);
        }
    }

    /** Too few peers with metrics, just after something that metrics depend on was replaced: soon there are more. */
    private ClusterException whileReplaced(ClusterException failure, ClusterSettings settings) {
        Duration lately = settings.monitorPingInterval().multipliedBy(2);
        String replaced = parts.replacedWithin(lately.compareTo(REPLACED) > 0 ? lately : REPLACED);
        if (failure.code() != ErrorCode.NOT_ENOUGH_PEERS || replaced.isEmpty()) {
            return failure;
        }
        return new ClusterException(
                ErrorCode.UNAVAILABLE,
                replaced + " was replaced a moment ago, metrics are not complete yet: " + failure.getMessage(),
                failure);
    }

    private Predicate<PeerId> allowed(ClusterSettings settings) {
        return switch (settings.pinOnly()) {
            case ALL -> peer -> true;
            case TRUSTED -> {
                TrustPolicy trust = parts.trust.get();
                yield trust::isTrusted;
            }
            case UNTRUSTED -> {
                TrustPolicy trust = parts.trust.get();
                yield peer -> !trust.isTrusted(peer);
            }
        };
    }

    @Override
    public CompletionStage<Pin> pinPath(String path, PinOptions options) {
        return guarded(() -> {
            PinRules.checkWritable(parts.settings());
            return resolve(path).thenCompose(cid -> pin(Pin.of(cid, options)));
        });
    }

    @Override
    public CompletionStage<Pin> unpinPath(String path) {
        return guarded(() -> {
            PinRules.checkWritable(parts.settings());
            return resolve(path).thenCompose(this::unpin);
        });
    }

    private CompletionStage<Cid> resolve(String path) {
        Optional<Cid> known = IpfsPath.cid(path);
        return known.isPresent()
                ? CompletableFuture.completedFuture(known.get())
                : parts.swarm.get().resolve(IpfsPath.withNamespace(path));
    }

    @Override
    public CompletionStage<Pin> unpin(Cid cid) {
        return guarded(() -> {
            PinRules.checkWritable(parts.settings());
            Pin pin = stored(cid);
            return switch (pin.type()) {
                case DATA, BAD -> logUnpin(pin);
                case SHARD -> throw PinRules.refused("cannot unpin a shard directly. Unpin content root CID instead");
                case CLUSTER_DAG ->
                    throw PinRules.refused("cannot unpin a Cluster DAG directly. Unpin content root CID instead");
                case META -> shards(pin).thenCompose(this::withoutShared).thenCompose(all -> logUnpins(all, pin));
            };
        });
    }

    private CompletionStage<Pin> logUnpin(Pin pin) {
        return parts.consensus.get().logUnpin(pin).thenApply(done -> pin);
    }

    /** One after another, so that the meta pin goes last and a failure can be tried again. */
    private CompletionStage<Pin> logUnpins(List<Pin> all, Pin meta) {
        CompletionStage<Pin> last = CompletableFuture.completedFuture(meta);
        for (Pin pin : all) {
            last = last.thenCompose(before -> logUnpin(pin));
        }
        return last.thenApply(before -> meta);
    }

    /** The shards of sharded content that are in the pin set, its cluster DAG and, last, the meta pin itself. */
    CompletionStage<List<Pin>> shards(Pin meta) {
        Cid reference = meta.reference();
        if (reference == null) {
            throw PinRules.refused("metaPin.Reference is unset");
        }
        PinState state = parts.state.get();
        Pin dag = state.get(reference)
                .orElseThrow(() -> PinRules.refused(
                        "could not get clusterDAG pin from state. Malformed pin?: " + PinRules.NOT_PINNED));
        return parts.blocks.get().getBlock(reference).handle((block, failure) -> {
            if (failure != null) {
                throw PinRules.refused("error reading clusterDAG block from ipfs: "
                        + ClusterException.of(failure).getMessage());
            }
            List<Pin> all = new ArrayList<>();
            try {
                DagLinks.of(reference, block).forEach(shard -> state.get(shard).ifPresent(all::add));
            } catch (IllegalArgumentException e) {
                throw PinRules.refused("error parsing clusterDAG block: " + e.getMessage());
            }
            all.add(dag);
            all.add(meta);
            return all;
        });
    }

    /** Leaves out shards that other content has too: content that begins alike has its first shards in common. */
    private CompletionStage<List<Pin>> withoutShared(List<Pin> all) {
        Set<Cid> own = all.stream().map(Pin::cid).collect(Collectors.toSet());
        CompletionStage<Set<Cid>> shared = CompletableFuture.completedFuture(Set.of());
        try (Cursor<Pin> pins = parts.state.get().list(null)) {
            for (Pin pin = pins.next(); pin != null; pin = pins.next()) {
                if (pin.type() == PinType.CLUSTER_DAG && !own.contains(pin.cid())) {
                    shared = shared.thenCombine(linksOf(pin.cid()), PinsetService::union);
                }
            }
        }
        return shared.thenApply(others ->
                all.stream().filter(pin -> !others.contains(pin.cid())).toList());
    }

    private CompletionStage<Set<Cid>> linksOf(Cid dag) {
        return parts.blocks.get().getBlock(dag).handle((block, failure) -> {
            try {
                if (failure == null) {
                    return Set.copyOf(DagLinks.of(dag, block));
                }
            } catch (IllegalArgumentException malformed) {
                LOG.debug("cluster DAG {} is malformed", dag, malformed);
            }
            LOG.warn("cluster DAG {} cannot be read: shards that it lists may be unpinned with others", dag);
            return Set.of();
        });
    }

    private static Set<Cid> union(Set<Cid> a, Set<Cid> b) {
        Set<Cid> both = new HashSet<>(a);
        both.addAll(b);
        return both;
    }

    private Pin stored(Cid cid) {
        return parts.state.get().get(cid).orElseThrow(PinRules::notPinned);
    }

    @Override
    public Optional<Pin> get(Cid cid) {
        return parts.state.get().get(cid);
    }

    @Override
    public Cursor<Pin> list(@Nullable Cid after) {
        return parts.state.get().list(after);
    }

    @Override
    public CompletionStage<List<PeerId>> allocateBlocks(Pin pin) {
        return guarded(() -> {
            ClusterSettings settings = parts.settings();
            PinRules.checkWritable(settings);
            // the CID is that of some block: its own pin, if there is one, is not what is being added
            Pin prepared = PinRules.prepare(pin, null, settings, now());
            List<PeerId> peers = prepared.isEverywhere()
                    ? parts.monitor.get().latest("ping").stream()
                            .map(Metric::peer)
                            .toList()
                    : allocate(prepared, null, Set.of(), settings);
            return CompletableFuture.completedFuture(peers);
        });
    }

    private Instant now() {
        return parts.executors().clock().instant();
    }

    private static <T> CompletionStage<T> guarded(Supplier<CompletionStage<T>> flow) {
        try {
            return flow.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(ClusterException.of(e));
        }
    }
}
