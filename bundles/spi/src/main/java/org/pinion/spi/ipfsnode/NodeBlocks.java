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
package org.pinion.spi.ipfsnode;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.flow.Cursor;

/** The local blockstore of the node in this process. May block on the disk; any thread. */
@ConsumerType
public interface NodeBlocks {
    /** The local block, or null; never asks the network. */
    byte @Nullable [] get(Cid cid);

    /** Whether the block is here. */
    boolean contains(Cid cid);

    /** Stores blocks, safe from a running garbage collection until pinned or {@code keep} is closed. */
    void put(Iterable<Block> blocks, Keep keep);

    /** Removes a block that no pin holds. */
    void remove(Cid cid);

    /** All local CIDs as raw CIDv1. */
    Cursor<Cid> list();

    /** How many blocks are here; negative if that is not known. */
    default long count() {
        return -1;
    }

    /** Holds off garbage collection of blocks that are put with it. */
    Keep keep();

    /** See {@link NodeBlocks#keep()}; close it when the content is pinned or given up. */
    interface Keep extends AutoCloseable {
        @Override
        void close();
    }
}
