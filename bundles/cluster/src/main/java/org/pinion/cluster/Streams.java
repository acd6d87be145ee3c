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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.PinInfo;
import org.pinion.spi.flow.Cursor;

/** Makes the streams of other peers sorted. */
final class Streams {
    /** Rows of a peer of another make that are kept in memory at most. */
    static final int MAX_COLLECTED = 100_000;

    private Streams() {}

    /** Whether a peer gives its rows by CID, as ours do; the reference gives them in no order. */
    static boolean isSorted(Host host, PeerId peer) {
        return host.peerstore()
                .info(peer)
                .map(info -> info.agentVersion().startsWith("pinion/"))
                .orElse(false);
    }

    /** Collects and sorts all rows. */
    static Cursor<PinInfo> sorted(PeerId peer, Cursor<PinInfo> rows, int limit) {
        List<PinInfo> all = new ArrayList<>();
        try (rows) {
            for (PinInfo row = rows.next(); row != null; row = rows.next()) {
                if (all.size() >= limit) {
                    throw new ClusterException(
                            ErrorCode.TOO_LARGE,
                            peer + " gives the status of more than " + limit + " pins in no order; ask it itself");
                }
                all.add(row);
            }
        }
        all.sort(Comparator.comparing(PinInfo::cid));
        return Cursor.of(all);
    }
}
