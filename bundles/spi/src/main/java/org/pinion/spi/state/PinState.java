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

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.flow.Cursor;

/** The shared pin set as this peer sees it, for reading. May block on the disk. Any thread. */
@ConsumerType
public interface PinState {
    /** The pin of a CID; v0 and v1 of one multihash are different pins. */
    Optional<Pin> get(Cid cid);

    /** Whether the CID is in the pin set. */
    boolean contains(Cid cid);

    /**
     * All pins in the order of their CIDs' bytes, as they are now.
     *
     * @param after start behind this CID; null = from the start
     */
    Cursor<Pin> list(@Nullable Cid after);

    /** How many pins there are. */
    long size();
}
