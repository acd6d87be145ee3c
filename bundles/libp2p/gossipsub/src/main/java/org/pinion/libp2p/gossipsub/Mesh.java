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

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Which peers we exchange full messages with: mesh of the topics we are in, fanout of those we only publish to. */
final class Mesh {
    /** Peers of each topic that we are subscribed to. */
    final Map<String, Set<PeerState>> mesh = new LinkedHashMap<>();
    /** Peers of each topic that we only publish to. */
    final Map<String, Fanout> fanout = new LinkedHashMap<>();

    /** Peers that get what we publish to a topic without being in it. */
    static final class Fanout {
        final Set<PeerState> peers = new LinkedHashSet<>();
        long lastPublish;
    }

    boolean has(String topic, PeerState peer) {
        return mesh.getOrDefault(topic, Set.of()).contains(peer);
    }

    boolean subscribed(String topic) {
        return mesh.containsKey(topic);
    }

    void remove(String topic, PeerState peer) {
        Set<PeerState> members = mesh.get(topic);
        if (members != null) {
            members.remove(peer);
        }
        Fanout out = fanout.get(topic);
        if (out != null) {
            out.peers.remove(peer);
        }
    }
}
