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

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.pinion.spi.ClusterException;
import org.pinion.spi.Pin;
import org.pinion.spi.exec.Lane;
import org.slf4j.Logger;

/**
 * Changes of the pin set on their way into the tracker's lane, in order. One task of the lane takes up all that came by
 * its turn. Of those that do not fit only "something changed" is remembered. Any thread offers.
 */
final class Intake {
    /** Changes that wait at most. */
    static final int MAX = 16_384;

    private final Logger log;
    private final Lane lane;
    private final Taker taker;
    private final Runnable changesMissed;
    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean planned = new AtomicBoolean();
    private volatile boolean missed;

    /**
     * A pin of the pin set came, changed or went.
     *
     * @param pin the pin
     * @param gone whether it left the pin set
     */
    private record Change(Pin pin, boolean gone) {}

    /** Takes up a change, inside the lane. */
    @FunctionalInterface
    interface Taker {
        void take(Pin pin, boolean gone);
    }

    /** {@code changesMissed} is called when changes did not fit, or could not be taken up, and have to be looked up. */
    Intake(Logger log, Lane lane, Taker taker, Runnable changesMissed) {
        this.log = log;
        this.lane = lane;
        this.taker = taker;
        this.changesMissed = changesMissed;
    }

    /** Leaves a change to the lane; returns at once. */
    void offer(Pin pin, boolean gone) {
        if (waiting.incrementAndGet() > MAX) {
            missed = true;
            if (waiting.decrementAndGet() == 0) {
                changesMissed.run(); // the lane drained meanwhile and will not look again
            }
            return;
        }
        changes.add(new Change(pin, gone));
        if (planned.compareAndSet(false, true)) {
            try {
                lane.execute(this::drain);
            } catch (RejectedExecutionException full) {
                planned.set(false);
                throw full;
            }
        }
    }

    /** Changes have to be looked up as soon as those that wait were taken up. */
    void missed() {
        missed = true;
    }

    private void drain() {
        planned.set(false); // what comes from now on may need another turn
        for (int left = waiting.get(); left > 0; left--) {
            Change change = changes.poll();
            if (change == null) {
                return; // counted, not there yet: whoever adds it plans the next turn
            }
            take(change);
        }
    }

    private void take(Change change) {
        int left = waiting.decrementAndGet();
        try {
            taker.take(change.pin, change.gone);
        } catch (RuntimeException e) { // the others have their turn all the same
            missed = true;
            log.warn(
                    "a change of the pin set waits for the next catch-up: {}",
                    ClusterException.of(e).getMessage());
        }
        if (left == 0 && missed) {
            missed = false;
            changesMissed.run();
        }
    }
}
