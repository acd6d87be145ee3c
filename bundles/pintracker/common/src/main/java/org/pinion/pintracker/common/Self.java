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
package org.pinion.pintracker.common;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.IpfsId;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.ipfsconnector.IpfsConnector;

/** This peer's part of every answer: its id, name and IPFS node. Any thread. */
final class Self {
    private final PeerId id;
    private final Supplier<String> peername;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile @Nullable IpfsId node;

    Self(PeerId id, Supplier<String> peername) {
        this.id = id;
        this.peername = peername;
    }

    PeerId id() {
        return id;
    }

    /** Learns the IPFS node's identity in the background; the last known one stays while it cannot be asked. */
    void ask(IpfsConnector ipfs) {
        if (asking.compareAndSet(false, true)) {
            ipfs.id().whenComplete((answer, failure) -> {
                asking.set(false);
                if (failure == null) {
                    node = answer.withReachableAddresses();
                }
            });
        }
    }

    boolean knowsNode() {
        return node != null;
    }

    /** The answer for a CID; a status without a time gets {@code now}. */
    PinInfo info(Tracked tracked, TrackRules.Status status, Instant now) {
        IpfsId known = node;
        Instant since = status.timestamp();
        PeerPinStatus part = new PeerPinStatus(
                peername.get(),
                known == null ? null : known.id(),
                known == null ? List.of() : known.addresses(),
                status.status(),
                since == null ? now : since,
                status.error(),
                status.attempts(),
                status.priority());
        Pin pin = tracked.pin();
        return pin == null
                ? new PinInfo(tracked.cid(), "", id, List.of(), List.of(), null, Collections.emptySortedMap(), part)
                : PinInfo.of(pin, id, part);
    }
}
