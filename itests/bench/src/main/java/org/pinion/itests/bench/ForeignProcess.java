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
package org.pinion.itests.bench;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.pinion.itests.testkit.Program;

/** A long-running program of others, when the machine has it; its output goes to a file in its folder. */
final class ForeignProcess implements AutoCloseable {
    private static final int STOP_SECONDS = 20;

    private final Path log;
    private final Process process;

    private ForeignProcess(Path log, Process process) {
        this.log = log;
        this.process = process;
    }

    static ForeignProcess start(Path folder, Map<String, String> environment, List<String> command) throws IOException {
        Path log = folder.resolve("output.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new ForeignProcess(log, builder.start());
    }

    /** Runs a command of others to its end. */
    static String run(Path folder, Map<String, String> environment, String... command) {
        return Program.run(environment, folder, InputStream.nullInputStream(), List.of(command))
                .expectSuccess();
    }

    /** Where a program is: what a variable names (the file, or a folder that holds it), or the first on the path. */
    static Optional<Path> find(String variable, String name) {
        String named = System.getenv(variable);
        if (named != null) {
            Path file = Path.of(named);
            file = Files.isDirectory(file) ? file.resolve(name) : file;
            return Optional.of(file).filter(Files::isExecutable);
        }
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path file = Path.of(folder).resolve(name);
            if (Files.isExecutable(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    long pid() {
        return process.pid();
    }

    String log() {
        try {
            return "=== " + log + "\n" + Files.readString(log);
        } catch (IOException gone) {
            return gone.toString();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
