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
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/**
 * A value that somebody wants a key to have.
 *
 * @param name section and key: {@code informer.disk.metric_ttl}
 * @param label the section: {@code informer.disk}
 * @param path the key in it
 * @param section null = of somebody else's component
 * @param json what goes into the document; null takes the key away
 */
record Assignment(
        String name,
        String label,
        String path,
        @Nullable Section section,
        @Nullable Object json) {
    /**
     * Reads what was typed. An object for a section, or for a group of its keys, is one assignment for each key in it.
     *
     * @param provided whether a bundle takes configurations of a PID
     * @throws ClusterException {@code BAD_REQUEST} with file, key, value and range
     */
    static List<Assignment> of(String name, String text, Candidate running, Predicate<String> provided) {
        List<Assignment> all = new ArrayList<>();
        new Reader(running, provided).read(name, text, all);
        return all;
    }

    private record Reader(Candidate running, Predicate<String> provided) {
        void read(String name, String text, List<Assignment> all) {
            String[] parts = name.split("\\.", 3);
            int depth = parts[0].equals("cluster") ? 1 : 2;
            if (parts.length < depth) {
                throw bad(name + " is no key: give section and key, for example informer.disk.metric_ttl");
            }
            String label = depth == 1 ? parts[0] : parts[0] + "." + parts[1];
            String path = name.equals(label) ? "" : name.substring(label.length() + 1);
            Section section = Schema.find(label).orElse(null);
            String origin = running.loaded().origin();
            if (section == null && running.document().section(label) == null) {
                boolean known =
                        depth == 2 && Schema.TYPES.contains(parts[0]) && provided.test(Schema.pid(parts[0], parts[1]));
                if (!known) {
                    throw bad(origin + ": no section " + label + ", and no bundle takes it");
                }
            }
            boolean group = path.isEmpty()
                    || (section != null
                            && section.keys().stream()
                                    .anyMatch(key -> key.path().startsWith(path + ".")));
            if (group) {
                object(name, text).forEach((key, value) -> read(name + "." + key, Json.compact(value), all));
            } else if (section == null) {
                all.add(new Assignment(name, label, path, null, Edits.parseUnknown(text)));
            } else {
                Key key = section.key(path)
                        .orElseThrow(() -> bad(origin + ": no key " + path + " in " + label + "; there are "
                                + section.keys().stream().map(Key::path).toList()));
                all.add(new Assignment(name, label, path, section, value(name, section, key, text)));
            }
        }

        private Map<String, @Nullable Object> object(String name, String text) {
            try {
                return Json.parseObject(text);
            } catch (IllegalArgumentException e) {
                throw bad(running.loaded().origin() + ": " + name
                        + " holds several keys: name one of them, or give a JSON object with some (" + e.getMessage()
                        + ")");
            }
        }

        private @Nullable Object value(String name, Section section, Key key, String text) {
            String shown = running.loaded().origin() + ": " + name + " = " + (key.secret() ? "(hidden)" : text);
            try {
                Edits.refuseVariable(section, key, running.loaded(), shown);
            } catch (IllegalArgumentException e) {
                throw bad(String.valueOf(e.getMessage()));
            }
            try {
                return Edits.parse(key.kind(), text);
            } catch (IllegalArgumentException e) {
                String detail = key.secret() ? "" : " (" + e.getMessage() + ")";
                throw bad(shown + ": must be " + key.kind().words() + detail);
            }
        }
    }

    private static ClusterException bad(String text) {
        return new ClusterException(ErrorCode.BAD_REQUEST, text);
    }
}
