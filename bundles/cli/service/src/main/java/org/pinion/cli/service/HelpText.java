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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pinion.spi.cluster.Versions;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Help in the reference's layout: headed blocks, bodies three spaces in. */
final class HelpText {
    private final StringBuilder out = new StringBuilder();

    private HelpText() {}

    static String of(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        HelpText help = new HelpText();
        boolean root = spec.parent() == null;
        String[] header = spec.usageMessage().header();
        help.block("NAME", List.of(spec.qualifiedName() + " - " + String.join(" ", header)));
        help.block("USAGE", List.of(usage(spec, root)));
        if (root) {
            help.block("VERSION", List.of(Versions.FULL));
        }
        help.block("DESCRIPTION", Arrays.asList(spec.usageMessage().description()));
        help.block("COMMANDS", commands(command, root));
        help.block(root ? "GLOBAL OPTIONS" : "OPTIONS", options(spec));
        return help.out.toString().stripTrailing() + "\n";
    }

    private static String usage(CommandSpec spec, boolean root) {
        String name = spec.qualifiedName();
        if (root) {
            return name + " [global options] command [command options] [arguments...]";
        }
        return name
                + (spec.subcommands().isEmpty() ? " [command options] " : " command [command options] ")
                + (spec.positionalParameters().isEmpty()
                        ? "[arguments...]"
                        : spec.positionalParameters().get(0).paramLabel());
    }

    private static List<String> commands(CommandLine command, boolean root) {
        Map<String, String> rows = new LinkedHashMap<>();
        command.getSubcommands().forEach((name, sub) -> {
            CommandSpec spec = sub.getCommandSpec();
            if (name.equals(spec.name()) && !spec.usageMessage().hidden()) {
                rows.put(name, String.join(" ", spec.usageMessage().header()));
            }
        });
        if (root) {
            rows.put("help, h", "Shows a list of commands or help for one command");
        }
        return columns(rows);
    }

    private static List<String> options(CommandSpec spec) {
        Map<String, String> rows = new LinkedHashMap<>();
        for (OptionSpec option : spec.options()) {
            if (option.hidden()) {
                continue;
            }
            List<String> names = new ArrayList<>(List.of(option.names()));
            names.sort((one, other) -> other.length() - one.length());
            String value = option.type() == boolean.class ? "" : " value";
            String fallback = option.defaultValue() == null ? "" : " (default: \"" + option.defaultValue() + "\")";
            rows.put(
                    String.join(", ", names.stream().map(name -> name + value).toList()),
                    String.join(" ", option.description()) + fallback);
        }
        if (rows.keySet().stream().noneMatch(name -> name.startsWith("--help"))) {
            rows.put("--help, -h", "show help");
        }
        return columns(rows);
    }

    private static List<String> columns(Map<String, String> rows) {
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        return rows.entrySet().stream()
                .map(row -> row.getKey() + " ".repeat(width - row.getKey().length() + 2) + row.getValue())
                .toList();
    }

    private void block(String title, List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        out.append(title).append(":\n");
        lines.forEach(
                line -> out.append(line.isEmpty() ? "" : "   ").append(line).append('\n'));
        out.append('\n');
    }
}
