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
package org.pinion.client.pin;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pinion.client.command.Option;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.TrackerStatus;

/**
 * The status that a command waits for after a pin was changed. Any thread.
 *
 * @param target the status
 * @param limit how many peers must have it; 0 and less = all that keep the pin
 */
public record AwaitedStatus(TrackerStatus target, int limit) {
    /** The options of commands that wait. */
    public static List<Option> options() {
        return List.of(
                Option.flag("print the pin, not its status", "no-status", "ns"),
                Option.flag("wait until the content is pinned, or unpinned", "wait", "w"),
                Option.number("0", "wait for this many peers only", "wait-limit", "wl"),
                Option.duration("0s", "give up waiting after this duration, for example 30s", "wait-timeout", "wt"));
    }

    /** Why it will not be reached by itself: the first peer that failed; empty while there is none. */
    public static String failure(GlobalPinInfo info) {
        for (Map.Entry<PeerId, PeerPinStatus> peer : info.peers().entrySet()) {
            PeerPinStatus status = peer.getValue();
            switch (status.status()) {
                case UNDEFINED, CLUSTER_ERROR, PIN_ERROR, UNPIN_ERROR -> {
                    return "peer " + peer.getKey() + " has status "
                            + status.status().text().toUpperCase(Locale.ROOT)
                            + (status.error().isEmpty() ? "" : ": " + status.error());
                }
                default -> {
                    // on its way, or there
                }
            }
        }
        return "";
    }

    /** Whether enough peers have it. */
    public boolean isReached(GlobalPinInfo info) {
        int have = 0;
        boolean all = true;
        for (PeerPinStatus peer : info.peers().values()) {
            boolean same = peer.status() == target;
            boolean elsewhere = peer.status() == TrackerStatus.REMOTE && target == TrackerStatus.PINNED;
            have += same ? 1 : 0;
            all &= same || elsewhere;
        }
        return limit > 0 ? have >= Math.min(limit, info.peers().size()) : all;
    }
}
