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

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes that are applied together, in the order they were added. Not for several threads. */
public final class WriteBatch {
    private final List<Change> changes = new ArrayList<>();
    private long bytes;

    /** An empty batch. */
    public WriteBatch() {}

    /** Sets a value. The arrays must not be changed afterwards. */
    public WriteBatch put(Space space, byte[] key, byte[] value) {
        changes.add(new Change(space, key, value, null));
        bytes += key.length + value.length;
        return this;
    }

    /** Removes a key; harmless when it has no value. */
    public WriteBatch delete(Space space, byte[] key) {
        changes.add(new Change(space, key, null, null));
        bytes += key.length;
        return this;
    }

    /** Removes all keys from {@code from} (included) to {@code to} (not included). */
    public WriteBatch deleteRange(Space space, byte[] from, byte[] to) {
        changes.add(new Change(space, from, null, to));
        bytes += from.length + to.length;
        return this;
    }

    /** The changes in order; a view. */
    public List<Change> changes() {
        return changes;
    }

    /** Bytes of keys and values so far. */
    public long bytes() {
        return bytes;
    }

    /** Whether nothing was added. */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /**
     * One change: a put when there is a value, a range removal when there is {@code rangeEnd}, else a removal.
     *
     * @param space where
     * @param key the key, or the start of the range
     * @param value the new value; null = removal
     * @param rangeEnd end of the removed range, not included; null = a single key
     */
    @SuppressWarnings("ArrayRecordComponent") // changes are applied once and never compared
    public record Change(Space space, byte[] key, byte @Nullable [] value, byte @Nullable [] rangeEnd) {}
}
