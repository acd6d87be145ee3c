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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.pintracker.PinTracker;
import org.pinion.spi.rpc.RpcException;
import org.pinion.spi.rpc.RpcMethod;
import org.pinion.spi.rpc.RpcMethods;

/** Status and recovery, from this peer's tracker and those of the others. */
final class StatusService implements PinStatuses {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);
    /** A stream may pause while the other side compares with its IPFS node, but not for ever. */
    private static final Duration STREAM_IDLE = Duration.ofMinutes(2);

    private final ClusterParts parts;
    private final PinsetService pinset;
    private final Known known;
    private final Workers workers;

    /**
     * Makes the service.
     *
     * @param workers open streams to other peers
     */
    StatusService(ClusterParts parts, PinsetService pinset, Known known, Workers workers) {
        this.parts = parts;
        this.pinset = pinset;
        this.known = known;
        this.workers = workers;
    }

    @Override
    public CompletionStage<GlobalPinInfo> status(Cid cid) {
        return ofAll(cid, tracker -> tracker.status(cid), RpcMethods.TRACKER_STATUS);
    }

    @Override
    public CompletionStage<GlobalPinInfo> recover(Cid cid) {
        return ofAll(cid, tracker -> tracker.recover(cid), RpcMethods.TRACKER_RECOVER);
    }

    @Override
    public CompletionStage<PinInfo> statusLocal(Cid cid) {
        return guarded(() -> parts.tracker.get().status(cid));
    }

    @Override
    public CompletionStage<PinInfo> recoverLocal(Cid cid) {
        return guarded(() -> {
            Pin pin = parts.state.get().get(cid).orElseThrow(PinRules::notPinned);
            if (pin.type() != PinType.META) {
                return parts.tracker.get().recover(cid);
            }
            return pinset.shards(pin).thenCompose(this::recoverEach);
        });
    }

    private CompletionStage<PinInfo> recoverEach(List<Pin> pins) {
        PinTracker tracker = parts.tracker.get();
        CompletionStage<PinInfo> last = tracker.recover(pins.get(0).cid());
        for (Pin pin : pins.subList(1, pins.size())) {
            last = last.thenCompose(before -> tracker.recover(pin.cid()));
        }
        return last;
    }

    @Override
    public Cursor<PinInfo> statusAllLocal(StatusFilter filter) {
        return parts.tracker.get().statusAll(filter);
    }

    @Override
    public Cursor<PinInfo> recoverAllLocal() {
        return parts.tracker.get().recoverAll();
    }

    @Override
    public Cursor<GlobalPinInfo> statusAll(StatusFilter filter) {
        return merged(tracker -> tracker.statusAll(filter), peer -> statusAll(peer, filter));
    }

    @Override
    public Cursor<GlobalPinInfo> recoverAll() {
        return merged(PinTracker::recoverAll, peer -> open(peer, RpcMethods.CLUSTER_RECOVER_ALL_LOCAL, Cursor.empty()));
    }

    private Cursor<GlobalPinInfo> merged(
            Function<PinTracker, Cursor<PinInfo>> local, Function<PeerId, Cursor<PinInfo>> remote) {
        Map<PeerId, CompletableFuture<Cursor<PinInfo>>> streams = new LinkedHashMap<>();
        for (PeerId peer : members()) {
            Supplier<Cursor<PinInfo>> opener =
                    peer.equals(parts.self()) ? () -> local.apply(parts.tracker.get()) : () -> remote.apply(peer);
            streams.put(peer, workers.call("too many calls at once", opener));
        }
        return new StatusMerge(streams, known, parts.executors().clock());
    }

    private Cursor<PinInfo> statusAll(PeerId peer, StatusFilter filter) {
        Supplier<Cursor<PinInfo>> oneByOne =
                () -> open(peer, RpcMethods.TRACKER_STATUS_ALL, Cursor.of(List.of(filter)));
        return Streams.isSorted(parts.host.get(), peer)
                ? new GroupedRows(
                        parts.rpc.get().stream(
                                peer, RpcMethods.TRACKER_STATUS_ROWS, Cursor.of(List.of(filter)), STREAM_IDLE),
                        oneByOne)
                : oneByOne.get();
    }

    private <A> Cursor<PinInfo> open(PeerId peer, RpcMethod<A, PinInfo> method, Cursor<A> arguments) {
        Cursor<PinInfo> rows = parts.rpc.get().stream(peer, method, arguments, STREAM_IDLE);
        return Streams.isSorted(parts.host.get(), peer) ? rows : Streams.sorted(peer, rows, Streams.MAX_COLLECTED);
    }

    /** The peers to ask; a follower asks only itself. */
    private List<PeerId> members() {
        return parts.settings().followerMode()
                ? List.of(parts.self())
                : parts.consensus.get().peers();
    }

    private CompletionStage<GlobalPinInfo> ofAll(
            Cid cid, Function<PinTracker, CompletionStage<PinInfo>> local, RpcMethod<Cid, PinInfo> remote) {
        return guarded(() -> {
            Pin pin = parts.state.get().get(cid).orElse(null);
            Instant now = parts.executors().clock().instant();
            if (pin == null) {
                return CompletableFuture.completedFuture(unpinned(cid, now));
            }
            TreeMap<PeerId, PeerPinStatus> peers = new TreeMap<>();
            TreeSet<PeerId> asked = new TreeSet<>(pin.allocations());
            for (PeerId member : members()) {
                if (pin.isEverywhere()) {
                    asked.add(member);
                } else if (!asked.contains(member)) {
                    peers.put(member, known.status(member, TrackerStatus.REMOTE, now, ""));
                }
            }
            if (parts.settings().followerMode()) {
                asked.retainAll(List.of(parts.self()));
            }
            return ask(cid, asked, local, remote).thenApply(answers -> {
                peers.putAll(answers);
                PinOptions options = pin.options();
                return new GlobalPinInfo(
                        cid,
                        options.name(),
                        pin.allocations(),
                        options.origins(),
                        pin.timestamp(),
                        options.metadata(),
                        peers);
            });
        });
    }

    private GlobalPinInfo unpinned(Cid cid, Instant now) {
        TreeMap<PeerId, PeerPinStatus> peers = new TreeMap<>();
        for (PeerId member : members()) {
            peers.put(member, known.status(member, TrackerStatus.UNPINNED, now, ""));
        }
        return new GlobalPinInfo(cid, "", List.of(), List.of(), now, new TreeMap<>(), peers);
    }

    private CompletionStage<Map<PeerId, PeerPinStatus>> ask(
            Cid cid,
            Iterable<PeerId> peers,
            Function<PinTracker, CompletionStage<PinInfo>> local,
            RpcMethod<Cid, PinInfo> remote) {
        BiFunction<PeerId, Cid, CompletionStage<@Nullable PinInfo>> call = (peer, argument) -> peer.equals(parts.self())
                ? guarded(() -> local.apply(parts.tracker.get()))
                : guarded(() -> parts.rpc.get().call(peer, remote, argument, CALL_TIMEOUT));
        Map<PeerId, PeerPinStatus> answers = java.util.Collections.synchronizedMap(new TreeMap<>());
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (PeerId peer : peers) {
            CompletionStage<Void> one = call.apply(peer, cid).handle((info, failure) -> {
                PeerPinStatus status =
                        failure == null ? status(peer, info) : failed(peer, ClusterException.of(failure));
                if (status != null) {
                    answers.put(peer, status);
                }
                return null;
            });
            all = all.thenCombine(one, (first, second) -> null);
        }
        return all.thenApply(done -> answers);
    }

    private PeerPinStatus status(PeerId peer, @Nullable PinInfo info) {
        return info == null ? known.status(peer, TrackerStatus.UNDEFINED, null, "") : info.status();
    }

    private @Nullable PeerPinStatus failed(PeerId peer, ClusterException failure) {
        boolean refused = failure instanceof RpcException rpc && rpc.kind() == RpcException.Kind.AUTHORIZATION;
        return refused
                ? null
                : known.status(
                        peer,
                        TrackerStatus.CLUSTER_ERROR,
                        parts.executors().clock().instant(),
                        String.valueOf(failure.getMessage()));
    }

    private static <T> CompletionStage<T> guarded(Supplier<? extends CompletionStage<T>> flow) {
        try {
            return flow.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(ClusterException.of(e));
        }
    }
}
