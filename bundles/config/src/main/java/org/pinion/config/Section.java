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

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One section of service.json: a component of a type, or {@code cluster}.
 *
 * @param type top-level key, for example {@code pin_tracker}
 * @param name the component, for example {@code stateless}; empty for {@code cluster}
 * @param keys in the order of a new file
 * @param fromEnvironment whether environment variables are read even when the section is absent
 * @param cross checks of several values together
 */
record Section(String type, String name, List<Key> keys, boolean fromEnvironment, Cross cross) {
    /** Checks several values together, and may put others in their place. */
    @FunctionalInterface
    interface Cross {
        Cross NONE = (values, given, folder, out) -> {};

        /**
         * @param given which paths are in the file or environment
         * @param folder the peer's folder
         */
        void check(Values values, Map<String, Object> given, Path folder, Complaints out);
    }

    /** Takes what a check found. */
    @FunctionalInterface
    interface Complaints {
        /**
         * @param path the key
         * @param range what it must be
         * @param text the reference's message
         */
        void add(String path, String range, String text);
    }

    static Section of(String type, String name, Key... keys) {
        return new Section(type, name, List.of(keys), true, Cross.NONE);
    }

    Section with(Cross check) {
        return new Section(type, name, keys, fromEnvironment, check);
    }

    /** Says of some keys when a change of them counts; a path that ends in a dot means all below it. */
    Section applies(Key.Applies when, String... paths) {
        List<String> wanted = List.of(paths);
        List<Key> marked = keys.stream()
                .map(key -> wanted.stream()
                                .anyMatch(path -> path.endsWith(".")
                                        ? key.path().startsWith(path)
                                        : key.path().equals(path))
                        ? key.applies(when)
                        : key)
                .toList();
        return new Section(type, name, marked, fromEnvironment, cross);
    }

    /** Says of all keys when a change of them counts. */
    Section applies(Key.Applies when) {
        return new Section(
                type, name, keys.stream().map(key -> key.applies(when)).toList(), fromEnvironment, cross);
    }

    Optional<Key> key(String path) {
        return keys.stream().filter(key -> key.path().equals(path)).findFirst();
    }

    /** A section that the reference does not know: its variables count only while the section is there. */
    Section onlyWhenPresent() {
        return new Section(type, name, keys, false, cross);
    }

    /** Name in messages: {@code consensus.crdt}. */
    String label() {
        return name.isEmpty() ? type : type + "." + name;
    }

    /** PID of the component. */
    String pid() {
        return Schema.pid(type, name);
    }

    /** Start of this section's environment variables. */
    String variablePrefix() {
        return name.isEmpty() ? "CLUSTER_" : "CLUSTER_" + name.toUpperCase(Locale.ROOT) + "_";
    }

    Values defaults() {
        Values values = new Values();
        keys.forEach(key -> values.set(key.path(), key.fallback()));
        return values;
    }

    /**
     * The section as JSON.
     *
     * @param all whether keys are there that a new file leaves out
     */
    Map<String, @Nullable Object> toJson(Values values, boolean all) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        for (Key key : keys) {
            Object value = values.get(key.path());
            boolean isDefault = java.util.Objects.equals(value, key.fallback());
            if (all
                    || key.written() == Key.Written.ALWAYS
                    || (key.written() == Key.Written.IF_NOT_DEFAULT && !isDefault)) {
                put(json, key.path(), key.kind().toJson(value));
            }
        }
        return json;
    }

    @SuppressWarnings("unchecked")
    static void put(Map<String, @Nullable Object> json, String path, @Nullable Object value) {
        int dot = path.indexOf('.');
        if (dot < 0) {
            json.put(path, value);
            return;
        }
        Object inner = json.computeIfAbsent(path.substring(0, dot), name -> new LinkedHashMap<String, Object>());
        put((Map<String, @Nullable Object>) java.util.Objects.requireNonNull(inner), path.substring(dot + 1), value);
    }
}
