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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads one section: matches its keys, applies the rules for missing and bad ones, and collects every fault.
 *
 * <p>A fault is one line: where, which key, its value, what it must be, and the reference's message.
 */
final class SectionReader {
    private static final int SHOWN = 200;

    private final Section section;
    private final Path folder;
    private final Where where;
    private final List<String> faults;
    private final Map<String, Object> given = new LinkedHashMap<>();
    private final Map<String, Boolean> groups = new HashMap<>();
    private final Map<String, Key> keys = new LinkedHashMap<>();

    /** Where a value comes from, for messages. */
    @FunctionalInterface
    interface Where {
        /** A file or a variable. */
        String of(String path);
    }

    private SectionReader(Section section, Path folder, Where where, List<String> faults) {
        this.section = section;
        this.folder = folder;
        this.where = where;
        this.faults = faults;
        for (Key key : section.keys()) {
            keys.put(key.path(), key);
            for (int dot = key.path().indexOf('.'); dot > 0; dot = key.path().indexOf('.', dot + 1)) {
                groups.put(key.path().substring(0, dot), false);
            }
        }
    }

    /**
     * Reads a section.
     *
     * @param faults where faults go
     * @param notes where unknown keys go
     */
    static Values read(
            Section section, Map<?, ?> json, Path folder, Where where, List<String> faults, List<String> notes) {
        SectionReader reader = new SectionReader(section, folder, where, faults);
        reader.match("", json, notes);
        return reader.values();
    }

    /** Names match without regard to case, as in Go; the exact one is preferred. */
    private void match(String prefix, Map<?, ?> json, List<String> notes) {
        json.forEach((name, value) -> {
            String path = known(prefix + name);
            if (keys.containsKey(path)) {
                if (value != null) {
                    given.put(path, value);
                }
            } else if (groups.containsKey(path)) {
                if (value instanceof Map<?, ?> inner) {
                    groups.put(path, true);
                    match(path + ".", inner, notes);
                } else if (value != null) {
                    fault(path, value, "must be an object", "");
                }
            } else {
                notes.add(where.of(path) + ": unknown key " + section.label() + "." + prefix + name + " has no effect");
            }
        });
    }

    private String known(String path) {
        if (keys.containsKey(path) || groups.containsKey(path)) {
            return path;
        }
        return java.util.stream.Stream.concat(keys.keySet().stream(), groups.keySet().stream())
                .filter(path::equalsIgnoreCase)
                .findFirst()
                .orElse(path);
    }

    private Values values() {
        int before = faults.size();
        Values values = new Values();
        keys.values().forEach(key -> values.set(key.path(), value(key)));
        if (faults.size() == before) {
            section.cross()
                    .check(
                            values,
                            given,
                            folder,
                            (path, range, text) -> fault(path, shown(path, values), "must be " + range, text));
        }
        return values;
    }

    private @Nullable Object value(Key key) {
        Object json = given.get(key.path());
        if (json == null || isEmptyText(key, json)) {
            return checked(key, missing(key));
        }
        Object value;
        try {
            value = key.kind().fromJson(json);
        } catch (IllegalArgumentException e) {
            if (!(json instanceof String) || key.badText() == Key.BadText.FAULT) {
                fault(key.path(), json, "must be " + key.kind().words(), String.valueOf(e.getMessage()));
                return key.fallback();
            }
            return checked(key, key.badText() == Key.BadText.ZERO ? key.kind().zero() : key.fallback());
        }
        return checked(key, key.zeroIsDefault() && Kind.isZero(value) ? key.fallback() : value);
    }

    /** An empty duration or address means "not given". */
    private static boolean isEmptyText(Key key, Object json) {
        return json.equals("") && (key.kind() == Kind.DURATION || key.kind() == Kind.ADDRESS);
    }

    private @Nullable Object missing(Key key) {
        int dot = key.path().lastIndexOf('.');
        boolean objectGiven =
                dot < 0 || Boolean.TRUE.equals(groups.get(key.path().substring(0, dot)));
        return objectGiven && key.missing() == Key.Missing.ZERO ? key.kind().zero() : key.fallback();
    }

    private @Nullable Object checked(Key key, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        for (Key.Rule rule : key.rules()) {
            if (!rule.holds().test(value)) {
                Object shown = given.get(key.path());
                fault(
                        key.path(),
                        shown == null ? "missing" : shown,
                        "must be " + rule.range(),
                        rule.text().replace("%v", String.valueOf(value)));
                return value;
            }
        }
        return value;
    }

    private @Nullable Object shown(String path, Values values) {
        Key key = keys.get(path);
        return key == null ? null : key.kind().toJson(values.get(path));
    }

    private void fault(String path, @Nullable Object value, String must, String text) {
        Key key = keys.get(path);
        String shown = key != null && key.secret() ? "(hidden)" : Json.compact(value);
        if (Objects.equals(value, "missing")) {
            shown = "(missing)";
        }
        if (shown.length() > SHOWN) {
            shown = shown.substring(0, SHOWN) + "…";
        }
        String detail = text.isEmpty() ? "" : " (" + text + ")";
        faults.add(where.of(path) + ": " + section.label() + "." + path + " = " + shown + ": " + must + detail);
    }
}
