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

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.pinion.cli.service.ServiceCommand.Surroundings;
import org.pinion.spi.ClusterException;
import org.pinion.spi.cluster.Versions;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * {@code ipfs-cluster-service}. Exit status: 0 fine, 1 an error (one line on standard error) or wrong usage (help on standard
 * output), 3 help on something that does not exist.
 */
public final class Main {
    private static final int FAILED = 1;
    private static final int NO_TOPIC = 3;

    private final ServiceCommand program;
    private final CommandLine commands;

    private Main(Surroundings surroundings) {
        program = new ServiceCommand(surroundings);
        commands = new CommandLine(program);
        commands.setPosixClusteredShortOptionsAllowed(false);
        commands.setExpandAtFiles(false);
        // what stands behind the name of a shell command belongs to that command
        commands.getSubcommands().forEach((name, command) -> command.setStopAtPositional(name.equals("shell")));
        addHelp(commands);
    }

    /** Starts the program and ends the process. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 13),
                false,
                StandardCharsets.UTF_8);
        int status = run(new Surroundings(System.in, out, System.err, System.getenv()), arguments);
        out.flush();
        System.exit(status);
    }

    /** Runs one command and returns the exit status. */
    static int run(Surroundings surroundings, String... arguments) {
        return new Main(surroundings).run(arguments);
    }

    /** Every command has --help; the program has its own. */
    private static void addHelp(CommandLine command) {
        if (command.getCommandSpec().findOption("--help") == null) {
            command.getCommandSpec()
                    .addOption(CommandLine.Model.OptionSpec.builder("--help", "-h")
                            .description("show help")
                            .type(boolean.class)
                            .build());
        }
        command.getSubcommands().values().forEach(Main::addHelp);
    }

    private int run(String... arguments) {
        Surroundings surroundings = program.surroundings;
        try {
            return runParsed(commands.parseArgs(new Arguments(commands).normal(arguments)));
        } catch (CommandLine.ParameterException e) {
            return wrongUsage(e);
        } catch (IllegalArgumentException e) {
            surroundings.out().println("Incorrect Usage. " + e.getMessage() + "\n");
            surroundings.out().print(HelpText.of(commands));
            return FAILED;
        } finally {
            surroundings.out().flush();
        }
    }

    private int wrongUsage(CommandLine.ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintStream out = program.surroundings.out();
        List<String> unmatched = e instanceof UnmatchedArgumentException unknown ? unknown.getUnmatched() : List.of();
        boolean flag = !unmatched.isEmpty() && unmatched.get(0).startsWith("-");
        if (!unmatched.isEmpty() && !flag) {
            return unknownCommand(command, unmatched);
        }
        String reason = flag
                ? "flag provided but not defined: " + unmatched.get(0).replaceFirst("^--", "-")
                : String.valueOf(e.getMessage());
        out.println("Incorrect Usage" + (command.getParent() == null ? ". " : ": ") + reason + "\n");
        out.print(HelpText.of(command));
        return FAILED;
    }

    private int unknownCommand(CommandLine command, List<String> words) {
        if (command.getParent() != null) {
            return noTopic(words.get(0));
        }
        program.surroundings.out().print(HelpText.of(command));
        return FAILED;
    }

    private int noTopic(String topic) {
        program.surroundings.err().println("No help topic for '" + topic + "'");
        return NO_TOPIC;
    }

    private int help(List<String> topics) {
        CommandLine command = commands;
        for (String topic : topics) {
            CommandLine found = command.getSubcommands().get(topic);
            if (found == null) {
                return noTopic(topic);
            }
            command = found;
        }
        program.surroundings.out().print(HelpText.of(command));
        return 0;
    }

    private int runParsed(ParseResult parsed) {
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        CommandLine command = last.commandSpec().commandLine();
        PrintStream out = program.surroundings.out();
        if (program.help || last.hasMatchedOption("--help")) {
            out.print(HelpText.of(program.help ? commands : command));
            return 0;
        }
        if (program.version) {
            out.println("ipfs-cluster-service version " + Versions.FULL);
            return 0;
        }
        if (command.getCommand() instanceof HelpCommand help) {
            return help(help.topics);
        }
        if (command.getCommand() instanceof java.util.concurrent.Callable<?> task) {
            return call(task);
        }
        out.print(HelpText.of(command));
        return command.equals(commands) ? FAILED : 0;
    }

    private int call(java.util.concurrent.Callable<?> task) {
        try {
            return task.call() instanceof Integer status ? status : 0;
        } catch (CommandFailed | ClusterException e) {
            return error(String.valueOf(e.getMessage()));
        } catch (NoSuchFileException e) {
            return error("opening files: " + e.getFile() + ": no such file or directory");
        } catch (AccessDeniedException e) {
            return error("opening files: " + e.getFile() + ": permission denied");
        } catch (FileAlreadyExistsException e) {
            return error("opening files: " + e.getFile() + ": is a file, must be a folder");
        } catch (IOException e) {
            return error("reading or writing files: " + e.getMessage());
        } catch (Exception e) {
            return error("running the command: " + e);
        }
    }

    private int error(String text) {
        program.surroundings.out().flush();
        program.surroundings.err().println("error " + text);
        return FAILED;
    }
}
