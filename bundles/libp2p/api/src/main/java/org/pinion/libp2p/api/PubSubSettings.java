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
package org.pinion.libp2p.api;

import java.time.Duration;

/**
 * Parameters of gossipsub; the names are those of its specification.
 *
 * @param heartbeat time between two rounds of mesh upkeep
 * @param mesh sizes of the mesh
 * @param gossipFactor share of the other peers that get gossip
 * @param historyLength heartbeats that messages are kept for IWANT
 * @param historyGossip heartbeats that messages are advertised
 * @param seenTtl how long a message id is remembered
 * @param floodPublish own messages go to all subscribers, not only to the mesh
 * @param peerExchange a PRUNE of ours names other peers
 * @param maxMessageBytes largest RPC frame
 * @param peerQueue frames that wait for one peer at most
 */
public record PubSubSettings(
        Duration heartbeat,
        Mesh mesh,
        double gossipFactor,
        int historyLength,
        int historyGossip,
        Duration seenTtl,
        boolean floodPublish,
        boolean peerExchange,
        int maxMessageBytes,
        int peerQueue) {
    /** What the peers of a cluster use with {@code d_factor} 4. */
    public static final PubSubSettings CLUSTER = new PubSubSettings(
            Duration.ofSeconds(10),
            new Mesh(24, 20, 48, 16, 8, 24),
            0.25,
            6,
            2,
            Duration.ofMinutes(30),
            false,
            true,
            1 << 20,
            128);

    /**
     * Sizes of the mesh of a topic, in peers.
     *
     * @param d the wanted size
     * @param low below it peers are grafted
     * @param high above it peers are pruned
     * @param score kept by score when pruning
     * @param out least number of outbound connections
     * @param lazy least number of peers that get gossip
     */
    public record Mesh(int d, int low, int high, int score, int out, int lazy) {
        public Mesh {
            if (low < 0 || d < low || high < d || score < 0 || out < 0 || lazy < 0) {
                throw new IllegalArgumentException("mesh sizes need 0 <= low <= d <= high, not low " + low + " d " + d
                        + " high " + high + " score " + score + " out " + out + " lazy " + lazy);
            }
        }
    }

    public PubSubSettings {
        if (heartbeat.isNegative() || heartbeat.isZero()) {
            throw new IllegalArgumentException("heartbeat must be positive: " + heartbeat);
        }
        if (seenTtl.isNegative() || seenTtl.isZero()) {
            throw new IllegalArgumentException("seen time must be positive: " + seenTtl);
        }
        if (gossipFactor < 0 || gossipFactor > 1) {
            throw new IllegalArgumentException("gossip factor must be 0 to 1: " + gossipFactor);
        }
        if (historyGossip < 1 || historyLength < historyGossip) {
            throw new IllegalArgumentException(
                    "history needs 1 <= gossip <= length, not " + historyGossip + " and " + historyLength);
        }
        if (maxMessageBytes < 1 || peerQueue < 1) {
            throw new IllegalArgumentException(
                    "limits must be positive: message " + maxMessageBytes + ", queue " + peerQueue);
        }
    }
}
