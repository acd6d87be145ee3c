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
        Path log = folder.resolve("output.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new ForeignProcess(log, builder.start());
    }

    /** Runs a command of others to its end. */
    static String run(Path folder, Map<String, String> environment, List<String> command) {
        return Program.run(environment, folder, InputStream.nullInputStream(), command)
                .expectSuccess();
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
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
