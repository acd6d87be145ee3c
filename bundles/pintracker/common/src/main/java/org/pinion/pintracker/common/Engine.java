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

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinType;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.pintracker.StatusListener;
import org.pinion.spi.state.PinState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs operations on the IPFS node. All of it happens in one lane, which owns the queues and writes the rows; the public
 * methods may be called from any thread and return at once.
 */
final class Engine {
    /** Tasks in the lane besides the ends of operations. */
    private static final int MAX_OTHERS = 4_096;
    /** The reference has one worker for unpins; more keep unpins of remote pins from holding up the others. */
    private static final int CONCURRENT_UNPINS = 4;
    /** Below so many operations a catch-up goes on. */
    private static final int ROOM = 4_096;

    private final Logger log;
    private final Lane lane;
    private final InstantSource clock;
    private final TrackRows rows;
    private final PeerId self;
    private final Supplier<@Nullable PinState> state;
    private final Supplier<@Nullable IpfsConnector> ipfs;
    private final Intake intake;
    private final Results results;
    private final Operations operations = new Operations();
    private volatile TrackerSettings settings;
    private volatile boolean closing;
    private int pinning;
    private int unpinning;
    private @Nullable Runnable waitsForRoom;

    /**
     * What the engine works with.
     *
     * @param name of the tracker in threads and logs, for example {@code pintracker.map}
     * @param rows the tracker's rows
     * @param self this peer
     * @param state the pin set, or null while it is away
     * @param ipfs the IPFS node, or null while it is away
     * @param changesMissed called when changes of the pin set did not fit and have to be looked up
     * @param listener hears of every change of a status
     */
    record Parts(
            String name,
            TrackRows rows,
            PeerId self,
            Supplier<@Nullable PinState> state,
            Supplier<@Nullable IpfsConnector> ipfs,
            Runnable changesMissed,
            StatusListener listener) {}

    Engine(Executors executors, TrackerSettings settings, Parts parts) {
        log = LoggerFactory.getLogger("org.pinion." + parts.name);
        lane = executors.lane(parts.name, MAX_OTHERS + TrackerSettings.MOST_CONCURRENT_PINS + CONCURRENT_UNPINS);
        clock = executors.clock();
        rows = parts.rows;
        self = parts.self;
        state = parts.state;
        ipfs = parts.ipfs;
        intake = new Intake(log, lane, this::take, () -> {
            if (!closing) {
                parts.changesMissed.run();
            }
        });
        results = new Results(log, rows, parts.listener, intake::missed);
        this.settings = settings;
    }

    /** All operations, for reading. */
    Operations operations() {
        return operations;
    }

    /** Takes changed settings. */
    void settings(TrackerSettings changed) {
        settings = changed;
        wake();
    }

    /** Something that was missing is there: waiting operations start. */
    void wake() {
        lane.execute(this::dispatch);
    }

    /** Runs a task in the lane. */
    void inLane(Runnable task) {
        lane.execute(task);
    }

    /** Runs a task in the lane after a delay. */
    void later(Duration delay, Runnable task) {
        lane.schedule(delay, task);
    }

    void track(Pin pin) {
        intake.offer(pin, false);
    }

    void untrack(Pin pin) {
        intake.offer(pin, true);
    }

    /** Nothing is begun from now on. */
    void ending() {
        closing = true;
    }

    /** Cancels everything and ends. Changes that still wait are left to the successor, which looks them up. */
    void close() {
        closing = true;
        try {
            lane.execute(operations::close);
        } catch (RejectedExecutionException full) {
            log.debug("operations end with their queue: {}", full.getMessage());
        }
        lane.close();
    }

    private void take(Pin pin, boolean gone) {
        if (closing || pin.type() == PinType.META) {
            return;
        }
        if (gone) {
            unpinNow(pin.cid(), Operation.Kind.UNPIN, null);
        } else if (pin.isRemote(self) && isUnknown(pin.cid())) {
            results.tell(pin.cid(), TrackerStatus.REMOTE, 0); // nothing to undo
            return;
        } else {
            trackNow(pin);
        }
        dispatch();
    }

