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

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.consensus.crdt.Delta.Element;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.Varint;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;

/** The set in the datastore, see {@link Rows}. For one thread. */
final class StoredSet implements SetView {
    private static final int CACHED_DELTAS = 4;

    private final Datastore store;
    private final Map<Multihash, Delta> deltas = new LinkedHashMap<>(8, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Multihash, Delta> eldest) {
            return size() > CACHED_DELTAS;
        }
    };

    private boolean anyTombstones;

    StoredSet(Datastore store) {
        this.store = store;
        try (Cursor<Row> rows = store.scan(Space.ELEMENTS, Rows.TOMBSTONES, Rows.endOf(Rows.TOMBSTONES))) {
            anyTombstones = rows.next() != null;
        }
    }

    @Override
    public @Nullable Winner winner(SetKey key) {
        byte[] row = store.get(Space.ELEMENTS, Rows.winner(key));
        return row == null ? null : Rows.decodeWinner(row);
    }

    @Override
    public List<StoredElement> elements(SetKey key) {
        byte[] prefix = Rows.elements(key);
        List<StoredElement> elements = new ArrayList<>();
        try (Cursor<Row> rows = store.scan(Space.ELEMENTS, prefix, Rows.endOf(prefix))) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                Multihash block = Multihash.ofBytes(Rows.suffix(row.key(), prefix));
                elements.add(new StoredElement(block, Varint.read(ByteBuffer.wrap(row.value()))));
            }
        }
        return elements;
    }

    @Override
    public boolean isTombstoned(SetKey key, Multihash block) {
        return anyTombstones && store.contains(Space.ELEMENTS, Rows.tombstone(key, block));
    }

    @Override
    public Delta delta(Multihash block) {
        Delta delta = deltas.get(block);
        if (delta == null) {
            byte[] bytes = store.get(Space.DAG, block.bytes());
            if (bytes == null) {
                throw new ClusterException(
                        ErrorCode.STORAGE,
                        "node " + DagNode.cidOf(block) + " of the CRDT is not in the datastore, though it was merged");
            }
            delta = DagNode.parse(block, bytes).delta();
            deltas.put(block, delta);
        }
        return delta;
    }

    /** The bytes of a key's value. */
    byte[] value(Winner winner) {
        return delta(winner.block()).elements().get(winner.index()).value();
    }

    /** Tombstones for all elements of a key, oldest first. */
    List<Element> tombstones(SetKey key) {
        return elements(key).stream()
                .sorted((a, b) -> {
                    int order = Long.compareUnsigned(a.priority(), b.priority());
                    return order != 0 ? order : a.block().compareTo(b.block());
                })
                .map(element -> Element.tombstone(key, element.block()))
                .toList();
    }

    /** Stages a node together with what it changes in the set. */
    DeltaMerge.Outcome stage(WriteBatch batch, DagNode node) {
        batch.put(Space.DAG, node.hash().bytes(), node.bytes());
        deltas.put(node.hash(), node.delta());
        DeltaMerge.Outcome outcome = DeltaMerge.merge(node.delta(), node.hash(), this);
        outcome.tombstones()
                .forEach((key, blocks) -> blocks.forEach(block -> {
                    batch.put(Space.ELEMENTS, Rows.tombstone(key, block), Rows.NOTHING);
                    anyTombstones = true;
                    // a tombstone is for ever, so the element is of no more use
                    batch.delete(Space.ELEMENTS, Rows.element(key, block));
                }));
        byte[] priority = Varint.encode(node.delta().priority());
        outcome.elements().forEach(key -> batch.put(Space.ELEMENTS, Rows.element(key, node.hash()), priority));
        outcome.winners()
                .forEach((key, winner) -> winner.ifPresentOrElse(
                        some -> batch.put(Space.ELEMENTS, Rows.winner(key), Rows.encode(some)),
                        () -> batch.delete(Space.ELEMENTS, Rows.winner(key))));
        return outcome;
    }
}
