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

import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.datastore.WriteBatch;

/**
 * Adds changes of the pin set and of its indexes to a batch that the consensus component writes. Only the consensus
 * component calls it, one batch at a time; a staged batch is written, or {@link #discarded}, before the next is staged.
 */
@ConsumerType
public interface PinStateWriter {
    /** Stages a new or changed pin. */
    void put(WriteBatch batch, Pin pin);

    /** Stages a removal; harmless when the CID is not in the pin set. */
    void remove(WriteBatch batch, Cid cid);

    /** Stages the removal of all pins and indexes. */
    void clear(WriteBatch batch);

    /** The staged batch was written: counters and caches follow. */
    void written(WriteBatch batch);

    /** The staged batch could not be written. */
    void discarded(WriteBatch batch);
}
