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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.consensus.crdt.PinUpdates.Change;
import org.pinion.consensus.crdt.PinUpdates.Mode;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.state.PinCodec;
import org.pinion.spi.state.PinState;
import org.pinion.spi.state.PinStateWriter;

/**
 * This peer's copy of the DAG and of the set, without network and threads. Everything that one node changes goes to the
 * datastore in one batch: its block, the heads, elements, tombstones and values, the pins and their indexes. For one
 * thread, which waits for the disk.
 */
final class Replica {
    private static final int MAX_ADOPTED_AT_ONCE = 4096;
    /** Nodes of adopted pins that stand side by side, so that others can fetch them at once, before one links to all. */
    private static final int MAX_SIDE_BY_SIDE = 256;
    /** Nodes of which is remembered, without a look into the datastore, that they are wanted. */
    private static final int MAX_JUST_WANTED = 1024;

    private final Datastore store;
    private final PinState pins;
    private final PinStateWriter writer;
    private final PinCodec codec;
    private final StoredSet set;
    private final Heads heads;
    private final OperationLog operations;
    private final PinUpdates updates;
    /** Some of those that became wanted last: they are merged soon. */
    private final Set<Multihash> justWanted = new HashSet<>();

    /**
     * Where a replica keeps its data.
     *
     * @param store everything but the pins
     * @param pins the pins, for reading
     * @param writer the pins, for writing; in the same store
     * @param codec the form of pins in the set
     */
    record Storage(Datastore store, PinState pins, PinStateWriter writer, PinCodec codec) {}

    /**
     * What a local write did.
     *
     * @param nodes the new nodes, oldest first; may be empty
     * @param changes of the pin set, in order
     */
    record Written(List<Cid> nodes, List<Change> changes) {}

    /**
     * What merging a fetched node did.
     *
     * @param wanted nodes below it that are not here and nobody asked for before
     * @param changes of the pin set, in order
     */
    record Merged(List<Cid> wanted, List<Change> changes) {}

    /**
     * Opens what there is; pins that are in the pin set but not in the CRDT (they were imported) are to be adopted.
     *
     * @throws ClusterException {@code STORAGE} if the data are of a later version
     */
    Replica(Storage storage) {
        store = storage.store();
        pins = storage.pins();
        writer = storage.writer();
        codec = storage.codec();
        byte[] version = store.get(Space.META, Rows.VERSION);
        if (version != null && !Arrays.equals(version, Rows.THIS_VERSION)) {
            throw new ClusterException(
                    ErrorCode.STORAGE, "the CRDT's data have version " + version[0] + ", this program knows 1");
        }
        if (version == null) {
            WriteBatch batch = new WriteBatch().put(Space.META, Rows.VERSION, Rows.THIS_VERSION);
            if (pins.size() > 0) {
                batch.put(Space.META, Rows.ADOPTED, Rows.NOTHING);
            }
            store.write(batch, Durability.SYNC);
        }
        set = new StoredSet(store);
        heads = Heads.load(store);
        operations = OperationLog.load(store);
        updates = new PinUpdates(storage, set, operations);
    }

    Heads heads() {
        return heads;
    }

    OperationLog operations() {
        return operations;
    }

    /** Whether a node is here, which means that it was merged. */
    boolean has(Multihash block) {
        return store.contains(Space.DAG, block.bytes());
    }

    /** Whether a node is linked to but not here. */
    boolean isWanted(Multihash block) {
        return justWanted.contains(block) || store.contains(Space.META, Rows.wanted(block));
    }

