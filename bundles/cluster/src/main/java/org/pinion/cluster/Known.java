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
package org.pinion.cluster;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.monitor.Monitor;

/** What other peers said of themselves in their last pings, for those that cannot be asked. Any thread. */
final class Known {
    private final ClusterParts parts;

    Known(ClusterParts parts) {
        this.parts = parts;
    }

    /** The last ping's value, expired ones too. */
    PingValue of(PeerId peer) {
        Monitor monitor = parts.monitor.now();
        return monitor == null
                ? PingValue.UNKNOWN
                : monitor.latest("ping", peer)
                        .map(metric -> PingValue.parse(metric.value()))
                        .orElse(PingValue.UNKNOWN);
    }

    /** A status that this peer gives in the name of another. */
    PeerPinStatus status(PeerId peer, TrackerStatus status, @Nullable Instant when, String error) {
        PingValue ping = of(peer);
        return new PeerPinStatus(ping.peername(), ping.ipfsId(), ping.ipfsAddresses(), status, when, error, 0, false);
    }
}
