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

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;

/** Why a component is not active, in one line. Pure. */
final class ComponentReason {
    private static final int MAX_CHARS = 300;

    private ComponentReason() {}

    /** The reason of one configuration; empty when it is active. */
    static String of(ComponentConfigurationDTO configuration) {
        return switch (configuration.state) {
            case ComponentConfigurationDTO.ACTIVE -> "";
            case ComponentConfigurationDTO.SATISFIED -> "made when it is first used";
            case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION -> noSection(configuration.description);
            case ComponentConfigurationDTO.FAILED_ACTIVATION -> "activation failed: " + cause(configuration.failure);
            default -> missing(configuration);
        };
    }

    /** Nothing asks for a component. */
    static String noSection(ComponentDescriptionDTO description) {
        return "no configuration " + String.join(", ", description.configurationPid);
    }

    private static String missing(ComponentConfigurationDTO configuration) {
        Map<String, String> types = new HashMap<>();
        if (configuration.description.references != null) {
            for (ReferenceDTO reference : configuration.description.references) {
                types.put(reference.name, simple(reference.interfaceName));
            }
        }
        return "no "
                + Stream.of(configuration.unsatisfiedReferences)
                        .map(one -> types.getOrDefault(one.name, one.name)
                                + (one.target == null || one.target.isEmpty() ? "" : " " + one.target))
                        .distinct()
                        .collect(Collectors.joining(", no "));
    }

    private static String simple(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /**
     * The cause at the bottom of a stack trace, which names the thing: the lines above it only wrap it. The exception's
     * class is left out when there is a message.
     */
    static String cause(String trace) {
        String cause = trace.lines()
                .filter(line -> line.startsWith("Caused by: "))
                .reduce((first, last) -> last)
                .map(line -> line.substring("Caused by: ".length()))
                .orElse(trace.lines().findFirst().orElse(""));
        String message = cause.replaceFirst("^[\\w.$]+(Exception|Error): ", "");
        return shortened(message.isBlank() ? cause : message);
    }

    /** One line that fits a table. */
    static String shortened(String text) {
        String line = text.lines().map(String::strip).collect(Collectors.joining(" "));
        return line.length() <= MAX_CHARS ? line : line.substring(0, MAX_CHARS) + "…";
    }
}
