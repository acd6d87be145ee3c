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

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipfsconnector.embedded.Rows.Entry;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.RepoStat;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;

/**
 * The node's blocks in the datastore, with their count and size, and what holds off a collection. Any thread; blocks on
 * the disk. Writes pass one gate, so that a collection and the counters see one change after the other; they are not
 * synced here: a later synced write or {@link #sync} makes all earlier ones durable.
 */
final class Blockstore {
    /** Largest block that is stored; blocks above 2 MiB are not exchanged by bitswap but may come in a CAR. */
    static final int MAX_BLOCK_BYTES = 8 << 20;
    /** From here on one flush at the end costs less than a log of everything: see {@link #putUnlogged}. */
    static final long MANY_BYTES = 16L << 20;

    /** How long blocks that were put without a pin are safe: their pin is on its way through the cluster. */
    private static final long LINGER_NANOS = 3_600_000_000_000L;

    private final Datastore datastore;
    private final long maxBytes;
    private final LongSupplier nanoTime;
    private final Consumer<Cid> news;

    private final ReentrantLock gate = new ReentrantLock();
    private final Set<Kept> keeps = new HashSet<>();
    private final Deque<Lingering> lingering = new ArrayDeque<>();
    private long nextKeep;
    private boolean collecting;
    /** Whether there may be blocks that a crash would lose. */
    private volatile boolean unsettled;

    private volatile long bytes;
    private volatile long blocks;

    private record Lingering(Kept kept, long untilNanos) {}

    /**
     * Opens the blocks of a datastore; what a stopped peer held is let go.
     *
     * @param maxBytes most bytes of blocks
     * @param news hears of every new block, on the thread that put it
     */
    Blockstore(Datastore datastore, long maxBytes, LongSupplier nanoTime, Consumer<Cid> news) {
        this.datastore = datastore;
        this.maxBytes = maxBytes;
        this.nanoTime = nanoTime;
        this.news = news;
        byte[] stat = datastore.get(Space.NODE, Rows.STAT);
        if (stat != null) {
            ByteBuffer in = ByteBuffer.wrap(stat);
            bytes = in.getLong();
            blocks = in.getLong();
        }
        datastore.write(
                new WriteBatch()
                        .deleteRange(Space.NODE, Rows.from(Rows.KEPT), Rows.to(Rows.KEPT))
                        .deleteRange(Space.NODE, Rows.from(Rows.MARK), Rows.to(Rows.MARK)),
                Durability.LATER);
        dropUnsettled();
    }

    /** Removes blocks that a crash came before: no pin needs them, and they may be here or not. */
    private void dropUnsettled() {
        UnsettledRows.forEach(datastore, (batch, row) -> {
            Multihash hash = Rows.hashOf(row.key());
            bytes -= Rows.entry(row.value()).bytes();
            blocks--;
            batch.delete(Space.BLOCKS, hash.bytes())
                    .delete(Space.NODE, row.key())
                    .put(Space.NODE, Rows.STAT, Rows.stat(bytes, blocks));
        });
    }

    Datastore datastore() {
        return datastore;
    }

    RepoStat stat() {
        return new RepoStat(bytes, maxBytes);
    }

    /** How many blocks are here. */
    long count() {
        return blocks;
    }

    /** The local block, or null. */
    byte @Nullable [] get(Cid cid) {
        Multihash hash = cid.multihash();
        return hash.code() == Multihash.IDENTITY ? hash.digest() : datastore.get(Space.BLOCKS, hash.bytes());
    }

    /** What is known of a local block without reading it, or null when it is not here. */
    @Nullable
    Entry entry(Multihash hash) {
        Entry settled = settledEntry(hash);
        if (settled != null || !unsettled) {
            return settled;
        }
        byte[] value = datastore.get(Space.NODE, Rows.unsettled(hash));
        // it may have become settled between the looks
        return value == null ? settledEntry(hash) : Rows.entry(value);
    }

    private @Nullable Entry settledEntry(Multihash hash) {
        byte[] value = datastore.get(Space.NODE, Rows.block(hash));
        return value == null ? null : Rows.entry(value);
    }

