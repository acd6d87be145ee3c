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
import org.pinion.ipld.multiformats.Cid;

/** Gives the blocks of a DAG while it is read. */
@ConsumerType
@FunctionalInterface
public interface BlockSource {
    /**
     * Returns the bytes of a block, called on the thread of the reader; may block.
     *
     * @return bytes that match the CID; the caller does not change them
     * @throws IOException if the block cannot be had
     */
    byte[] get(Cid cid) throws IOException;
}
