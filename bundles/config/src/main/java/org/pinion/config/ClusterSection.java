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

import static org.pinion.config.Key.addresses;
import static org.pinion.config.Key.bool;
import static org.pinion.config.Key.duration;
import static org.pinion.config.Key.integer;
import static org.pinion.config.Key.of;
import static org.pinion.config.Key.text;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.pinion.config.Key.Applies;

/** The {@code cluster} section. */
final class ClusterSection {
    static final Section SECTION = Section.of(
                    "cluster",
                    "",
                    text("id", "").neverWritten(),
                    text("peername", "").zeroIsDefaultToo(),
                    text("private_key", "").hidden().neverWritten(),
                    text("secret", "").hidden(),
                    bool("leave_on_shutdown", false),
                    addresses("listen_multiaddress", "/ip4/0.0.0.0/tcp/9096", "/ip4/0.0.0.0/udp/9096/quic")
                            .required()
                            .notEmpty("cluster.listen_multiaddress is undefined"),
                    addresses("announce_multiaddress"),
                    addresses("no_announce_multiaddress"),
                    bool("enable_relay_hop", true).orZero(),
                    integer("connection_manager.high_water", 400)
                            .required()
                            .positive("cluster.connection_manager.high_water is invalid"),
                    integer("connection_manager.low_water", 100)
                            .required()
                            .positive("cluster.connection_manager.low_water is invalid"),
                    duration("connection_manager.grace_period", "2m")
                            .required()
                            .notEmpty("cluster.connection_manager.grace_period is invalid"),
                    bool("resource_manager.enabled", true).orZero(),
                    of("resource_manager.memory_limit_bytes", Kind.UINT, 0L),
                    of("resource_manager.file_descriptors_limit", Kind.UINT, 0L),
                    duration("pubsub.seen_messages_ttl", "30m").positive("cluster.pubsub.seen_message_ttl is invalid"),
                    duration("pubsub.heartbeat_interval", "10s")
                            .positive("cluster.pubsub.heartbeat_interval is invalid"),
                    integer("pubsub.d_factor", 4).required().positive("cluster.pubsub.d_factor is invalid"),
                    integer("pubsub.history_gossip", 2).required().positive("cluster.pubsub.history_gossip is invalid"),
                    integer("pubsub.history_length", 6).required().positive("cluster.pubsub.history_length is invalid"),
                    bool("pubsub.flood_publish", false),
                    interval("dial_peer_timeout", "3s"),
                    interval("state_sync_interval", "5m"),
                    interval("pin_recover_interval", "12m"),
                    integer("replication_factor_min", -1).zeroIsDefaultToo(),
                    integer("replication_factor_max", -1).zeroIsDefaultToo(),
                    duration("monitor_ping_interval", "15s").positive("cluster.monitoring_interval is invalid"),
                    interval("peer_watch_interval", "5s"),
                    duration("mdns_interval", "10s"),
                    bool("pin_only_on_trusted_peers", false),
                    bool("pin_only_on_untrusted_peers", false),
                    bool("disable_repinning", true).orZero(),
                    bool("follower_mode", false).unlessDefault(),
                    text("peerstore_file", "").unlessDefault(),
                    of("peer_addresses", Kind.ADDRESS_LIST, List.of()))
            .with(ClusterSection::check)
            .applies(Applies.RESTART, "id", "private_key", "secret")
            .applies(Applies.NEVER, "enable_relay_hop")
            .applies(
                    Applies.AGAIN,
                    "listen_multiaddress",
                    "announce_multiaddress",
                    "no_announce_multiaddress",
                    "resource_manager.",
                    "peerstore_file");

    private ClusterSection() {}

    private static Key interval(String path, String fallback) {
        return duration(path, fallback).positive("cluster." + path + " is invalid");
    }

    private static void check(Values values, Map<String, Object> given, Path folder, Section.Complaints out) {
        try {
            SecretText.decode(values.text("secret"));
        } catch (IllegalArgumentException e) {
            out.add("secret", "64 hex digits, or empty for an open network", SecretText.CONFIG + e.getMessage());
        }
        if (values.integer("connection_manager.low_water") > values.integer("connection_manager.high_water")) {
            out.add(
                    "connection_manager.low_water",
                    "at most high_water = " + values.integer("connection_manager.high_water"),
                    "cluster.connection_manager.low_water is greater than high_water");
        }
        String replication =
                replication(values.integer("replication_factor_min"), values.integer("replication_factor_max"));
        if (!replication.isEmpty()) {
            out.add(
                    "replication_factor_min",
                    "-1 like replication_factor_max, or from 1 up to replication_factor_max = "
                            + values.integer("replication_factor_max"),
                    replication);
        }
        if (values.bool("pin_only_on_trusted_peers") && values.bool("pin_only_on_untrusted_peers")) {
            out.add(
                    "pin_only_on_untrusted_peers",
                    "false while pin_only_on_trusted_peers is true",
                    "cluster.pin_only_on_trusted_peers and pin_only_on_untrusted_peers cannot both be true");
        }
    }

    /** The reference's message; empty = fine. Neither is 0: that means the default. */
    private static String replication(long min, long max) {
        if (min > max) {
            return "cluster.replication_factor_min is larger than max";
        }
        if (min < -1) {
            return "cluster.replication_factor_min is wrong";
        }
        return (min == -1) != (max == -1)
                ? "cluster.replication_factor_min and max must be -1 when one of them is"
                : "";
    }
}
