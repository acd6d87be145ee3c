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

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.BlockExchange;
import org.pinion.libp2p.api.ExchangeBlockstore;
import org.pinion.libp2p.api.ExchangeSettings;
import org.pinion.libp2p.api.ExchangeStats;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.bitswap.BitswapMessage.Block;
import org.pinion.libp2p.bitswap.BitswapMessage.Presence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bitswap on a host. Wants belong to the loop; messages are checked where they come in, large ones by workers,
 * which make the answers too.
 */
final class Bitswap implements BlockExchange {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.bitswap");
    private static final Duration TICK = Duration.ofSeconds(1);

    private final Host host;
    private final ExchangeBlockstore blocks;
    private final ExchangeSettings settings;
    private final LongSupplier nanos;
    private final Counters counters = new Counters();
    private final Loop loop;
    private final Workers workers;
    private final Inbox inbox;
    private final Responders responders;

    // owned by the loop
    private final WantTable table = new WantTable();
    private final Waiters waiters = new Waiters();
    private final Partners partners;

    /** Blocks that are wanted now; for other threads. */
    private final Set<Multihash> wanted = ConcurrentHashMap.newKeySet();

    private final AtomicInteger callers = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable Registration registration;

    /** A block whose hash was computed. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Checked(Multihash hash, byte[] data) {}

    Bitswap(Host host, ExchangeBlockstore blocks, ExchangeSettings settings, LongSupplier nanos) {
        this.host = host;
        this.blocks = blocks;
        this.settings = settings;
        this.nanos = nanos;
        String id = host.id().toString();
        String name = "pinion-libp2p-bitswap-" + id.substring(Math.max(0, id.length() - 6));
        this.loop = new Loop(name);
        this.workers = new Workers(name);
        this.partners = new Partners(host, loop, table, nanos);
        this.inbox = new Inbox(settings, workers, new Messages(), nanos);
        this.responders = new Responders(host, blocks, settings, workers, new Responders.Parts(counters, nanos));
    }

    /** Serves the protocols and takes up the connected peers. */
    void start() {
        int served = 0;
        try {
            for (String protocol : Dialect.PROTOCOLS) {
                host.handle(protocol, inbox::accept);
                served++;
            }
        } catch (IllegalStateException e) {
            Dialect.PROTOCOLS.subList(0, served).forEach(host::unhandle);
            loop.close();
            workers.close();
            throw e;
        }
        registration = host.listen(new Watcher());
        loop.execute(() -> host.connections().forEach(connection -> {
            PeerId peer = connection.remotePeer();
            partners.identified(peer, host.peerstore().protocols(peer));
        }));
        loop.repeat(TICK, TICK, this::tick);
    }

    /** Turns events of the host into tasks of the loop. */
    private final class Watcher implements HostListener {
        @Override
        public void peerIdentified(PeerInfo info) {
            loop.execute(() -> partners.identified(info.id(), info.protocols()));
        }

        @Override
        public void peerDisconnected(PeerId peer) {
            responders.remove(peer);
            loop.execute(() -> partners.disconnected(peer));
        }
    }

    // ---- for users, any thread ----

    @Override
    public CompletableFuture<byte[]> get(Cid cid, Duration timeout) {
        return fetch(cid, timeout, null);
    }

    @Override
    public CompletableFuture<byte[]> get(Cid cid, Duration timeout, PeerId likely) {
        return fetch(cid, timeout, likely);
    }

    private CompletableFuture<byte[]> fetch(Cid cid, Duration timeout, @Nullable PeerId likely) {
        Multihash hash = cid.multihash();
        if (hash.code() == Multihash.IDENTITY) {
            return CompletableFuture.completedFuture(hash.digest());
        }
        if (callers.incrementAndGet() > settings.maxWants()) {
            callers.decrementAndGet();
            return CompletableFuture.failedFuture(new NetworkException(
                    Reason.LIMIT, "block " + cid + " cannot be wanted, limit " + settings.maxWants() + " at once"));
        }
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        result.whenComplete((data, error) -> {
            callers.decrementAndGet();
            if (error != null) {
                loop.execute(() -> withdraw(hash, result));
            }
        });
        wanted.add(hash);
        if (!loop.execute(() -> want(cid, timeout, likely, result))) {
            result.completeExceptionally(closedError(cid.toString()));
        }
        return result;
    }

    @Override
    public void haveNewBlock(Cid cid) {
        responders.available(cid);
        Multihash hash = cid.multihash();
        if (wanted.contains(hash)) {
            workers.execute(() -> {
                try {
                    Optional<byte[]> data = blocks.get(cid);
                    data.ifPresent(found -> loop.execute(() -> foundHere(hash, found)));
                } catch (IOException e) {
                    log.warn("block {} that was just stored could not be read: {}", cid, e.toString());
                }
            });
        }
    }

