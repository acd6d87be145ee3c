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
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pinion.spi.config.ConfigFiles.Reading;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Commands on the configuration. */
@Command(
        name = "config",
        header = "Checks the configuration",
        subcommands = {ConfigCommand.Check.class})
final class ConfigCommand {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private ServiceCommand program;

    /** Reads all files as the daemon would. */
    @Command(
            name = "check",
            header = "Reads service.json, identity.json and the environment as the daemon would",
            description =
                    "Prints every fault, and what is accepted but has no effect. Exits with 1 if there are faults.")
    static final class Check implements Callable<Integer> {
        @ParentCommand
        @SuppressWarnings("NullAway.Init")
        private ConfigCommand parent;

        @Override
        public Integer call() throws IOException {
            PrintStream out = parent.program.surroundings.out();
            Path folder = parent.program.folder();
            var environment = parent.program.surroundings.environment();
            var none = java.util.Map.<String, String>of();
            Reading reading = Providers.configFiles().read(folder, environment, none);
            reading.notes().forEach(out::println);
            reading.faults().forEach(fault -> out.println("error: " + fault));
            if (reading.faults().isEmpty()) {
                out.println(folder.resolve("service.json") + " can be used.");
            }
            return reading.faults().isEmpty() ? 0 : 1;
        }
    }
}
