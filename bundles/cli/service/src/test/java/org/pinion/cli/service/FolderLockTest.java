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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
    @TempDir
    Path dir;

    @Test
    void theFileIsEmptyWhileHeldAndGoneAfterwards() throws Exception {
        try (FolderLock lock = FolderLock.take(dir)) {
            lock.writePid();
            assertThat(dir.resolve("cluster.lock")).isEmptyFile();
            assertThat(dir.resolve("pinion/pid"))
                    .hasContent(ProcessHandle.current().pid() + "\n");
        }
        assertThat(dir.resolve("cluster.lock")).doesNotExist();
        assertThat(dir.resolve("pinion/pid")).doesNotExist();
    }

    @Test
    void aStaleEmptyFileIsHarmless() throws Exception {
        Files.createFile(dir.resolve("cluster.lock"));

        FolderLock.take(dir).close();

        assertThat(dir.resolve("cluster.lock")).doesNotExist();
    }

    @Test
    void aFileWithContentIsRefusedAndLeftAlone() throws Exception {
        Files.writeString(dir.resolve("cluster.lock"), "x");

        assertThatThrownBy(() -> FolderLock.take(dir))
                .isInstanceOf(CommandFailed.class)
                .hasMessageStartingWith("obtaining execution lock: cannot acquire lock: can't Lock file \""
                        + dir.resolve("cluster.lock") + "\": has non-zero size. If no other");
        assertThat(dir.resolve("cluster.lock")).hasContent("x");
    }

    @Test
    void anotherProcessIsKeptOutAndTheHolderIsNamed() throws Exception {
        Process holder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        dir.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = holder.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("held");
            assertThatThrownBy(() -> FolderLock.take(dir))
                    .hasMessageContaining("lock " + dir.resolve("cluster.lock")
                            + ": someone else has the lock (process " + holder.pid() + ")");
            holder.destroyForcibly().waitFor();
            FolderLock.take(dir).close();
        } finally {
            holder.destroyForcibly();
        }
    }

    /** Holds the lock until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            FolderLock lock = FolderLock.take(Path.of(arguments[0]));
            lock.writePid();
            System.out.println("held");
            System.in.read();
            lock.close();
        }
    }
}
