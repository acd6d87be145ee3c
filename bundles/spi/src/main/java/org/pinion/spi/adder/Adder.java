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
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.Cid;

/**
 * Adds files to the cluster: builds DAGs, sends blocks to the allocated peers, pins the root. Blocks; call it on a
 * worker thread.
 */
@ProviderType
public interface Adder {
    /**
     * Adds everything the source has, in its order.
     *
     * @param source files and folders; pulled as blocks go out
     * @param params how to add
     * @param output gets every added entry as it is done, and progress if wanted
     * @return the root that was pinned
     * @throws IOException if the source or the output fails
     * @throws org.pinion.spi.ClusterException if blocks could not be stored or the root not be pinned; nothing is pinned
     */
    Cid add(AddSource source, AddParams params, AddOutput output) throws IOException;
}
