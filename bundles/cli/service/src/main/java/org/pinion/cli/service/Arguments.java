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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Turns the forms that Go's flag package takes ({@code -name}, {@code --flag=false}) into the usual ones. */
final class Arguments {
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

    private final Map<String, OptionSpec> options = new HashMap<>();

    Arguments(CommandLine program) {
        collect(program);
    }

    private void collect(CommandLine command) {
        for (OptionSpec option : command.getCommandSpec().options()) {
            for (String name : option.names()) {
                options.merge(name, option, (one, other) -> isFlag(one) ? other : one);
            }
        }
        command.getSubcommands().values().forEach(this::collect);
    }

    private static boolean isFlag(OptionSpec option) {
        return option.type() == boolean.class;
    }

    /**
     * The arguments in the usual form.
     *
     * @throws IllegalArgumentException if a flag's value is neither true nor false
     */
    String[] normal(String... arguments) {
        List<String> normal = new ArrayList<>();
        boolean end = false;
        for (String argument : arguments) {
            end |= argument.equals("--");
            if (end || !argument.startsWith("-") || argument.length() < 2) {
                normal.add(argument);
            } else {
                normal.addAll(one(argument));
            }
        }
        return normal.toArray(String[]::new);
    }

    private List<String> one(String argument) {
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        if (!options.containsKey(name) && options.containsKey("-" + name)) {
            name = "-" + name;
        } else if (!options.containsKey(name) && name.startsWith("--") && options.containsKey(name.substring(1))) {
            name = name.substring(1);
        }
        OptionSpec option = options.get(name);
        if (equals < 0 || option == null) {
            return List.of(equals < 0 ? name : name + argument.substring(equals));
        }
        String value = argument.substring(equals + 1);
        if (!isFlag(option)) {
            return name.startsWith("--") ? List.of(name + "=" + value) : Arrays.asList(name, value);
        }
        if (TRUE.contains(value)) {
            return List.of(name);
        }
        if (FALSE.contains(value)) {
            return List.of();
        }
        throw new IllegalArgumentException("invalid boolean value \"" + value + "\" for "
                + name.replaceFirst("^--", "-") + ": must be true or false");
    }
}
