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
package org.pinion.spi.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.flow.Cursor;

/** Finds pins by something else than their CID without reading the others. May block on the disk. Any thread. */
@ConsumerType
public interface PinIndexes {
    /** Pins whose time ends before {@code when}, the longest ended first, as they are now. */
    Cursor<Pin> expiredBefore(Instant when);

    /** Pins with exactly that name, in the order of their CIDs' bytes, as they are now. */
    Cursor<Pin> named(String name);

    /**
     * Pins that meet the conditions, in the order of their CIDs' bytes, as they are now. Conditions that few pins meet are
     * answered from an index; those that many meet, by reading the pin set, in which matches are then frequent. Memory does
     * not depend on the number of pins. A page is what the reader takes; the next one starts behind its last CID.
     *
     * @param query which pins
     * @param after start behind this CID, which need not be in the pin set; null = from the start
     */
    Cursor<Pin> find(PinQuery query, @Nullable Cid after);
}
