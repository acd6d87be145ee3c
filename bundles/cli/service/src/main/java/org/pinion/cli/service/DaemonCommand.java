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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.config.ConfigFiles.Reading;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Runs the peer until a signal ends it. */
@Command(
        name = "daemon",
        header = "Runs the IPFS Cluster peer",
        description = {
            "Checks the configuration and starts the peer. Nothing listens before all of it is fine.",
            "",
            "--bootstrap joins other peers at their addresses, which end in /p2p/PEERID. With crdt, these peers are",
            "trusted for this run unless --no-trust is given."
        })
final class DaemonCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    private static final Set<String> QUIET = Set.of("WARN", "ERROR", "FATAL");

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private ServiceCommand program;

    @Option(
            names = {"--upgrade", "-u"},
            description = "accepted for old deployments, without effect")
    @SuppressWarnings("UnusedVariable")
    private boolean upgrade;

    @Option(
            names = {"--bootstrap", "-j"},
            description = "addresses of peers to join, separated by commas")
    private @Nullable String bootstrap;

    @Option(
            names = {"--leave", "-x"},
            hidden = true,
            description = "leave the cluster when the peer stops")
    private boolean leave;

    @Option(names = "--shell", description = "make this terminal the shell of the peer; leaving it stops the peer")
    private boolean shell;

    @Option(names = "--stats", description = "collect metrics (observations.metrics.enable_stats)")
    private boolean stats;

    @Option(names = "--tracing", description = "trace calls (observations.tracing.enable_tracing)")
    private boolean tracing;

    @Option(names = "--no-trust", description = "do not trust the bootstrap peers (crdt)")
    private boolean noTrust;

    @Option(names = "--consensus", description = "crdt or raft, where service.json has both")
    private @Nullable String consensus;

    @Option(names = "--pintracker", hidden = true, description = "stateless or map")
    private @Nullable String pintracker;

    @Option(
            names = {"--alloc", "-a"},
            hidden = true,
            description = "disk-freespace, disk-reposize or numpin")
    private @Nullable String alloc;

    @Option(names = "--monitor", hidden = true, description = "pubsubmon")
    private @Nullable String monitor;

    @Override
    public Integer call() throws IOException {
        program.checkLevels();
        if (shell && !Tty.isThere()) {
            throw new CommandFailed("opening the shell: standard input and output are not a terminal; start without "
                    + "--shell and use: ipfs-cluster-service shell");
        }
        log("INFO", "Initializing. For verbose output run with \"-l debug\". Please wait...");
        Map<String, String> flags = flags();
        Path folder = program.folder();
        if (!Files.isDirectory(folder)) {
            throw new CommandFailed("loading configurations: open " + folder.resolve("service.json")
                    + ": no such file or directory; make one with: ipfs-cluster-service --config " + folder + " init");
        }
        try (FolderLock lock = FolderLock.take(folder)) {
            check(folder, flags);
            lock.writePid();
            return KarafLauncher.run(folder, flags);
        }
    }

    private void check(Path folder, Map<String, String> flags) throws IOException {
        Reading reading = Providers.configFiles().read(folder, program.surroundings.environment(), flags);
        reading.notes().stream().filter(note -> note.startsWith("NOTICE")).forEach(program.surroundings.err()::println);
        if (!reading.faults().isEmpty()) {
            throw new CommandFailed(
                    "loading configurations: " + String.join("\nerror loading configurations: ", reading.faults()));
        }
        List<String> conflicts = UsedPorts.now().conflicts(reading.listeners());
        if (!conflicts.isEmpty()) {
            throw new CommandFailed(String.join("\nerror ", conflicts));
        }
    }

    private Map<String, String> flags() {
        Map<String, String> flags = new LinkedHashMap<>();
        flags.put("pinion.daemon", "true");
        flags.put("pinion.loglevel", program.levels());
        put(flags, "pinion.bootstrap", bootstrap());
        put(flags, "pinion.consensus", consensus);
        put(flags, "pinion.pintracker", pintracker);
        put(flags, "pinion.alloc", alloc);
        put(flags, "pinion.monitor", monitor);
        put(flags, "pinion.leave", leave ? "true" : "");
        put(flags, "pinion.no.trust", noTrust ? "true" : "");
        put(flags, KarafLauncher.SHELL, shell ? "true" : "");
        put(flags, "pinion.stats", stats ? "true" : "");
        put(flags, "pinion.tracing", tracing ? "true" : "");
        return flags;
    }

    private static void put(Map<String, String> flags, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            flags.put(name, value);
        }
    }

    private String bootstrap() {
        if (bootstrap == null || bootstrap.isEmpty()) {
            return "";
        }
        StringBuilder all = new StringBuilder();
        for (String item : bootstrap.split(",", -1)) {
            String address = item.strip();
            try {
                all.append(all.isEmpty() ? "" : ",").append(GoText.multiaddr(address));
            } catch (IllegalArgumentException e) {
                // the reference says "error" twice here
                throw new CommandFailed("error parsing bootstrap multiaddress (" + address + "): " + e.getMessage(), e);
            }
        }
        return all.toString();
    }

    /** A line like those of the running peer, whose log does not exist yet. */
    private void log(String level, String message) {
        String wanted = LogLevels.parse(program.levels()).systemProperties().getOrDefault("pinion.log.service", "INFO");
        if (!QUIET.contains(wanted)) {
            program.surroundings
                    .err()
                    .println(TIME.format(ZonedDateTime.now()) + "\t" + level + "\tservice\t" + message);
        }
    }
}
