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
package org.pinion.spi.datastore;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.spi.flow.Cursor;

/**
 * Ordered key-value store on this peer's disk; keys are ordered as unsigned bytes. All methods may block on the disk:
 * never call them on an event loop. Safe for any thread. Failures are {@code ClusterException} with code
 * {@code STORAGE}; after its component is gone, {@code UNAVAILABLE}.
 */
@ConsumerType
public interface Datastore {
    /** The value of a key, or null. */
    byte @Nullable [] get(Space space, byte[] key);

    /** Whether the key has a value; cheaper than reading it. */
    boolean contains(Space space, byte[] key);

    /**
     * The rows of a range in order, as they were when the call was made, whatever is written meanwhile.
     *
     * @param from first key, included; empty = from the start
     * @param to end of the range, not included; null = to the end
     */
    Cursor<Row> scan(Space space, byte[] from, byte @Nullable [] to);

    /**
     * Applies a batch, all or nothing. With {@link Durability#SYNC} it is on disk when the call returns; concurrent
     * callers share syncs.
     */
    void write(WriteBatch batch, Durability durability);

    /** Puts everything written so far on disk. */
    void sync();

    /** Bytes on disk of a space, estimated. */
    long approximateBytes(Space space);

    /**
     * Gives the disk space of removed rows back; may take long, and does nothing where the store does so by itself.
     * Closing the store ends it.
     */
    default void compact(Space space) {}

    /** When a write must have reached the disk. */
    enum Durability {
        /** Before the call returns. */
        SYNC,
        /** With the next synced write, {@link #sync()}, or close: it may be lost by a crash, but never reordered. */
        LATER,
        /**
         * With {@link #sync()} or close only, whatever is written later: for much data that would be written twice
         * otherwise. A store may treat it as {@link #LATER}.
         */
        UNLOGGED
    }

    /**
     * One key and its value. The arrays belong to the reader.
     */
    @SuppressWarnings("ArrayRecordComponent") // rows are read once and never compared
    record Row(byte[] key, byte[] value) {}
}
