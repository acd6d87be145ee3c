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
package org.pinion.spi.pintracker;

import org.osgi.annotation.versioning.ConsumerType;

/** A tracker that remembers what its IPFS node holds, and can compare at once. Any thread; blocks. */
@ConsumerType
public interface PinReconciler {
    /**
     * Compares with the IPFS node and corrects what is remembered. Starts no operation.
     *
     * @throws org.pinion.spi.ClusterException if the node is away or does not answer in time
     */
    void reconcile();
}
