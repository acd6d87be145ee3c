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
package org.pinion.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The values of one section by path, in the order of its keys. */
final class Values {
    private final Map<String, @Nullable Object> byPath = new LinkedHashMap<>();

    @Nullable
    Object get(String path) {
        return byPath.get(path);
    }

    void set(String path, @Nullable Object value) {
        byPath.put(path, value);
    }

    Values copy() {
        Values copy = new Values();
        copy.byPath.putAll(byPath);
        return copy;
    }

    String text(String path) {
        return (String) Objects.requireNonNullElse(byPath.get(path), "");
    }

    boolean bool(String path) {
        return Boolean.TRUE.equals(byPath.get(path));
    }

    long integer(String path) {
        return (Long) Objects.requireNonNullElse(byPath.get(path), 0L);
    }

    /** An integer that must fit 32 bits: larger ones are cut to the largest. */
    int small(String path) {
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, integer(path)));
    }

    Duration duration(String path) {
        return (Duration) Objects.requireNonNullElse(byPath.get(path), Duration.ZERO);
    }

    BigDecimal decimal(String path) {
        return (BigDecimal) Objects.requireNonNullElse(byPath.get(path), BigDecimal.ZERO);
    }

    List<String> texts(String path) {
        if (!(byPath.get(path) instanceof List<?> list)) {
            return List.of();
        }
        return list.stream().map(String::valueOf).toList();
    }
}
