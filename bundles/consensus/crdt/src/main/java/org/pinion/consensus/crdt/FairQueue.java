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
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Nodes that wait to be fetched, by the peer that led to them: each has room of its own and they take turns, so that none
 * can keep the nodes of the others waiting. For one thread.
 */
final class FairQueue {
    private static final int MAX_ORIGINS = 256;

    private final int maxPerOrigin;
    private final boolean newestFirst;
    private final Map<Optional<PeerId>, Deque<Cid>> queues = new LinkedHashMap<>();
    private final Set<Cid> all = new HashSet<>();

    /**
     * A node and where it came from.
     *
     * @param cid the node
     * @param origin who announced it, or what links to it; empty = nobody knows any more
     */
    record Entry(Cid cid, Optional<PeerId> origin) {}

    /** With {@code newestFirst} a full queue drops its oldest node for a new one, else it refuses the new one. */
    FairQueue(int maxPerOrigin, boolean newestFirst) {
        this.maxPerOrigin = maxPerOrigin;
        this.newestFirst = newestFirst;
    }

    /** Takes a node unless it is here already. False if a node had to be dropped or refused. */
    boolean add(Cid cid, Optional<PeerId> origin) {
        if (all.contains(cid)) {
            return true;
        }
        Deque<Cid> queue = queues.get(origin);
        if (queue == null) {
            if (queues.size() == MAX_ORIGINS) {
                return false;
            }
            queue = new ArrayDeque<>();
            queues.put(origin, queue);
        }
        boolean full = queue.size() == maxPerOrigin;
        if (full && !newestFirst) {
            return false;
        }
        if (full) {
            all.remove(queue.removeLast());
        }
        all.add(cid);
        if (newestFirst) {
            queue.addFirst(cid);
        } else {
            queue.addLast(cid);
        }
        return !full;
    }

    /** Takes the next node of an origin that has room; that origin's next turn is after all others. */
    @Nullable
    Entry poll(Predicate<Optional<PeerId>> hasRoom) {
        Iterator<Map.Entry<Optional<PeerId>, Deque<Cid>>> turns =
                queues.entrySet().iterator();
        while (turns.hasNext()) {
            Map.Entry<Optional<PeerId>, Deque<Cid>> turn = turns.next();
            if (hasRoom.test(turn.getKey())) {
                Optional<PeerId> origin = turn.getKey();
                Deque<Cid> queue = turn.getValue();
                Cid cid = queue.removeFirst();
                all.remove(cid);
                turns.remove();
                if (!queue.isEmpty()) {
                    queues.put(origin, queue);
                }
                return new Entry(cid, origin);
            }
        }
        return null;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    int size() {
        return all.size();
    }

    void clear() {
        queues.clear();
        all.clear();
    }
}
