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

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that file and environment say, before it is decided which components run. With faults, the rest may be
 * incomplete.
 */
final class Loaded {
    private final Path folder;
    private final Map<String, String> environment;
    private final List<String> faults = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Values> values = new LinkedHashMap<>();
    private final Set<String> present = new LinkedHashSet<>();
    private final Map<String, Map<?, ?>> unknown = new LinkedHashMap<>();
    private Map<String, @Nullable Object> json = Map.of();
    private String origin = "";
    private @Nullable Identity identity;

    private Loaded(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    /** Reads and checks service.json, environment and identity.json of a folder; never fails but by faults. */
    static Loaded of(Path folder, Map<String, String> environment) {
        Loaded loaded = new Loaded(folder.toAbsolutePath().normalize(), environment);
        try {
            ServiceFile.Raw raw = ServiceFile.read(loaded.folder);
            loaded.json = raw.json();
            loaded.origin = raw.origin();
            loaded.readSections();
            loaded.readEnvironment();
        } catch (IOException | IllegalArgumentException e) {
            loaded.faults.add(text(e));
        }
        loaded.readIdentity();
        return loaded;
    }

    /** Another configuration of the same folder, environment and identity. */
    Loaded with(ServiceFile.Raw raw) {
        Loaded other = new Loaded(folder, environment);
        other.json = raw.json();
        other.origin = raw.origin();
        other.readSections();
        other.readEnvironment();
        other.identity = identity;
        return other;
    }

    static String text(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private void readIdentity() {
        try {
            if (!Files.isDirectory(folder)) {
                return; // service.json's fault says it already
            }
            identity = Identity.load(folder, environment, json);
        } catch (IOException | IllegalArgumentException e) {
            faults.add(text(e));
        }
    }

    private void readSections() {
        json.forEach((type, value) -> {
            if (Schema.TYPES.contains(type)) {
                if (value instanceof Map<?, ?> map) {
                    readType(type, map);
                } else if (value != null) {
                    faults.add(origin + ": " + type + " is " + Kind.typeOf(value) + ", must be an object");
                }
            } else if (!type.equals("source")) {
                notes.add(origin + ": unknown key " + type + " has no effect");
            }
        });
        if (!present.contains("cluster")) {
            faults.add(origin + ": cluster: missing, must be an object"
                    + " (cluster section failed to validate: cluster.listen_multiaddress is undefined)");
        }
        for (Section section : Schema.sections()) {
            values.computeIfAbsent(section.label(), label -> withHostName(section, section.defaults()));
        }
        if (!present.contains("allocator.balanced")) {
            values("allocator.balanced").set("allocate_by", List.of("freespace")); // for files older than it
        }
    }

    private void readType(String type, Map<?, ?> map) {
        if (type.equals("cluster")) {
            read(Schema.CLUSTER, map);
            return;
        }
        map.forEach((key, value) -> {
            String name = String.valueOf(key);
            String label = type + "." + name;
            if (value == null) {
                return;
            }
            if (!(value instanceof Map<?, ?> component)) {
                faults.add(origin + ": " + label + " is " + Kind.typeOf(value) + ", must be an object");
                return;
            }
            Schema.find(type, name).ifPresentOrElse(section -> read(section, component), () -> {
                if (Schema.isLegacy(type, name)) {
                    notes.add(origin + ": component " + label + " of an earlier version has no effect");
                } else {
                    unknown.put(label, component);
                }
            });
        });
    }

    private void read(Section section, Map<?, ?> map) {
        present.add(section.label());
        values.put(
                section.label(),
                withHostName(section, SectionReader.read(section, map, folder, path -> origin, faults, notes)));
    }

    private static Values withHostName(Section section, Values values) {
        if (section.label().equals("cluster") && values.text("peername").isEmpty()) {
            values.set("peername", hostName());
        }
        return values;
    }

    static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException | SecurityException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException none) {
                return "";
            }
        }
    }

    /** A value that is wrong in the file is not mended by a variable, as in the reference. */
    private void readEnvironment() {
        if (!faults.isEmpty()) {
            return;
        }
        EnvironmentReader reader = new EnvironmentReader(environment, folder, faults);
        for (Section section : Schema.sections()) {
            if (section.fromEnvironment() || present.contains(section.label())) {
                values.computeIfPresent(
                        section.label(), (label, found) -> withHostName(section, reader.apply(section, found)));
            }
        }
    }

    Path folder() {
        return folder;
    }

    /** File or address, for messages. */
    String origin() {
        return origin;
    }

    List<String> faults() {
        return faults;
    }

    List<String> notes() {
        return notes;
    }

    /** The file as it is. */
    Map<String, @Nullable Object> json() {
        return json;
    }

    boolean has(String label) {
        return present.contains(label);
    }

    /** Known components of a type that are in the file, in its order. */
    List<String> present(String type) {
        return present.stream().filter(label -> label.startsWith(type + ".")).toList();
    }

    /** Components that nobody here knows: perhaps another bundle does. */
    Map<String, Map<?, ?>> unknown() {
        return unknown;
    }

    Values values(String label) {
        Values found = values.get(label);
        if (found == null) {
            throw new IllegalArgumentException("no section " + label);
        }
        return found;
    }

    /** The values of every known section, as they are now. */
    Map<String, Values> allValues() {
        Map<String, Values> copies = new LinkedHashMap<>();
        values.forEach((label, section) -> copies.put(label, section.copy()));
        return copies;
    }

    /** The environment variable that decides a key of a section before the file does; empty = the file decides. */
    String variable(Section section, Key key) {
        String name = key.variable(section.variablePrefix());
        boolean read = section.fromEnvironment() || present.contains(section.label());
        return read && environment.containsKey(name) ? name : "";
    }

    /** Null only when there are faults. */
    @Nullable
    Identity identity() {
        return identity;
    }
}
