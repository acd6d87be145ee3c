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
package org.pinion.spi.adder;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;

/** Hears of added entries, on the adder's thread; may block for back-pressure. */
@FunctionalInterface
@ConsumerType
public interface AddOutput {
    /** One line of output. */
    void added(Added line) throws IOException;

    /**
     * One added entry, or progress of one.
     *
     * @param name the entry's path
     * @param cid its CID; null for progress
     * @param bytes bytes of content so far, for progress
     * @param size cumulative size of the DAG
     * @param allocations peers that got the blocks
     */
    record Added(String name, @Nullable Cid cid, long bytes, long size, List<PeerId> allocations) {
        /** Copies the list. */
        public Added {
            allocations = List.copyOf(allocations);
        }
    }
}
