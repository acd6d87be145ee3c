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
package org.pinion.spi.config;

import java.time.Duration;
import java.util.List;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.PinOptions;

/**
 * The checked {@code cluster} section of service.json plus the daemon's flags.
 *
 * @param peername this peer's name
 * @param leaveOnShutdown leave the cluster when the peer stops
 * @param listen where the cluster host listens
 * @param announce addresses to announce instead; empty = the real ones
 * @param noAnnounce addresses never to announce
 * @param connections limits of the connection manager
 * @param resources limits of the resource manager
 * @param pubsub settings of publish-subscribe
 * @param dialPeerTimeout how long one dial may take
 * @param stateSyncInterval time between looks for expired pins
 * @param pinRecoverInterval time between recoveries of failed pins
 * @param replicationMin default fewest copies, -1 = everywhere
 * @param replicationMax default most copies, -1 = everywhere
 * @param monitorPingInterval time between pings
 * @param peerWatchInterval time between looks at the peer set
 * @param mdnsInterval zero = no local discovery
 * @param pinOnly which peers may hold pins
 * @param disableRepinning whether pins of dead peers stay where they are
 * @param followerMode whether this peer only follows
 * @param peerAddresses peers to connect to
 * @param peerstoreFile path of the peerstore file, relative to the peer's folder unless absolute
 * @param bootstrap peers to join at start, from {@code --bootstrap}
 */
public record ClusterSettings(
        String peername,
        boolean leaveOnShutdown,
        List<Multiaddr> listen,
        List<Multiaddr> announce,
        List<Multiaddr> noAnnounce,
        Connections connections,
        Resources resources,
        Pubsub pubsub,
        Duration dialPeerTimeout,
        Duration stateSyncInterval,
        Duration pinRecoverInterval,
        int replicationMin,
        int replicationMax,
        Duration monitorPingInterval,
        Duration peerWatchInterval,
        Duration mdnsInterval,
        PinOnly pinOnly,
        boolean disableRepinning,
        boolean followerMode,
        List<Multiaddr> peerAddresses,
        String peerstoreFile,
        List<Multiaddr> bootstrap) {
    /** Copies the lists. */
    public ClusterSettings {
        listen = List.copyOf(listen);
        announce = List.copyOf(announce);
        noAnnounce = List.copyOf(noAnnounce);
        peerAddresses = List.copyOf(peerAddresses);
        bootstrap = List.copyOf(bootstrap);
    }

    /**
     * Limits of the connection manager.
     *
     * @param high above it, idle connections are closed
     * @param low down to this many
     * @param grace younger ones are spared
     */
    public record Connections(int high, int low, Duration grace) {}

    /**
     * Limits of the resource manager.
     *
     * @param enabled false = no limits beyond what the process itself has
     * @param memoryBytes most memory for received data, in bytes; 0 = chosen by the host
     * @param fileDescriptors most connections at once; 0 = chosen by the host
     */
    public record Resources(boolean enabled, long memoryBytes, long fileDescriptors) {
        /** The reference's defaults. */
        public static final Resources DEFAULT = new Resources(true, 0, 0);

        public Resources {
            if (memoryBytes < 0 || fileDescriptors < 0) {
                throw new IllegalArgumentException("resource limits must not be negative: memory " + memoryBytes
                        + " bytes, file descriptors " + fileDescriptors);
            }
        }
    }

    /**
     * Settings of publish-subscribe.
     *
     * @param seenTtl how long message ids are remembered
     * @param heartbeat time between heartbeats
     * @param dFactor multiplies the sizes of the mesh
     * @param historyGossip how many heartbeats are gossiped
     * @param historyLength how many heartbeats messages are kept
     * @param floodPublish whether own messages go to all peers
     */
    public record Pubsub(
            Duration seenTtl,
            Duration heartbeat,
            int dFactor,
            int historyGossip,
            int historyLength,
            boolean floodPublish) {}

    /** Which peers may hold pins. */
    public enum PinOnly {
        /** All. */
        ALL,
        /** Only those that the consensus trusts. */
        TRUSTED,
        /** Only those that it does not trust. */
        UNTRUSTED
    }

    /**
     * Fills in default replication factors and checks them.
     *
     * @return the options with replication factors that are never 0
     * @throws org.pinion.spi.ClusterException {@code INTERNAL} with the reference's text
     */
    public PinOptions withDefaults(PinOptions options) {
        return Replication.withDefaults(options, replicationMin, replicationMax);
    }
}
