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

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.config.ConfigFiles.Reading;
import org.pinion.spi.config.ConfigFiles.Store;
import org.pinion.spi.datastore.DatastoreFactory;
import org.pinion.spi.datastore.DatastoreFactory.OpenDatastore;
import org.pinion.spi.state.OfflineState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Commands on the pin set of a peer that does not run. */
@Command(
        name = "state",
        header = "Manages the peer's consensus state (pinset)",
        subcommands = {StateCommand.Export.class, StateCommand.Import.class, StateCommand.Cleanup.class})
final class StateCommand {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private ServiceCommand program;

    /** Something to do with the open store. */
    @FunctionalInterface
    private interface Work {
        void run(OfflineState state, OpenDatastore store) throws IOException;
    }

    private void withStore(String doing, Work work) throws IOException {
        Path folder = program.folder();
        try (FolderLock lock = FolderLock.take(folder)) {
            lock.writePid();
            Reading reading = Providers.configFiles().read(folder, program.surroundings.environment(), Map.of());
            if (!reading.faults().isEmpty()) {
                throw new CommandFailed(
                        "loading configurations: " + String.join("\nerror loading configurations: ", reading.faults()));
            }
            Store section =
                    reading.store().orElseThrow(() -> new CommandFailed("creating datastore: unknown datastore"));
            DatastoreFactory factory = Providers.one(
                    DatastoreFactory.class, one -> one.name().equals(section.factory()), section.factory());
            OfflineState state = Providers.one(OfflineState.class, one -> true, "");
            try (OpenDatastore store = factory.open(section.folder(), section.settings())) {
                work.run(state, store);
            } catch (ClusterException e) {
                throw new CommandFailed(doing + ": " + e.getMessage(), e);
            }
        }
    }

    private boolean confirmed(boolean force, String question) {
        return force || new Prompt(program.surroundings.in(), program.surroundings.out()).yes(question);
    }

    private void say(String text) {
        program.surroundings.err().println(text);
    }

    /** Writes the pin set as lines of JSON. */
    @Command(
            name = "export",
            header = "Writes the pinset to a file or to standard output",
            description = "One pin per line, as JSON, sorted by CID.")
    static final class Export implements Callable<Integer> {
        @ParentCommand
        @SuppressWarnings("NullAway.Init")
        private StateCommand parent;

        @Option(
                names = {"--file", "-f"},
                description = "file to write")
        private @Nullable String file;

        @Override
        public Integer call() throws IOException {
            parent.withStore("exporting state", (state, store) -> {
                if (file == null || file.isEmpty()) {
                    state.exportTo(store, parent.program.surroundings.out());
                    parent.program.surroundings.out().flush();
                } else {
                    toFile(state, store, Path.of(file));
                }
                parent.say("state successfully exported");
            });
            return 0;
        }

        private static void toFile(OfflineState state, OpenDatastore store, Path target) throws IOException {
            OutputStream file;
            try {
                file = Files.newOutputStream(target);
            } catch (NoSuchFileException e) {
                throw new CommandFailed("creating output file: open " + target + ": no such file or directory", e);
            } catch (IOException e) {
                throw new CommandFailed("creating output file: open " + target + ": " + e.getMessage(), e);
            }
            try (OutputStream out = new BufferedOutputStream(file, 1 << 16)) {
                state.exportTo(store, out);
            }
        }
    }

    /** Replaces the pin set. */
    @Command(
            name = "import",
            header = "Replaces the pinset by that of a file or of standard input",
            description = "Reads what export wrote. A bad line changes nothing.")
    static final class Import implements Callable<Integer> {
        @ParentCommand
        @SuppressWarnings("NullAway.Init")
        private StateCommand parent;

        @Option(
                names = {"--force", "-f"},
                description = "do not ask")
        private boolean force;

        @Parameters(paramLabel = "[FILE]", arity = "0..*")
        private List<String> files = List.of();

        @Override
        public Integer call() throws IOException {
            if (!parent.confirmed(force, "The pinset (state) of this peer will be replaced. Continue?")) {
                return 0;
            }
            parent.withStore("importing state", (state, store) -> {
                try (InputStream in = open()) {
                    state.importFrom(store, in);
                }
                parent.say("state successfully imported.  Make sure all peers have consistent states");
            });
            return 0;
        }

        private InputStream open() throws IOException {
            if (files.isEmpty()) {
                parent.program.surroundings.out().println("reading from stdin, Ctrl-D to finish");
                return parent.program.surroundings.in();
            }
            Path file = Path.of(files.get(0));
            try {
                return new BufferedInputStream(Files.newInputStream(file), 1 << 16);
            } catch (NoSuchFileException e) {
                throw new CommandFailed("reading import file: open " + file + ": no such file or directory", e);
            }
        }
    }

    /** Removes the pin set. */
    @Command(
            name = "cleanup",
            header = "Removes the pinset and all consensus data",
            description = "Configuration, identity and peerstore stay.")
    static final class Cleanup implements Callable<Integer> {
        @ParentCommand
        @SuppressWarnings("NullAway.Init")
        private StateCommand parent;

        @Option(
                names = {"--force", "-f"},
                description = "do not ask")
        private boolean force;

        @Override
        public Integer call() throws IOException {
            String question = "The peer state will be removed.  Existing pins may be lost. Continue?";
            if (!parent.confirmed(force, question)) {
                return 0;
            }
            parent.withStore("cleaning state", (state, store) -> {
                state.clean(store);
                parent.say("data correctly cleaned up");
            });
            return 0;
        }
    }
}
