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
package org.pinion.consensus.crdt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** Operations that wait to be written; while one group is on its way to the disk, the next one collects here. Any thread. */
final class WriteQueue {
    /** Longest value of one operation: it has to fit into a delta. */
    static final int MAX_VALUE_BYTES = Draft.MAX_DELTA_BYTES - 4096;

    private static final long MAX_BYTES = 64L << 20;
    private static final int MAX_GROUP = 4096;

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Operation> waiting = new ArrayDeque<>();
    private long bytes;
    private boolean closed;

    /** What became of an offered operation. */
    enum Offer {
        /** It waits, and nothing waited before: somebody has to take the group. */
        FIRST,
        /** It waits behind others. */
        QUEUED,
        /** There is no room. */
        FULL,
        /** The queue is closed. */
        CLOSED
    }

    Offer offer(Operation operation, int maxOperations) {
        lock.lock();
        try {
            if (closed) {
                return Offer.CLOSED;
            }
            if (waiting.size() >= maxOperations || bytes + operation.bytes() > MAX_BYTES) {
                return Offer.FULL;
            }
            waiting.addLast(operation);
            bytes += operation.bytes();
            return waiting.size() == 1 ? Offer.FIRST : Offer.QUEUED;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the next operations that fit into one delta; never two of one key, so that their order is kept.
     *
     * @return the group and whether more wait
     */
    Group take() {
        lock.lock();
        try {
            List<Operation> group = new ArrayList<>(Math.min(waiting.size(), MAX_GROUP));
            Set<SetKey> keys = new HashSet<>();
            int size = 0;
            for (Operation next = waiting.peekFirst(); next != null; next = waiting.peekFirst()) {
                boolean full = group.size() == MAX_GROUP || size + next.bytes() > Draft.MAX_DELTA_BYTES;
                if (!group.isEmpty() && full || !keys.add(next.key())) {
                    break;
                }
                waiting.removeFirst();
                bytes -= next.bytes();
                size += next.bytes();
                group.add(next);
            }
            return new Group(group, !waiting.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    /** Refuses further operations. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Operations of different keys.
     *
     * @param operations in the order they came; empty when nothing waits
     * @param more whether others still wait
     */
    record Group(List<Operation> operations, boolean more) {}
}
