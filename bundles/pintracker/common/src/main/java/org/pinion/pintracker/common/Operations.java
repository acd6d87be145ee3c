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

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.pintracker.PinTracker;

/**
 * All operations: at most one per CID, in three queues, first in first out. Knows no clock, no threads and no I/O. The
 * tracker's lane changes it; {@link #get}, {@link #cids} and {@link #queuedPins} are for any thread.
 *
 * @see PinTracker
 */
final class Operations {
    private final Map<Cid, Operation> byCid = new ConcurrentHashMap<>();
    private final ArrayDeque<Operation> priorityPins = new ArrayDeque<>();
    private final ArrayDeque<Operation> pins = new ArrayDeque<>();
    private final ArrayDeque<Operation> unpins = new ArrayDeque<>();
    private volatile int queuedPins;

    /** What became of a request. */
    enum Outcome {
        /** It waits its turn; an opposing operation was cancelled. */
        QUEUED,
        /** The same thing is already waiting or running. */
        KNOWN,
        /** Its queue is full. */
        FULL
    }

    /** Asks for a pin; {@code attempts} were made before. */
    Outcome pin(Pin pin, int attempts, TrackerSettings settings, Instant now) {
        boolean priority = isPriority(pin, attempts, settings, now);
        ArrayDeque<Operation> queue = priority ? priorityPins : pins;
        Operation operation = new Operation(pin.cid(), Operation.Kind.PIN, priority, attempts, now.toEpochMilli());
        Outcome outcome = add(operation, queue, settings.maxPinQueueSize());
        if (outcome == Outcome.QUEUED) {
            queuedPins++; // not atomic: the lane is the only writer
        }
        return outcome;
    }

    /** Asks for an unpin. */
    Outcome unpin(Cid cid, Operation.Kind kind, int attempts, TrackerSettings settings, Instant now) {
        return add(new Operation(cid, kind, false, attempts, now.toEpochMilli()), unpins, settings.maxPinQueueSize());
    }

    /** Whether a pin goes before older and often tried ones. */
    static boolean isPriority(Pin pin, int attempts, TrackerSettings settings, Instant now) {
        Instant created = pin.timestamp();
        return created != null
                && now.isBefore(created.plus(settings.priorityPinMaxAge()))
                && attempts <= settings.priorityPinMaxRetries();
    }

    private Outcome add(Operation operation, ArrayDeque<Operation> queue, int limit) {
        Operation old = byCid.get(operation.cid());
        if (old != null && old.kind() == operation.kind()) {
            return Outcome.KNOWN;
        }
        if (old != null) {
            drop(old);
            old.cancel();
        }
        if (queue.size() >= limit) {
            return Outcome.FULL;
        }
        queue.add(operation);
        byCid.put(operation.cid(), operation);
        return Outcome.QUEUED;
    }

    /** The next pin to run, started; null = none waits. */
    @Nullable
    Operation nextPin(Instant now) {
        Operation operation = next(priorityPins, now);
        return operation == null ? next(pins, now) : operation;
    }

    /** The next unpin to run, started; null = none waits. */
    @Nullable
    Operation nextUnpin(Instant now) {
        return next(unpins, now);
    }

    private @Nullable Operation next(ArrayDeque<Operation> queue, Instant now) {
        for (Operation operation = queue.poll(); operation != null; operation = queue.poll()) {
            if (!operation.isCancelled()) {
                if (operation.kind() == Operation.Kind.PIN) {
                    queuedPins--; // not atomic: the lane is the only writer
                }
                operation.start(now.toEpochMilli());
                return operation;
            }
        }
        return null;
    }

    /** Ends an operation; false if it was replaced meanwhile and its result means nothing. */
    boolean end(Operation operation) {
        return byCid.remove(operation.cid(), operation);
    }

    /** Drops whatever waits or runs for a CID. */
    void cancel(Cid cid) {
        Operation old = byCid.get(cid);
        if (old != null) {
            drop(old);
            old.cancel();
        }
    }

    private void drop(Operation operation) {
        byCid.remove(operation.cid(), operation);
        if (operation.kind() == Operation.Kind.PIN && !operation.isRunning()) {
            queuedPins--; // not atomic: the lane is the only writer
        }
    }

    /** What waits or runs for a CID. */
    @Nullable
    Operation get(Cid cid) {
        return byCid.get(cid);
    }

    /** The CIDs of all operations, sorted. */
    List<Cid> cids() {
        return byCid.keySet().stream().sorted().toList();
    }

    /** How many pins wait. */
    int queuedPins() {
        return queuedPins;
    }

    /** How many operations of any kind wait or run. */
    int size() {
        return byCid.size();
    }

    /** Cancels everything. */
    void close() {
        byCid.values().forEach(Operation::cancel);
        byCid.clear();
    }
}
