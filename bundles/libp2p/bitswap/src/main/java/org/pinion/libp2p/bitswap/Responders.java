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
package org.pinion.libp2p.bitswap;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.ExchangeBlockstore;
import org.pinion.libp2p.api.ExchangeSettings;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.bitswap.BitswapMessage.Want;

/** Answers all peers, within one memory limit for all of them. Any thread. */
final class Responders {
    /** What was read for all peers but not yet taken by them. */
    private static final long MAX_HELD_BYTES =
            Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 8);

    private static final Duration NO_PROGRESS = Duration.ofSeconds(60);

    private final Host host;
    private final ExchangeBlockstore blocks;
    private final ExchangeSettings settings;
    private final Workers workers;
    private final Counters counters;
    private final LongSupplier nanos;
    private final Map<PeerId, Responder> responders = new ConcurrentHashMap<>();
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicBoolean someWait = new AtomicBoolean();
    private volatile boolean closed;

    Responders(Host host, ExchangeBlockstore blocks, ExchangeSettings settings, Workers workers, Parts parts) {
        this.host = host;
        this.blocks = blocks;
        this.settings = settings;
        this.workers = workers;
        this.counters = parts.counters();
        this.nanos = parts.nanos();
    }

    /** Counters and clock. */
    record Parts(Counters counters, LongSupplier nanos) {}

    /** A peer changed its want list. */
    void receive(PeerId peer, List<Want> wants, boolean full) {
        if (closed || (wants.isEmpty() && !full)) {
            return;
        }
        Responder responder = responders.computeIfAbsent(peer, p -> new Responder(p, this));
        responder.ledger().receive(wants, full);
        responder.kick();
    }

    /** A block is here now: those who wait for it get it. */
    void available(Cid cid) {
        if (responders.isEmpty()) {
            return;
        }
        Cid other = otherVersion(cid);
        for (Responder responder : responders.values()) {
            if (responder.ledger().available(cid) | responder.ledger().available(other)) {
                responder.kick();
            }
        }
    }

    /** A block may be wanted under its CID of the other version. */
    private static Cid otherVersion(Cid cid) {
        Multihash hash = cid.multihash();
        if (cid.version() == 0) {
            return cid.toV1();
        }
        boolean asV0 = cid.codec() == Cid.DAG_PB && hash.code() == Multihash.SHA2_256 && hash.digestSize() == 32;
        return asV0 ? Cid.v0(hash) : cid;
    }

    void remove(PeerId peer) {
        Responder responder = responders.remove(peer);
        if (responder != null) {
            responder.close();
        }
    }

    /**
     * Gives up peers that take nothing, and forgets those that are not connected any more.
     *
     * @param connections who is connected; looked at after the peers, so that nobody who comes meanwhile is forgotten
     */
    void tick(Supplier<Set<PeerId>> connections) {
        Map<PeerId, Responder> before = Map.copyOf(responders);
        Set<PeerId> connected = connections.get();
        before.forEach((peer, responder) -> {
            if (connected.contains(peer)) {
                responder.checkProgress(nanoTime(), NO_PROGRESS.toNanos());
            } else if (responders.remove(peer, responder)) {
                responder.close();
            }
        });
    }

    void close() {
        closed = true;
        responders.keySet().forEach(this::remove);
    }

    // ---- for the single responders ----

    boolean hasRoom() {
        if (heldBytes.get() < MAX_HELD_BYTES) {
            return true;
        }
        someWait.set(true);
        return heldBytes.get() < MAX_HELD_BYTES;
    }

    void held(long bytes) {
        heldBytes.addAndGet(bytes);
    }

    void released(long bytes) {
        if (heldBytes.addAndGet(-bytes) < MAX_HELD_BYTES && someWait.getAndSet(false)) {
            responders.values().forEach(Responder::kick);
        }
    }

    Host host() {
        return host;
    }

    ExchangeBlockstore blocks() {
        return blocks;
    }

    ExchangeSettings settings() {
        return settings;
    }

    Workers workers() {
        return workers;
    }

    Counters counters() {
        return counters;
    }

    long nanoTime() {
        return nanos.getAsLong();
    }
}
