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

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs one command to its end. */
public final class Program {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Program() {}

    /**
     * How a command ended.
     *
     * @param exitCode its exit code
     * @param out its standard output
     * @param err its standard error
     */
    public record Result(int exitCode, String out, String err) {
        /** The output, if the command succeeded. */
        public String expectSuccess() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + "\nout: " + out + "\nerr: " + err);
            }
            return out;
        }
    }

    /** The folder of the unpacked distribution that the build made. */
    public static Path distribution() {
        Path folder = Path.of(System.getProperty("pinion.distribution", "../../karaf-assembly/target/pinion"))
                .toAbsolutePath()
                .normalize();
        if (!Files.isExecutable(folder.resolve("bin/ipfs-cluster-service"))) {
            throw new AssertionError("no distribution at " + folder + "; run ./pinion build first");
        }
        return folder;
    }

    /** The path of one of our programs. */
    public static String named(String name) {
        return distribution().resolve("bin").resolve(name).toString();
    }

    /** The jar of a bundle in the distribution. */
    public static Path bundle(String name) {
        try (Stream<Path> files = Files.walk(distribution().resolve("system"))) {
            return files.filter(
                            file -> file.getFileName().toString().matches(name.replace(".", "\\.") + "-[\\d.]+\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("the distribution has no " + name));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Runs a command with an environment added to ours. */
    public static Result run(
            Map<String, String> environment, Path workingFolder, InputStream input, List<String> command) {
        try {
            Path out = Files.createTempFile("pinion-test", ".out");
            Path err = Files.createTempFile("pinion-test", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .directory(workingFolder.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                try (var stdin = process.getOutputStream()) {
                    input.transferTo(stdin);
                } catch (IOException closed) {
                    // The command ended or closed its input before it read everything: its result tells the rest.
                }
                if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("did not end within " + LIMIT.toSeconds() + " s: " + command + "\n"
                            + Files.readString(out) + Files.readString(err));
                }
                return new Result(
                        process.exitValue(),
                        new String(Files.readAllBytes(out), StandardCharsets.UTF_8),
                        new String(Files.readAllBytes(err), StandardCharsets.UTF_8));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: " + command, interrupted);
        }
    }

    /** Sends a signal, by its name without SIG, to a process that the test started. */
    public static void signal(String name, long pid) {
        run(
                        Map.of(),
                        Path.of("").toAbsolutePath(),
                        InputStream.nullInputStream(),
                        List.of("kill", "-" + name, Long.toString(pid)))
                .expectSuccess();
    }

    /** Runs one of our programs without input. */
    public static Result ours(
            Map<String, String> environment, Path workingFolder, String program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(named(program));
        command.addAll(List.of(arguments));
        return run(environment, workingFolder, InputStream.nullInputStream(), command);
    }
}
