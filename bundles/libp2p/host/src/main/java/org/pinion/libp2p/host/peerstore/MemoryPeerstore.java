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
package org.pinion.libp2p.host.peerstore;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.Peerstore;

/** A bounded peerstore. Expired addresses go when their peer is looked at. Thread-safe. */
public final class MemoryPeerstore implements Peerstore {
    /** Addresses kept of one peer. */
    static final int MAX_ADDRESSES = 64;
    /** Peers kept. */
    static final int MAX_PEERS = 4096;
    /** Largest record kept: those of live peers have some hundred bytes. */
    static final int MAX_RECORD_BYTES = 2048;

    private static final class Entry {
        /** Address to the nanosecond at which it expires. */
        private final Map<Multiaddr, Long> addresses = new LinkedHashMap<>(4);

        private @Nullable PeerInfo info;
        private byte @Nullable [] record;
        private boolean connected;
        /** True if the peer said so on a connection that is still open: it may come back with other protocols. */
        private boolean current;
    }

    private final LongSupplier nanos;
    /** In order of use, the longest unused first. */
    private final LinkedHashMap<PeerId, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * An empty peerstore.
     *
     * @param nanos a clock that only runs forward, in nanoseconds
     */
    public MemoryPeerstore(LongSupplier nanos) {
        this.nanos = nanos;
    }

    @Override
    public synchronized void addAddresses(PeerId peer, Collection<Multiaddr> addresses, Duration ttl) {
        if (addresses.isEmpty()) {
            return;
        }
        Entry entry = entry(peer);
        long now = nanos.getAsLong();
        Duration life = ttl.compareTo(PERMANENT) > 0 ? PERMANENT : ttl;
        long expires = now + life.toNanos();
        for (Multiaddr address : addresses) {
            entry.addresses.merge(address.withoutPeerId(), expires, (a, b) -> a - b > 0 ? a : b);
        }
        entry.addresses.values().removeIf(end -> end - now <= 0);
        while (entry.addresses.size() > MAX_ADDRESSES) {
            entry.addresses.entrySet().stream()
                    .min(Comparator.comparingLong(e -> e.getValue() - now))
                    .map(Map.Entry::getKey)
                    .ifPresent(entry.addresses::remove);
        }
    }

    @Override
    public synchronized List<Multiaddr> addresses(PeerId peer) {
        Entry entry = entries.get(peer);
        if (entry == null) {
            return List.of();
        }
        long now = nanos.getAsLong();
        entry.addresses.values().removeIf(end -> end - now <= 0);
        return List.copyOf(entry.addresses.keySet());
    }

    @Override
    public synchronized void clearAddresses(PeerId peer) {
        Entry entry = entries.get(peer);
        if (entry != null) {
            entry.addresses.clear();
            if (entry.info == null && !entry.connected) {
                entries.remove(peer);
            }
        }
    }

    @Override
    public synchronized Set<String> protocols(PeerId peer) {
        Entry entry = entries.get(peer);
        return entry == null || entry.info == null || !entry.current ? Set.of() : entry.info.protocols();
    }

    @Override
    public synchronized Optional<PeerInfo> info(PeerId peer) {
        Entry entry = entries.get(peer);
        return entry == null ? Optional.empty() : Optional.ofNullable(entry.info);
    }

    @Override
    public synchronized Optional<byte[]> signedRecord(PeerId peer) {
        Entry entry = entries.get(peer);
        return entry == null ? Optional.empty() : Optional.ofNullable(entry.record);
    }

    @Override
    public synchronized Set<PeerId> peers() {
        Set<PeerId> known = new HashSet<>();
        for (Map.Entry<PeerId, Entry> each : Map.copyOf(entries).entrySet()) {
            if (each.getValue().info != null || !addresses(each.getKey()).isEmpty()) {
                known.add(each.getKey());
            }
        }
        return known;
    }

    /** Keeps what a peer said about itself; its addresses live for {@code ttl}. */
    public synchronized void identified(PeerInfo info, Duration ttl) {
        Entry entry = entry(info.id());
        entry.info = info;
        entry.current = entry.connected;
        addAddresses(info.id(), info.addresses(), ttl);
    }

    /** Keeps a record that verified; one that is too large for others is not kept. */
    public synchronized void recorded(PeerId peer, byte[] envelope) {
        Entry entry = entries.get(peer);
        if (entry != null && envelope.length <= MAX_RECORD_BYTES) {
            entry.record = envelope;
        }
    }

    /** Connected peers are never forgotten; the addresses of one that left live on for {@code ttl}. */
    public synchronized void connected(PeerId peer, boolean connected, Duration ttl) {
        Entry entry = entry(peer);
        entry.connected = connected;
        entry.current = connected && entry.current;
        PeerInfo info = entry.info;
        if (!connected && info != null) {
            addAddresses(peer, info.addresses(), ttl);
        }
    }

    private Entry entry(PeerId peer) {
        Entry known = entries.get(peer);
        if (known != null) {
            return known;
        }
        if (entries.size() >= MAX_PEERS) {
            entries.entrySet().stream()
                    .filter(each -> !each.getValue().connected)
                    .findFirst()
                    .map(Map.Entry::getKey)
                    .ifPresent(entries::remove);
        }
        Entry fresh = new Entry();
        entries.put(peer, fresh);
        return fresh;
    }

    /** For tests: how many peers are kept. */
    synchronized int size() {
        return entries.size();
    }
}
