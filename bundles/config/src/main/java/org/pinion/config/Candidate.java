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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.config.Key.Applies;

/**
 * A configuration that could run, or runs.
 *
 * @param document what it was made from
 * @param loaded the checked values; those that need a restart of the peer are the ones that run
 * @param wanted the values that the document asks for, by section
 * @param selection which components run
 */
record Candidate(Document document, Loaded loaded, Map<String, Values> wanted, Selection selection) {
    /** Types that are chosen for the life of a process. */
    private static final Set<String> FIXED = Set.of("consensus", "datastore");

    /**
     * A difference between two configurations.
     *
     * @param key {@code informer.disk.metric_ttl}, or a section, or a file
     * @param what old and new value, or what happens; nothing secret
     * @param applies when it counts
     */
    record Change(String key, String what, Applies applies) {
        String line() {
            return key + what + ", " + applies.words();
        }
    }

    /** What the process starts with. */
    static Candidate first(Loaded loaded, DaemonFlags flags) {
        Map<String, Values> wanted = loaded.allValues();
        return new Candidate(Document.copyOf(loaded.json()), loaded, wanted, Selection.of(loaded, flags));
    }

    /** What another document makes of the running configuration; look at its faults before anything else. */
    Candidate next(Loaded changed, DaemonFlags flags) {
        Map<String, Values> asked = changed.allValues();
        if (changed.faults().isEmpty()) {
            freeze(changed);
        }
        Selection chosen = Selection.of(changed, flags);
        if (changed.faults().isEmpty()) {
            chosen.keep(selection, FIXED);
        }
        return new Candidate(Document.copyOf(changed.json()), changed, asked, chosen);
    }

    private void freeze(Loaded changed) {
        for (Section section : Schema.sections()) {
            if (runs(section.label())) {
                Values running = loaded.values(section.label());
                Values values = changed.values(section.label());
                section.keys().stream()
                        .filter(key -> !key.applies().isLive())
                        .forEach(key -> values.set(key.path(), running.get(key.path())));
            }
        }
    }

    List<String> faults() {
        return loaded.faults();
    }

    /** Whether a section counts here. */
    boolean runs(String label) {
        return label.equals("cluster") || active().containsKey(label);
    }

    private Map<String, ActiveSection> active() {
        Map<String, ActiveSection> byLabel = new LinkedHashMap<>();
        selection.active().values().forEach(section -> byLabel.put(section.label(), section));
        return byLabel;
    }

    /** The values that the document asks for, in a section that is known. */
    Values wanted(String label) {
        return Objects.requireNonNull(wanted.get(label));
    }

    /** What differs in {@code next}, in the order of a file. */
    List<Change> changes(Candidate next) {
        List<Change> changes = new ArrayList<>();
        Map<String, ActiveSection> before = active();
        Map<String, ActiveSection> after = next.active();
        Set<String> labels = new LinkedHashSet<>(List.of("cluster"));
        labels.addAll(before.keySet());
        labels.addAll(after.keySet());
        for (String label : labels) {
            if (runs(label) && next.runs(label)) {
                compare(label, next, before.get(label), after.get(label), changes);
            } else {
                String what = next.runs(label) ? ": comes" : ": goes";
                changes.add(new Change(label, what, Applies.AT_ONCE));
            }
        }
        for (String type : FIXED) {
            Set<String> old = components(document, type);
            Set<String> wished = components(next.document, type);
            if (!old.equals(wished)) {
                changes.add(new Change(type, ": " + old + " -> " + wished, Applies.RESTART));
            }
        }
        Identity identity = loaded.identity();
        Identity other = next.loaded.identity();
        if (identity != null && other != null && !identity.id().equals(other.id())) {
            changes.add(new Change(Identity.FILE, ": another peer id", Applies.RESTART));
        }
        return changes;
    }

    private static Set<String> components(Document document, String type) {
        Set<String> names = new LinkedHashSet<>();
        Map<?, ?> components = document.section(type);
        if (components != null) {
            components.keySet().forEach(name -> names.add(String.valueOf(name)));
        }
        return names;
    }

    private void compare(
            String label,
            Candidate next,
            @Nullable ActiveSection before,
            @Nullable ActiveSection after,
            List<Change> changes) {
        Section section = Schema.find(label).orElse(null);
        if (section == null) {
            if (!Objects.equals(
                            loaded.unknown().get(label), next.loaded.unknown().get(label))
                    && before != null
                    && after != null) {
                changes.add(new Change(label, ": changed", Applies.AGAIN));
            }
            return;
        }
        Values old = wanted(label);
        Values fresh = next.wanted(label);
        for (Key key : section.keys()) {
            if (!Objects.equals(old.get(key.path()), fresh.get(key.path()))) {
                String what = key.secret()
                        ? ": changed"
                        : ": " + text(key, old.get(key.path())) + " -> " + text(key, fresh.get(key.path()));
                changes.add(new Change(label + "." + key.path(), what, key.applies()));
            }
        }
    }

    private static String text(Key key, @Nullable Object value) {
        String text = Json.compact(key.kind().toJson(value));
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }
}
