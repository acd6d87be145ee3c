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
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.Pin;
import org.pinion.spi.PinType;

/**
 * Which pins are looked for; all conditions have to hold.
 *
 * @param name exactly this name, "" = pins without one; null = any
 * @param namePrefix names that begin with this, by characters; "" = any
 * @param metadata keys with the values they must have; empty = any
 * @param createdFrom made at this time or later; null = any. Pins without a time never match
 * @param createdBefore made before this time; null = any. Pins without a time never match
 * @param types one of these; empty = any
 */
public record PinQuery(
        @Nullable String name,
        String namePrefix,
        SortedMap<String, String> metadata,
        @Nullable Instant createdFrom,
        @Nullable Instant createdBefore,
        Set<PinType> types) {
    /** No conditions: all pins. */
    public static final PinQuery ALL = new PinQuery(null, "", Collections.emptySortedMap(), null, null, Set.of());

    /** Copies the collections. */
    public PinQuery {
        metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
        types = types.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(types));
    }

    /** These conditions, and exactly that name. */
    public PinQuery withName(String exactly) {
        return new PinQuery(exactly, namePrefix, metadata, createdFrom, createdBefore, types);
    }

    /** These conditions, and a name that begins so. */
    public PinQuery withNamePrefix(String prefix) {
        return new PinQuery(name, prefix, metadata, createdFrom, createdBefore, types);
    }

    /** These conditions, and that metadata besides what is asked for already. */
    public PinQuery withMetadata(Map<String, String> more) {
        SortedMap<String, String> all = new TreeMap<>(metadata);
        all.putAll(more);
        return new PinQuery(name, namePrefix, all, createdFrom, createdBefore, types);
    }

    /**
     * These conditions, and made within that time.
     *
     * @param from included; null = since ever
     * @param before not included; null = until now
     */
    public PinQuery withCreated(@Nullable Instant from, @Nullable Instant before) {
        return new PinQuery(name, namePrefix, metadata, from, before, types);
    }

    /** These conditions, and one of those types. */
    public PinQuery withTypes(Set<PinType> anyOf) {
        return new PinQuery(name, namePrefix, metadata, createdFrom, createdBefore, anyOf);
    }

    /** Whether a pin meets all conditions. */
    public boolean matches(Pin pin) {
        return (name == null || name.equals(pin.options().name()))
                && pin.options().name().startsWith(namePrefix)
                && (types.isEmpty() || types.contains(pin.type()))
                && isWithin(pin.timestamp())
                && pin.options().metadata().entrySet().containsAll(metadata.entrySet());
    }

    private boolean isWithin(@Nullable Instant time) {
        Instant from = createdFrom;
        Instant before = createdBefore;
        if (from == null && before == null) {
            return true;
        }
        return time != null && (from == null || !time.isBefore(from)) && (before == null || time.isBefore(before));
    }
}
