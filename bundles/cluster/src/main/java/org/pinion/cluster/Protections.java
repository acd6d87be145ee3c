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
package org.pinion.cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.Registration;

/**
 * Keeps the connections of trusted members when there are too many connections. At most as many as the low water mark
 * are kept so: else those that trust everybody could never close any. Not for several threads.
 *
 * @spec wire-libp2p "Dialing, limits, connection manager"
 */
final class Protections {
    private final Host host;
    private int most;
    private final Predicate<PeerId> trusted;
    private final Map<PeerId, Registration> kept = new HashMap<>();

    Protections(Host host, int most, Predicate<PeerId> trusted) {
        this.host = host;
        this.most = most;
        this.trusted = trusted;
    }

    /** Keeps so many from now on; more that are kept already stay so until they go. */
    void most(int wanted) {
        most = wanted;
    }

    /** A connected member: kept if it is trusted, no longer if it is not. */
    void look(PeerId member) {
        if (!trusted.test(member)) {
            gone(member);
        } else if (kept.size() < most && !kept.containsKey(member)) {
            kept.put(member, host.protect(member));
        }
    }

    /** A peer went away by itself. */
    void gone(PeerId member) {
        Registration registration = kept.remove(member);
        if (registration != null) {
            registration.close();
        }
    }

    void close() {
        kept.values().forEach(Registration::close);
        kept.clear();
    }
}
