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
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Metric;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.consensus.Consensus;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.informer.Informer;
import org.pinion.spi.informer.Informer.Reading;
import org.pinion.spi.informer.InformerTrigger;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.monitor.Monitor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a ready peer tells the others again and again: pings and the informers' metrics; and whether it is still a
 * member. Fields belong to the lane.
 *
 * @spec cluster logic "Periodic loops", "Monitor and informers"
 */
final class Loops implements InformerTrigger {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");
    private static final String PING = "ping";
    private static final Duration IPFS_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration UNKNOWN_TTL = Duration.ofSeconds(30);
    private static final Duration SHORTEST = Duration.ofMillis(50);
    /** For so long after a part was replaced, failed measurements are repeated sooner than usual. */
    private static final Duration REPLACED = Duration.ofSeconds(10);

    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration FALLBACK = Duration.ofSeconds(15);
    private static final int MAX_QUEUED = 4096;

    private final ClusterParts parts;
    private final Lane lane;
    private final Upkeep upkeep;
    private final Runnable shutdown;
    private final Map<Informer, Cancellable> informers = new HashMap<>();
    private final Set<Informer> measuring = new HashSet<>();
    private final Set<Informer> again = new HashSet<>();
    private final AtomicBoolean asked = new AtomicBoolean();
    private IpfsId lastNode = new IpfsId(null, List.of(), "");
    private boolean started;
    private Cancellable nextPing = () -> {};
    private Cancellable nextWatch = () -> {};
    /** The intervals that were planned with: changed settings count at once. */
    private Duration plannedPing = Duration.ZERO;

    private Duration plannedWatch = Duration.ZERO;
    /** What metrics come from and go to, as it was when it was looked at last. */
    private List<@Nullable Object> sources = List.of();

    private volatile Runnable whenJoined = () -> {};

    /**
     * Nothing runs yet.
     *
     * @param shutdown ends the process when this peer was removed
     */
    Loops(ClusterParts parts, Upkeep upkeep, Runnable shutdown) {
        this.parts = parts;
        this.upkeep = upkeep;
        this.shutdown = shutdown;
        parts.whenInformerChanges(this::measureSoon);
        lane = parts.executors().lane("cluster.loops", MAX_QUEUED);
    }

    /** What else follows a join. */
    void whenJoined(Runnable listener) {
        whenJoined = listener;
    }

    /** The peer is ready. */
    void start() {
        lane.execute(() -> {
            started = true;
            ping();
            look();
            watch();
        });
        upkeep.start();
    }

    /** Some part came or went. */
    void partsChanged() {
        lane.execute(() -> {
            look();
            if (started) {
                followSettings();
            }
        });
    }

    /** This peer joined another: it is told everything at once, and what is missing here is pinned. */
    void joined(PeerId peer) {
        bookPing(peer);
        lane.execute(() -> {
            if (started) {
                List.copyOf(informers.values()).forEach(Cancellable::cancel);
                informers.clear();
                look();
                publishPing();
            }
        });
        upkeep.recoverSoon();
        whenJoined.run();
    }

    @Override
    public void measureSoon() {
        if (asked.compareAndSet(false, true)) {
            lane.execute(() -> {
                asked.set(false);
                for (Informer informer : List.copyOf(informers.keySet())) {
                    if (measuring.contains(informer)) {
                        again.add(informer);
                    } else {
                        measure(informer);
                    }
                }
            });
        }
    }

    /** Counts a peer that was reached as a member until its own pings come. */
    void bookPing(PeerId peer) {
        Monitor monitor = parts.monitor.now();
        Instant now = now();
        if (monitor != null
                && monitor.latest(PING, peer)
                        .filter(metric -> !metric.isDiscardable(now))
                        .isEmpty()) {
            monitor.log(metric(
                    new Reading(PING, "", 0, false, true), peer, pingInterval().multipliedBy(2)));
        }
    }

