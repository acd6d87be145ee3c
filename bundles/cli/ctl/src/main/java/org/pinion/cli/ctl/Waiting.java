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
package org.pinion.cli.ctl;

import java.time.Duration;
import java.time.Instant;
import org.pinion.client.pin.AwaitedStatus;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.Pin;
import org.pinion.spi.TrackerStatus;

/**
 * What happens after a pin was changed: waiting for a status, then printing.
 *
 * @param status whether the status is printed, not the pin
 * @param waits whether to wait
 * @param limit how many peers must have the status; 0 and less = all
 * @param limitGiven whether the limit was given
 * @param timeout for the whole wait; a second and less = none, as in the reference
 */
record Waiting(boolean status, boolean waits, int limit, boolean limitGiven, Duration timeout) {
    private static final Duration POLL = Duration.ofSeconds(1);

    static Waiting of(Call call) {
        return new Waiting(
                !call.flag("no-status"),
                call.flag("wait"),
                call.number("wait-limit"),
                call.given("wait-limit"),
                call.duration("wait-timeout"));
    }

    /** Waits if wanted, then prints status or pin. */
    void finish(Call call, Pin pin, TrackerStatus target, boolean submitted) {
        GlobalPinInfo last = null;
        if (waits) {
            int peers = target == TrackerStatus.PINNED ? pin.options().replicationMin() : 0;
            last = until(call, pin.cid(), target, limitGiven ? limit : peers, timeout);
        }
        if (!status) {
            PinCommands.print(call, pin, submitted);
            return;
        }
        if (last == null) {
            // most content has its final status by then
            call.pause(POLL);
            last = call.client().status(pin.cid(), false);
        }
        StatusCommands.print(call, last);
    }

    /** Polls until enough peers have the status. */
    static GlobalPinInfo until(Call call, Cid cid, TrackerStatus target, int limit, Duration timeout) {
        AwaitedStatus wanted = new AwaitedStatus(target, limit);
        Instant started = call.now();
        while (true) {
            call.pause(POLL);
            boolean limited = timeout.compareTo(POLL) > 0;
            if (limited && Duration.between(started, call.now()).compareTo(timeout) >= 0) {
                throw new CtlException(
                        CtlException.WAITED_TOO_LONG, "error waiting for pin status: context deadline exceeded");
            }
            GlobalPinInfo info = call.client().status(cid, false);
            String failure = AwaitedStatus.failure(info);
            if (!failure.isEmpty()) {
                throw CtlException.doing("waiting for pin status", failure);
            }
            if (wanted.isReached(info)) {
                return info;
            }
        }
    }
}