    /** Whether a CID never was here, as far as is remembered, and is not on its way here. */
    private boolean isUnknown(Cid cid) {
        return operations.get(cid) == null && rows.get(cid) == null;
    }

    private void trackNow(Pin pin) {
        if (pin.isRemote(self)) {
            unpinNow(pin.cid(), Operation.Kind.REMOTE, null);
        } else {
            pinNow(pin, rows.get(pin.cid()));
        }
    }

    private boolean pinNow(Pin pin, @Nullable TrackRow row) {
        int attempts = row != null && row.phase() == TrackRow.Phase.PIN_ERROR ? row.attempts() : 0;
        Operations.Outcome outcome = operations.pin(pin, attempts, settings, clock.instant());
        if (outcome == Operations.Outcome.FULL) {
            results.put(pin.cid(), failed(TrackRow.Phase.PIN_ERROR, attempts, false, full("pin")));
        } else if (outcome == Operations.Outcome.QUEUED) {
            results.tell(pin.cid(), TrackerStatus.PIN_QUEUED, attempts);
        }
        return outcome == Operations.Outcome.QUEUED;
    }

    private boolean unpinNow(Cid cid, Operation.Kind kind, @Nullable TrackRow row) {
        int attempts = row != null && row.phase() == TrackRow.Phase.UNPIN_ERROR ? row.attempts() : 0;
        Operations.Outcome outcome = operations.unpin(cid, kind, attempts, settings, clock.instant());
        if (outcome == Operations.Outcome.FULL) {
            results.put(cid, failed(TrackRow.Phase.UNPIN_ERROR, attempts, false, full("unpin")));
        } else if (outcome == Operations.Outcome.QUEUED && kind == Operation.Kind.UNPIN) {
            results.tell(cid, TrackerStatus.UNPIN_QUEUED, attempts);
        }
        return outcome == Operations.Outcome.QUEUED;
    }

    private String full(String what) {
        return what + " operation queue is full. Try increasing max_pin_queue_size (" + settings.maxPinQueueSize()
                + ")";
    }

    private TrackRow failed(TrackRow.Phase phase, int attempts, boolean priority, String error) {
        return new TrackRow(phase, attempts, priority, clock.millis(), error);
    }

