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
 * Bounds of a host's connections.
 *
 * @param lowWater connections that are kept when trimming
 * @param highWater connections from which on trimming starts
 * @param grace age below which a connection is never trimmed
 * @param maxInboundPerPeer inbound connections of one peer; more are closed
 * @param maxStreamsPerConnection inbound streams that are open at once on one connection; more are reset
 * @param maxPendingDials dials under way at once; more wait their turn up to the dial timeout
 * @param maxReceivedBytes received bytes that may wait for readers, on all streams together; 0 = an eighth of the heap
 * @param maxConnections connections at once, beyond which inbound ones are refused; 0 = twice the high water
 */
public record ConnectionLimits(
        int lowWater,
        int highWater,
        Duration grace,
        int maxInboundPerPeer,
        int maxStreamsPerConnection,
        int maxPendingDials,
        long maxReceivedBytes,
        int maxConnections) {
    /** 100 to 400 connections, two minutes of grace, 8 connections per peer, 2048 streams, 64 dials. */
    public static final ConnectionLimits DEFAULT = new ConnectionLimits(100, 400, Duration.ofMinutes(2), 8, 2048, 64);

    /** Without bounds of received bytes and connections of its own. */
    public ConnectionLimits(
            int lowWater,
            int highWater,
            Duration grace,
            int maxInboundPerPeer,
            int maxStreamsPerConnection,
            int maxPendingDials) {
        this(lowWater, highWater, grace, maxInboundPerPeer, maxStreamsPerConnection, maxPendingDials, 0, 0);
    }

    public ConnectionLimits {
        if (lowWater < 0 || highWater < lowWater || highWater == 0) {
            throw new IllegalArgumentException(
                    "connection limits need 0 <= low <= high and high > 0, not low " + lowWater + " high " + highWater);
        }
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace must not be negative: " + grace);
        }
        if (maxInboundPerPeer < 1 || maxStreamsPerConnection < 1 || maxPendingDials < 1) {
            throw new IllegalArgumentException("connection limits must be positive: per peer " + maxInboundPerPeer
                    + ", streams " + maxStreamsPerConnection + ", dials " + maxPendingDials);
        }
        if (maxReceivedBytes < 0 || maxConnections < 0) {
            throw new IllegalArgumentException("connection limits must not be negative: received bytes "
                    + maxReceivedBytes + ", connections " + maxConnections);
        }
    }

    /** The same with other water marks. */
    public ConnectionLimits withWater(int low, int high, Duration newGrace) {
        return new ConnectionLimits(
                low,
                high,
                newGrace,
                maxInboundPerPeer,
                maxStreamsPerConnection,
                maxPendingDials,
                maxReceivedBytes,
                maxConnections);
    }

    /** The same with other bounds of received bytes and connections; 0 for the usual ones. */
    public ConnectionLimits withResources(long newMaxReceivedBytes, int newMaxConnections) {
        return new ConnectionLimits(
                lowWater,
                highWater,
                grace,
                maxInboundPerPeer,
                maxStreamsPerConnection,
                maxPendingDials,
                newMaxReceivedBytes,
                newMaxConnections);
    }
}
