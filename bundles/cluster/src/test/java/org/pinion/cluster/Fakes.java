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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.itests.testkit.fakes.ManualExecutors;
import org.pinion.spi.Metric;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.PinOptions;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.allocator.AllocationRequest;
import org.pinion.spi.allocator.Allocator;
import org.pinion.spi.config.ClusterSettings;
import org.pinion.spi.consensus.Consensus;
import org.pinion.spi.consensus.TrustPolicy;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.monitor.Monitor;
import org.pinion.spi.pintracker.PinTracker;
import org.pinion.spi.rpc.RpcClient;
import org.pinion.spi.rpc.RpcMethod;
import org.pinion.spi.rpc.StatusRows;
import org.pinion.spi.state.PinIndexes;
import org.pinion.spi.state.PinQuery;
import org.pinion.spi.state.PinState;

/** A peer of a small cluster whose parts are in memory. */
final class Fakes {
    static final PeerId SELF = peer(1);

    final ManualExecutors executors = new ManualExecutors();
    final ClusterParts parts = new ClusterParts(executors, SELF, Duration.ofMillis(1));
    final State state = new State();
    final FakeConsensus consensus = new FakeConsensus(state);
    final FakeMonitor monitor = new FakeMonitor(executors);
    final FakeTracker tracker = new FakeTracker();
    final FakeRpc rpc = new FakeRpc();

    Fakes() {
        settings(settings(false, true));
        parts.setState(state);
        parts.setIndexes(state);
        parts.setConsensus(consensus);
        parts.setTrust(consensus);
        parts.setMonitor(monitor);
        parts.setTracker(tracker);
        parts.setRpc(rpc);
        parts.setAllocator(new ByWeight());
    }

    void settings(ClusterSettings settings) {
        parts.setConfig(() -> settings);
    }

    static ClusterSettings settings(boolean follower, boolean disableRepinning) {
        return settings(follower, disableRepinning, ClusterSettings.PinOnly.ALL);
    }

    static ClusterSettings settings(boolean follower, boolean disableRepinning, ClusterSettings.PinOnly pinOnly) {
        return settings(follower, disableRepinning, pinOnly, ClusterSettings.Resources.DEFAULT, Duration.ZERO);
    }

    static ClusterSettings withMdns(Duration interval) {
        return settings(false, true, ClusterSettings.PinOnly.ALL, ClusterSettings.Resources.DEFAULT, interval);
    }

    static ClusterSettings withResources(ClusterSettings.Resources resources) {
        return settings(false, true, ClusterSettings.PinOnly.ALL, resources, Duration.ZERO);
    }

    private static ClusterSettings settings(
            boolean follower,
            boolean disableRepinning,
            ClusterSettings.PinOnly pinOnly,
            ClusterSettings.Resources resources,
            Duration mdns) {
        return new ClusterSettings(
                "peer-one",
                false,
                List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")),
                List.of(),
                List.of(),
                new ClusterSettings.Connections(400, 100, Duration.ofMinutes(2)),
                resources,
                new ClusterSettings.Pubsub(Duration.ofMinutes(30), Duration.ofSeconds(10), 4, 2, 6, false),
                Duration.ofSeconds(3),
                Duration.ofMinutes(5),
                Duration.ofMinutes(12),
                -1,
                -1,
                Duration.ofSeconds(15),
                Duration.ofSeconds(5),
                mdns,
                pinOnly,
                disableRepinning,
                follower,
                List.of(),
                "peerstore",
                List.of());
    }

    static PeerId peer(int number) {
        return PeerId.ofBytes(Multihash.identity(new byte[] {(byte) number}).bytes());
    }

    static Cid cid(int number) {
        return Cid.v1(Cid.RAW, Multihash.identity(new byte[] {(byte) (number >> 8), (byte) number}));
    }

    static Pin pin(int number, int min, int max) {
        return Pin.of(cid(number), PinOptions.builder().replication(min, max).build());
    }

    static PinInfo info(PeerId peer, int number, TrackerStatus status) {
        return PinInfo.of(
                pin(number, -1, -1),
                peer,
                new PeerPinStatus("name", null, List.of(), status, Instant.EPOCH, "", 0, false));
    }

    static <T> List<T> drain(Cursor<T> cursor) {
        List<T> all = new ArrayList<>();
        try (cursor) {
            for (T next = cursor.next(); next != null; next = cursor.next()) {
                all.add(next);
            }
        }
        return all;
    }

    static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    /** The pin set. */
    static final class State implements PinState, PinIndexes {
        final TreeMap<Cid, Pin> pins = new TreeMap<>();

        @Override
        public Optional<Pin> get(Cid cid) {
            return Optional.ofNullable(pins.get(cid));
        }

        @Override
        public boolean contains(Cid cid) {
            return pins.containsKey(cid);
        }

        @Override
        public Cursor<Pin> list(Cid after) {
            return Cursor.of(List.copyOf((after == null ? pins : pins.tailMap(after, false)).values()));
        }

        @Override
        public long size() {
            return pins.size();
        }

        @Override
        public Cursor<Pin> expiredBefore(Instant when) {
            return Cursor.of(
                    pins.values().stream().filter(pin -> pin.isExpired(when)).toList());
        }

        @Override
        public Cursor<Pin> named(String name) {
            return Cursor.empty();
        }

        @Override
        public Cursor<Pin> find(PinQuery query, Cid after) {
            return list(after).filter(query::matches);
        }
    }

