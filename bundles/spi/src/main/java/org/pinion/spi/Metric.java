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
package org.pinion.spi;

import java.time.Instant;
import org.pinion.ipld.multiformats.PeerId;

/**
 * One measurement of one peer.
 *
 * @param name what was measured, for example {@code ping} or {@code freespace}
 * @param peer who measured itself
 * @param value the value as text
 * @param expireUnixNanos when it stops being valid, nanoseconds since 1970; 0 = already expired
 * @param valid whether the value may be used
 * @param weight for ordering: more is better
 * @param partitionable whether equal values form a group in allocation
 * @param receivedUnixNanos when this peer received it, nanoseconds since 1970; 0 = not received yet
 */
public record Metric(
        String name,
        PeerId peer,
        String value,
        long expireUnixNanos,
        boolean valid,
        long weight,
        boolean partitionable,
        long receivedUnixNanos) {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Nanoseconds since 1970 of an instant; the far future is cut to {@code Long.MAX_VALUE}. */
    public static long unixNanos(Instant when) {
        try {
            return Math.addExact(Math.multiplyExact(when.getEpochSecond(), NANOS_PER_SECOND), when.getNano());
        } catch (ArithmeticException tooFar) {
            return when.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** Whether its time is over. */
    public boolean isExpired(Instant now) {
        return unixNanos(now) > expireUnixNanos;
    }

    /** Whether nobody should use it: not valid or expired. */
    public boolean isDiscardable(Instant now) {
        return !valid || isExpired(now);
    }

    /** The same metric, received at {@code when}. */
    public Metric receivedAt(Instant when) {
        return new Metric(name, peer, value, expireUnixNanos, valid, weight, partitionable, unixNanos(when));
    }
}
