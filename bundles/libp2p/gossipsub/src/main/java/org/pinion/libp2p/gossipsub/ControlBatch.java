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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.gossipsub.Rpc.Control;
import org.pinion.libp2p.gossipsub.Rpc.Prune;

/** Collects grafts and prunes, so that each peer gets one frame. */
final class ControlBatch {
    private final Map<PeerId, List<String>> grafts = new LinkedHashMap<>();
    private final Map<PeerId, List<Prune>> prunes = new LinkedHashMap<>();

    void graft(PeerId peer, String topic) {
        grafts.computeIfAbsent(peer, p -> new ArrayList<>()).add(topic);
    }

    void prune(PeerId peer, Prune prune) {
        prunes.computeIfAbsent(peer, p -> new ArrayList<>()).add(prune);
    }

    void drainTo(List<Effect> effects) {
        grafts.forEach((peer, topics) -> {
            List<Prune> also = prunes.remove(peer);
            send(peer, Control.mesh(topics, also == null ? List.of() : also), effects);
        });
        prunes.forEach((peer, list) -> send(peer, Control.mesh(List.of(), list), effects));
        grafts.clear();
        prunes.clear();
    }

    private static void send(PeerId peer, Control control, List<Effect> effects) {
        effects.add(new Effect.Send(List.of(peer), Rpc.control(control), false));
    }
}
