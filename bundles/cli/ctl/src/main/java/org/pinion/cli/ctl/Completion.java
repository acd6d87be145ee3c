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

import java.nio.file.Path;
import java.util.List;
import org.pinion.client.command.Option;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code completion}: a script for the shell, made of the same commands and options that the program runs. */
final class Completion {
    private Completion() {}

    static Command command() {
        return new Command(
                "completion",
                "bash|zsh",
                "Print a completion script for a shell",
                """
                For bash: source <(ipfs-cluster-ctl completion bash)

                For zsh: source <(ipfs-cluster-ctl completion zsh), after compinit
                """,
                List.of(),
                call -> call.raw(script(call.argument(0))));
    }

    static String script(String shell) {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new UsageException("no completion for \"" + shell + "\": say bash or zsh");
        }
        CommandLine program = new CommandLine(spec(Ctl.NAME, Ctl.GLOBAL, false));
        for (String name : Commands.topLevel()) {
            if (Commands.isGroup(name)) {
                CommandLine group = new CommandLine(spec(name, List.of(), false));
                for (Command command : Commands.ofGroup(name)) {
                    group.addSubcommand(command.name(), spec(command.name(), command.options(), true));
                }
                program.addSubcommand(name, group);
            } else {
                Command command = Commands.find(name);
                List<Option> options = command == null ? List.of() : command.options();
                program.addSubcommand(name, spec(name, options, true));
            }
        }
        program.addSubcommand("commands", spec("commands", List.of(), false));
        program.addSubcommand("help", spec("help", List.of(), false));
        // the script loads zsh's support for bash completions by itself
        return AutoComplete.bash(Ctl.NAME, program);
    }

    private static CommandSpec spec(String name, List<Option> options, boolean files) {
        CommandSpec spec = CommandSpec.create().name(name);
        for (Option option : options) {
            spec.addOption(OptionSpec.builder(option.dashed().toArray(String[]::new))
                    .type(option.isFlag() ? boolean.class : String.class)
                    .arity(option.isFlag() ? "0" : "1")
                    .build());
        }
        if (files) {
            spec.addPositional(PositionalParamSpec.builder()
                    .index("0..*")
                    .arity("0..*")
                    .type(Path[].class)
                    .build());
        }
        return spec;
    }
}
