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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.ipfsconnector.IpfsConnector;
import org.pinion.spi.ipfsconnector.IpfsPinStatus;
import org.pinion.spi.state.PinState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings rows in line with the IPFS node and queues what was missed. Works through the pin set in steps and waits
 * between them until few operations are left, so that memory does not grow with the pin set. Any thread.
 */
final class CatchUp {
    private static final int STEP = 1024;
    /** Pin sets up to this size are compared before each status of all pins, as in the reference. */
    private static final long SMALL = 2_000;

    private static final Duration SMALL_WAIT = Duration.ofSeconds(2);
    /** Larger ones are compared in the background, at most so often. */
    private static final Duration REFRESH = Duration.ofMinutes(1);

    private static final Duration RETRY = Duration.ofSeconds(5);

    private final Logger log;
    private final InstantSource clock;
    private final Workers workers;
    private final Engine engine;
    private final TrackRows rows;
    private final Self self;
    private final Reconciler.Missing missing;
    private final Runnable retry;
    private @Nullable CompletableFuture<Void> reconciling;
    private Instant reconciled = Instant.EPOCH;
    private volatile boolean pending;
    private boolean running;
    private boolean again;
    private boolean lookAgain;
    private boolean caughtUp;

    /**
     * What it works with.
     *
     * @param name of the tracker in logs
     * @param clock the time
     * @param workers for what may block
     * @param engine queues what is missing
     * @param rows the tracker's rows
     * @param self this peer
     * @param missing what becomes of pins that were there and are gone
     * @param retry asks for another run with what is there then
     */
    record Parts(
            String name,
            InstantSource clock,
            Workers workers,
            Engine engine,
            TrackRows rows,
            Self self,
            Reconciler.Missing missing,
            Runnable retry) {}

    /** Nothing is missing yet. */
    CatchUp(Parts parts) {
        log = LoggerFactory.getLogger("org.pinion." + parts.name);
        clock = parts.clock;
        workers = parts.workers;
        engine = parts.engine;
        rows = parts.rows;
        self = parts.self;
        missing = parts.missing;
        retry = parts.retry;
    }

    /** Whether CIDs that were not dealt with yet will be queued. */
    boolean isPending() {
        return pending;
    }

    /** Queues everything that is missing, now or right after the run that is under way. */
    synchronized void request(PinState pins, IpfsConnector ipfs) {
        if (running) {
            again = true;
            return;
        }
        running = true;
        pending = true;
        reconcile(pins, ipfs).whenComplete((nothing, failure) -> {
            if (failure == null) {
                submit(() -> step(pins, ipfs, null, tracked -> true));
                return;
            }
            log.info(
                    "waiting for the IPFS node to list its pins: {}",
                    ClusterException.of(failure).getMessage());
            stop();
            engine.later(RETRY, retry);
        });
    }

    /**
     * Queues what nobody told of, now or after the run that is under way; compares nothing and leaves failures alone.
     * Before the first run ended it does nothing: that run looks at everything.
     */
    synchronized void look(PinState pins, IpfsConnector ipfs) {
        if (running) {
            lookAgain = true;
        } else if (caughtUp) {
            running = true;
            submit(() -> step(pins, ipfs, null, CatchUp::isUntold));
        }
    }

    private static boolean isUntold(Tracked tracked) {
        TrackRow row = tracked.row();
        return row == null || tracked.pin() == null && row.phase() != TrackRow.Phase.UNPIN_ERROR;
    }

    private synchronized void stop() {
        running = false;
        again = false;
        lookAgain = false;
    }

    private void step(PinState pins, IpfsConnector ipfs, @Nullable Cid after, Predicate<Tracked> wanted) {
        List<Cid> open = new ArrayList<>();
        Cid last = after;
        boolean more = false;
        try (Cursor<Tracked> all = new TrackedCursor(pins.list(after), rows.list(after))) {
            Tracked tracked = all.next();
            while (tracked != null && open.size() < STEP) {
                last = tracked.cid();
                if (wanted.test(tracked) && TrackRules.todo(tracked, self.id()) != TrackRules.Todo.NOTHING) {
                    open.add(last);
                }
                tracked = all.next();
            }
            more = tracked != null;
        } catch (ClusterException e) {
            log.warn("catching up with the pin set stops for now: {}", e.getMessage());
        }
        Cid next = last;
        Runnable then = more ? () -> submit(() -> step(pins, ipfs, next, wanted)) : () -> ended(pins, ipfs);
        if (open.isEmpty()) {
            then.run();
        } else {
            engine.retryAll(open, then);
        }
    }

    private synchronized void ended(PinState pins, IpfsConnector ipfs) {
        running = false;
        caughtUp = true;
        if (again) {
            again = false;
            lookAgain = false;
            request(pins, ipfs);
        } else if (lookAgain) {
            lookAgain = false;
            look(pins, ipfs);
        } else {
            pending = false;
        }
    }

    private void submit(Runnable task) {
        try {
            workers.execute(task);
        } catch (RejectedExecutionException full) {
            stop();
            log.debug("catching up ends: {}", full.getMessage());
        }
    }

    /** Before a status of all pins: compares at once when that is cheap, else in the background now and then. */
    void refresh(PinState pins, IpfsConnector ipfs) {
        boolean small = pins.size() <= SMALL;
        if (!small && !isStale()) {
            return;
        }
        CompletableFuture<Void> done = reconcile(pins, ipfs);
        if (small) {
            try {
                await(done, SMALL_WAIT);
            } catch (ClusterException e) {
                log.debug("status is from what is remembered: {}", e.getMessage());
            }
        }
    }

    private synchronized boolean isStale() {
        return clock.instant().isAfter(reconciled.plus(REFRESH));
    }

    /** Compares and waits for the end. */
    void reconcileNow(PinState pins, IpfsConnector ipfs, Duration atMost) {
        try {
            await(reconcile(pins, ipfs), atMost);
        } catch (ClusterException e) {
            throw new ClusterException(e.code(), "could not get pinset from IPFS: " + e.getMessage(), e);
        }
    }

    /** Starts a comparison, or gives the one that runs. */
    private synchronized CompletableFuture<Void> reconcile(PinState pins, IpfsConnector ipfs) {
        CompletableFuture<Void> current = reconciling;
        if (current != null && !current.isDone()) {
            return current;
        }
        Instant start = clock.instant();
        CompletableFuture<Void> compared = workers.call(AbstractTracker.BUSY, () -> {
            self.ask(ipfs);
            new Reconciler(pins, rows, ipfs, self.id(), missing).run(start, engine::correct);
            return null;
        });
        CompletableFuture<Void> done = compared.thenRunAsync(() -> {}, engine::inLane); // behind the corrections
        reconciling = done;
        reconciled = start;
        return done;
    }

    /** What the node's answer for one CID means; null = the row is right. */
    Reconciler.@Nullable Correction corrected(Tracked tracked, IpfsPinStatus held) {
        return Reconciler.correct(tracked, held, self.id(), missing, clock.millis());
    }

    private static void await(CompletableFuture<Void> done, Duration atMost) {
        try {
            done.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ClusterException(
                    ErrorCode.TIMEOUT, "the IPFS node did not list its pins within " + atMost.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw ClusterException.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "interrupted while the IPFS node lists its pins", e);
        }
    }
}
