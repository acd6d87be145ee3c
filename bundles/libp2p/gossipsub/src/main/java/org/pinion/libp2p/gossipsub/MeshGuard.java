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
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Registration;

/** Keeps the connections of mesh members when there are too many: a mesh that loses them has to be made anew. One thread. */
final class MeshGuard {
    private final Function<PeerId, Registration> protect;
    private final Map<PeerId, Registration> members = new HashMap<>();

    /**
     * Protects nobody yet.
     *
     * @param protect keeps the connections of a peer until the result is closed
     */
    MeshGuard(Function<PeerId, Registration> protect) {
        this.protect = protect;
    }

    /** Protects these peers and no others. */
    void update(Set<PeerId> now) {
        Iterator<Map.Entry<PeerId, Registration>> all = members.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<PeerId, Registration> member = all.next();
            if (!now.contains(member.getKey())) {
                member.getValue().close();
                all.remove();
            }
        }
        now.forEach(peer -> members.computeIfAbsent(peer, protect));
    }
}