    private boolean isKnown(Multihash hash) {
        return datastore.contains(Space.NODE, Rows.block(hash)) || (unsettled && entry(hash) != null);
    }

    boolean contains(Cid cid) {
        Multihash hash = cid.multihash();
        return hash.code() == Multihash.IDENTITY || isKnown(hash);
    }

    /** All local blocks as raw CIDs. */
    Cursor<Cid> list() {
        return datastore
                .scan(Space.NODE, Rows.from(Rows.BLOCK), Rows.to(Rows.BLOCK))
                .map(row -> Cid.v1(Cid.RAW, Rows.hashOf(row.key())));
    }

    /** Makes everything put so far durable. */
    void sync() {
        settle();
        datastore.sync();
    }

    /** Puts blocks into files that were put by {@link #putUnlogged}; without such blocks it does nothing. */
    void settle() {
        if (!unsettled) {
            return;
        }
        gate.lock();
        try {
            datastore.sync();
            UnsettledRows.forEach(
                    datastore,
                    (batch, row) -> batch.put(Space.NODE, Rows.block(Rows.hashOf(row.key())), row.value())
                            .delete(Space.NODE, row.key()));
            unsettled = false;
        } finally {
            gate.unlock();
        }
    }

    /**
     * Stores blocks together; those that are here already cost nothing but a look.
     *
     * @param kept what holds them from now on; null = nothing
     * @throws ClusterException {@code STORAGE} if they do not fit any more; then none is stored
     */
    void put(Iterable<Block> all, @Nullable Kept kept) {
        put(all, kept, false);
    }

    /** The same for much data: it is written once, and {@link #sync} makes it durable. */
    void putUnlogged(Iterable<Block> all, @Nullable Kept kept) {
        put(all, kept, true);
    }

    private void put(Iterable<Block> all, @Nullable Kept kept, boolean isUnlogged) {
        WriteBatch batch = new WriteBatch();
        WriteBatch unlogged = new WriteBatch();
        Set<Multihash> fresh = new HashSet<>();
        long freshBytes = 0;
        gate.lock();
        try {
            for (Block block : all) {
                Multihash hash = block.cid().multihash();
                if (hash.code() == Multihash.IDENTITY) {
                    continue;
                }
                hold(kept, block.cid());
                if (isKnown(hash) || !fresh.add(hash)) {
                    continue;
                }
                byte[] data = block.data();
                check(block, bytes + freshBytes + data.length);
                freshBytes += data.length;
                (isUnlogged ? unlogged : batch).put(Space.BLOCKS, hash.bytes(), data);
                batch.put(
                        Space.NODE,
                        isUnlogged ? Rows.unsettled(hash) : Rows.block(hash),
                        Rows.entry(data.length, Leaf.is(block.cid(), data)));
            }
            // first the rows: after a crash they tell which blocks may be here
            count(batch, freshBytes, fresh.size());
            if (!unlogged.isEmpty()) {
                unsettled = true;
                datastore.write(unlogged, Durability.UNLOGGED);
            }
        } finally {
            gate.unlock();
        }
        for (Block block : all) {
            if (fresh.contains(block.cid().multihash())) {
                news.accept(block.cid());
            }
        }
    }

    private void check(Block block, long after) {
        if (block.data().length > MAX_BLOCK_BYTES) {
            throw new ClusterException(
                    ErrorCode.TOO_LARGE,
                    "block " + block.cid() + " has " + block.data().length + " bytes, the limit is " + MAX_BLOCK_BYTES);
        }
        if (after > maxBytes) {
            throw new ClusterException(
                    ErrorCode.STORAGE,
                    "the IPFS node is full: block " + block.cid() + " would make it " + after
                            + " bytes, ipfs_connector.embedded.storage_max is " + maxBytes
                            + "; raise it, or unpin content and run a garbage collection");
        }
    }

