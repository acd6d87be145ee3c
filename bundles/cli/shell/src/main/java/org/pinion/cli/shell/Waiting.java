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
package org.pinion.cli.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.cluster.PinStatuses;

/** What happens after a pin was changed: waiting for a status, then printing, as ipfs-cluster-ctl does. */
final class Waiting {
    private static final Duration POLL = Duration.ofSeconds(1);

    private Waiting() {}

    static List<Opt> options() {
        return List.of(
                Opt.flag("print the pin, not its status", "no-status", "ns"),
                Opt.flag("wait until the content is pinned, or unpinned", "wait", "w"),
                Opt.number("0", "wait for this many peers only", "wait-limit", "wl"),
                Opt.duration("0s", "give up waiting after this duration, for example 30s", "wait-timeout", "wt"),
                Call.JSON);
    }

    /** Waits if wanted, then prints status or pin. */
    static void finish(Call call, Pin pin, TrackerStatus target) {
        boolean pinned = target == TrackerStatus.PINNED;
        GlobalPinInfo last = null;
        if (call.flag("wait")) {
            int fewest = pinned ? pin.options().replicationMin() : 0;
            last = until(call, pin.cid(), target, call.given("wait-limit") ? call.number("wait-limit") : fewest);
        }
        if (call.flag("no-status")) {
            PinCommands.print(call, pin, pinned);
            return;
        }
        if (last == null) {
            // most content has its final status by then
            call.pause(POLL);
            last = call.await(call.service(PinStatuses.class).status(pin.cid()));
        }
        StatusCommands.print(call, last);
    }

    /** Asks until enough peers have the status. */
    static GlobalPinInfo until(Call call, Cid cid, TrackerStatus target, int limit) {
        Duration timeout = call.duration("wait-timeout");
        Instant started = call.now();
        while (true) {
            call.pause(POLL);
            if (!timeout.isZero() && Duration.between(started, call.now()).compareTo(timeout) >= 0) {
                throw ShellFailure.failed("not " + target.text() + " within " + call.option("wait-timeout")
                        + "; cluster:status " + cid + " tells how far it is");
            }
            GlobalPinInfo info = call.await(call.service(PinStatuses.class).status(cid));
            if (reached(info, target, limit)) {
                return info;
            }
        }
    }

    private static boolean reached(GlobalPinInfo info, TrackerStatus target, int limit) {
        int have = 0;
        boolean all = true;
        for (Map.Entry<PeerId, PeerPinStatus> peer : info.peers().entrySet()) {
            PeerPinStatus status = peer.getValue();
            switch (status.status()) {
                case UNDEFINED, CLUSTER_ERROR, PIN_ERROR, UNPIN_ERROR ->
                    throw ShellFailure.failed("peer " + peer.getKey() + " has status "
                            + status.status().text().toUpperCase(Locale.ROOT)
                            + (status.error().isEmpty() ? "" : ": " + status.error()));
                default -> {
                    boolean same = status.status() == target;
                    boolean skipped = status.status() == TrackerStatus.REMOTE && target == TrackerStatus.PINNED;
                    have += same ? 1 : 0;
                    all &= same || skipped;
                }
            }
        }
        return limit > 0 ? have >= Math.min(limit, info.peers().size()) : all;
    }
}
