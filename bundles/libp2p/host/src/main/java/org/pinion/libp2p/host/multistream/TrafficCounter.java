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
package org.pinion.libp2p.host.multistream;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.pinion.libp2p.api.Traffic;

/** Counts the bytes of streams by protocol. Only agreed protocols come here, so there are few. Any thread. */
public final class TrafficCounter {
    /** Counts for nobody. */
    public static final TrafficCounter UNSEEN = new TrafficCounter(() -> 0);

    private static final double RATE_SECONDS = 5;
    private static final double NANOS_PER_SECOND = 1e9;

    private final LongSupplier nanoTime;
    private final Map<String, Protocol> protocols = new ConcurrentHashMap<>();

    /** A connection whose streams are counted. */
    public interface Counted {
        /** Where. */
        TrafficCounter traffic();
    }

    /** Nothing was counted yet. */
    public TrafficCounter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    Protocol of(String protocol) {
        return protocols.computeIfAbsent(protocol, name -> new Protocol());
    }

    /** Everything so far, by protocol. */
    public SortedMap<String, Traffic> all() {
        SortedMap<String, Traffic> all = new TreeMap<>();
        protocols.forEach((name, protocol) -> all.put(name, protocol.now()));
        return all;
    }

    /** One protocol. */
    final class Protocol {
        private final Direction in = new Direction();
        private final Direction out = new Direction();

        void in(int bytes) {
            in.add(bytes, nanoTime.getAsLong());
        }

        void out(int bytes) {
            out.add(bytes, nanoTime.getAsLong());
        }

        private Traffic now() {
            long now = nanoTime.getAsLong();
            return new Traffic(in.total(), out.total(), in.rate(now), out.rate(now));
        }
    }

    /** A sum, and a rate in which what is older counts exponentially less. */
    private static final class Direction {
        private long total;
        private double rate;
        private long lastNanos;

        private synchronized void add(int bytes, long now) {
            rate = rate(now) + bytes / RATE_SECONDS;
            lastNanos = now;
            total += bytes;
        }

        private synchronized long total() {
            return total;
        }

        private synchronized double rate(long now) {
            return rate * Math.exp((lastNanos - now) / NANOS_PER_SECOND / RATE_SECONDS);
        }
    }
}
