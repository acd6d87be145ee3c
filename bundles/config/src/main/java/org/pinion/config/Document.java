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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** service.json as a tree that is changed in place: order, and what nobody knows, stay. Not for several threads at once. */
final class Document {
    private final Map<String, @Nullable Object> json;

    private Document(Map<String, @Nullable Object> json) {
        this.json = json;
    }

    /** A copy; the original is never changed. */
    static Document copyOf(Map<String, ? extends @Nullable Object> json) {
        return new Document(copy(json));
    }

    Document copy() {
        return copyOf(json);
    }

    /** The tree itself. */
    Map<String, @Nullable Object> json() {
        return json;
    }

    private static Map<String, @Nullable Object> copy(Map<?, ? extends @Nullable Object> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((name, value) -> copy.put(String.valueOf(name), copyValue(value)));
        return copy;
    }

    private static @Nullable Object copyValue(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return copy(map);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(item -> copy.add(copyValue(item)));
            return copy;
        }
        return value;
    }

    /** The object of a section, {@code cluster} or {@code informer.disk}; null = there is none. */
    @Nullable
    Map<?, ?> section(String label) {
        int dot = label.indexOf('.');
        Object found = dot < 0 ? json.get(label) : null;
        if (dot > 0 && json.get(label.substring(0, dot)) instanceof Map<?, ?> type) {
            found = type.get(label.substring(dot + 1));
        }
        return found instanceof Map<?, ?> map ? map : null;
    }

    /** Sets a key of a section, which is made if it is missing; null takes the key away. */
    void set(String label, String path, @Nullable Object value) {
        Map<String, @Nullable Object> at = json;
        for (String name : label.split("\\.", 2)) {
            at = child(at, name);
        }
        String[] names = path.split("\\.");
        for (int i = 0; i < names.length - 1; i++) {
            at = child(at, spelled(at, names[i]));
        }
        String last = spelled(at, names[names.length - 1]);
        if (value == null) {
            at.remove(last);
        } else {
            at.put(last, copyValue(value));
        }
    }

    /** Makes one component the only one of its type. */
    void only(String type, String name, Map<?, ?> component) {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put(name, copy(component));
        json.put(type, one);
    }

    /** Takes a component away. */
    void remove(String label) {
        int dot = label.indexOf('.');
        child(json, label.substring(0, dot)).remove(label.substring(dot + 1));
    }

    /** Names of keys match without regard to case, as they do when the file is read. */
    private static String spelled(Map<String, ?> at, String name) {
        if (at.containsKey(name)) {
            return name;
        }
        return at.keySet().stream().filter(name::equalsIgnoreCase).findFirst().orElse(name);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> child(Map<String, @Nullable Object> at, String name) {
        Object child = at.get(name);
        if (!(child instanceof Map)) {
            child = new LinkedHashMap<String, @Nullable Object>();
            at.put(name, child);
        }
        return (Map<String, @Nullable Object>) child;
    }
}
