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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.SynchronousConfigurationListener;

/** Checks every change of a running component's configuration against its section's rules, and puts back what is wrong. */
final class LiveCheck implements SynchronousConfigurationListener {
    private final Path folder;
    private final ConfigurationAdmin admin;
    private final Events events;
    private final Map<String, Section> sections = new ConcurrentHashMap<>();
    /** Latest good properties by PID. */
    private final Map<String, Map<String, Object>> good = new ConcurrentHashMap<>();

    LiveCheck(Path folder, ConfigurationAdmin admin, Events events) {
        this.folder = folder;
        this.admin = admin;
        this.events = events;
    }

    /** From now on these are the good ones; called before they are published. */
    void accept(List<ActiveSection> active) {
        for (ActiveSection section : active) {
            int dot = section.label().indexOf('.');
            Schema.find(section.type(), section.label().substring(dot + 1)).ifPresent(known -> {
                sections.put(section.pid(), known);
                good.put(section.pid(), section.properties());
            });
        }
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        Section section = sections.get(event.getPid());
        if (section == null || event.getType() != ConfigurationEvent.CM_UPDATED) {
            return;
        }
        try {
            Configuration configuration = admin.getConfiguration(event.getPid(), "?");
            check(section, configuration);
        } catch (IOException | IllegalStateException e) {
            events.broken("checking a change of " + event.getPid(), e);
        }
    }

    private void check(Section section, Configuration configuration) throws IOException {
        Dictionary<String, Object> properties = configuration.getProperties();
        if (properties == null) {
            return;
        }
        Optional<String> fault = fault(section, folder, properties);
        String pid = configuration.getPid();
        if (fault.isEmpty()) {
            Map<String, Object> copy = new LinkedHashMap<>();
            for (var names = properties.keys(); names.hasMoreElements(); ) {
                String name = names.nextElement();
                copy.put(name, properties.get(name));
            }
            good.put(pid, copy);
            return;
        }
        events.putBack(pid, fault.get());
        configuration.updateIfDifferent(new Hashtable<>(good.getOrDefault(pid, Map.of())));
    }

    /** What is wrong with properties that somebody set; empty = nothing. */
    static Optional<String> fault(Section section, Path folder, Dictionary<String, Object> properties) {
        List<String> faults = new ArrayList<>();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        for (Key key : section.keys()) {
            Object value = properties.get(key.property());
            if (value == null) {
                continue;
            }
            if (key.secret()) {
                return Optional.of(key.property() + " is a secret: set " + key.path() + " in service.json");
            }
            try {
                Section.put(json, key.path(), json(key.kind(), value));
            } catch (IllegalArgumentException e) {
                faults.add(key.property() + " = " + value + ": " + e.getMessage());
            }
        }
        if (faults.isEmpty()) {
            SectionReader.read(section, json, folder, path -> section.pid(), faults, new ArrayList<>());
        }
        return faults.stream().findFirst();
    }

    /** Property values come typed from us, as texts from the shell. */
    private static Object json(Kind kind, Object value) {
        if (value instanceof Object[] array) {
            List<?> items = Arrays.asList(array);
            return kind == Kind.NUMBER_LIST
                    ? items.stream()
                            .map(item -> new java.math.BigDecimal(String.valueOf(item)))
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
            return new java.math.BigDecimal(value.toString());
        }
        return value instanceof Number number ? (Object) number.longValue() : value;
    }
}
