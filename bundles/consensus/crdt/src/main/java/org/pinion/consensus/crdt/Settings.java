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
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.config.GoDuration;

/**
 * The section {@code consensus.crdt}. Its {@code datastore_namespace} is of no use here: our keys have spaces of their own.
 *
 * @param clusterName names the topic; peers with another name are another cluster
 * @param trustAll whether everybody is trusted
 * @param trustedPeers who is trusted else, besides this peer
 * @param maxBatchSize operations that make a node; 0 = every group of operations is a node at once
 * @param maxBatchAge longest time an operation waits for its node; zero = as above
 * @param maxQueueSize operations that wait to be written; more are refused
 * @param repairInterval time between attempts to fetch what is missing in the DAG; zero = only at the start
 * @param rebroadcastInterval time between announcements of the heads, give or take 30 %
 * @param peersetMetric peers with a valid one are members
 */
record Settings(
        String clusterName,
        boolean trustAll,
        Set<PeerId> trustedPeers,
        int maxBatchSize,
        Duration maxBatchAge,
        int maxQueueSize,
        Duration repairInterval,
        Duration rebroadcastInterval,
        String peersetMetric) {
    private static final String ANYONE = "*";

    /** What an empty section means: nobody but this peer is trusted. */
    static final Settings DEFAULT = new Settings(
            "ipfs-cluster",
            false,
            Set.of(),
            0,
            Duration.ZERO,
            50_000,
            Duration.ofHours(1),
            Duration.ofMinutes(1),
            "ping");

    Settings {
        trustedPeers = Set.copyOf(trustedPeers);
        check(!clusterName.isEmpty(), "cluster_name cannot be empty", clusterName);
        check(maxBatchSize >= 0, "batching.max_batch_size is invalid", maxBatchSize);
        check(!maxBatchAge.isNegative(), "batching.max_batch_age is invalid", maxBatchAge);
        check(maxQueueSize > 0, "batching.max_queue_size is invalid", maxQueueSize);
        check(!repairInterval.isNegative(), "repair_interval is invalid", repairInterval);
        check(
                !rebroadcastInterval.isNegative() && !rebroadcastInterval.isZero(),
                "rebroadcast_interval is invalid",
                rebroadcastInterval);
        check(!peersetMetric.isEmpty(), "peerset_metric cannot be empty", peersetMetric);
    }

    /** Reads component properties; missing ones get the reference's defaults. */
    static Settings of(Map<String, ?> properties) {
        List<String> trusted = texts(properties.get("trusted.peers"));
        boolean all = trusted.contains(ANYONE);
        Set<PeerId> peers = new LinkedHashSet<>();
        if (!all) {
            trusted.forEach(peer -> peers.add(peer(peer)));
        }
        return new Settings(
                text(properties, "cluster.name", DEFAULT.clusterName),
                all,
                peers,
                number(properties, "batching.max.batch.size", DEFAULT.maxBatchSize),
                duration(properties, "batching.max.batch.age", DEFAULT.maxBatchAge),
                number(properties, "batching.max.queue.size", DEFAULT.maxQueueSize),
                duration(properties, "repair.interval", DEFAULT.repairInterval),
                duration(properties, "rebroadcast.interval", DEFAULT.rebroadcastInterval),
                text(properties, "peerset.metric", DEFAULT.peersetMetric));
    }

    /** Whether operations wait in the log until a node is made of many. */
    boolean isBatching() {
        return maxBatchSize > 0 && !maxBatchAge.isZero();
    }

    private static PeerId peer(String text) {
        try {
            return PeerId.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ClusterException(
                    ErrorCode.BAD_REQUEST, "error parsing trusted peers: " + text + ": " + e.getMessage(), e);
        }
    }

    private static List<String> texts(@Nullable Object value) {
        if (value instanceof String[] list) {
            return Arrays.asList(list);
        }
        if (value instanceof Iterable<?> list) {
            List<String> texts = new java.util.ArrayList<>();
            list.forEach(item -> texts.add(String.valueOf(item)));
            return texts;
        }
        return value == null ? List.of() : List.of(value.toString());
    }

    private static String text(Map<String, ?> properties, String key, String fallback) {
        Object value = properties.get(key);
        return value == null || value.toString().isEmpty() ? fallback : value.toString();
    }

    private static int number(Map<String, ?> properties, String key, int fallback) {
        Object value = properties.get(key);
        try {
            return value == null ? fallback : Math.toIntExact(Long.parseLong(value.toString()));
        } catch (NumberFormatException | ArithmeticException e) {
            throw bad(key.replace('.', '_') + " is no number", value);
        }
    }

    private static Duration duration(Map<String, ?> properties, String key, Duration fallback) {
        Object value = properties.get(key);
        if (value instanceof Duration duration) {
            return duration;
        }
        try {
            return value == null || value.toString().isEmpty() ? fallback : GoDuration.parse(value.toString());
        } catch (IllegalArgumentException e) {
            throw bad(key.replace('.', '_') + " is no duration", value);
        }
    }

    private static void check(boolean good, String reason, Object value) {
        if (!good) {
            throw bad(reason, value);
        }
    }

    private static ClusterException bad(String reason, @Nullable Object value) {
        return new ClusterException(ErrorCode.BAD_REQUEST, "crdt." + reason + ": " + value);
    }
}
