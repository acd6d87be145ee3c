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
package org.pinion.libp2p.host.swarm;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/** Addresses that failed are left alone for a while: n squared seconds after n failures, at most five minutes. Thread-safe. */
final class BackOff {
    private static final int MAX_ENTRIES = 8192;
    private static final long MAX_SECONDS = 300;

    private record Key(PeerId peer, Multiaddr address) {}

    private record Pause(int failures, long untilNanos) {}

    private final LongSupplier nanos;
    private final Map<Key, Pause> pauses = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Pause> eldest) {
            return size() > MAX_ENTRIES;
        }
    };

    BackOff(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** How long an address has to be left alone; zero when it may be dialed. */
    synchronized Duration pause(PeerId peer, Multiaddr address) {
        Pause pause = pauses.get(new Key(peer, address));
        long left = pause == null ? 0 : pause.untilNanos() - nanos.getAsLong();
        return left <= 0 ? Duration.ZERO : Duration.ofNanos(left);
    }

    synchronized void failed(PeerId peer, Multiaddr address) {
        Key key = new Key(peer, address);
        Pause before = pauses.remove(key);
        int failures = before == null ? 1 : Math.min(before.failures() + 1, 1000);
        long seconds = Math.min(MAX_SECONDS, (long) failures * failures);
        pauses.put(
                key,
                new Pause(
                        failures,
                        nanos.getAsLong() + Duration.ofSeconds(seconds).toNanos()));
    }

    /** The peer is there again. */
    synchronized void clear(PeerId peer) {
        pauses.keySet().removeIf(key -> key.peer().equals(peer));
    }
}