    private void ping() {
        IpfsConnector ipfs = parts.ipfs.now();
        CompletionStage<IpfsId> asked = ipfs == null
                ? CompletableFuture.completedFuture(lastNode)
                : ipfs.id().copy().orTimeout(IPFS_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        asked.whenComplete((node, failure) -> lane.execute(() -> {
            if (failure == null) {
                lastNode = node;
            }
            publishPing();
        }));
        plannedPing = pingInterval();
        nextPing.cancel();
        nextPing = lane.schedule(plannedPing, this::ping);
    }

    private void publishPing() {
        String value = PingValue.of(peername(), lastNode).toJson();
        publish(
                List.of(new Reading(PING, value, 0, false, true)),
                pingInterval().multipliedBy(2));
    }

    private void look() {
        if (!started) {
            return;
        }
        List<Informer> there = parts.informers();
        informers.entrySet().removeIf(entry -> {
            boolean gone = !there.contains(entry.getKey());
            if (gone) {
                entry.getValue().cancel();
            }
            return gone;
        });
        there.forEach(informer -> {
            if (!informers.containsKey(informer)) {
                informers.put(informer, () -> {});
                measure(informer);
            }
        });
        lookAtSources();
    }

    /** After one of them was replaced everything is measured and told at once: metrics of before may be lost. */
    private void lookAtSources() {
        List<@Nullable Object> now = Arrays.asList(parts.monitor.now(), parts.ipfs.now(), parts.datastore.now());
        if (now.equals(sources)) {
            return;
        }
        boolean first = sources.isEmpty();
        sources = now;
        if (!first && parts.monitor.now() != null) {
            publishPing();
            measureSoon();
        }
    }

    private void measure(Informer informer) {
        Duration ttl = informer.ttl();
        measuring.add(informer);
        CompletionStage<List<Reading>> readings;
        try {
            readings = informer.measure();
        } catch (RuntimeException e) {
            readings = CompletableFuture.failedFuture(e);
        }
        readings.whenComplete((all, failure) -> lane.execute(() -> {
            measuring.remove(informer);
            boolean changed = again.remove(informer);
            if (!informers.containsKey(informer)) {
                return;
            }
            CompletionStage<Void> published =
                    failure == null ? publish(all, ttl) : CompletableFuture.failedFuture(failure);
            published.whenComplete((nothing, unsent) -> lane.execute(() -> {
                if (unsent != null && parts.monitor.now() == null) {
                    LOG.debug("metrics of {} wait for a Monitor", informer.name());
                } else if (unsent != null) {
                    LOG.warn(
                            "metrics of {} were not sent: {}",
                            informer.name(),
                            ClusterException.of(unsent).getMessage());
                }
                if (changed && informers.containsKey(informer)) {
                    measure(informer);
                } else {
                    next(informer, ttl, unsent != null || !all.stream().allMatch(Reading::valid));
                }
            }));
        }));
    }

    private void next(Informer informer, Duration ttl, boolean failed) {
        if (!informers.containsKey(informer)) {
            return;
        }
        Duration pause = ttl.isZero() || ttl.isNegative() ? UNKNOWN_TTL : ttl.dividedBy(failed ? 4 : 2);
        if (failed
                && pause.compareTo(SOON) > 0
                && !parts.replacedWithin(REPLACED).isEmpty()) {
            pause = SOON;
        }
        Duration bounded = pause.compareTo(SHORTEST) < 0 ? SHORTEST : pause;
        Cancellable old = informers.put(informer, lane.schedule(bounded, () -> measure(informer)));
        if (old != null) {
            old.cancel();
        }
    }

    private CompletionStage<Void> publish(List<Reading> readings, Duration ttl) {
        Monitor monitor = parts.monitor.now();
        if (monitor == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("no Monitor is there"));
        }
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (Reading reading : readings) {
            if (reading.valid()) {
                CompletionStage<Void> sent = monitor.publish(metric(reading, parts.self(), ttl));
                all = all.thenCombine(sent, (first, second) -> first);
            }
        }
        return all;
    }

    private Metric metric(Reading reading, PeerId peer, Duration ttl) {
        return new Metric(
                reading.name(),
                peer,
                reading.value(),
                Metric.unixNanos(now().plus(ttl)),
                reading.valid(),
                reading.weight(),
                reading.partitionable(),
                0);
    }

    private void watch() {
        Consensus consensus = parts.consensus.now();
        if (consensus != null) {
            List<PeerId> members = consensus.peers();
            if (!members.isEmpty() && !members.contains(parts.self())) {
                ClusterEvents.removed();
                shutdown.run();
                return;
            }
        }
        planWatch();
    }

    private void planWatch() {
        plannedWatch = watchInterval();
        nextWatch.cancel();
        nextWatch = lane.schedule(plannedWatch, this::watch);
    }

    /** Changed intervals count from now on, not when the old ones are over. */
    private void followSettings() {
        if (parts.config.now() == null) {
            return;
        }
        if (!pingInterval().equals(plannedPing)) {
            ping();
        }
        if (!watchInterval().equals(plannedWatch)) {
            planWatch();
        }
    }

    private Duration watchInterval() {
        ClusterConfig config = parts.config.now();
        return config == null ? FALLBACK : config.settings().peerWatchInterval();
    }

    private Duration pingInterval() {
        ClusterConfig config = parts.config.now();
        return config == null ? FALLBACK : config.settings().monitorPingInterval();
    }

    private String peername() {
        @Nullable ClusterConfig config = parts.config.now();
        return config == null ? "" : config.settings().peername();
    }

    private Instant now() {
        return parts.executors().clock().instant();
    }

    void close() {
        lane.close();
    }
}
