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

import java.util.HashSet;
import java.util.Set;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.ipfsnode.NodeBlocks.Keep;

/**
 * Blocks that a running add or pin needs: no collection takes them. The newest are in memory, the rest in rows, so that
 * its size does not matter. Guarded by the gate of the blockstore that made it.
 */
final class Kept implements Keep {
    /** Blocks in memory before they become rows. */
    private static final int MAX_RECENT = 4096;

    private final Blockstore store;
    private final long id;
    private final Set<Cid> recent = new HashSet<>();
    private boolean spilled;

    Kept(Blockstore store, long id) {
        this.store = store;
        this.id = id;
    }

    /** Adds a block; returns whether it was not there yet. */
    boolean add(Cid v1, Datastore datastore) {
        if (recent.contains(v1) || (spilled && datastore.contains(Space.NODE, Rows.kept(id, v1)))) {
            return false;
        }
        recent.add(v1);
        if (recent.size() >= MAX_RECENT) {
            spill(datastore);
        }
        return true;
    }

    /** Puts everything into rows. */
    void spill(Datastore datastore) {
        if (recent.isEmpty()) {
            return;
        }
        WriteBatch batch = new WriteBatch();
        recent.forEach(v1 -> batch.put(Space.NODE, Rows.kept(id, v1), Rows.NOTHING));
        datastore.write(batch, Datastore.Durability.LATER);
        recent.clear();
        spilled = true;
    }

    /** Forgets everything. */
    void clear(Datastore datastore) {
        recent.clear();
        if (spilled) {
            datastore.write(
                    new WriteBatch().deleteRange(Space.NODE, Rows.keptBy(id), Rows.keptBy(id + 1)),
                    Datastore.Durability.LATER);
            spilled = false;
        }
    }

    Set<Cid> recent() {
        return recent;
    }

    @Override
    public void close() {
        store.release(this);
    }
}
