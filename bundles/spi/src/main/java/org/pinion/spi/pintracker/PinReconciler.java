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

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.PinInfo;

/** A tracker that remembers what its IPFS node holds, and can compare at once. Any thread; blocks. */
@ConsumerType
public interface PinReconciler {
    /**
     * Compares with the IPFS node and corrects what is remembered. Starts no operation.
     *
     * @throws org.pinion.spi.ClusterException if the node is away or does not answer in time
     */
    void reconcile();

    /**
     * Compares one CID with the IPFS node, corrects what is remembered of it, and gives the status after that, which is
     * {@code cluster_error} when the node is away. Starts no operation; returns at once.
     */
    CompletionStage<PinInfo> reconcile(Cid cid);
}
