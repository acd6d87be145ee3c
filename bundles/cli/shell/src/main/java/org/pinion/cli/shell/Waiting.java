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
import java.util.ArrayList;
import java.util.List;
import org.pinion.client.command.Option;
import org.pinion.client.pin.AwaitedStatus;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.Pin;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.cluster.PinStatuses;

/** What happens after a pin was changed: waiting for a status, then printing, as ipfs-cluster-ctl does. */
final class Waiting {
    private static final Duration POLL = Duration.ofSeconds(1);

    private Waiting() {}

    static List<Option> options() {
        List<Option> options = new ArrayList<>(AwaitedStatus.options());
        options.add(Call.JSON);
        return options;
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
        AwaitedStatus wanted = new AwaitedStatus(target, limit);
        Instant started = call.now();
        while (true) {
            call.pause(POLL);
            if (!timeout.isZero() && Duration.between(started, call.now()).compareTo(timeout) >= 0) {
                throw ShellFailure.failed("not " + target.text() + " within " + call.option("wait-timeout")
                        + "; cluster:status " + cid + " tells how far it is");
            }
            GlobalPinInfo info = call.await(call.service(PinStatuses.class).status(cid));
            String failure = AwaitedStatus.failure(info);
            if (!failure.isEmpty()) {
                throw ShellFailure.failed(failure);
            }
            if (wanted.isReached(info)) {
                return info;
            }
        }
    }
}