    /** Writes straight to the pin set; trusts all but the distrusted. */
    static final class FakeConsensus implements Consensus, TrustPolicy {
        final State state;
        final List<PeerId> peers = new ArrayList<>(List.of(SELF));
        final List<PeerId> distrusted = new ArrayList<>();
        final CompletableFuture<Void> ready = new CompletableFuture<>();
        final List<Cid> unpinned = new ArrayList<>();

        FakeConsensus(State state) {
            this.state = state;
        }

        @Override
        public CompletionStage<Void> logPin(Pin pin) {
            state.pins.put(pin.cid(), pin);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> logUnpin(Pin pin) {
            state.pins.remove(pin.cid());
            unpinned.add(pin.cid());
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public List<PeerId> peers() {
            return List.copyOf(peers);
        }

        @Override
        public Optional<PeerId> leader() {
            return Optional.empty();
        }

        @Override
        public CompletionStage<Void> ready() {
            return ready;
        }

        @Override
        public boolean isTrusted(PeerId peer) {
            return !distrusted.contains(peer);
        }

        @Override
        public void trust(PeerId peer) {
            distrusted.remove(peer);
        }

        @Override
        public void distrust(PeerId peer) {
            distrusted.add(peer);
        }
    }

    /** Keeps the latest metrics. */
    static final class FakeMonitor implements Monitor {
        final ManualExecutors executors;
        final TreeMap<String, TreeMap<PeerId, Metric>> metrics = new TreeMap<>();
        final List<Metric> published = new ArrayList<>();
        boolean fails;

        FakeMonitor(ManualExecutors executors) {
            this.executors = executors;
        }

        void give(String name, PeerId peer, long weight) {
            log(new Metric(
                    name,
                    peer,
                    Long.toString(weight),
                    Metric.unixNanos(executors.clock().instant().plusSeconds(3600)),
                    true,
                    weight,
                    false,
                    0));
        }

        @Override
        public CompletionStage<Void> publish(Metric metric) {
            if (fails) {
                return CompletableFuture.failedFuture(new IllegalStateException("no network"));
            }
            published.add(metric);
            log(metric);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void log(Metric metric) {
            metrics.computeIfAbsent(metric.name(), key -> new TreeMap<>()).put(metric.peer(), metric);
        }

        @Override
        public List<Metric> latest(String name) {
            return metrics.getOrDefault(name, new TreeMap<>()).values().stream()
                    .filter(metric -> !metric.isDiscardable(executors.clock().instant()))
                    .toList();
        }

        @Override
        public Optional<Metric> latest(String name, PeerId peer) {
            return Optional.ofNullable(
                    metrics.getOrDefault(name, new TreeMap<>()).get(peer));
        }

        @Override
        public List<String> names() {
            return List.copyOf(metrics.keySet());
        }
    }

    /** Heavier peers first. */
    static final class ByWeight implements Allocator {
        @Override
        public List<String> metrics() {
            return List.of("freespace");
        }

        @Override
        public List<PeerId> allocate(AllocationRequest request) {
            List<PeerId> order = new ArrayList<>(sorted(request.preferred()));
            order.addAll(sorted(request.candidates()));
            return order;
        }

        private static List<PeerId> sorted(Map<PeerId, Map<String, Metric>> peers) {
            return peers.keySet().stream()
                    .sorted((a, b) -> Long.compare(
                            peers.get(b).get("freespace").weight(),
                            peers.get(a).get("freespace").weight()))
                    .toList();
        }
    }

    /** Answers with prepared rows. */
    static final class FakeTracker implements PinTracker {
        final List<PinInfo> rows = new ArrayList<>();
        int recoveries;

        @Override
        public void track(Pin pin) {}

        @Override
        public void untrack(Pin pin) {}

        @Override
        public CompletionStage<PinInfo> status(Cid cid) {
            return CompletableFuture.completedFuture(rows.stream()
                    .filter(row -> row.cid().equals(cid))
                    .findFirst()
                    .orElseThrow());
        }

        @Override
        public Cursor<PinInfo> statusAll(StatusFilter filter) {
            return Cursor.of(rows);
        }

        @Override
        public CompletionStage<PinInfo> recover(Cid cid) {
            return status(cid);
        }

        @Override
        public Cursor<PinInfo> recoverAll() {
            recoveries++;
            return Cursor.of(rows);
        }

        @Override
        public long pinQueueSize() {
            return 0;
        }
    }

    /** Answers with what the test put under the peer. */
    static final class FakeRpc implements RpcClient {
        final Map<PeerId, Function<RpcMethod<?, ?>, Object>> answers = new HashMap<>();
        final List<String> calls = new ArrayList<>();

        @Override
        @SuppressWarnings("unchecked")
        public <A, R> CompletableFuture<R> call(PeerId peer, RpcMethod<A, R> method, A argument, Duration timeout) {
            calls.add(method + " " + peer);
            try {
                return CompletableFuture.completedFuture((R) answers.get(peer).apply(method));
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        @Override
        @SuppressWarnings("unchecked")
        public <A, R> Cursor<R> stream(PeerId peer, RpcMethod<A, R> method, Cursor<A> arguments, Duration idle) {
            calls.add(method + " " + peer);
            Object rows = answers.get(peer).apply(method);
            return Cursor.of(
                    method.result() == StatusRows.class
                            ? (List<R>) List.of(new StatusRows((List<PinInfo>) rows))
                            : (List<R>) rows);
        }
    }
}