    /**
     * Up to {@code limit} nodes that are linked to but not here, without those in {@code except}.
     *
     * @param after start behind this one; null = from the start
     */
    List<Cid> wanted(int limit, @Nullable Multihash after, Set<Multihash> except) {
        List<Cid> wanted = new ArrayList<>();
        byte[] from = after == null ? Rows.WANTED : Rows.wanted(after);
        try (Cursor<Row> rows = store.scan(Space.META, from, Rows.endOf(Rows.WANTED))) {
            for (Row row = rows.next(); row != null && wanted.size() < limit; row = rows.next()) {
                Multihash block = Multihash.ofBytes(Rows.suffix(row.key(), Rows.WANTED));
                if (!Objects.equals(block, after) && !except.contains(block)) {
                    wanted.add(DagNode.cidOf(block));
                }
            }
        }
        return wanted;
    }

    /** What a node links to that is neither here nor known to be wanted. */
    List<Cid> missing(DagNode node) {
        Set<Cid> missing = new LinkedHashSet<>();
        for (Cid parent : node.parents()) {
            Multihash below = parent.multihash();
            if (!heads.contains(below) && !has(below) && !isWanted(below)) {
                missing.add(parent);
            }
        }
        return List.copyOf(missing);
    }

    /** Writes operations, of different keys, as new nodes; they are on disk when this returns. */
    Written commit(List<Operation> group) {
        return guarded(Mode.ALL, () -> commitGroup(group));
    }

    private Written commitGroup(List<Operation> group) {
        Draft draft = new Draft();
        for (Operation operation : group) {
            byte[] value = operation.value();
            if (value != null) {
                draft.put(Delta.Element.put(operation.key(), value));
            } else {
                draft.remove(operation.key(), set.tombstones(operation.key()));
            }
        }
        return write(draft, new WriteBatch());
    }

    /** Writes operations to the log; they are on disk and in the pin set when this returns, but in no node yet. */
    List<Change> append(List<Operation> group) {
        return guarded(Mode.ALL, () -> appendGroup(group));
    }

    private List<Change> appendGroup(List<Operation> group) {
        WriteBatch batch = new WriteBatch();
        List<Change> changes = new ArrayList<>();
        for (Operation operation : group) {
            byte[] value = operation.value();
            if (value != null) {
                operations.put(batch, operation.key(), value);
                updates.pin(batch, operation.key(), value, changes);
            } else {
                operations.remove(batch, operation.key(), set.tombstones(operation.key()));
                updates.unpin(batch, operation.key(), changes);
            }
        }
        write(batch, Durability.SYNC);
        return changes;
    }

    /** Makes nodes of everything in the log. */
    Written flushLog() {
        return guarded(Mode.DIFFERENT, () -> {
            WriteBatch batch = new WriteBatch();
            operations.clear(batch);
            Written written = write(operations.draft(), batch);
            operations.forget();
            return written;
        });
    }

