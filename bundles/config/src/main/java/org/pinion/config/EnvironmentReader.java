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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts {@code CLUSTER_*} variables over the values of a section and checks the result. */
final class EnvironmentReader {
    private final Map<String, String> environment;
    private final Path folder;
    private final List<String> faults;

    EnvironmentReader(Map<String, String> environment, Path folder, List<String> faults) {
        this.environment = environment;
        this.folder = folder;
        this.faults = faults;
    }

    /** The values with this section's variables; the same object when there is none. */
    Values apply(Section section, Values values) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (Key key : section.keys()) {
            String variable = key.variable(section.variablePrefix());
            if (environment.containsKey(variable)) {
                variables.put(key.path(), variable);
            }
        }
        if (variables.isEmpty()) {
            return values;
        }
        Map<String, @Nullable Object> json = section.toJson(values, true);
        List<String> found = new ArrayList<>();
        for (Key key : section.keys()) {
            String variable = variables.get(key.path());
            if (variable == null) {
                continue;
            }
            try {
                Section.put(json, key.path(), key.kind().fromEnvironment(String.valueOf(environment.get(variable))));
            } catch (IllegalArgumentException e) {
                String reason = key.secret() ? "the value cannot be read" : e.getMessage();
                found.add("envconfig.Process: assigning " + variable + " to " + key.path() + ": " + reason);
            }
        }
        if (!found.isEmpty()) {
            faults.addAll(found);
            return values;
        }
        String all = String.join(", ", variables.values());
        return SectionReader.read(
                section,
                json,
                folder,
                path -> "environment variable " + variables.getOrDefault(path, all),
                faults,
                new ArrayList<>());
    }
}
