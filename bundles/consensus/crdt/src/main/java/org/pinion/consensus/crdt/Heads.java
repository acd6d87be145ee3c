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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.Varint;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;

/**
 * The nodes that nothing links to, with their heights. Changes are staged in a batch and count once it is written. For one
 * thread.
 */
final class Heads {
    private final TreeMap<Multihash, Long> written = new TreeMap<>();
    /** What the batch that is being made does to them; empty = no head any more. */
    private final Map<Multihash, Optional<Long>> staged = new HashMap<>();

    private Heads() {}

    static Heads load(Datastore store) {
        Heads heads = new Heads();
        try (Cursor<Row> rows = store.scan(Space.META, Rows.HEADS, Rows.endOf(Rows.HEADS))) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                heads.written.put(
                        Multihash.ofBytes(Rows.suffix(row.key(), Rows.HEADS)),
                        Varint.read(ByteBuffer.wrap(row.value())));
            }
        }
        return heads;
    }

    /** Their CIDs, sorted by their bytes. */
    List<Cid> cids() {
        List<Cid> cids = new ArrayList<>(written.size());
        written.keySet().forEach(head -> cids.add(DagNode.cidOf(head)));
        return cids;
    }

    boolean contains(Multihash block) {
        return written.containsKey(block);
    }

    boolean isEmpty() {
        return written.isEmpty();
    }

    /** The greatest height, 0 without heads; unsigned. */
    long maxHeight() {
        long max = 0;
        for (long height : written.values()) {
            max = Long.compareUnsigned(height, max) > 0 ? height : max;
        }
        return max;
    }

    void add(WriteBatch batch, Multihash block, long height) {
        staged.put(block, Optional.of(height));
        batch.put(Space.META, Rows.head(block), Varint.encode(height));
    }

    void remove(WriteBatch batch, Multihash block) {
        Optional<Long> change = staged.get(block);
        if (change == null ? written.containsKey(block) : change.isPresent()) {
            staged.put(block, Optional.empty());
            batch.delete(Space.META, Rows.head(block));
        }
    }

    /** Stages one head in place of all. */
    void replaceAll(WriteBatch batch, Multihash block, long height) {
        for (Map.Entry<Multihash, Long> head : written.entrySet()) {
            remove(batch, head.getKey());
        }
        add(batch, block, height);
    }

    void written() {
        staged.forEach((block, height) ->
                height.ifPresentOrElse(some -> written.put(block, some), () -> written.remove(block)));
        staged.clear();
    }

    void discarded() {
        staged.clear();
    }
}
