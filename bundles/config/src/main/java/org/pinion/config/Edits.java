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
import java.util.Arrays;
import java.util.Dictionary;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Brings changes, which come as texts or as component properties, into a document. */
final class Edits {
    private Edits() {}

    /**
     * A value as somebody typed it: JSON, or the plain text of a duration, a text, an address, or items with commas.
     *
     * @return null for {@code null}, which takes the key away
     * @throws IllegalArgumentException if it cannot be a value of that key
     */
    static @Nullable Object parse(Kind kind, String text) {
        String plain = text.strip();
        if (plain.equals("null")) {
            return null;
        }
        Object value = plain.startsWith("\"") || plain.startsWith("[") || plain.startsWith("{")
                ? Objects.requireNonNull(Json.parseValue(plain))
                : typed(kind, plain);
        kind.fromJson(value); // where the reference silently takes the default for a bad text, a change is refused
        return value;
    }

    private static Object typed(Kind kind, String text) {
        return switch (kind) {
            case TEXT_MAP, LIST_MAP, OBJECT_LIST -> throw new IllegalArgumentException("must be " + kind.words());
            case INT, UINT, FLOAT, BOOL -> {
                try {
                    yield kind.fromEnvironment(text);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("must be " + kind.words(), e);
                }
            }
            default -> kind.fromEnvironment(text);
        };
    }

    /** A value of a key that no schema knows: JSON if it is, else a text. */
    static @Nullable Object parseUnknown(String text) {
        try {
            return Json.parseValue(text.strip());
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /**
     * Brings changed properties of a component into the document.
     *
     * @param before what the properties were
     * @param loaded for environment variables
     * @throws IllegalArgumentException if one cannot be changed, with key, value and reason
     */
    static void apply(
            Document document,
            ActiveSection active,
            Map<String, Object> before,
            Dictionary<String, Object> properties,
            Loaded loaded) {
        Section section = Schema.find(active.label()).orElse(null);
        if (section == null) {
            applyUnknown(document, active, before, properties);
            return;
        }
        for (Key key : section.keys()) {
            Object value = properties.get(key.property());
            String name = section.label() + "." + key.path();
            if (key.secret()) {
                if (value != null) {
                    throw new IllegalArgumentException(name + " is a secret: set it in service.json, then reload");
                }
                continue;
            }
            Object old = before.get(key.property());
            if (Objects.deepEquals(value, old)) {
                continue;
            }
            refuseFixed(section, key, loaded, name + " = " + shown(value));
            try {
                Object json = value == null ? null : json(key.kind(), value);
                if (json != null) {
                    key.kind().fromJson(json);
                }
                if (!isListOf(value, old)) {
                    document.set(section.label(), key.path(), json);
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        name + " = " + shown(value) + ": must be " + key.kind().words() + " (" + e.getMessage() + ")",
                        e);
            }
        }
    }

    /** A shell writes a list as one text with commas when it writes back what it did not change. */
    private static boolean isListOf(@Nullable Object value, @Nullable Object old) {
        return value instanceof String text
                && old instanceof String[] list
                && List.of(text.split(",", -1)).equals(Arrays.asList(list));
    }

    private static String shown(@Nullable Object value) {
        return value instanceof Object[] list ? Arrays.toString(list) : String.valueOf(value);
    }

    /** Refuses what no change can bring into effect while the process runs. */
    private static void refuseFixed(Section section, Key key, Loaded loaded, String change) {
        refuseVariable(section, key, loaded, change);
        if (!key.applies().isLive()) {
            throw new IllegalArgumentException(change + ": " + key.applies().words() + "; it is set in service.json");
        }
    }

    /** Refuses what an environment variable decides. */
    static void refuseVariable(Section section, Key key, Loaded loaded, String change) {
        String variable = loaded.variable(section, key);
        if (!variable.isEmpty()) {
            throw new IllegalArgumentException(change + ": the environment variable " + variable
                    + " decides; take it away and start the peer again");
        }
    }

    private static void applyUnknown(
            Document document,
            ActiveSection active,
            Map<String, Object> before,
            Dictionary<String, Object> properties) {
        Map<String, String> paths = new LinkedHashMap<>();
        Map<?, ?> json = document.section(active.label());
        if (json != null) {
            paths("", json, paths);
        }
        Set<String> names = new HashSet<>(before.keySet());
        for (var all = properties.keys(); all.hasMoreElements(); ) {
            names.add(all.nextElement());
        }
        for (String name : names) {
            boolean ours = name.equals(ActiveSection.SECTION) || name.equals(Publisher.SECRETS);
            Object value = properties.get(name);
            Object old = before.get(name);
            if (!ours && !Publisher.isForeign(name) && !Objects.deepEquals(value, old)) {
                String path = paths.getOrDefault(name, name.replace('.', '_'));
                document.set(active.label(), path, value == null ? null : like(old, value));
            }
        }
    }

    private static void paths(String prefix, Map<?, ?> json, Map<String, String> paths) {
        json.forEach((name, value) -> {
            String path = prefix + name;
            if (value instanceof Map<?, ?> inner) {
                paths(path + ".", inner, paths);
            } else {
                paths.put(path.replace('_', '.'), path);
            }
        });
    }

    /** A shell knows texts only: the type stays what it was. */
    private static Object like(@Nullable Object old, Object value) {
        if (value instanceof String text && old instanceof String[]) {
            return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
        }
        if (value instanceof String text && !(old instanceof String) && old != null) {
            return Objects.requireNonNullElse(parseUnknown(text), text);
        }
        return value instanceof Object[] list ? Arrays.asList(list) : json(Kind.TEXT, value);
    }

    /** Property values come typed from us, as texts from the shell. */
    private static Object json(Kind kind, Object value) {
        if (value instanceof Object[] array) {
            List<?> items = Arrays.asList(array);
            return kind == Kind.NUMBER_LIST
                    ? items.stream()
                            .map(item -> new BigDecimal(String.valueOf(item)))
                            .toList()
                    : items;
        }
        if (value instanceof String text) {
            return switch (kind) {
                case TEXT_MAP, LIST_MAP -> Json.parseObject(text);
                case OBJECT_LIST -> List.of();
                default -> kind.fromEnvironment(text);
            };
        }
        if (value instanceof Double || value instanceof Float) {
            return new BigDecimal(value.toString());
        }
        return value instanceof Number number ? (Object) number.longValue() : value;
    }
}
