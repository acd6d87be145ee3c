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
package org.pinion.itests.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A long-running program of others, when the machine has it; its output goes to a file in its folder. */
public final class ForeignProcess implements AutoCloseable {
    private static final int STOP_SECONDS = 20;

    private final Path log;
    private final Process process;
    /** Bytes of the log that were there before. */
    private final long begin;

    private ForeignProcess(Path log, long begin, Process process) {
        this.log = log;
        this.begin = begin;
        this.process = process;
    }

    /**
     * Where a program is: what a variable names (the file, or a folder that holds it), or the first on the path that is
     * not ours.
     */
    public static Optional<Path> find(String variable, String name) {
        String named = System.getenv(variable);
        if (named != null && !named.isEmpty()) {
            Path file = Path.of(named);
            file = Files.isDirectory(file) ? file.resolve(name) : file;
            if (Files.isExecutable(file)) {
                return Optional.of(file);
            }
        }
        Path ours = Program.distribution().resolve("bin");
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path file = Path.of(folder).resolve(name);
            if (Files.isExecutable(file) && !file.startsWith(ours)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** Starts it with an environment added to ours; it ends with this virtual machine at the latest. */
    public static ForeignProcess start(Path folder, Map<String, String> environment, List<String> command)
            throws IOException {
        Path log = logIn(folder);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        long begin = Files.exists(log) ? Files.size(log) : 0;
        return new ForeignProcess(log, begin, Children.register(builder.start()));
    }

    /** Where the output of a program started in {@code folder} goes. */
    public static Path logIn(Path folder) {
        return folder.resolve("output.log");
    }

    /** Runs a command of others to its end and gives its output; an AssertionError when it fails. */
    public static String run(Path folder, Map<String, String> environment, List<String> command) {
        return Program.run(environment, folder, InputStream.nullInputStream(), command)
                .expectSuccess();
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /** What it printed so far. */
    public String log() {
        return read(log);
    }

    /** Waits until it prints a text; what an earlier process printed into the same log does not count. */
    public void awaitLine(String text, Duration atMost) {
        Await.until(
                "\"" + text + "\" is printed",
                atMost,
                () -> {
                    if (!process.isAlive()) {
                        return "it ended with " + process.exitValue();
                    }
                    return printed().contains(text) ? "" : "not yet";
                },
                this::log);
    }

    private String printed() throws IOException {
        byte[] all = Files.readAllBytes(log);
        int from = (int) Math.min(begin, all.length);
        return new String(all, from, all.length - from, StandardCharsets.UTF_8);
    }

    /** A log with its path above it; when there is none, why. */
    public static String read(Path log) {
        try {
            return "=== " + log + "\n" + Files.readString(log);
        } catch (IOException gone) {
            return gone.toString();
        }
    }

    /** Ends it at once, as a power cut would. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Asks it to end, and ends it if it does not within 20 s. */
    @Override
    public void close() {
        process.destroy();
        awaitEnd();
    }

    private void awaitEnd() {
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
