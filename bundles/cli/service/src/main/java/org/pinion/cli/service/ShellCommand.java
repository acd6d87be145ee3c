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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/**
 * The shell of the running peer: on a terminal with line editing, else the commands of the arguments or of standard
 * input, of which the first that fails ends it. Exit status: 0, 1 a command failed, 2 wrong usage or unknown command.
 */
@Command(
        name = "shell",
        header = "Opens the shell of the running peer, or runs commands in it",
        description = {
            "On a terminal: line editing, history, completion; ctrl-C ends a command, ctrl-D leaves.",
            "Elsewhere the lines of standard input are run, up to the first that fails. Exit status: 0 fine,",
            "1 a command failed, 2 wrong usage or unknown command.",
            "",
            "   $ ipfs-cluster-service shell",
            "   $ ipfs-cluster-service shell -c \"cluster:status --filter error\"",
            "   $ ipfs-cluster-service shell cluster:components",
            "",
            "It goes over pinion/shell.sock in the peer's folder with the key in pinion/shell.key, which only the",
            "owner may read; no port listens. cluster:help lists the commands, --help behind one explains it."
        })
final class ShellCommand implements Callable<Integer> {
    private static final String PLAIN = "[A-Za-z0-9_@%+=:,./-]+";

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private ServiceCommand program;

    @Option(
            names = {"--command", "-c"},
            description = "run this line of commands")
    private @Nullable String line;

    @Option(names = "--complete", description = "print what the last word of this line could become")
    private @Nullable String complete;

    @Parameters(arity = "0..*", paramLabel = "[command]")
    private List<String> words = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        PrintStream out = program.surroundings.out();
        try (ShellClient shell = ShellClient.connect(program.folder())) {
            if (complete != null) {
                shell.complete(complete).forEach(out::println);
                return 0;
            }
            if (line != null) {
                return run(shell, line);
            }
            if (!words.isEmpty()) {
                return run(shell, words.size() == 1 ? words.get(0) : quoted(words));
            }
            if (Tty.isTyped()) {
                return shell.terminal(program.surroundings.in(), out, program.surroundings.environment());
            }
            return lines(shell);
        }
    }

    private int run(ShellClient shell, String command) throws IOException {
        return shell.run(command, program.surroundings.out(), program.surroundings.err());
    }

    private int lines(ShellClient shell) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(program.surroundings.in(), StandardCharsets.UTF_8));
        for (String next = lines.readLine(); next != null; next = lines.readLine()) {
            int status = next.isBlank() || next.stripLeading().startsWith("#") ? 0 : run(shell, next);
            if (status != 0) {
                return status;
            }
        }
        return 0;
    }

    /** Words as the caller's shell had them, for a shell with the same kind of quotes. */
    private static String quoted(List<String> words) {
        List<String> all = new ArrayList<>();
        words.forEach(word -> all.add(word.matches(PLAIN) ? word : "'" + word.replace("'", "'\\''") + "'"));
        return String.join(" ", all);
    }
}
