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
package org.pinion.ipld.dag;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pinion.ipld.multiformats.Cid;

/** Blocks in a map; keeps the order in which they came. */
public final class MemoryBlocks implements BlockSink, BlockSource {
    private final Map<Cid, byte[]> blocks = new HashMap<>();
    private final List<Block> order = new ArrayList<>();
    private int gets;

    @Override
    public void put(Block block, long cumulativeBytes) {
        blocks.put(block.cid(), block.data());
        order.add(block);
    }

    @Override
    public byte[] get(Cid cid) throws IOException {
        gets++;
        byte[] data = blocks.get(cid);
        if (data == null) {
            throw new IOException("no block " + cid);
        }
        return data;
    }

    /** Every block as often as it came. */
    public List<Block> inOrder() {
        return order;
    }

    /** How often a block was asked for. */
    public int gets() {
        return gets;
    }
}
