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
package org.pinion.rpc;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Values that come again in every row of a long answer: peers, their addresses. The same bytes give the same object, which
 * has made its text before. Bounded; one thread.
 *
 * @param <T> the values, immutable
 */
final class Repeated<T> {
    private static final int SLOTS = 64;
    /** Longer ones are not kept. */
    private static final int MAX_BYTES = 256;

    private final Function<byte[], T> reader;
    private final @Nullable Entry<T>[] slots;
    private List<T> last = List.of();

    private record Entry<T>(byte[] bytes, T value) {}

    /** Reads what is new with {@code reader}. */
    @SuppressWarnings("unchecked") // an array of records of one type parameter
    Repeated(Function<byte[], T> reader) {
        this.reader = reader;
        slots = (Entry<T>[]) new Entry<?>[SLOTS];
    }

    /**
     * The value of these bytes, which are kept.
     *
     * @throws IllegalArgumentException as {@code reader} says
     */
    T of(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            return reader.apply(bytes);
        }
        int slot = Arrays.hashCode(bytes) & (SLOTS - 1);
        Entry<T> known = slots[slot];
        if (known != null && Arrays.equals(known.bytes, bytes)) {
            return known.value;
        }
        T value = reader.apply(bytes);
        slots[slot] = new Entry<>(bytes, value);
        return value;
    }

    /** An unmodifiable list that is equal to this one: the last one if it is. */
    List<T> of(List<T> values) {
        if (!values.equals(last)) {
            last = List.copyOf(values);
        }
        return last;
    }
}
