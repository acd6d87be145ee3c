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
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.Multiaddr;

/**
 * One libp2p peer: an identity, listeners, connections and protocol handlers. Opened by {@link HostFactory}. Any
 * thread. Whoever opens a host closes the protocols on it first, then the host.
 */
@ProviderType
public interface Host extends Identity, Dialer, AutoCloseable {
    /** Addresses the sockets are bound to, with real ports, without {@code /p2p}; may hold wildcards. */
    List<Multiaddr> listenAddresses();

    /** Addresses other peers are told: wildcards expanded or replaced by the announced ones; without {@code /p2p}. */
    List<Multiaddr> addresses();

    /**
     * Serves a protocol; connected peers are told by an identify push.
     *
     * @throws IllegalStateException if the protocol already has a handler
     */
    void handle(String protocol, StreamHandler handler);

    /** Stops serving a protocol; open streams go on. Unknown protocols are ignored. */
    void unhandle(String protocol);

    /** Registers for connection events; what is already connected is not reported. */
    Registration listen(HostListener listener);

    /** What is known about other peers. */
    Peerstore peerstore();

    /**
     * Takes other limits in a running host: water marks, grace, most connections, and how long a dial may take. Connections
     * that are open stay until the next one is too many; the bounds of received bytes and of streams stay as they were.
     */
    default void limit(ConnectionLimits limits, Duration dialTimeout) {}

    /** Whether peers on the public network can reach us, as far as others told us. */
    default Reachability reachability() {
        return Reachability.UNKNOWN;
    }

    /** What streams carried so far, by protocol; empty if nothing counts. */
    default SortedMap<String, Traffic> traffic() {
        return Collections.emptySortedMap();
    }

    /** Closes listeners, connections and threads; returns when they are gone. Must not be called on an event loop. */
    @Override
    void close();
}
