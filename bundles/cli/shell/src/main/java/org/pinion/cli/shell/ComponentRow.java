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
package org.pinion.cli.shell;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/**
 * One line of {@code cluster:components}.
 *
 * @param type the component type
 * @param implementation the component's name without the common prefix
 * @param bundle id, symbolic name and version
 * @param state {@code active}, {@code ready} (made when first used), {@code off}, {@code waiting} or {@code failed}
 * @param reason why it is not active; empty when it is
 */
record ComponentRow(String type, String implementation, String bundle, String state, String reason) {
    private static final String PREFIX = "org.pinion.";
    private static final int GAP = 2;

    /** The line of one component: pure. */
    static ComponentRow of(
            String type,
            String bundle,
            ComponentDescriptionDTO description,
            Collection<ComponentConfigurationDTO> configurations) {
        String name =
                description.name.startsWith(PREFIX) ? description.name.substring(PREFIX.length()) : description.name;
        if (configurations.isEmpty()) {
            return new ComponentRow(type, name, bundle, "off", noSection(description));
        }
        ComponentConfigurationDTO best = configurations.stream()
                .max(Comparator.comparingInt(ComponentRow::rank))
                .orElseThrow();
        return new ComponentRow(type, name, bundle, state(best), reason(best));
    }

    /** The lines as a table with a head, sorted by type. */
    static String table(Collection<ComponentRow> rows) {
        List<String[]> lines = new ArrayList<>();
        lines.add(new String[] {"TYPE", "IMPLEMENTATION", "STATE", "BUNDLE", "REASON"});
        rows.stream()
                .sorted(Comparator.comparing(ComponentRow::type).thenComparing(ComponentRow::implementation))
                .map(row -> new String[] {row.type, row.implementation, row.state, row.bundle, row.reason})
                .forEach(lines::add);
        int[] widths = new int[lines.get(0).length];
        lines.forEach(line -> Stream.iterate(0, i -> i < widths.length, i -> i + 1)
                .forEach(i -> widths[i] = Math.max(widths[i], line[i].length() + GAP)));
        return lines.stream().map(line -> padded(line, widths)).collect(Collectors.joining("\n"));
    }

    private static String padded(String[] cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            line.append(cells[i]).append(" ".repeat(widths[i] - cells[i].length()));
        }
        return line.toString().stripTrailing();
    }

    private static int rank(ComponentConfigurationDTO configuration) {
        return switch (configuration.state) {
            case ComponentConfigurationDTO.ACTIVE -> 3;
            case ComponentConfigurationDTO.SATISFIED -> 2;
            case ComponentConfigurationDTO.FAILED_ACTIVATION -> 1;
            default -> 0;
        };
    }

    private static String state(ComponentConfigurationDTO configuration) {
        return switch (configuration.state) {
            case ComponentConfigurationDTO.ACTIVE -> "active";
            case ComponentConfigurationDTO.SATISFIED -> "ready";
            case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION -> "off";
            case ComponentConfigurationDTO.FAILED_ACTIVATION -> "failed";
            default -> "waiting";
        };
    }

    private static String reason(ComponentConfigurationDTO configuration) {
        return switch (configuration.state) {
            case ComponentConfigurationDTO.ACTIVE -> "";
            case ComponentConfigurationDTO.SATISFIED -> "made when it is first used";
            case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION -> noSection(configuration.description);
            case ComponentConfigurationDTO.FAILED_ACTIVATION -> firstLine(configuration.failure);
            default ->
                Stream.of(configuration.unsatisfiedReferences)
                        .map(reference -> "no " + reference.name
                                + (reference.target == null || reference.target.isEmpty()
                                        ? ""
                                        : " " + reference.target))
                        .collect(Collectors.joining(", "));
        };
    }

    private static String noSection(ComponentDescriptionDTO description) {
        return "no configuration " + String.join(", ", description.configurationPid);
    }

    /** The cause at the bottom of a stack trace names the thing; the lines above it only wrap it. */
    private static String firstLine(String trace) {
        String cause = trace.lines()
                .filter(line -> line.startsWith("Caused by: "))
                .reduce((first, last) -> last)
                .map(line -> line.substring("Caused by: ".length()))
                .orElse(trace.lines().findFirst().orElse(""));
        return cause.replaceFirst("^[\\w.$]+: ", "");
    }
}
