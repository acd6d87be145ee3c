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
package org.pinion.cli.service;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The value of {@code --loglevel}: a comma list of {@code level} or {@code component:level}.
 *
 * <p>The logging configuration in {@code etc} names one property {@code pinion.log.<component>} for each component and
 * {@code pinion.log.all} for the rest. Levels and components nobody knows are ignored, as by the reference.
 */
record LogLevels(Map<String, String> levels) {
    private static final String ALL = "all";

    /** The reference's facilities; each has its loggers in {@code etc/org.ops4j.pax.logging.cfg}. */
    static final Set<String> COMPONENTS = Set.of(
            "cluster",
            "restapi",
            "restapilog",
            "ipfshttp",
            "monitor",
            "dsstate",
            "crdt",
            "raft",
            "pintracker",
            "diskinfo",
            "tags",
            "config",
            "adder",
            "allocator",
            "libp2p",
            "rpc",
            "datastore",
            "embedded",
            "service");

    private static final Map<String, String> NAMES = Map.of(
            "debug", "DEBUG",
            "info", "INFO",
            "warn", "WARN",
            "warning", "WARN",
            "error", "ERROR",
            "dpanic", "FATAL",
            "panic", "FATAL",
            "fatal", "FATAL");

    /** Where the reference has one name more than we have loggers. */
    private static final Map<String, String> ALIASES = Map.of(
            "singledags", "adder",
            "shardingdags", "adder",
            "optracker", "pintracker",
            "p2p-gorpc", "rpc",
            "swarm2", "libp2p",
            "pebble", "datastore",
            "badger", "datastore",
            "badger3", "datastore");

    LogLevels {
        levels = Map.copyOf(levels);
    }

    /** Reads the list; empty means {@code info} for everything. */
    static LogLevels parse(String text) {
        Map<String, String> levels = new LinkedHashMap<>();
        for (String item : text.split(",", -1)) {
            String[] parts = item.strip().split(":", -1);
            String component = parts.length == 2 ? parts[0].strip().toLowerCase(Locale.ROOT) : ALL;
            String level = NAMES.get(parts[parts.length - 1].strip().toLowerCase(Locale.ROOT));
            if (level != null) {
                levels.put(ALIASES.getOrDefault(component, component), level);
            }
        }
        return new LogLevels(levels);
    }

    Map<String, String> systemProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        String overall = levels.getOrDefault(ALL, "INFO");
        properties.put("pinion.log.all", overall);
        for (String component : COMPONENTS) {
            properties.put("pinion.log." + component, levels.getOrDefault(component, overall));
        }
        return properties;
    }
}
