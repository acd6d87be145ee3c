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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Every section that is known, in the order of a new file. */
final class Schema {
    static final Section CLUSTER = ClusterSection.SECTION;
    /** Top-level keys in the order of a new file. */
    static final List<String> TYPES = List.of(
            "cluster",
            "consensus",
            "api",
            "ipfs_connector",
            "state",
            "pin_tracker",
            "monitor",
            "allocator",
            "informer",
            "observations",
            "datastore");
    /** Types of which several components run at once. */
    static final Set<String> MANY = Set.of("api", "informer", "observations");
    /** Components of earlier versions that are accepted and have no effect. */
    private static final Set<String> LEGACY =
            Set.of("monitor.monbasic", "allocator.ascendalloc", "allocator.descendalloc", "allocator.metricalloc");

    private static final Map<String, Section> SECTIONS = new LinkedHashMap<>();

    static {
        Stream.of(
                        Stream.of(CLUSTER),
                        ConsensusSections.ALL.stream(),
                        ApiSections.ALL.stream(),
                        ComponentSections.ALL.stream(),
                        DatastoreSections.ALL.stream())
                .flatMap(sections -> sections)
                .forEach(section -> SECTIONS.put(section.label(), section));
    }

    private Schema() {}

    static Iterable<Section> sections() {
        return SECTIONS.values();
    }

    static Optional<Section> find(String type, String name) {
        return Optional.ofNullable(SECTIONS.get(name.isEmpty() ? type : type + "." + name));
    }

    /** A section by its label, {@code cluster} or {@code informer.disk}. */
    static Optional<Section> find(String label) {
        return Optional.ofNullable(SECTIONS.get(label));
    }

    static Section get(String label) {
        Section section = SECTIONS.get(label);
        if (section == null) {
            throw new IllegalArgumentException("no section " + label);
        }
        return section;
    }

    static boolean isLegacy(String type, String name) {
        return LEGACY.contains(type + "." + name);
    }

    /** The PID of a section; stores of the reference are aliases of the default engine. */
    static String pid(String type, String name) {
        if (name.isEmpty()) {
            return "org.pinion.config." + type; // nobody's component: what uses it gets a checked record
        }
        if (type.equals("datastore")) {
            return "org.pinion.datastore." + DatastoreSections.engine(name);
        }
        String implementation = name.equals("maptracker") ? "map" : name;
        return "org.pinion." + type.replace("_", "") + "." + implementation;
    }
}
