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

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.PeerId;

/** What the router knows of a peer. One thread. */
final class PeerState {
    private static final int MAX_TOPICS = 1024;
    private static final int MAX_UNWANTED = 4096;

    final PeerId id;
    final Set<String> topics = new HashSet<>();
    /** How we send to it; null while we cannot. */
    @Nullable
    Dialect dialect;
    /** Whether we dialed it. */
    boolean outbound;

    /** Heartbeat number up to which it does not want a message. */
    final Map<MessageId, Long> unwanted = new HashMap<>(0);

    // since the last heartbeat
    int haveMessages;
    int idsAsked;
    int unwantedMessages;
    int badMessages;
    int changes;

    PeerState(PeerId id) {
        this.id = id;
    }

    boolean addTopic(String topic) {
        return topics.size() < MAX_TOPICS && topics.add(topic);
    }

    boolean canSend() {
        return dialect != null;
    }

    boolean inTopic(String topic) {
        return dialect != null && topics.contains(topic);
    }

    boolean meshable() {
        return dialect != null && dialect.atLeast(Dialect.MESH_1_0);
    }

    void doesNotWant(MessageId id, long untilHeartbeat) {
        if (unwanted.size() < MAX_UNWANTED) {
            unwanted.put(id, untilHeartbeat);
        }
    }

    void onHeartbeat(long heartbeat) {
        haveMessages = 0;
        idsAsked = 0;
        unwantedMessages = 0;
        badMessages = 0;
        changes = 0;
        unwanted.values().removeIf(until -> until < heartbeat);
    }
}