    /** Queues what a CID still needs; completes with whether there was something. Fails when a queue is full. */
    CompletableFuture<Boolean> retry(Cid cid) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        lane.execute(() -> {
            try {
                boolean queued = retryNow(cid);
                dispatch();
                done.complete(queued);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /** Queues what the CIDs still need, then calls {@code then} in the lane as soon as few operations are left. */
    void retryAll(List<Cid> cids, Runnable then) {
        lane.execute(() -> {
            try {
                for (Cid cid : cids) {
                    retryNow(cid);
                }
            } catch (ClusterException e) {
                log.warn("catching up with the pin set stops for now: {}", e.getMessage());
            }
            waitsForRoom = then;
            dispatch();
        });
    }

    private boolean retryNow(Cid cid) {
        PinState pins = state.get();
        if (pins == null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the pin tracker has no PinState");
        }
        if (operations.get(cid) != null) {
            return false;
        }
        Pin pin = pins.get(cid).orElse(null);
        TrackRow row = rows.get(cid);
        return switch (TrackRules.todo(new Tracked(cid, pin, row), self)) {
            case NOTHING -> false;
            case PIN -> pin != null && pinNow(pin, row);
            case UNPIN -> unpinNow(cid, Operation.Kind.UNPIN, row);
            case UNPIN_REMOTE -> unpinNow(cid, Operation.Kind.REMOTE, row);
        };
    }

    /** Puts rows right that did not change since they were compared. */
    void correct(List<Reconciler.Correction> corrections) {
        lane.execute(() -> {
            for (Reconciler.Correction correction : corrections) {
                Cid cid = correction.cid();
                TrackRow row = rows.get(cid);
                TrackRow corrected = correction.row();
                if (operations.get(cid) != null || !Objects.equals(row, correction.expected())) {
                    continue;
                }
                if (corrected == null) {
                    results.forget(cid, TrackerStatus.UNPINNED);
                } else {
                    results.put(cid, corrected);
                }
            }
        });
    }

    private void dispatch() {
        lane.assertInside();
        IpfsConnector node = ipfs.get();
        PinState pins = state.get();
        if (closing) {
            return;
        }
        if (node != null && pins != null && rows.isThere()) {
            Instant now = clock.instant();
            while (pinning < settings.concurrentPins()) {
                Operation operation = operations.nextPin(now);
                if (operation == null) {
                    break;
                }
                startPin(node, pins, operation);
            }
            while (unpinning < CONCURRENT_UNPINS) {
                Operation operation = operations.nextUnpin(now);
                if (operation == null) {
                    break;
                }
                unpinning++;
                if (operation.kind() == Operation.Kind.UNPIN) {
                    results.tell(operation.cid(), TrackerStatus.UNPINNING, operation.attempts());
                }
                run(operation, () -> node.unpin(operation.cid()), failure -> unpinEnded(operation, failure));
            }
        }
        Runnable waiting = waitsForRoom;
        if (waiting != null && operations.size() < ROOM) {
            waitsForRoom = null;
            waiting.run();
        }
    }

    private void startPin(IpfsConnector node, PinState pins, Operation operation) {
        Pin pin;
        try {
            pin = pins.get(operation.cid()).orElse(null);
        } catch (ClusterException e) {
            log.debug("the state went while {} was to be pinned: {}", operation.cid(), e.getMessage());
            operations.end(operation); // looked up again when the state is back
            intake.missed();
            return;
        }
        if (pin == null || pin.isRemote(self)) {
            operations.end(operation); // it left the pin set while it waited
            return;
        }
        pinning++;
        results.tell(operation.cid(), TrackerStatus.PINNING, operation.attempts());
        run(operation, () -> node.pin(pin), failure -> pinEnded(operation, pin, failure));
    }

    /** What happens with the end of an operation; null = it succeeded. */
    private interface End {
        void accept(@Nullable Throwable failure);
    }

    private void run(Operation operation, Supplier<CompletableFuture<Void>> work, End end) {
        CompletableFuture<Void> future;
        try {
            future = work.get();
        } catch (RuntimeException e) {
            future = CompletableFuture.failedFuture(e);
        }
        operation.work(future);
        future.whenComplete((nothing, failure) -> lane.execute(() -> {
            end.accept(failure);
            dispatch();
        }));
    }

    private void pinEnded(Operation operation, Pin pin, @Nullable Throwable failure) {
        pinning--;
        Cid cid = operation.cid();
        if (!operation.equals(operations.get(cid))) {
            return; // an opposing operation took over
        }
        if (failure != null) {
            String text = text(failure);
            log.warn("pinning {} failed at attempt {}: {}", cid, operation.attempts(), text);
            results.put(cid, failed(TrackRow.Phase.PIN_ERROR, operation.attempts(), operation.priority(), text));
            operations.end(operation);
            return;
        }
        results.put(cid, TrackRow.pinned(clock.millis()));
        operations.end(operation);
        PinState pins = state.get();
        Pin now = pins == null ? null : pins.get(cid).orElse(null);
        if (now != null && now.maxDepth() != pin.maxDepth()) {
            trackNow(now); // it was changed while the old form was being pinned
        }
    }

    private void unpinEnded(Operation operation, @Nullable Throwable failure) {
        unpinning--;
        Cid cid = operation.cid();
        if (!operation.equals(operations.get(cid))) {
            return;
        }
        if (failure == null) {
            boolean remote = operation.kind() == Operation.Kind.REMOTE;
            results.forget(cid, remote ? TrackerStatus.REMOTE : TrackerStatus.UNPINNED);
        } else {
            String text = text(failure);
            log.warn("unpinning {} failed at attempt {}: {}", cid, operation.attempts(), text);
            results.put(cid, failed(TrackRow.Phase.UNPIN_ERROR, operation.attempts(), false, text));
        }
        operations.end(operation);
    }

    private static String text(Throwable failure) {
        String text = ClusterException.of(failure).getMessage();
        return text == null ? failure.getClass().getSimpleName() : text;
    }
}
