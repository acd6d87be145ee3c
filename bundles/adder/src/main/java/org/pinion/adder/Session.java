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
package org.pinion.adder;

import java.io.IOException;
import java.util.List;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.BlockSink;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;

/** One add: takes blocks to peers and pins the roots in the end. For one thread. */
interface Session extends BlockSink, AutoCloseable {
    /** Also given blocks whose CID holds their bytes, when they come from an archive. */
    @Override
    void put(Block block, long cumulativeBytes) throws IOException;

    /** Peers that get the blocks that come now; empty before the first one. */
    List<PeerId> allocations();

    /** Whether the reference's own blocks of a file tree count, as they do in shards. */
    boolean takesTreeBlocks();

    /** A root is made: all its blocks were put, none of them comes later. */
    void root(Cid cid) throws IOException;

    /**
     * Waits until everything is stored, then pins.
     *
     * @param roots what is to be pinned
     * @throws org.pinion.spi.ClusterException if a block has no peer, or a root could not be pinned
     */
    void finish(List<Cid> roots) throws IOException;

    /** Gives up what was not finished. */
    @Override
    void close();
}
