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
package org.pinion.libp2p.host.identify;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.host.swarm.Addresses;

/**
 * The addresses at which others reached us: what a translating router or a container shows to the outside. Only peers
 * that dialed us can tell; every peer has one voice, and the addresses with the most voices count. Thread-safe.
 */
public final class ObservedAddresses {
    private static final int MAX_PEERS = 64;
    private static final int MAX_ADDRESSES = 3;
    private static final long LIFE_NANOS = 40L * 60 * 1_000_000_000;

    private record Voice(Multiaddr address, long nanos) {}

    private final LongSupplier nanos;
    private final Map<PeerId, Voice> voices = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PeerId, Voice> eldest) {
            return size() > MAX_PEERS;
        }
    };

    public ObservedAddresses(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Takes what a peer said; true if that may change {@link #addresses}. */
    public boolean observed(Connection connection, Multiaddr address) {
        // our own dials leave from ports at which nobody listens
        if (connection.outbound()
                || Addresses.isRelayed(connection.remoteAddress())
                || !isUsable(address, connection.localAddress())) {
            return false;
        }
        List<Multiaddr> before = addresses();
        synchronized (this) {
            voices.remove(connection.remotePeer());
            voices.put(connection.remotePeer(), new Voice(address, nanos.getAsLong()));
        }
        return !before.equals(addresses());
    }

    private static boolean isUsable(Multiaddr address, Multiaddr local) {
        return Addresses.target(address)
                        .filter(target -> !target.isName() && target.port() > 0)
                        .isPresent()
                && address.has("ws") == local.has("ws")
                && !Addresses.isLoopback(address)
                && Addresses.ip(address)
                        .filter(ip -> !ip.isAnyLocalAddress() && !ip.isMulticastAddress())
                        .isPresent();
    }

    /** The addresses with the most voices. */
    public synchronized List<Multiaddr> addresses() {
        long now = nanos.getAsLong();
        voices.values().removeIf(voice -> now - voice.nanos() > LIFE_NANOS);
        Map<Multiaddr, Integer> counts = new HashMap<>();
        voices.values().forEach(voice -> counts.merge(voice.address(), 1, Integer::sum));
        List<Multiaddr> ranked = new ArrayList<>(counts.keySet());
        ranked.sort(Comparator.<Multiaddr>comparingInt(counts::get).reversed().thenComparing(Multiaddr::toString));
        return List.copyOf(ranked.subList(0, Math.min(MAX_ADDRESSES, ranked.size())));
    }
}
