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
import org.osgi.annotation.versioning.ConsumerType;

/** Takes the blocks of a DAG while it is built. */
@ConsumerType
@FunctionalInterface
public interface BlockSink {
    /**
     * Called on the thread of the builder, in post-order: children before parents, the root last. It may block, which
     * holds the builder back. Equal blocks of one DAG are given each time they occur. Blocks whose CID holds their bytes
     * (identity hash) are not given: there is nothing to store.
     *
     * @param block the next block
     * @param cumulativeBytes encoded bytes of this block and of all below it, repetitions counted
     * @throws IOException ends the build with this exception
     */
    void put(Block block, long cumulativeBytes) throws IOException;
}
