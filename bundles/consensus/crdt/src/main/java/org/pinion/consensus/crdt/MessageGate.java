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

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.pinion.consensus.crdt.Complaints.Fault;
import org.pinion.ipld.multiformats.PeerId;

/** Limits how many messages wait, in all and of one author. Any thread. */
final class MessageGate {
    private static final int MAX_WAITING = 512;
    private static final int MAX_WAITING_OF_ONE = 128;

    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<PeerId, Integer> waitingOf = new ConcurrentHashMap<>();
    private final Complaints complaints;

    MessageGate(Complaints complaints) {
        this.complaints = complaints;
    }

    /** Whether a message may wait; then {@link #left} has to follow. */
    boolean enter(PeerId author) {
        int ofAuthor = waitingOf.merge(author, 1, Integer::sum);
        if (waiting.incrementAndGet() <= MAX_WAITING && ofAuthor <= MAX_WAITING_OF_ONE) {
            return true;
        }
        left(author);
        if (ofAuthor > MAX_WAITING_OF_ONE) {
            complaints.about(Optional.of(author), Fault.FLOOD, MAX_WAITING_OF_ONE + " wait");
        }
        return false;
    }

    void left(PeerId author) {
        waiting.decrementAndGet();
        waitingOf.computeIfPresent(author, (peer, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }
}
