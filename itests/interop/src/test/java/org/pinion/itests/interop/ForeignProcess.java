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
package org.pinion.itests.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.pinion.itests.testkit.Children;
import org.pinion.itests.testkit.Program;

/** A long-running program of others; its output goes to a file in its folder. */
final class ForeignProcess implements AutoCloseable {
    private static final int STOP_SECONDS = 20;

    private final Path log;
    private final Process process;

    private ForeignProcess(Path log, Process process) {
        this.log = log;
        this.process = process;
    }

    static ForeignProcess start(Path folder, Map<String, String> environment, List<String> command) throws IOException {
        Path log = logIn(folder);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return new ForeignProcess(log, Children.register(builder.start()));
    }

    /** Where the output of a program started in {@code folder} goes. */
    static Path logIn(Path folder) {
        return folder.resolve("output.log");
    }

    /** Runs a command of others to its end. */
    static String run(Path folder, Map<String, String> environment, List<String> command) {
        return Program.run(environment, folder, InputStream.nullInputStream(), command)
                .expectSuccess();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String log() {
        return read(log);
    }

    static String read(Path log) {
        try {
            return "=== " + log + "\n" + Files.readString(log);
        } catch (IOException gone) {
            return gone.toString();
        }
    }

    /** Ends it at once, as a power cut would. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

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
