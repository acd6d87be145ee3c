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
package org.pinion.api.restapi;

import java.util.Map;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.TrackerStatus;

/** The records whose JSON objects were others in the 0.11 era. */
final class LegacyRecords {
    private LegacyRecords() {}

    static void pin(JsonBuffer out, Pin pin) {
        PinOptions options = pin.options();
        out.raw("{\"replication_factor_min\":").number(options.replicationMin());
        out.raw(",\"replication_factor_max\":").number(options.replicationMax());
        out.raw(",\"name\":").string(options.name());
        out.raw(",\"shard_size\":").unsigned(options.shardSize());
        JsonRecords.peers(out.raw(",\"user_allocations\":"), options.userAllocations(), true);
        JsonRecords.texts(out.raw(",\"metadata\":"), options.metadata(), true);
        JsonRecords.cid(out.raw(",\"pin_update\":"), options.pinUpdate());
        JsonRecords.cid(out.raw(",\"cid\":"), pin.cid());
        out.raw(",\"type\":").number(pin.type().bit());
        JsonRecords.peers(out.raw(",\"allocations\":"), pin.allocations(), false);
        out.raw(",\"max_depth\":").number(pin.maxDepth());
        JsonRecords.cid(out.raw(",\"reference\":"), pin.reference());
        out.raw('}');
    }

    static void status(JsonBuffer out, GlobalPinInfo info) {
        JsonRecords.cid(out.raw("{\"cid\":"), info.cid());
        out.raw(",\"peer_map\":{");
        String separator = "";
        for (Map.Entry<PeerId, PeerPinStatus> entry : info.peers().entrySet()) {
            String peer = entry.getKey().toString();
            PeerPinStatus status = entry.getValue();
            out.raw(separator).quoted(peer).raw(":{");
            JsonRecords.cid(out.raw("\"cid\":"), info.cid());
            out.raw(",\"peer\":").quoted(peer);
            out.raw(",\"peername\":").string(status.peername());
            out.raw(",\"status\":").quoted(known(status.status()).text());
            out.raw(",\"timestamp\":").time(status.timestamp());
            out.raw(",\"error\":").string(status.error()).raw('}');
            separator = ",";
        }
        out.raw("}}");
    }

    /** Clients of that era fail on statuses that they do not know. */
    private static TrackerStatus known(TrackerStatus status) {
        return switch (status) {
            case UNEXPECTEDLY_UNPINNED -> TrackerStatus.PIN_ERROR;
            case SHARDED -> TrackerStatus.REMOTE;
            case UNDEFINED,
                    CLUSTER_ERROR,
                    PIN_ERROR,
                    UNPIN_ERROR,
                    PINNED,
                    PINNING,
                    UNPINNING,
                    UNPINNED,
                    REMOTE,
                    PIN_QUEUED,
                    UNPIN_QUEUED -> status;
        };
    }
}
