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
package org.pinion.libp2p.host;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;

/** Remembers which peers broke the rules, so that each is reported once. Thread-safe. */
final class Misbehaviour {
    private static final int MAX_PEERS = 1024;

    private final Map<PeerId, Reason> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PeerId, Reason> eldest) {
            return size() > MAX_PEERS;
        }
    };

    /** True if the end of a connection is the peer's fault, and it was not at fault for that reason just before. */
    synchronized boolean isNew(PeerId peer, NetworkException end) {
        boolean fault = end.reason() == Reason.PROTOCOL_VIOLATION || end.reason() == Reason.LIMIT;
        return fault && known.put(peer, end.reason()) != end.reason();
    }
}
