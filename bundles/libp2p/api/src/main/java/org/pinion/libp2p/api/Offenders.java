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
package org.pinion.libp2p.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.pinion.ipld.multiformats.PeerId;

/** Peers that broke the rules of a protocol, so that each is reported once. Remembers the last 1024. Thread-safe. */
public final class Offenders {
    private static final int MAX_PEERS = 1024;

    private final Set<PeerId> known = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PeerId, Boolean> eldest) {
            return size() > MAX_PEERS;
        }
    });

    /** Notes a peer; true if it was not noted before. */
    public synchronized boolean isNew(PeerId peer) {
        return known.add(peer);
    }
}
