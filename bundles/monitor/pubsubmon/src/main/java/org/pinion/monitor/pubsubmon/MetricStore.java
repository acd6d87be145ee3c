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
package org.pinion.monitor.pubsubmon;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Metric;

/**
 * The last metrics of every peer, and which of them were already reported as expired. No clock, no I/O. Any thread; every
 * call is short.
 */
final class MetricStore {
    /** Metrics kept per name and peer. */
    static final int WINDOW = 25;
    /** Rounds after which an expired metric is reported again. */
    static final int ROUNDS_UNTIL_REPEAT = 300;
    /** How long after its end a peer's last metric of a name is forgotten. */
    static final Duration MEMORY = Duration.ofDays(1);

    private static final int BYTES_PER_METRIC = 256;

    private final Bounds bounds;
    private final SortedMap<String, Map<PeerId, Window>> windows = new TreeMap<>();
    private final Map<PeerId, Integer> namesOfPeers = new HashMap<>();
    private long bytes;

    /**
     * What is kept at most.
     *
     * @param names names; metrics of more names are refused
     * @param namesOfAPeer names of one peer; its metrics of more names are refused
     * @param peers peers per name; for one more the one that expired first is forgotten
     * @param bytes all together; beyond it earlier metrics are forgotten, then the peers that expired first
     */
    record Bounds(int names, int namesOfAPeer, int peers, long bytes) {}

    /** An empty store. */
    MetricStore(Bounds bounds) {
        this.bounds = bounds;
    }

    /** Adds a metric; false if there are too many names already, of all peers or of this one. */
    synchronized boolean add(Metric metric) {
        Map<PeerId, Window> peers = windows.getOrDefault(metric.name(), new HashMap<>());
        Window window = peers.get(metric.peer());
        if (window == null) {
            if (peers.isEmpty() && windows.size() >= bounds.names
                    || namesOfPeers.getOrDefault(metric.peer(), 0) >= bounds.namesOfAPeer) {
                return false;
            }
            if (peers.size() >= bounds.peers) {
                forgetOldest(peers);
            }
            window = new Window();
            peers.put(metric.peer(), window);
            windows.put(metric.name(), peers);
            namesOfPeers.merge(metric.peer(), 1, Integer::sum);
        }
        bytes += window.add(metric);
        if (bytes > bounds.bytes) {
            shrink();
        }
        return true;
    }

    /** Forgets what came before the latest metrics; if that is not enough, those that expired first, down to a half. */
    private void shrink() {
        windows.values().forEach(peers -> peers.values().forEach(window -> bytes -= window.keepLatest()));
        if (bytes <= bounds.bytes / 2) {
            return;
        }
        List<Metric> eldestFirst = new ArrayList<>();
        windows.values().forEach(peers -> peers.values().forEach(window -> eldestFirst.add(window.latest())));
        eldestFirst.sort(Comparator.comparingLong(Metric::expireUnixNanos));
        for (Metric metric : eldestFirst) {
            if (bytes <= bounds.bytes / 2) {
                return;
            }
            Map<PeerId, Window> peers = windows.getOrDefault(metric.name(), Map.of());
            forget(peers, metric.peer());
            if (peers.isEmpty()) {
                windows.remove(metric.name());
            }
        }
    }

    /** Forgets the metrics that are over for so long that nobody asks for them any more. */
    synchronized void forget(Instant now) {
        Instant before = now.minus(MEMORY);
        for (Map<PeerId, Window> peers : windows.values()) {
            for (PeerId peer : List.copyOf(peers.keySet())) {
                Window window = peers.get(peer);
                if (window != null && window.latest().isExpired(before)) {
                    forget(peers, peer);
                }
            }
        }
        windows.values().removeIf(Map::isEmpty);
    }

    private void forget(Map<PeerId, Window> peers, PeerId peer) {
        Window gone = peers.remove(peer);
        if (gone != null) {
            bytes -= gone.bytes();
            namesOfPeers.computeIfPresent(peer, (id, names) -> names > 1 ? names - 1 : null);
        }
    }

    private static long bytes(Metric metric) {
        return BYTES_PER_METRIC + metric.name().length() + (long) metric.value().length();
    }

    /** Each peer's latest metric of that name if it may be used, sorted by peer. */
    synchronized List<Metric> latest(String name, Instant now) {
        return windows.getOrDefault(name, Map.of()).values().stream()
                .map(Window::latest)
                .filter(metric -> !metric.isDiscardable(now))
                .sorted(Comparator.comparing(Metric::peer))
                .toList();
    }

    /** A peer's latest metric of that name, expired ones too. */
    synchronized Optional<Metric> latest(String name, PeerId peer) {
        return Optional.ofNullable(window(name, peer)).map(Window::latest);
    }

    /** Up to {@link #WINDOW} metrics of that name and peer, newest first. */
    synchronized List<Metric> history(String name, PeerId peer) {
        Window window = window(name, peer);
        return window == null ? List.of() : List.copyOf(window.metrics);
    }

    /** All names ever added, sorted. */
    synchronized List<String> names() {
        return List.copyOf(windows.keySet());
    }

    /** The latest metrics of all names and peers that may still be used. */
    synchronized List<Metric> usable(Instant now) {
        List<Metric> usable = new ArrayList<>();
        windows.keySet().forEach(name -> usable.addAll(latest(name, now)));
        return usable;
    }

    /**
     * One round of looking for expired metrics: each is reported once, and again after {@link #ROUNDS_UNTIL_REPEAT}
     * rounds without a valid successor.
     */
    synchronized List<Metric> expired(Instant now) {
        List<Metric> alerts = new ArrayList<>();
        for (Map<PeerId, Window> peers : windows.values()) {
            for (Window window : peers.values()) {
                if (window.latest().isExpired(now) && window.report()) {
                    alerts.add(window.latest());
                }
            }
        }
        return alerts;
    }

    private @Nullable Window window(String name, PeerId peer) {
        return windows.getOrDefault(name, Map.of()).get(peer);
    }

    private void forgetOldest(Map<PeerId, Window> peers) {
        peers.entrySet().stream()
                .min(Comparator.comparingLong(entry -> entry.getValue().latest().expireUnixNanos()))
                .ifPresent(entry -> forget(peers, entry.getKey()));
    }

    /** The last metrics of one name and peer, newest first; never empty once added to. */
    private static final class Window {
        private final ArrayDeque<Metric> metrics = new ArrayDeque<>(2);
        private int rounds;

        /** Adds a metric; gives by how many bytes the window grew. */
        long add(Metric metric) {
            long growth = MetricStore.bytes(metric);
            if (metrics.size() == WINDOW) {
                growth -= MetricStore.bytes(metrics.removeLast());
            }
            metrics.addFirst(metric);
            if (metric.valid()) {
                rounds = 0;
            }
            return growth;
        }

        /** Forgets all but the latest; gives by how many bytes the window shrank. */
        long keepLatest() {
            long before = bytes();
            Metric latest = metrics.getFirst();
            metrics.clear();
            metrics.add(latest);
            return before - bytes();
        }

        long bytes() {
            return metrics.stream().mapToLong(MetricStore::bytes).sum();
        }

        Metric latest() {
            return metrics.getFirst();
        }

        boolean report() {
            rounds++;
            boolean first = rounds == 1;
            if (rounds >= ROUNDS_UNTIL_REPEAT) {
                rounds = 0;
            }
            return first;
        }
    }
}
