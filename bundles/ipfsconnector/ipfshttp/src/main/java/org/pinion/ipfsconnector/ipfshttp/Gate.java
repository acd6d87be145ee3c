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
package org.pinion.ipfsconnector.ipfshttp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spares a node that is away. After a failed connection calls go one by one, after ten in a row one a second; the first
 * answer, whatever it says, lets all go. A call that waits too long for its turn fails. Waits block: worker threads only.
 *
 * @spec IPFS connector "Transport", rate limiter
 */
final class Gate {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.ipfsconnector.ipfshttp");
    private static final int ONE_BY_ONE = 10;
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final int MAX_WAITING = 256;

    private final String node;
    private final Lane timers;
    private final ArrayDeque<Turn> waiting = new ArrayDeque<>();
    private int failures;
    private String lastFailure = "";
    private @Nullable Turn holder;

    /**
     * All may go.
     *
     * @param node for messages
     */
    Gate(String node, Lane timers) {
        this.node = node;
        this.timers = timers;
    }

    /** One call's right to go. */
    static final class Turn {
        private final CompletableFuture<Void> granted = new CompletableFuture<>();
        private @Nullable Cancellable end;

        private Turn() {}
    }

    /**
     * Waits for a turn. It ends with {@link #answered}, {@link #failed} or {@link #leave}, in any case after a second.
     *
     * @throws UnreachableException if it does not come within {@code atMost} or ten seconds
     */
    Turn enter(String command, Duration atMost) {
        Turn turn = new Turn();
        synchronized (this) {
            if (failures == 0) {
                return turn;
            }
            if (waiting.size() == MAX_WAITING) {
                throw away(command);
            }
            waiting.add(turn);
            next();
        }
        Duration most = atMost.compareTo(LONGEST_WAIT) < 0 ? atMost : LONGEST_WAIT;
        boolean came = false;
        try {
            came = await(turn.granted, most, command);
        } finally {
            if (!came) {
                synchronized (this) {
                    waiting.remove(turn);
                }
                leave(turn);
            }
        }
        if (!came) {
            throw away(command);
        }
        return turn;
    }

    /** Lets {@code duration} pass. */
    void pause(Duration duration, String command) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        timers.schedule(duration, () -> over.complete(null));
        await(over, duration.plus(LONGEST_WAIT), command);
    }

    private static boolean await(CompletableFuture<Void> event, Duration most, String command) {
        try {
            event.get(most.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return event.isDone();
        } catch (ExecutionException e) {
            throw ClusterException.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(
                    ErrorCode.UNAVAILABLE, command + " was stopped: this peer is closing or was reconfigured", e);
        }
    }

    private synchronized UnreachableException away(String command) {
        return new UnreachableException("the IPFS node at " + node + " is away, " + failures
                + " calls failed one after another, the last with: " + lastFailure + "; " + command
                + " waited in vain for its turn");
    }

    /** The node said something. */
    void answered() {
        List<Turn> free;
        synchronized (this) {
            if (failures == 0) {
                return;
            }
            LOG.info("the IPFS node at {} answers again after {} failed calls", node, failures);
            failures = 0;
            release(holder);
            free = new ArrayList<>(waiting);
            waiting.clear();
        }
        free.forEach(turn -> turn.granted.complete(null));
    }

    /** The node could not be reached. */
    synchronized void failed(Turn turn, String why) {
        if (failures == 0) {
            LOG.warn("the IPFS node at {} is away: {}", node, why);
        }
        failures = Math.min(failures, Integer.MAX_VALUE - 1) + 1;
        lastFailure = why;
        if (failures <= ONE_BY_ONE) {
            leave(turn);
        }
    }

    /** The call ended without telling anything about the node. */
    synchronized void leave(Turn turn) {
        if (turn.equals(holder)) {
            release(turn);
            next();
        }
    }

    private void release(@Nullable Turn turn) {
        Cancellable end = turn == null ? null : turn.end;
        if (end != null) {
            end.cancel();
        }
        holder = null;
    }

    private void next() {
        if (holder != null) {
            return;
        }
        Turn turn = waiting.poll();
        if (turn != null) {
            holder = turn;
            turn.end = timers.schedule(PERIOD, () -> leave(turn));
            turn.granted.complete(null);
        }
    }
}
