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
package org.pinion.cli.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.spi.adder.AddSource;

class FileSourceTest {
    @TempDir
    Path folder;

    private static InputStream input() {
        return new ByteArrayInputStream("piped".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void countsWhatIsReadOfFilesAndOfStandardInput() throws IOException {
        Path top = Files.createDirectories(folder.resolve("top"));
        Files.writeString(top.resolve("z"), "z");
        Files.writeString(top.resolve("c"), "c");
        Files.writeString(top.resolve(".h"), "h");
        assertThat(FileSource.totalBytes(List.of(top.toString()), true)).isEqualTo(3);
        List<String> names = new ArrayList<>();
        try (FileSource source = new FileSource(List.of(top + "/", "-"), false, input())) {
            for (AddSource.Entry entry = source.next(); entry != null; entry = source.next()) {
                names.add(entry.path());
                entry.content().transferTo(OutputStream.nullOutputStream());
            }
            assertThat(source.bytesRead()).isEqualTo("zcpiped".length());
        }
        assertThat(names).containsExactly("top", "top/c", "top/z", "");
    }

    @Test
    void doesNotCountWhatIsInHiddenFolders() throws IOException {
        Path top = Files.createDirectories(folder.resolve("top/.git"));
        Files.writeString(top.resolve("large"), "1234");
        Files.writeString(folder.resolve("top/small"), "1");
        assertThat(FileSource.totalBytes(List.of(folder.resolve("top").toString()), false))
                .isEqualTo(1);
    }

    @Test
    void readsStandardInputAndFailsOnMissingFiles() throws IOException {
        String none = folder.resolve("none").toString();
        try (FileSource source = new FileSource(List.of("-", none), false, input())) {
            assertThat(source.next()).satisfies(entry -> {
                assertThat(entry.kind() + " " + entry.path()).isEqualTo("FILE ");
                assertThat(entry.content()).hasContent("piped");
            });
            assertThatThrownBy(source::next).hasMessage(none + ": no such file or directory");
        }
        assertThat(FileSource.totalBytes(List.of("-"), false)).isEqualTo(-1);
    }

    @Test
    void tellsRateAndTimeLeft() {
        assertThat(Progress.line(50_000_000, 1_000_000_000, Duration.ofSeconds(1)))
                .isEqualTo("50 MB of 1.0 GB, 50 MB/s, 19 s left");
        assertThat(Progress.line(5, -1, Duration.ZERO)).isEqualTo("5 B, 5.0 kB/s");
    }
}
