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
package org.pinion.libp2p.gossipsub;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers ids for a time counted from when each was first seen. Bounded: the oldest go first. One thread. */
final class SeenCache {
    private long ttlNanos;
    private final int maxIds;
    private final Map<MessageId, Long> firstSeen = new LinkedHashMap<>();

    SeenCache(Duration ttl, int maxIds) {
        this.ttlNanos = ttl.toNanos();
        this.maxIds = maxIds;
    }

    /** Remembers for this long from now on. */
    void ttl(Duration ttl) {
        ttlNanos = ttl.toNanos();
    }

    boolean contains(MessageId id, long now) {
        Long since = firstSeen.get(id);
        return since != null && now - since < ttlNanos;
    }

    /** Remembers an id; false if it was known. */
    boolean add(MessageId id, long now) {
        if (contains(id, now)) {
            return false;
        }
        firstSeen.remove(id);
        firstSeen.put(id, now);
        if (firstSeen.size() > maxIds) {
            Iterator<MessageId> oldest = firstSeen.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return true;
    }

    void expire(long now) {
        Iterator<Long> oldest = firstSeen.values().iterator();
        while (oldest.hasNext() && now - oldest.next() >= ttlNanos) {
            oldest.remove();
        }
    }

    int size() {
        return firstSeen.size();
    }
}
