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
package org.pinion.spi.ipfsnode;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/** The network of the node in this process. Any thread. */
@ConsumerType
public interface NodeNetwork {
    /** Open connections. */
    List<Link> links();

    /** Addresses of other nodes that are remembered, without {@code /p2p}. */
    Map<PeerId, List<Multiaddr>> knownPeers();

    /** Addresses the sockets are bound to; may hold wildcards. */
    List<Multiaddr> listenAddresses();

    /** Connects to a node; unlike the connector's {@code connect} it fails when that is not possible. */
    CompletableFuture<Void> dial(PeerId peer, List<Multiaddr> addresses);

    /** Closes all connections to a node; false if there was none. */
    boolean disconnect(PeerId peer);

    /** What was exchanged since the start. */
    Traffic traffic();

    /**
     * A connection.
     *
     * @param peer the other node
     * @param address where it is, without {@code /p2p}
     * @param outbound whether this node dialled
     * @param agent how the other names itself; empty while unknown
     * @param protocols what the other speaks; empty while unknown
     */
    record Link(PeerId peer, Multiaddr address, boolean outbound, String agent, List<String> protocols) {
        /** Copies the list. */
        public Link {
            protocols = List.copyOf(protocols);
        }
    }

    /**
     * Counters of the exchange of blocks.
     *
     * @param blocksReceived blocks that came
     * @param bytesReceived their bytes
     * @param blocksSent blocks that went
     * @param bytesSent their bytes
     * @param duplicateBlocks blocks that came again
     * @param wants blocks that are wanted now
     */
    record Traffic(
            long blocksReceived,
            long bytesReceived,
            long blocksSent,
            long bytesSent,
            long duplicateBlocks,
            int wants) {}
}
