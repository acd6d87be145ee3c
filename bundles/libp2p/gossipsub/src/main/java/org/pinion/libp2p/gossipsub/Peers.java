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

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;

/** All peers, and who is in which topic. One thread. */
final class Peers {
    private final Map<PeerId, PeerState> all = new HashMap<>();
    private final Map<String, Set<PeerState>> byTopic = new HashMap<>();
    private final RandomGenerator random;

    Peers(RandomGenerator random) {
        this.random = random;
    }

    PeerState getOrAdd(PeerId id) {
        return all.computeIfAbsent(id, PeerState::new);
    }

    @Nullable
    PeerState get(PeerId id) {
        return all.get(id);
    }

    Collection<PeerState> all() {
        return all.values();
    }

    void remove(PeerState peer) {
        all.remove(peer.id);
    }

    boolean subscribe(PeerState peer, String topic) {
        if (!peer.addTopic(topic)) {
            return false;
        }
        byTopic.computeIfAbsent(topic, t -> new HashSet<>()).add(peer);
        return true;
    }

    boolean unsubscribe(PeerState peer, String topic) {
        if (!peer.topics.remove(topic)) {
            return false;
        }
        byTopic.computeIfPresent(topic, (t, peers) -> peers.remove(peer) && peers.isEmpty() ? null : peers);
        return true;
    }

    /** The subscribers that we can send to and that meet a condition, in random order. */
    List<PeerState> pick(String topic, Predicate<PeerState> condition) {
        List<PeerState> picked = new ArrayList<>();
        for (PeerState peer : byTopic.getOrDefault(topic, Set.of())) {
            if (peer.canSend() && condition.test(peer)) {
                picked.add(peer);
            }
        }
        shuffle(picked);
        return picked;
    }

    void shuffle(List<?> list) {
        for (int i = list.size(); i > 1; i--) {
            Collections.swap(list, i - 1, random.nextInt(i));
        }
    }
}
