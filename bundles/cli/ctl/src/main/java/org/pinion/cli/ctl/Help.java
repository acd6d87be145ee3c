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
package org.pinion.cli.ctl;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.pinion.spi.cluster.Versions;
import picocli.CommandLine.Model.OptionSpec;

/** Help texts; no line is longer than 120 columns. */
final class Help {
    private static final int COLUMNS = 118;

    private Help() {}

    static String program(List<OptionSpec> global) {
        StringBuilder out = new StringBuilder();
        out.append("NAME:\n   ").append(Ctl.NAME).append(" - talk to a cluster peer's REST API\n\n");
        out.append("USAGE:\n   ").append(Ctl.NAME).append(" [global options] command [options] [arguments]\n\n");
        out.append("VERSION:\n   ").append(Versions.FULL).append("\n\n");
        out.append("COMMANDS:\n");
        for (String name : Commands.topLevel()) {
            row(out, name, Commands.summary(name));
        }
        row(out, "help, h", "Show help for a command");
        out.append("\nGLOBAL OPTIONS:\n");
        global.forEach(option -> option(out, option));
        return out.toString();
    }

    static String group(String name) {
        StringBuilder out = new StringBuilder(topic(name, Commands.summary(name), " command [options] [arguments]"));
        out.append("\nCOMMANDS:\n");
        for (Command command : Commands.ofGroup(name)) {
            row(out, command.name(), command.summary());
        }
        return out.toString();
    }

    static String command(Command command) {
        StringBuilder out =
                new StringBuilder(topic(command.path(), command.summary(), " [options] " + command.arguments()));
        out.append("\nOPTIONS:\n");
        command.options().forEach(option -> option(out, option));
        row(out, "--help, -h", "show help");
        return out.toString();
    }

    static String topic(String path, String summary, String arguments) {
        StringBuilder out = new StringBuilder("NAME:\n");
        wrapped(out, "   " + Ctl.NAME + " " + path + " - " + summary, 3);
        out.append("\nUSAGE:\n   ").append(Ctl.NAME).append(' ').append((path + arguments).strip());
        return out.append('\n').toString();
    }

    /** One full command per line, groups included. */
    static String commands() {
        StringBuilder out = new StringBuilder();
        for (String name : Commands.topLevel()) {
            out.append(Ctl.NAME).append(' ').append(name).append('\n');
            for (Command command : Commands.ofGroup(name)) {
                out.append(Ctl.NAME).append(' ').append(command.path()).append('\n');
            }
        }
        return out.append(Ctl.NAME).append(" commands\n").toString();
    }

    private static void option(StringBuilder out, OptionSpec option) {
        String names = Arrays.stream(option.names())
                .filter(name ->
                        name.startsWith("--") == name.replaceFirst("^-+", "").length() > 1)
                .sorted(Comparator.comparing(String::length).reversed())
                .collect(Collectors.joining(", "));
        boolean flag = option.type() == boolean.class;
        String otherwise = option.defaultValue();
        String note = flag || otherwise == null || otherwise.isEmpty() ? "" : " (default: " + otherwise + ")";
        row(out, names + (flag ? "" : " value"), option.description()[0] + note);
    }

    private static void row(StringBuilder out, String left, String right) {
        String start = "   " + left;
        String gap = start.length() < 38 ? " ".repeat(38 - start.length()) : "  ";
        wrapped(out, start + gap + right, 38);
    }

    private static void wrapped(StringBuilder out, String text, int indent) {
        String rest = text;
        while (rest.length() > COLUMNS) {
            int cut = rest.lastIndexOf(' ', COLUMNS);
            if (cut <= indent) {
                break;
            }
            out.append(rest, 0, cut).append('\n');
            rest = " ".repeat(indent) + rest.substring(cut + 1);
        }
        out.append(rest).append('\n');
    }
}
