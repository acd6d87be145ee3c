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
package org.pinion.spi.flow;

import java.util.Iterator;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A stream of values that its reader pulls. Used by one thread at a time, on a worker lane: {@link #next()} may block.
 * Whoever gets a cursor closes it. A cursor whose owner goes away ends with a {@code ClusterException}, never silently.
 *
 * @param <T> the values
 */
public interface Cursor<T> extends AutoCloseable {
    /**
     * The next value, or null at the end. After the end or a failure it may not be called again.
     *
     * @throws org.pinion.spi.ClusterException if the source failed
     */
    @Nullable
    T next();

    /** Frees what the cursor holds; more calls do nothing. */
    @Override
    void close();

    /** A cursor without values. */
    static <T> Cursor<T> empty() {
        return of(java.util.List.of());
    }

    /** A cursor over values that are already in memory. */
    static <T> Cursor<T> of(Iterable<T> values) {
        Iterator<T> iterator = values.iterator();
        return new Cursor<>() {
            @Override
            public @Nullable T next() {
                return iterator.hasNext() ? iterator.next() : null;
            }

            @Override
            public void close() {}
        };
    }

    /** This cursor with every value changed; closing it closes this one. */
    default <R> Cursor<R> map(Function<? super T, ? extends R> change) {
        Cursor<T> source = this;
        return new Cursor<>() {
            @Override
            public @Nullable R next() {
                T value = source.next();
                return value == null ? null : change.apply(value);
            }

            @Override
            public void close() {
                source.close();
            }
        };
    }

    /** The values of this cursor that pass; closing it closes this one. */
    default Cursor<T> filter(Predicate<? super T> pass) {
        Cursor<T> source = this;
        return new Cursor<>() {
            @Override
            public @Nullable T next() {
                T value = source.next();
                while (value != null && !pass.test(value)) {
                    value = source.next();
                }
                return value;
            }

            @Override
            public void close() {
                source.close();
            }
        };
    }
}
