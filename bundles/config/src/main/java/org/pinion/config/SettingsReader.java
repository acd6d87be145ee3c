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

import java.util.List;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.config.ClusterSettings;
import org.pinion.spi.config.ClusterSettings.Connections;
import org.pinion.spi.config.ClusterSettings.PinOnly;
import org.pinion.spi.config.ClusterSettings.Pubsub;
import org.pinion.spi.config.ClusterSettings.Resources;

/** Makes the record of the checked {@code cluster} section. */
final class SettingsReader {
    private SettingsReader() {}

    static ClusterSettings of(Values cluster, DaemonFlags flags) {
        return new ClusterSettings(
                cluster.text("peername"),
                cluster.bool("leave_on_shutdown") || flags.leave(),
                addresses(cluster, "listen_multiaddress"),
                addresses(cluster, "announce_multiaddress"),
                addresses(cluster, "no_announce_multiaddress"),
                new Connections(
                        cluster.small("connection_manager.high_water"),
                        cluster.small("connection_manager.low_water"),
                        cluster.duration("connection_manager.grace_period")),
                new Resources(
                        cluster.bool("resource_manager.enabled"),
                        cluster.integer("resource_manager.memory_limit_bytes"),
                        cluster.integer("resource_manager.file_descriptors_limit")),
                new Pubsub(
                        cluster.duration("pubsub.seen_messages_ttl"),
                        cluster.duration("pubsub.heartbeat_interval"),
                        cluster.small("pubsub.d_factor"),
                        cluster.small("pubsub.history_gossip"),
                        cluster.small("pubsub.history_length"),
                        cluster.bool("pubsub.flood_publish")),
                cluster.duration("dial_peer_timeout"),
                cluster.duration("state_sync_interval"),
                cluster.duration("pin_recover_interval"),
                cluster.small("replication_factor_min"),
                cluster.small("replication_factor_max"),
                cluster.duration("monitor_ping_interval"),
                cluster.duration("peer_watch_interval"),
                cluster.duration("mdns_interval"),
                pinOnly(cluster),
                cluster.bool("disable_repinning"),
                cluster.bool("follower_mode"),
                addresses(cluster, "peer_addresses"),
                peerstore(cluster),
                flags.bootstrap());
    }

    /** Name of the peerstore file, always below the peer's folder, as in the reference. */
    static String peerstore(Values cluster) {
        String name = cluster.text("peerstore_file");
        while (name.startsWith("/")) {
            name = name.substring(1);
        }
        return name.isEmpty() ? "peerstore" : name;
    }

    private static List<Multiaddr> addresses(Values cluster, String path) {
        return cluster.texts(path).stream().map(Multiaddr::parse).toList();
    }

    private static PinOnly pinOnly(Values cluster) {
        if (cluster.bool("pin_only_on_trusted_peers")) {
            return PinOnly.TRUSTED;
        }
        return cluster.bool("pin_only_on_untrusted_peers") ? PinOnly.UNTRUSTED : PinOnly.ALL;
    }
}
