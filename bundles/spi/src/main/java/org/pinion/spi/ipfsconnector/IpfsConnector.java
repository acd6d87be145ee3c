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
package org.pinion.spi.ipfsconnector;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.IpfsId;
import org.pinion.spi.Pin;
import org.pinion.spi.flow.Cursor;

/**
 * Pins on one IPFS node. Any thread; completions may run on any thread and must not block. Cancelling a returned
 * future stops the work.
 */
@ConsumerType
public interface IpfsConnector {
    /** The node's identity; fails while it cannot be reached. */
    CompletableFuture<IpfsId> id();

    /** Pins in the pin's depth, fetching what is missing; done when everything is there and pinned. */
    CompletableFuture<Void> pin(Pin pin);

    /** Removes a pin; harmless when the node does not have it. */
    CompletableFuture<Void> unpin(Cid cid);

    /** How the node holds the pin's CID, looked up in the pin's mode. */
    CompletableFuture<IpfsPinStatus> pinStatus(Pin pin);

    /** The node's pins of those kinds ({@code DIRECT}, {@code RECURSIVE}); streamed, in no order; may block. */
    Cursor<IpfsPin> pins(Set<IpfsPinStatus> kinds);

    /**
     * One pin of the node.
     *
     * @param cid the content
     * @param status how it is held
     */
    record IpfsPin(Cid cid, IpfsPinStatus status) {}
}
