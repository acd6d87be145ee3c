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

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.pinion.ipld.multiformats.PeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator which peers broke the rules: each once per kind of fault, however often it does. Thread-safe. */
final class Misbehaviour {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host");
    private static final int MAX_PEERS = 1024;

    /** What a peer can do wrong. */
    enum Fault {
        /** It broke the rules of the multiplexer or of negotiation. */
        CONNECTION,
        /** It does not read, or takes too much. */
        LIMIT,
        /** It opens more streams than it may. */
        STREAMS,
        /** What it sends on a stream is no message of the protocol. */
        MESSAGE
    }

    private final Map<PeerId, Set<Fault>> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PeerId, Set<Fault>> eldest) {
            return size() > MAX_PEERS;
        }
    };

    /** One line the first time, debug after that. */
    void report(PeerId peer, Fault fault, String what) {
        if (isNew(peer, fault)) {
            LOG.warn("{}: {}; further faults of this kind are logged at debug", peer, what);
        } else {
            LOG.debug("{}: {}", peer, what);
        }
    }

    private synchronized boolean isNew(PeerId peer, Fault fault) {
        return known.computeIfAbsent(peer, key -> EnumSet.noneOf(Fault.class)).add(fault);
    }
}