    private <T> T guarded(Mode mode, Supplier<T> change) {
        updates.mode(mode);
        try {
            return change.get();
        } catch (RuntimeException e) {
            justWanted.clear();
            heads.discarded();
            writer.discarded(new WriteBatch());
            try {
                operations.reload();
            } catch (RuntimeException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** Writes a draft, one batch per node; what {@code last} holds goes with the last of them. */
    private Written write(Draft draft, WriteBatch last) {
        List<Cid> nodes = new ArrayList<>();
        List<Change> changes = new ArrayList<>();
        Iterator<Delta> deltas = draft.deltas(heads.maxHeight() + 1).iterator();
        while (deltas.hasNext()) {
            Delta delta = deltas.next();
            WriteBatch batch = deltas.hasNext() ? new WriteBatch() : last;
            DagNode node = DagNode.create(heads.cids(), delta);
            heads.replaceAll(batch, node.hash(), delta.priority());
            updates.apply(batch, node, set.stage(batch, node), changes);
            nodes.add(node.cid());
            if (deltas.hasNext()) {
                write(batch, Durability.LATER);
            }
        }
        draft.unknown().forEach(key -> updates.unpin(last, key, changes));
        if (!last.isEmpty()) {
            write(last, Durability.SYNC);
        }
        return new Written(nodes, changes);
    }

    private void write(WriteBatch batch, Durability durability) {
        store.write(batch, durability);
        heads.written();
        writer.written(batch);
    }

    /**
     * Merges a fetched node; it is on disk with the next synced write.
     *
     * @param announced whether a peer said it is a head; else it was wanted
     */
    Merged merge(DagNode node, boolean announced) {
        return !justWanted.contains(node.hash()) && has(node.hash())
                ? new Merged(List.of(), List.of())
                : guarded(Mode.ALL, () -> mergeNew(node, announced));
    }

    private Merged mergeNew(DagNode node, boolean announced) {
        Multihash block = node.hash();
        WriteBatch batch = new WriteBatch();
        List<Change> changes = new ArrayList<>();
        updates.apply(batch, node, set.stage(batch, node), changes);
        if (announced && !isWanted(block)) {
            // at once, not when everything below is here: what is written meanwhile builds on it
            heads.add(batch, block, node.delta().priority());
        } else {
            batch.delete(Space.META, Rows.wanted(block));
            heads.remove(batch, block);
        }
        List<Cid> wanted = missing(node);
        wanted.forEach(below -> batch.put(Space.META, Rows.wanted(below.multihash()), Rows.NOTHING));
        node.parents().forEach(parent -> heads.remove(batch, parent.multihash()));
        write(batch, Durability.LATER);
        justWanted.remove(block);
        for (int i = 0; i < wanted.size() && justWanted.size() < MAX_JUST_WANTED; i++) {
            justWanted.add(wanted.get(i).multihash());
        }
        return new Merged(wanted, changes);
    }

    /** Puts what was written so far on disk. */
    void sync() {
        store.sync();
    }

    /** Whether there are pins to {@link #adopt}. */
    boolean hasPinsToAdopt() {
        return store.contains(Space.META, Rows.ADOPTED);
    }

    /** Makes one node of pins that have no elements yet; call it until {@link #hasPinsToAdopt} is false. */
    Written adopt() {
        byte[] marker = store.get(Space.META, Rows.ADOPTED);
        return marker == null ? new Written(List.of(), List.of()) : guarded(Mode.NONE, () -> adoptBehind(marker));
    }

    private Written adoptBehind(byte[] marker) {
        Draft draft = new Draft();
        @Nullable Cid last = null;
        int bytes = 0;
        int count = 0;
        boolean end = false;
        try (Cursor<Pin> cursor = pins.list(marker.length == 0 ? null : Cid.ofBytes(marker))) {
            while (count < MAX_ADOPTED_AT_ONCE && bytes < Draft.MAX_DELTA_BYTES / 2) {
                Pin pin = cursor.next();
                if (pin == null) {
                    end = true;
                    break;
                }
                last = pin.cid();
                count++;
                SetKey key = SetKey.of(pin.cid());
                // a key that has a value, or a change on its way, was touched since the import
                if (set.winner(key) == null && operations.get(key) == null) {
                    Delta.Element element = Delta.Element.put(key, codec.encode(pin));
                    draft.put(element);
                    bytes += DeltaCodec.sizeIn(element);
                }
            }
            end = end || cursor.next() == null;
        }
        WriteBatch batch = new WriteBatch();
        if (end || last == null) {
            batch.delete(Space.META, Rows.ADOPTED);
        } else {
            batch.put(Space.META, Rows.ADOPTED, last.bytes());
        }
        boolean together = end || heads.cids().size() >= MAX_SIDE_BY_SIDE;
        return together ? write(draft, batch) : writeBeside(draft, batch);
    }

    /** Writes a draft of new keys as a node that links to nothing. */
    private Written writeBeside(Draft draft, WriteBatch batch) {
        List<Cid> nodes = new ArrayList<>();
        for (Delta delta : draft.deltas(1)) {
            DagNode node = DagNode.create(List.of(), delta);
            heads.add(batch, node.hash(), delta.priority());
            set.stage(batch, node);
            nodes.add(node.cid());
        }
        write(batch, Durability.SYNC);
        return new Written(nodes, List.of());
    }
}
