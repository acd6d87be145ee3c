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
package org.pinion.consensus.crdt;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pinion.consensus.crdt.Complaints.Fault;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.BlockExchange;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches announced heads and, from them down, every node that is not here. What is still wanted is in the datastore, so
 * memory stays flat for any DAG, and a restart goes on where it was. Many nodes are fetched at once, and what a node links to
 * is asked for before that node is merged; each peer that leads to nodes gets a share of that. When there is much, what is
 * below the heads comes as a stream where a peer can send it so. Inside the lane only.
 */
final class Walker {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.consensus.crdt");
    private static final Duration FETCH_TIMEOUT = Duration.ofMinutes(2);
    private static final int MAX_FETCHES = 128;
    private static final int MIN_FETCHES = 8;
    /** Bytes of nodes that are meant to be under way at once. */
    private static final long MEANT_BYTES = 16L << 20;
    /** Bytes of nodes that wait to be merged; more are dropped and fetched again. */
    private static final long MAX_WAITING_BYTES = 48L << 20;

    private static final int MAX_WAITING = 2048;
    private static final int MAX_HEADS_PER_PEER = 256;
    private static final int MAX_FAILED = 4096;
    private static final int MAX_BAD = 4096;

    private final Lane lane;
    private final BlockExchange exchange;
    private final Target target;
    private final Complaints complaints;
    private final CatchUp catchUp;
    private final Map<Multihash, Optional<PeerId>> fetching = new HashMap<>();
    private final Map<Optional<PeerId>, Integer> shares = new HashMap<>();
    private final FairQueue roots = new FairQueue(MAX_HEADS_PER_PEER, true);
    private final FairQueue below = new FairQueue(MAX_WAITING, false);
    private final Set<Multihash> failed = new HashSet<>();
    private final Set<Multihash> bad = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Multihash, Boolean> eldest) {
            return size() > MAX_BAD;
        }
    });
    private final AtomicLong waitingBytes = new AtomicLong();
    private boolean moreInStore = true;
    /** Who announced heads last: the one to ask for what is below them. */
    private @Nullable PeerId lastAuthor;

    private @Nullable Multihash lastFromStore;
    /** Of late; large at first, so that little is asked for before their size is known. */
    private long nodeBytes = 1 << 20;

    private @Nullable Cancellable retry;
    private int generation;

    /** Who merges. */
    interface Target {
        /** The replica, or null while there is no datastore. */
        @Nullable
        Replica replica();

        /**
         * Merges a node.
         *
         * @throws RuntimeException if the datastore fails
         */
        void merge(Replica replica, DagNode node, boolean announced);

        /** How long to wait before what failed is tried again. */
        Duration retryAfter();
    }

    Walker(Lane lane, BlockExchange exchange, DagDownloads downloads, Target target, Complaints complaints) {
        this.lane = lane;
        this.exchange = exchange;
        this.target = target;
        this.complaints = complaints;
        catchUp = new CatchUp(lane, downloads, complaints, new Streamed());
    }

    /** Takes what comes as a stream. */
    private final class Streamed implements CatchUp.Owner {
        @Override
        public boolean merge(Replica replica, DagNode node) {
            try {
                target.merge(replica, node, false);
                exchange.haveNewBlock(node.cid());
                return true;
            } catch (RuntimeException e) {
                log.warn("could not merge node {}: {}", node.cid(), e.toString());
                failed(replica, node.cid());
                return false;
            }
        }

        @Override
        public void goOn() {
            below.clear();
            moreInStore = true;
            lastFromStore = null;
            pump();
        }
    }

    /** The datastore is another one: forgets everything and goes on with what that one wants. */
    void restart() {
        generation++;
        fetching.clear();
        shares.clear();
        roots.clear();
        below.clear();
        bad.clear();
        Replica replica = target.replica();
        catchUp.restart(replica != null && replica.heads().isEmpty());
        retry();
    }

    /** A peer said these are heads. */
    void announced(PeerId author, List<Cid> heads) {
        Replica replica = target.replica();
        if (replica == null) {
            return;
        }
        lastAuthor = author;
        Optional<PeerId> origin = Optional.of(author);
        for (Cid head : heads) {
            Multihash block = head.multihash();
            if (fetching.containsKey(block) || bad.contains(block) || replica.has(block)) {
                continue;
            }
            // an announcement is a sign that somebody has it
            boolean known = failed.remove(block) || replica.isWanted(block);
            if (known) {
                moreInStore |= !below.add(head, origin);
            } else if (!roots.add(head, origin)) {
                complaints.about(origin, Fault.HEADS, "more than " + MAX_HEADS_PER_PEER + " wait");
            }
        }
        pump();
    }

    /** Tries again what could not be fetched. */
    void retry() {
        failed.clear();
        catchUp.retry();
        moreInStore = true;
        lastFromStore = null;
        pump();
    }

    private void pump() {
        Replica replica = target.replica();
        if (replica == null) {
            return;
        }
        catchUp.tryStart(target::replica, Optional.ofNullable(lastAuthor));
        while (fetching.size() < maxFetches()) {
            FairQueue.Entry next = roots.poll(this::hasRoom);
            boolean announced = next != null;
            if (next == null && !catchUp.isRunning()) {
                next = nextBelow(replica);
            }
            if (next == null) {
                if (fetching.isEmpty() && !catchUp.isRunning() && !moreInStore && below.isEmpty()) {
                    catchUp.arrived();
                }
                return;
            }
            Multihash block = next.cid().multihash();
            if (!fetching.containsKey(block) && !replica.has(block)) {
                fetch(next, announced);
            }
        }
    }

    private int maxFetches() {
        return (int) Math.max(MIN_FETCHES, Math.min(MAX_FETCHES, MEANT_BYTES / nodeBytes));
    }

    /** Nobody takes more than what is left for the others. */
    private boolean hasRoom(Optional<PeerId> origin) {
        return shares.getOrDefault(origin, 0) < maxFetches() - fetching.size();
    }

    private FairQueue.@Nullable Entry nextBelow(Replica replica) {
        if (below.isEmpty() && moreInStore && failed.size() < MAX_FAILED) {
            Set<Multihash> except = new HashSet<>(fetching.keySet());
            except.addAll(failed);
            except.addAll(bad);
            List<Cid> wanted = replica.wanted(MAX_WAITING, lastFromStore, except);
            wanted.forEach(cid -> below.add(cid, Optional.empty()));
            moreInStore = wanted.size() == MAX_WAITING;
            lastFromStore = moreInStore ? wanted.get(MAX_WAITING - 1).multihash() : null;
        }
        return below.poll(this::hasRoom);
    }

    private void fetch(FairQueue.Entry node, boolean announced) {
        int started = generation;
        fetching.put(node.cid().multihash(), node.origin());
        shares.merge(node.origin(), 1, Integer::sum);
        // who announces a head has it; what is below is at many peers and comes from all of them
        CompletableFuture<byte[]> block = announced && node.origin().isPresent()
                ? exchange.get(node.cid(), FETCH_TIMEOUT, node.origin().get())
                : exchange.get(node.cid(), FETCH_TIMEOUT);
        block.whenComplete((bytes, failure) -> {
            int size = bytes == null ? 0 : bytes.length;
            boolean room = waitingBytes.addAndGet(size) <= MAX_WAITING_BYTES;
            // bytes that find no room must not wait in a task
            byte[] kept = room ? bytes : null;
            try {
                lane.execute(() -> {
                    waitingBytes.addAndGet(-size);
                    if (started == generation) {
                        arrived(node, announced, kept, room ? String.valueOf(failure) : "no room");
                    }
                });
            } catch (RejectedExecutionException e) {
                waitingBytes.addAndGet(-size);
                log.debug("dropped node {}: {}", node.cid(), e.getMessage());
            }
        });
    }

    private void arrived(FairQueue.Entry node, boolean announced, byte @Nullable [] bytes, String failure) {
        fetching.remove(node.cid().multihash());
        shares.computeIfPresent(node.origin(), (origin, share) -> share == 1 ? null : Integer.valueOf(share - 1));
        Replica replica = target.replica();
        if (replica == null) {
            return;
        }
        if (bytes == null) {
            log.debug("could not fetch node {}: {}", node.cid(), failure);
            failed(replica, node.cid());
        } else {
            // the largest of late, slowly forgotten
            nodeBytes = Math.max(bytes.length, nodeBytes - nodeBytes / 16);
            merge(replica, node, bytes, announced);
        }
        pump();
    }

    private void merge(Replica replica, FairQueue.Entry entry, byte[] bytes, boolean announced) {
        Cid cid = entry.cid();
        DagNode node;
        try {
            node = DagNode.parse(cid.multihash(), bytes);
        } catch (IllegalArgumentException e) {
            bad.add(cid.multihash());
            complaints.about(entry.origin(), Fault.NODE, cid + ": " + e.getMessage());
            return;
        }
        try {
            for (Cid next : replica.missing(node)) {
                moreInStore |= !below.add(next, entry.origin());
            }
            if (!catchUp.isPossible(entry.origin())) {
                pump(); // what comes next is on its way while this one is merged
            }
            target.merge(replica, node, announced);
            exchange.haveNewBlock(cid);
            if (!announced) {
                catchUp.walked();
            }
        } catch (RuntimeException e) {
            log.warn("could not merge node {}: {}", cid, e.toString());
            failed(replica, cid);
        }
    }

    /** A head that cannot be fetched will be announced again; what is below one is tried again later. */
    private void failed(Replica replica, Cid node) {
        if (!replica.isWanted(node.multihash())) {
            return;
        }
        failed.add(node.multihash());
        if (retry == null) {
            retry = lane.schedule(target.retryAfter(), () -> {
                retry = null;
                retry();
            });
        }
    }
}
