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
package org.pinion.consensus.crdt;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pinion.ipld.multiformats.PeerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names peers that misbehave in the log, each once for each kind of fault. Any thread. */
final class Complaints {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.consensus.crdt");
    private static final int MAX_REMEMBERED = 1024;

    private final Set<String> made = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_REMEMBERED;
        }
    }));

    /** What a peer may do wrong here. */
    enum Fault {
        /** A message that is none. */
        MESSAGE("sent a message on the CRDT's topic that cannot be read; it is dropped"),
        /** More messages than can be worked off. */
        FLOOD("sends more messages on the CRDT's topic than can be worked off; some are dropped"),
        /** More heads than can be fetched. */
        HEADS("announces more heads than can be fetched; the oldest are dropped"),
        /** A node that is none. */
        NODE("led to a node of the CRDT that cannot be read; it is left out"),
        /** A stream of nodes that is none, or of others than were asked for. */
        STREAM("does not send the CRDT's nodes as it was asked to; they are fetched one by one");

        private final String text;

        Fault(String text) {
            this.text = text;
        }
    }

    /** Logs a fault unless the same one of that peer was logged before. */
    void about(Optional<PeerId> peer, Fault fault, String details) {
        String who = peer.map(PeerId::toString).orElse("");
        if (made.add(fault + who)) {
            log.warn(
                    "{} {}: {}. More of this is not logged",
                    who.isEmpty() ? "a peer of an earlier run" : "peer " + who,
                    fault.text,
                    details);
        } else {
            log.debug("{} of {}: {}", fault, who, details);
        }
    }
}
