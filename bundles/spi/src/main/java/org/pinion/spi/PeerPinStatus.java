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
package org.pinion.spi;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/**
 * How one peer is doing with one pin: the short form that stands in the peer map of {@link GlobalPinInfo}.
 *
 * @param peername the peer's configured name
 * @param ipfsPeerId id of the peer's IPFS node; null when not known
 * @param ipfsAddresses addresses of the peer's IPFS node
 * @param status the status
 * @param timestamp when the status was reached; null when not known
 * @param error the reason of an error status, else empty
 * @param attemptCount how often it was tried
 * @param priorityPin whether it goes before older pins
 */
public record PeerPinStatus(
        String peername,
        @Nullable PeerId ipfsPeerId,
        List<Multiaddr> ipfsAddresses,
        TrackerStatus status,
        @Nullable Instant timestamp,
        String error,
        int attemptCount,
        boolean priorityPin) {
    /** Copies the addresses. */
    public PeerPinStatus {
        ipfsAddresses = List.copyOf(ipfsAddresses);
    }
}
