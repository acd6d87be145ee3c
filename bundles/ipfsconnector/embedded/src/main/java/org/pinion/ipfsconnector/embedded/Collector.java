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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipfsconnector.embedded.Rows.Entry;
import org.pinion.ipfsconnector.embedded.Trail.Step;
import org.pinion.ipld.dag.DagLinks;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.RepoGc.Removed;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One garbage collection: marks what pins reach and what running adds and pins hold, then removes the rest. Marks are rows,
 * so memory does not grow with the number of blocks. Adds and pins go on meanwhile: what they put or hold is marked.
 */
final class Collector implements Cursor<Removed> {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.ipfsconnector.embedded");
    private static final byte HELD = 0;
    private static final byte WALKED = 1;
    private static final int BATCH = 512;

    private final Blockstore store;
    private final Pins pins;
    private final Datastore datastore;
    private final LongSupplier nanoTime;
    private final long deadlineNanos;
    private final Map<Multihash, Byte> fresh = new HashMap<>();
    private final Deque<Cid> removed = new ArrayDeque<>();
    private @Nullable Cursor<Cid> candidates;
    private boolean begun;
    private boolean anyRemoved;
    private boolean closed;

    Collector(Blockstore store, Pins pins, LongSupplier nanoTime, long maxNanos) {
        this.store = store;
        this.pins = pins;
        this.nanoTime = nanoTime;
        datastore = store.datastore();
        deadlineNanos = nanoTime.getAsLong() + maxNanos;
    }

    @Override
    public @Nullable Removed next() {
        if (!begun) {
            begin();
        }
        while (removed.isEmpty()) {
            if (!sweepSome()) {
                return null;
            }
        }
        return new Removed(removed.remove(), "");
    }

    private void begin() {
        store.beginCollection();
        begun = true;
        markKept();
        try (Cursor<Pins.Root> roots = pins.list()) {
            for (Pins.Root root = roots.next(); root != null; root = roots.next()) {
                markBelow(new Step(root.cid(), root.depth()));
            }
        }
        flush();
        candidates = store.list();
    }

    /** Removes a single block unless something holds it. */
    boolean removeOnly(Cid cid) {
        begin();
        return !store.sweep(List.of(cid)).isEmpty();
    }

    private void markKept() {
        try (Cursor<Row> rows = datastore.scan(Space.NODE, Rows.from(Rows.KEPT), Rows.to(Rows.KEPT))) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                mark(Rows.cidOfKept(row.key()).multihash(), HELD);
            }
        }
    }

    private void markBelow(Step root) {
        Trail trail = new Trail(this::links);
        for (Step step = root; step != null; step = trail.next()) {
            checkTime();
            Cid cid = step.cid();
            Multihash hash = cid.multihash();
            if (hash.code() == Multihash.IDENTITY) {
                trail.enter(step, DagLinks.of(cid, hash.digest()));
                continue;
            }
            Byte mark = markOf(hash);
            if (mark != null && mark == WALKED) {
                continue;
            }
            Entry entry = store.entry(hash);
            boolean goesOn = entry != null && step.depth() != 0 && entry.mayLink(cid);
            if (goesOn || mark == null) {
                // only a walk to the end may let others skip what is below
                mark(hash, goesOn && step.depth() < 0 ? WALKED : HELD);
            }
            if (goesOn) {
                trail.enter(step, links(cid));
            }
        }
    }

    private List<Cid> links(Cid cid) {
        byte[] data = store.get(cid);
        if (data == null) {
            LOG.debug("a pinned DAG lacks block {}", cid);
            return List.of();
        }
        return DagLinks.of(cid, data);
    }

    private @Nullable Byte markOf(Multihash hash) {
        Byte mark = fresh.get(hash);
        if (mark != null) {
            return mark;
        }
        byte[] value = datastore.get(Space.NODE, Rows.mark(hash));
        return value == null ? null : value[0];
    }

    private void mark(Multihash hash, byte mark) {
        fresh.put(hash, mark);
        if (fresh.size() >= BATCH) {
            flush();
        }
    }

    private void flush() {
        WriteBatch batch = new WriteBatch();
        fresh.forEach((hash, mark) -> batch.put(Space.NODE, Rows.mark(hash), new byte[] {mark}));
        datastore.write(batch, Durability.LATER);
        fresh.clear();
    }

    private boolean sweepSome() {
        Cursor<Cid> from = candidates;
        if (from == null || closed) {
            return false;
        }
        checkTime();
        List<Cid> some = new ArrayList<>(BATCH);
        for (Cid cid = from.next(); cid != null; cid = some.size() < BATCH ? from.next() : null) {
            some.add(cid);
        }
        List<Cid> gone = store.sweep(some);
        removed.addAll(gone);
        anyRemoved |= !gone.isEmpty();
        if (some.size() < BATCH) {
            close();
            if (anyRemoved) {
                datastore.compact(Space.BLOCKS);
            }
        }
        return !some.isEmpty();
    }

    private void checkTime() {
        if (nanoTime.getAsLong() - deadlineNanos > 0) {
            throw new ClusterException(
                    ErrorCode.TIMEOUT,
                    "the garbage collection took longer than ipfs_connector.embedded.repogc_timeout and was stopped");
        }
    }

    @Override
    public void close() {
        if (begun && !closed) {
            closed = true;
            store.endCollection();
        }
        if (candidates != null) {
            candidates.close();
            candidates = null;
        }
    }
}
