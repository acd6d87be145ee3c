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
package org.pinion.client;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/**
 * Remembers the offsets in which the times of the latest document were written, because they are shown as they were sent
 * while records hold instants. Any thread, but the latest document of all threads counts.
 */
public final class Offsets {
    private final ZoneId local = ZoneId.systemDefault();
    private final Map<Instant, ZoneOffset> others = new HashMap<>();

    /** The offset of a time of the latest document; the local one for times that it did not have. */
    public synchronized ZoneOffset of(Instant when) {
        ZoneOffset other = others.isEmpty() ? null : others.get(when);
        return other == null ? local.getRules().getOffset(when) : other;
    }

    synchronized void clear() {
        if (!others.isEmpty()) {
            others.clear();
        }
    }

    synchronized void saw(OffsetDateTime time) {
        Instant when = time.toInstant();
        if (!local.getRules().getOffset(when).equals(time.getOffset())) {
            others.put(when, time.getOffset());
        }
    }
}
