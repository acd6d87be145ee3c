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
import java.util.HashMap;
import java.util.Map;
import org.pinion.ipld.multiformats.PeerId;

/** Who must not be grafted to which topic until when. Bounded by forgetting what has passed. One thread. */
final class BackOffs {
    /** Clocks differ: we wait a little longer before we graft than the other side asked for. */
    private static final long SLACK_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int MAX_PEERS_PER_TOPIC = 4096;

    private final Map<String, Map<PeerId, Long>> until = new HashMap<>();

    /** Sets a back-off; a longer one that runs already stays. */
    void add(String topic, PeerId peer, Duration duration, long now) {
        Map<PeerId, Long> peers = until.computeIfAbsent(topic, t -> new HashMap<>());
        if (peers.size() >= MAX_PEERS_PER_TOPIC && !peers.containsKey(peer)) {
            return;
        }
        long end = now + duration.toNanos();
        peers.merge(peer, end, (old, fresh) -> fresh - old > 0 ? fresh : old);
    }

    /** Whether a graft of that peer breaks the back-off. */
    boolean running(String topic, PeerId peer, long now) {
        Long end = until.getOrDefault(topic, Map.of()).get(peer);
        return end != null && now - end < 0;
    }

    /** Whether we may graft that peer. */
    boolean mayGraft(String topic, PeerId peer, long now) {
        return !running(topic, peer, now - SLACK_NANOS);
    }

    void expire(long now) {
        until.values().forEach(peers -> peers.values().removeIf(end -> now - end > SLACK_NANOS));
        until.values().removeIf(Map::isEmpty);
    }
}