    @Override
    public ExchangeStats stats() {
        return counters.stats(wanted.size(), partners.count());
    }

    private static NetworkException closedError(String what) {
        return new NetworkException(Reason.CLOSED, "the exchange is closed, " + what + " is not fetched");
    }

    // ---- wants, inside the loop ----

    private void want(Cid cid, Duration timeout, @Nullable PeerId likely, CompletableFuture<byte[]> result) {
        Multihash hash = cid.multihash();
        if (closed.get()) {
            result.completeExceptionally(closedError(cid.toString()));
            return;
        }
        if (result.isDone()) {
            forgetUnwanted(hash);
            return;
        }
        Future<?> timer = loop.schedule(
                timeout,
                () -> result.completeExceptionally(new NetworkException(
                        Reason.TIMEOUT,
                        "block " + cid + " did not come within " + timeout + " from " + partners.count()
                                + " connected peers")));
        waiters.add(hash, new Waiters.Waiter(result, timer));
        wanted.add(hash);
        table.add(cid, likely, now());
        partners.flushSoon();
    }

    private void withdraw(Multihash hash, CompletableFuture<byte[]> result) {
        if (waiters.remove(hash, result)) {
            table.cancel(hash, now());
            partners.flushSoon();
        }
        forgetUnwanted(hash);
    }

    private void forgetUnwanted(Multihash hash) {
        if (!table.wants(hash)) {
            wanted.remove(hash);
        }
    }

    private void foundHere(Multihash hash, byte[] data) {
        table.cancel(hash, now());
        complete(hash, data);
        partners.flushSoon();
    }

    private void complete(Multihash hash, byte[] data) {
        wanted.remove(hash);
        waiters.take(hash).forEach(result -> result.complete(data));
    }

    // ---- messages ----

    /** Works off what peers send. */
    private final class Messages implements Inbox.Handler {
        @Override
        public void received(PeerId from, byte[] bytes) {
            BitswapMessage message = BitswapCodec.decode(bytes, settings.maxBlockBytes());
            responders.receive(from, message.wants(), message.full());
            if (message.blocks().isEmpty() && message.presences().isEmpty()) {
                return;
            }
            List<Checked> checked = new ArrayList<>(message.blocks().size());
            try {
                for (Block block : message.blocks()) {
                    checked.add(new Checked(block.prefix().hash(block.data()), block.data()));
                }
            } catch (IllegalArgumentException e) {
                throw ProtocolException.resetStream("unusable block: " + e.getMessage());
            }
            loop.execute(() -> onAnswers(from, checked, message.presences()));
        }

        @Override
        public void violated(PeerId from, String what) {
            loop.execute(() -> partners.violated(from, what));
        }
    }

    private void onAnswers(PeerId from, List<Checked> received, List<Presence> presences) {
        for (Checked block : received) {
            int bytes = block.data().length;
            boolean isWanted = table.onBlock(from, block.hash(), now());
            partners.delivered(from, bytes, isWanted);
            if (isWanted) {
                counters.blocksReceived.increment();
                counters.bytesReceived.add(bytes);
                complete(block.hash(), block.data());
            } else {
                counters.duplicateBlocks.increment();
            }
        }
        for (Presence presence : presences) {
            Multihash hash = presence.cid().multihash();
            if (presence.have()) {
                table.onHave(from, hash, now());
            } else {
                table.onDontHave(from, hash, now());
            }
        }
        partners.flushSoon();
    }

    private void tick() {
        long now = now();
        inbox.tick(now);
        inbox.active(now, TICK).forEach(peer -> table.heard(peer, now));
        table.tick(now);
        responders.tick(this::connected);
        partners.tick(now);
    }

    private Set<PeerId> connected() {
        Set<PeerId> connected = new HashSet<>();
        host.connections().forEach(connection -> connected.add(connection.remotePeer()));
        return connected;
    }

    private long now() {
        return nanos.getAsLong();
    }

    // ---- end ----

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        Dialect.PROTOCOLS.forEach(host::unhandle);
        if (registration != null) {
            registration.close();
        }
        responders.close();
        inbox.close();
        loop.execute(() -> {
            partners.close();
            for (Multihash hash : waiters.hashes()) {
                waiters.take(hash).forEach(result -> result.completeExceptionally(closedError("block " + hash)));
            }
            wanted.clear();
        });
        workers.close();
        loop.close();
    }
}
