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

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.pinion.ipld.dag.Block;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.BlocksMadeHere;

/** Stores a stream of blocks in groups and makes them durable at its end. */
final class BlockWriter {
    private static final int GROUP_BYTES = 1 << 20;
    private static final int GROUP_BLOCKS = 256;

    private BlockWriter() {}

    /**
     * Pulls blocks to their end; they are held for a while, as their pin comes later, unless the writing fails.
     *
     * @param stop asked before every block; true ends the writing
     * @throws ClusterException {@code BAD_REQUEST} if there is no block, or bytes do not match their CID; the groups
     *     before stay stored
     */
    static void write(Cursor<Block> from, Blockstore store, BooleanSupplier stop) {
        boolean isOurs = from instanceof BlocksMadeHere;
        Kept kept = store.keep();
        boolean complete = false;
        try {
            long blocks = 0;
            List<Block> group = new ArrayList<>();
            int bytes = 0;
            long total = 0;
            for (Block block = from.next(); block != null && !stop.getAsBoolean(); block = from.next()) {
                if (!isOurs) {
                    check(block);
                }
                blocks++;
                group.add(block);
                bytes += block.data().length;
                if (bytes >= GROUP_BYTES || group.size() >= GROUP_BLOCKS) {
                    total += bytes;
                    put(group, store, kept, total);
                    group.clear();
                    bytes = 0;
                }
            }
            if (blocks == 0) {
                throw new ClusterException(ErrorCode.BAD_REQUEST, "a stream of blocks had none in it");
            }
            put(group, store, kept, total);
            store.sync();
            complete = true;
        } finally {
            if (complete) {
                store.releaseLater(kept);
            } else {
                // nothing will pin what is left of an add that failed
                store.release(kept);
                store.settle();
            }
        }
    }

    private static void put(List<Block> group, Blockstore store, Kept kept, long total) {
        if (total < Blockstore.MANY_BYTES) {
            store.put(group, kept);
        } else {
            store.putUnlogged(group, kept);
        }
    }

    private static void check(Block block) {
        if (!block.cid().multihash().matches(block.data())) {
            throw new ClusterException(
                    ErrorCode.BAD_REQUEST,
                    "the " + block.data().length + " bytes that came for block " + block.cid() + " do not match it");
        }
    }
}
