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
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A section that runs, as Config Admin properties: keys as in service.json with dots for underscores and between nested
 * names; integers are {@code Long}, durations stay texts, lists are {@code String[]}, maps are one JSON text. Secret keys
 * are apart.
 *
 * @param label {@code consensus.crdt}
 * @param type {@code consensus}
 * @param pid the component's PID
 * @param properties what Config Admin gets
 * @param secrets key of service.json to its value: a text as it is, everything else as JSON
 */
record ActiveSection(
        String label, String type, String pid, Map<String, Object> properties, Map<String, String> secrets) {
    /** Property that names the section a configuration was made from. */
    static final String SECTION = "pinion.section";

    private static final Pattern SECRET =
            Pattern.compile("(?i)(.*[._])?(secret|private_?key|password|passphrase|credentials|token)");

    static ActiveSection of(Section section, Values values) {
        Map<String, Object> properties = new TreeMap<>();
        Map<String, String> secrets = new LinkedHashMap<>();
        for (Key key : section.keys()) {
            Object json = key.kind().toJson(values.get(key.path()));
            if (json == null) {
                continue;
            }
            if (key.secret()) {
                secrets.put(key.path(), json instanceof String text ? text : Json.compact(json));
            } else {
                properties.put(key.property(), property(values.get(key.path()), json));
            }
        }
        properties.put(SECTION, section.label());
        return new ActiveSection(section.label(), section.type(), section.pid(), properties, secrets);
    }

    /** A section without a schema: all its keys are handed on. */
    static ActiveSection ofUnknown(String label, Map<?, ?> json) {
        Map<String, Object> properties = new TreeMap<>();
        Map<String, String> secrets = new LinkedHashMap<>();
        collect("", json, properties, secrets);
        properties.put(SECTION, label);
        int dot = label.indexOf('.');
        String type = label.substring(0, dot);
        return new ActiveSection(label, type, Schema.pid(type, label.substring(dot + 1)), properties, secrets);
    }

    private static void collect(
            String prefix, Map<?, ?> json, Map<String, Object> properties, Map<String, String> secrets) {
        json.forEach((name, value) -> {
            String path = prefix + name;
            if (value != null && SECRET.matcher(path).matches()) {
                secrets.put(path, value instanceof String text ? text : Json.compact(value));
            } else if (value instanceof Map<?, ?> inner) {
                collect(path + ".", inner, properties, secrets);
            } else if (value != null) {
                properties.put(path.replace('_', '.'), property(value, value));
            }
        });
    }

    private static Object property(@Nullable Object value, Object json) {
        if (value instanceof List<?> list) {
            if (list.stream().allMatch(item -> item instanceof String || item instanceof Number)) {
                return list.stream().map(String::valueOf).toArray(String[]::new);
            }
            return Json.compact(list);
        }
        if (value instanceof BigDecimal number) {
            return number.doubleValue();
        }
        if (json instanceof BigInteger number) {
            return number.longValue();
        }
        return json instanceof Map ? Json.compact(json) : json;
    }
}
