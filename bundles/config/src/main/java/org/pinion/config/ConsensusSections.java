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
package org.pinion.config;

import static org.pinion.config.Key.duration;
import static org.pinion.config.Key.integer;
import static org.pinion.config.Key.of;
import static org.pinion.config.Key.text;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pinion.config.Key.Applies;
import org.pinion.config.Key.BadText;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.config.GoDuration;

/** The {@code consensus} sections. */
final class ConsensusSections {
    /** Trusts every peer. */
    static final String ANYONE = "*";

    static final Section CRDT = Section.of(
                    "consensus",
                    "crdt",
                    text("cluster_name", "ipfs-cluster").zeroIsDefaultToo(),
                    of("trusted_peers", Kind.TEXT_LIST, List.of(ANYONE)).orZero(),
                    integer("batching.max_batch_size", 0).notNegative("crdt.batching.max_batch_size is invalid"),
                    duration("batching.max_batch_age", "0s")
                            .ifBad(BadText.DEFAULT)
                            .notNegative("crdt.batching.max_batch_age is invalid"),
                    integer("batching.max_queue_size", 50000)
                            .zeroIsDefaultToo()
                            .unlessDefault()
                            .positive("crdt.batching.max_queue_size is invalid"),
                    duration("repair_interval", "1h")
                            .ifBad(BadText.DEFAULT)
                            .notNegative("crdt.repair_interval is invalid"),
                    duration("rebroadcast_interval", "1m")
                            .ifBad(BadText.DEFAULT)
                            .unlessDefault()
                            .positive("crdt.rebroadcast_interval is invalid"),
                    text("peerset_metric", "ping").zeroIsDefaultToo().unlessDefault(),
                    text("datastore_namespace", "/c").zeroIsDefaultToo().unlessDefault())
            .with(ConsensusSections::checkCrdt)
            .applies(Applies.RESTART, "cluster_name")
            .applies(Applies.NEVER, "datastore_namespace");

    static final Section RAFT = Section.of(
                    "consensus",
                    "raft",
                    text("data_folder", "").unlessDefault(),
                    of("init_peerset", Kind.TEXT_LIST, List.of()),
                    interval("wait_for_leader_timeout", "15s", "wait_for_leader_timeout <= 0"),
                    interval("network_timeout", "10s", "network_timeout <= 0"),
                    integer("commit_retries", 1).orZero().notNegative("commit_retries is invalid"),
                    interval("commit_retry_delay", "200ms", "commit_retry_delay is invalid"),
                    integer("backups_rotate", 6).zeroIsDefaultToo().positive("backups_rotate should be larger than 0"),
                    atLeast("heartbeat_timeout", "1s", "5ms", "HeartbeatTimeout is too low"),
                    atLeast("election_timeout", "1s", "5ms", "ElectionTimeout is too low"),
                    atLeast("commit_timeout", "50ms", "1ms", "CommitTimeout is too low"),
                    integer("max_append_entries", 64)
                            .zeroIsDefaultToo()
                            .positive("MaxAppendEntries must be positive")
                            .must(value -> (Long) value <= 1024, "at most 1024", "MaxAppendEntries is too large"),
                    of("trailing_logs", Kind.UINT, 10240L).zeroIsDefaultToo(),
                    atLeast("snapshot_interval", "2m", "5ms", "SnapshotInterval is too low"),
                    of("snapshot_threshold", Kind.UINT, 8192L).zeroIsDefaultToo(),
                    atLeast("leader_lease_timeout", "500ms", "5ms", "LeaderLeaseTimeout is too low"),
                    text("datastore_namespace", "/r").neverWritten())
            .with(ConsensusSections::checkRaft)
            .applies(Applies.RESTART)
            .applies(Applies.NEVER, "datastore_namespace");

    static final List<Section> ALL = List.of(CRDT, RAFT);

    private ConsensusSections() {}

    private static Key interval(String path, String fallback, String text) {
        return duration(path, fallback).ifBad(BadText.DEFAULT).positive(text);
    }

    private static Key atLeast(String path, String fallback, String least, String text) {
        Duration limit = GoDuration.parse(least);
        return duration(path, fallback)
                .ifBad(BadText.DEFAULT)
                .must(value -> ((Duration) value).compareTo(limit) >= 0, least + " or more", text);
    }

    /** The reference reads three durations one after another and stops at the first that it cannot read. */
    private static void checkCrdt(Values values, Map<String, Object> given, Path folder, Section.Complaints out) {
        boolean stopped = false;
        for (String path : List.of("rebroadcast_interval", "batching.max_batch_age", "repair_interval")) {
            stopped |= given.get(path) instanceof String text && !isDuration(text);
            if (stopped) {
                CRDT.keys().stream()
                        .filter(key -> key.path().equals(path))
                        .forEach(key -> values.set(path, key.fallback()));
            }
        }
        List<String> trusted = new ArrayList<>();
        for (String peer : values.texts("trusted_peers")) {
            if (peer.equals(ANYONE)) {
                values.set("trusted_peers", List.of(ANYONE));
                return;
            }
            try {
                trusted.add(PeerId.parse(peer).toString());
            } catch (IllegalArgumentException e) {
                out.add(
                        "trusted_peers",
                        "a list of peer ids, or [\"*\"]",
                        "error parsing trusted peers: " + e.getMessage());
                return;
            }
        }
        values.set("trusted_peers", List.copyOf(trusted));
    }

    private static boolean isDuration(String text) {
        try {
            return text.isEmpty() || GoDuration.parse(text) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void checkRaft(Values values, Map<String, Object> given, Path folder, Section.Complaints out) {
        values.set(
                "init_peerset",
                values.texts("init_peerset").stream()
                        .filter(ConsensusSections::isPeer)
                        .toList());
        Duration heartbeat = values.duration("heartbeat_timeout");
        Duration election = values.duration("election_timeout");
        if (election.compareTo(heartbeat) < 0) {
            out.add(
                    "election_timeout",
                    "at least heartbeat_timeout = " + GoDuration.format(heartbeat),
                    "ElectionTimeout (" + GoDuration.format(election)
                            + ") must be equal or greater than Heartbeat Timeout (" + GoDuration.format(heartbeat)
                            + ")");
        }
        Duration lease = values.duration("leader_lease_timeout");
        if (lease.compareTo(heartbeat) > 0) {
            out.add(
                    "leader_lease_timeout",
                    "at most heartbeat_timeout = " + GoDuration.format(heartbeat),
                    "LeaderLeaseTimeout (" + GoDuration.format(lease) + ") cannot be larger than heartbeat timeout ("
                            + GoDuration.format(heartbeat) + ")");
        }
    }

    /** The reference drops what is no peer id, without a word. */
    private static boolean isPeer(String text) {
        try {
            return PeerId.parse(text) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
