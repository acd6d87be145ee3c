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

    private final int maxNames;
    private final int maxPeers;
    private final SortedMap<String, Map<PeerId, Window>> windows = new TreeMap<>();

    /**
     * An empty store.
     *
     * @param maxNames names that are kept; metrics of more names are refused
     * @param maxPeers peers that are kept per name; for one more the one that expired first is forgotten
     */
    MetricStore(int maxNames, int maxPeers) {
        this.maxNames = maxNames;
        this.maxPeers = maxPeers;
    }

    /** Adds a metric; false if there are too many names already. */
    synchronized boolean add(Metric metric) {
        Map<PeerId, Window> peers = windows.get(metric.name());
        if (peers == null) {
            if (windows.size() >= maxNames) {
                return false;
            }
            peers = new HashMap<>();
            windows.put(metric.name(), peers);
        }
        Window window = peers.get(metric.peer());
        if (window == null) {
            if (peers.size() >= maxPeers) {
                forgetOldest(peers);
            }
            window = new Window();
            peers.put(metric.peer(), window);
        }
        window.add(metric);
        return true;
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

    private static void forgetOldest(Map<PeerId, Window> peers) {
        peers.entrySet().stream()
                .min(Comparator.comparingLong(entry -> entry.getValue().latest().expireUnixNanos()))
                .ifPresent(entry -> peers.remove(entry.getKey()));
    }

    /** The last metrics of one name and peer, newest first; never empty once added to. */
    private static final class Window {
        private final ArrayDeque<Metric> metrics = new ArrayDeque<>(2);
        private int rounds;

        void add(Metric metric) {
            if (metrics.size() == WINDOW) {
                metrics.removeLast();
            }
            metrics.addFirst(metric);
            if (metric.valid()) {
                rounds = 0;
            }
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