    /** Writes a batch that changes the number of blocks. Inside the gate. */
    private void count(WriteBatch batch, long moreBytes, long moreBlocks) {
        if (moreBlocks != 0) {
            batch.put(Space.NODE, Rows.STAT, Rows.stat(bytes + moreBytes, blocks + moreBlocks));
        }
        datastore.write(batch, Durability.LATER);
        bytes += moreBytes;
        blocks += moreBlocks;
    }

    /** Starts to hold blocks. */
    Kept keep() {
        gate.lock();
        try {
            Kept kept = new Kept(this, nextKeep++);
            keeps.add(kept);
            return kept;
        } finally {
            gate.unlock();
        }
    }

    /**
     * Holds a block, whether it is here or not: if it is here after this call, no collection takes it. Returns whether
     * it was not held by {@code kept} before.
     */
    boolean hold(@Nullable Kept kept, Cid cid) {
        gate.lock();
        try {
            boolean added = kept == null || kept.add(cid.toV1(), datastore);
            if (collecting && added && !datastore.contains(Space.NODE, Rows.mark(cid.multihash()))) {
                datastore.write(
                        new WriteBatch().put(Space.NODE, Rows.mark(cid.multihash()), new byte[] {0}), Durability.LATER);
            }
            return added;
        } finally {
            gate.unlock();
        }
    }

    /** Lets blocks go. */
    void release(Kept kept) {
        gate.lock();
        try {
            if (keeps.remove(kept)) {
                kept.clear(datastore);
            }
        } finally {
            gate.unlock();
        }
    }

    /** Lets blocks go after a while. */
    void releaseLater(Kept kept) {
        gate.lock();
        try {
            kept.spill(datastore);
            lingering.add(new Lingering(kept, nanoTime.getAsLong() + LINGER_NANOS));
            releaseExpired();
        } finally {
            gate.unlock();
        }
    }

    private void releaseExpired() {
        long now = nanoTime.getAsLong();
        for (Lingering first = lingering.peek();
                first != null && now - first.untilNanos() > 0;
                first = lingering.peek()) {
            lingering.remove();
            release(first.kept());
        }
    }

    /**
     * Begins a collection: from now on what is put or held gets a mark. What is held now is marked too.
     *
     * @throws ClusterException {@code UNAVAILABLE} if one runs already
     */
    void beginCollection() {
        gate.lock();
        try {
            if (collecting) {
                throw new ClusterException(
                        ErrorCode.UNAVAILABLE, "a garbage collection of this IPFS node runs already; wait for its end");
            }
            releaseExpired();
            WriteBatch batch = new WriteBatch().deleteRange(Space.NODE, Rows.from(Rows.MARK), Rows.to(Rows.MARK));
            keeps.forEach(kept ->
                    kept.recent().forEach(v1 -> batch.put(Space.NODE, Rows.mark(v1.multihash()), new byte[] {0})));
            datastore.write(batch, Durability.LATER);
            collecting = true;
        } finally {
            gate.unlock();
        }
    }

    /** Ends a collection and drops its marks. */
    void endCollection() {
        gate.lock();
        try {
            collecting = false;
            datastore.write(
                    new WriteBatch().deleteRange(Space.NODE, Rows.from(Rows.MARK), Rows.to(Rows.MARK)),
                    Durability.LATER);
        } finally {
            gate.unlock();
        }
    }

    /** Removes those of the blocks that have no mark; returns them. Only while a collection runs. */
    List<Cid> sweep(List<Cid> candidates) {
        WriteBatch batch = new WriteBatch();
        List<Cid> removed = new ArrayList<>();
        long lessBytes = 0;
        gate.lock();
        try {
            for (Cid cid : candidates) {
                Multihash hash = cid.multihash();
                Entry entry = settledEntry(hash);
                if (entry == null || datastore.contains(Space.NODE, Rows.mark(hash))) {
                    continue;
                }
                batch.delete(Space.BLOCKS, hash.bytes());
                batch.delete(Space.NODE, Rows.block(hash));
                lessBytes += entry.bytes();
                removed.add(cid);
            }
            count(batch, -lessBytes, -removed.size());
            return removed;
        } finally {
            gate.unlock();
        }
    }
}
