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
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
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

    private static List<String> read(List<String> paths, boolean hidden) throws IOException {
        InputStream input = new ByteArrayInputStream("piped".getBytes(StandardCharsets.UTF_8));
        List<String> all = new ArrayList<>();
        try (FileSource source = new FileSource(paths, hidden, input)) {
            for (AddSource.Entry entry = source.next(); entry != null; entry = source.next()) {
                String content = new String(entry.content().readAllBytes(), StandardCharsets.UTF_8);
                all.add(entry.kind() + " " + entry.path() + "=" + content);
            }
        }
        return all;
    }

    @Test
    void walksFoldersByNameWithoutHiddenFilesAndWithoutFollowingLinks() throws IOException {
        Path top = Files.createDirectories(folder.resolve("top"));
        Files.createDirectories(top.resolve("b/empty"));
        Files.writeString(top.resolve("b/z"), "z");
        Files.writeString(top.resolve("c"), "c");
        Files.writeString(top.resolve(".h"), "h");
        Files.createSymbolicLink(top.resolve("a"), Path.of("../outside"));
        assertThat(read(List.of(top + "/"), false))
                .containsExactly(
                        "FOLDER top=",
                        "LINK top/a=../outside",
                        "FOLDER top/b=",
                        "FOLDER top/b/empty=",
                        "FILE top/b/z=z",
                        "FILE top/c=c");
        assertThat(read(List.of(top.toString()), true)).contains("FILE top/.h=h");
        assertThat(read(List.of(top.resolve(".h").toString()), false)).containsExactly("FILE .h=h");
        assertThat(FileSource.totalBytes(List.of(top.toString()), true)).isEqualTo(3);
    }

    @Test
    void refusesWhatIsNoFileInsteadOfWaitingForIt() throws IOException {
        Path top = Files.createDirectories(folder.resolve("top"));
        Path special = top.resolve("socket");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(special));
            assertThatThrownBy(() -> read(List.of(top.toString()), false))
                    .hasMessage(special + " is no file, folder or link; leave it out");
        }
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
    void namesSpecialPathsAfterTheRealFolder() throws IOException {
        Path top = Files.createDirectories(folder.resolve("real/sub"));
        assertThat(FileSource.name(top + "/..")).isEqualTo("real");
        assertThat(FileSource.name(top + "/.")).isEqualTo("sub");
        assertThat(FileSource.name("."))
                .isEqualTo(Path.of("").toRealPath().getFileName().toString());
    }

    @Test
    void readsStandardInputAndFailsOnMissingFiles() throws IOException {
        assertThat(read(List.of("-"), false)).containsExactly("FILE =piped");
        assertThat(FileSource.totalBytes(List.of("-"), false)).isEqualTo(-1);
        String none = folder.resolve("none").toString();
        assertThatThrownBy(() -> read(List.of(none), false)).hasMessage(none + ": no such file or directory");
    }

    @Test
    void tellsRateAndTimeLeft() {
        assertThat(Progress.line(50_000_000, 1_000_000_000, Duration.ofSeconds(1)))
                .isEqualTo("50 MB of 1.0 GB, 50 MB/s, 19 s left");
        assertThat(Progress.line(5, -1, Duration.ZERO)).isEqualTo("5 B, 5.0 kB/s");
    }
}
