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
package org.pinion.ipfsconnector.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipfsconnector.embedded.Rows.Entry;
import org.pinion.ipfsconnector.embedded.Trail.Step;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.DagLinks;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.libp2p.api.BlockExchange;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/**
 * Walks a DAG depth first and fetches what is missing, many blocks at once. What was seen is held by a {@link Kept}, which
 * is also what keeps collections off. Runs on one worker thread; only arrivals come from others.
 */
final class PinWalk {
    /** Bytes of blocks that all walks together may have on their way. */
    private static final int MAX_FLIGHT_BYTES = 16 << 20;

    private static final int MAX_WANTS = 64;
    private static final int MIN_WANTS = 4;
    private static final int USUAL_BLOCK_BYTES = 256 << 10;
    /** The walk itself watches the time; this only has to be longer. */
    private static final Duration FAR = Duration.ofDays(1);

    private final Blockstore store;
    private final BlockExchange exchange;
    private final Watch watch;
    private final AtomicInteger walks;
    private final BooleanSupplier calledOff;
    private final Kept kept;
    private final Trail trail = new Trail(this::linksOf);
    private final Map<Step, CompletableFuture<byte[]>> wanted = new HashMap<>();
    /** Bounded by the wants, and one entry that wakes. */
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();

    private long receivedBytes;
    private long receivedBlocks;
    private long lastProgressNanos;

    private record Arrival(
            @Nullable Step step,
            byte @Nullable [] data,
            @Nullable Throwable failure) {}

    /** How long a walk may go without a block, and the clock to tell. */
    record Watch(Duration patience, LongSupplier nanoTime) {}

    /**
     * Prepares a walk.
     *
     * @param walks walks that run now; they share what may be on its way
     * @param calledOff asked before every step; call {@link #wake} when it changes
     */
    PinWalk(
            Blockstore store,
            BlockExchange exchange,
            Kept kept,
            Watch watch,
            AtomicInteger walks,
            BooleanSupplier calledOff) {
        this.store = store;
        this.exchange = exchange;
        this.kept = kept;
        this.watch = watch;
        this.walks = walks;
        this.calledOff = calledOff;
    }

    /** Makes a waiting walk look whether it was called off. Any thread. */
    void wake() {
        arrivals.add(new Arrival(null, null, null));
    }

    /**
     * Returns when everything down to that depth is here, or the walk was called off.
     *
     * @param depth levels below the root; negative = all
     * @throws ClusterException {@code TIMEOUT} without progress, {@code STORAGE} when the store is full, and what the
     *     exchange fails with
     */
    void run(Cid root, int depth) throws InterruptedException {
        walks.incrementAndGet();
        try {
            progress();
            visit(new Step(root, depth));
            while (!calledOff.getAsBoolean()) {
                takeArrivals();
                Step step = wanted.size() < window() ? trail.next() : null;
                if (step != null) {
                    visit(step);
                } else if (wanted.isEmpty()) {
                    return;
                } else {
                    await(root);
                }
            }
        } finally {
            walks.decrementAndGet();
            wanted.values().forEach(want -> want.cancel(false));
            if (receivedBytes >= Blockstore.MANY_BYTES) {
                store.settle();
            }
        }
    }

    private int window() {
        long usual = receivedBlocks == 0 ? USUAL_BLOCK_BYTES : Math.max(receivedBytes / receivedBlocks, 1024);
        long share = MAX_FLIGHT_BYTES / Math.max(walks.get(), 1);
        return (int) Math.max(MIN_WANTS, Math.min(MAX_WANTS, share / usual));
    }

    private void visit(Step step) {
        Cid cid = step.cid();
        Multihash hash = cid.multihash();
        if (hash.code() == Multihash.IDENTITY) {
            enter(step, hash.digest());
            return;
        }
        boolean first = store.hold(kept, cid);
        if (!first && step.depth() < 0) {
            return;
        }
        Entry entry = store.entry(hash);
        if (entry == null) {
            want(step);
            return;
        }
        progress();
        if (step.depth() != 0 && entry.mayLink(cid)) {
            trail.enter(step, linksOf(cid));
        }
    }

    private void enter(Step step, byte[] data) {
        if (step.depth() != 0 && !Leaf.is(step.cid(), data)) {
            trail.enter(step, links(step.cid(), data));
        }
    }

    private List<Cid> linksOf(Cid cid) {
        byte[] data = store.get(cid);
        if (data == null) {
            throw new ClusterException(ErrorCode.STORAGE, "block " + cid + " was removed while it was being pinned");
        }
        return links(cid, data);
    }

    private static List<Cid> links(Cid cid, byte[] data) {
        try {
            return DagLinks.of(cid, data);
        } catch (IllegalArgumentException e) {
            throw new ClusterException(ErrorCode.BAD_REQUEST, "cannot pin below " + cid + ": " + e.getMessage(), e);
        }
    }

    private void want(Step step) {
        if (wanted.containsKey(step)) {
            return;
        }
        CompletableFuture<byte[]> want = exchange.get(step.cid(), FAR);
        wanted.put(step, want);
        // it may have been put between the look and the want; then nobody tells the exchange any more
        byte[] here = store.get(step.cid());
        if (here != null) {
            want.cancel(false);
            arrivals.add(new Arrival(step, here, null));
            return;
        }
        want.whenComplete((data, failure) -> {
            if (!want.isCancelled()) {
                arrivals.add(new Arrival(step, data, failure));
            }
        });
    }

    private void takeArrivals() {
        List<Arrival> all = new ArrayList<>();
        arrivals.drainTo(all);
        take(all);
    }

    private void await(Cid root) throws InterruptedException {
        long left = lastProgressNanos
                + watch.patience().toNanos()
                - watch.nanoTime().getAsLong();
        Arrival next = left <= 0 ? null : arrivals.poll(left, TimeUnit.NANOSECONDS);
        if (next != null) {
            take(List.of(next));
        } else if (watch.nanoTime().getAsLong() - lastProgressNanos
                >= watch.patience().toNanos()) {
            throw new ClusterException(
                    ErrorCode.TIMEOUT,
                    "pinning " + root + ": no block came for "
                            + watch.patience().toSeconds() + " s (pin_timeout), "
                            + wanted.size() + " are wanted, one is "
                            + wanted.keySet().iterator().next().cid() + "; no connected node has it");
        }
    }

    private void take(List<Arrival> all) {
        List<Block> blocks = new ArrayList<>();
        List<Step> nodes = new ArrayList<>();
        for (Arrival arrival : all) {
            Step step = arrival.step();
            if (step == null || wanted.remove(step) == null) {
                continue;
            }
            Throwable failure = arrival.failure();
            byte[] data = arrival.data();
            if (failure != null || data == null) {
                throw new ClusterException(
                        ErrorCode.TIMEOUT,
                        "block " + step.cid() + " could not be fetched: "
                                + (failure == null ? "no data" : text(failure)));
            }
            progress();
            receivedBytes += data.length;
            receivedBlocks++;
            blocks.add(new Block(step.cid(), data));
            nodes.add(step);
        }
        if (blocks.isEmpty()) {
            return;
        }
        if (receivedBytes < Blockstore.MANY_BYTES) {
            store.put(blocks, kept);
        } else {
            store.putUnlogged(blocks, kept);
        }
        for (int i = 0; i < blocks.size(); i++) {
            enter(nodes.get(i), blocks.get(i).data());
        }
    }

    private static String text(Throwable failure) {
        return ClusterException.of(failure).getMessage();
    }

    private void progress() {
        lastProgressNanos = watch.nanoTime().getAsLong();
    }
}
