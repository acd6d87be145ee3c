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
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pinion.config.Key.Written;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** What a configuration looks like to people: every value that counts, nothing secret. */
final class ShownConfig {
    private static final String HIDDEN = "***";
    private static final Pattern SECRET =
            Pattern.compile("(?i)(.*_)?(secret|private_?key|password|passphrase|credentials|authorization|token)");

    private final Candidate running;

    ShownConfig(Candidate running) {
        this.running = running;
    }

    /** A section, a type, or everything. */
    String text(String section) {
        Document shown = running.document().copy();
        for (Section known : Schema.sections()) {
            if (running.runs(known.label())) {
                complete(shown, known);
            }
        }
        Object found = section.isEmpty() ? shown.json() : shown.section(section);
        if (found == null) {
            throw new ClusterException(
                    ErrorCode.NOT_FOUND,
                    "no section " + section + " in " + running.loaded().origin() + "; there are " + labels(shown));
        }
        return Json.pretty(masked(found), 2);
    }

    private void complete(Document shown, Section section) {
        Values values = running.wanted(section.label());
        Map<?, ?> json = shown.section(section.label());
        for (Key key : section.keys()) {
            Object value = key.kind().toJson(values.get(key.path()));
            boolean isSecret = key.secret() && !Kind.isZero(value);
            if (value != null && key.written() != Written.NEVER) {
                shown.set(section.label(), key.path(), isSecret ? HIDDEN : value);
            } else if (isSecret && json != null) {
                shown.set(section.label(), key.path(), HIDDEN);
            }
        }
    }

    /** Sections that do not run, and those of other people, are shown as they stand, but for what looks secret. */
    private static @Nullable Object masked(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((name, inner) -> {
                boolean isSecret = SECRET.matcher(String.valueOf(name)).matches()
                        && inner != null
                        && !inner.equals("")
                        && !(inner instanceof Boolean);
                copy.put(String.valueOf(name), isSecret ? HIDDEN : masked(inner));
            });
            return copy;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(item -> copy.add(masked(item)));
            return copy;
        }
        return value;
    }

    private static List<String> labels(Document document) {
        List<String> labels = new ArrayList<>();
        document.json().forEach((type, value) -> {
            if (type.equals("cluster")) {
                labels.add(type);
            } else if (value instanceof Map<?, ?> components) {
                components.keySet().forEach(name -> labels.add(type + "." + name));
            }
        });
        return labels;
    }

    /** Every key that can be set. */
    List<String> keys() {
        TreeSet<String> keys = new TreeSet<>();
        for (Section section : Schema.sections()) {
            if (running.runs(section.label()) || Schema.MANY.contains(section.type())) {
                section.keys().stream()
                        .filter(key -> key.written() != Written.NEVER)
                        .forEach(key -> keys.add(section.label() + "." + key.path()));
            }
        }
        running.loaded().unknown().forEach((label, json) -> collect(label + ".", json, keys));
        return List.copyOf(keys);
    }

    private static void collect(String prefix, Map<?, ?> json, TreeSet<String> keys) {
        json.forEach((name, value) -> {
            if (value instanceof Map<?, ?> inner) {
                collect(prefix + name + ".", inner, keys);
            } else {
                keys.add(Objects.requireNonNull(prefix + name));
            }
        });
    }
}
