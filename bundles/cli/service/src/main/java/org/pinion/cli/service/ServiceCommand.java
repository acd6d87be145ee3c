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

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program and its global options, which stand before the command. */
@Command(
        name = "ipfs-cluster-service",
        header = "IPFS Cluster peer",
        description = {
            "Runs and manages a cluster peer: one of many that keep a shared set of pins on their IPFS nodes.",
            "",
            "The first time, make a configuration with",
            "",
            "   $ ipfs-cluster-service init",
            "",
            "and start the peer with",
            "",
            "   $ ipfs-cluster-service daemon",
            "",
            "A peer that joins others is started with --bootstrap and the address of one of them. All peers of a",
            "cluster need the same secret (in service.json, or CLUSTER_SECRET for init). Talk to a running peer",
            "with ipfs-cluster-ctl."
        },
        subcommands = {
            InitCommand.class,
            DaemonCommand.class,
            StateCommand.class,
            IdCommand.class,
            ShellCommand.class,
            ConfigCommand.class,
            VersionCommand.class,
            HelpCommand.class
        })
final class ServiceCommand {
    @Option(
            names = {"--config", "-c"},
            description = "folder with configuration, identity and data [$IPFS_CLUSTER_PATH]")
    @Nullable
    String config;

    @Option(
            names = {"--force", "-f"},
            description = "accepted; init and state have a --force of their own")
    boolean force;

    @Option(
            names = {"--debug", "-d"},
            description = "log everything, whatever --loglevel says")
    boolean debug;

    @Option(
            names = {"--loglevel", "-l"},
            description = "level, or list of component:level [$IPFS_CLUSTER_LOG_LEVEL]")
    @Nullable
    String loglevel;

    @Option(
            names = {"--help", "-h"},
            description = "show help")
    boolean help;

    @Option(
            names = {"--version", "-v"},
            description = "print the version")
    boolean version;

    /** What the program runs in; tests put their own in its place. */
    final Surroundings surroundings;

    /**
     * The world around the program.
     *
     * @param in answers to prompts
     * @param out results and prompts
     * @param err messages and the log
     */
    record Surroundings(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {}

    ServiceCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The peer's folder, absolute. */
    Path folder() {
        String chosen = config;
        if (chosen == null || chosen.isEmpty()) {
            chosen = surroundings.environment().getOrDefault("IPFS_CLUSTER_PATH", "");
        }
        if (chosen.isEmpty()) {
            String home = surroundings.environment().getOrDefault("HOME", "");
            return Path.of(home.isEmpty() ? System.getProperty("user.home") : home, ".ipfs-cluster")
                    .toAbsolutePath()
                    .normalize();
        }
        return Path.of(chosen).toAbsolutePath().normalize();
    }

    /** The value of {@code --loglevel} with everything that stands for it. */
    String levels() {
        if (debug) {
            return "debug";
        }
        String chosen = loglevel;
        return chosen == null ? surroundings.environment().getOrDefault("IPFS_CLUSTER_LOG_LEVEL", "") : chosen;
    }

    /** Refuses a list that cannot be read. */
    void checkLevels() {
        for (String item : levels().split(",")) {
            if (item.chars().filter(c -> c == ':').count() > 1) {
                throw new CommandFailed("parsing --loglevel: \"" + item + "\" must be LEVEL or COMPONENT:LEVEL");
            }
        }
    }
}
