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
package org.pinion.client.add;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.spi.adder.AddSource;

class FileTreeTest {
    @TempDir
    Path folder;

    private static List<String> read(List<Path> files, boolean hidden, boolean pipes) throws IOException {
        List<String> all = new ArrayList<>();
        try (FileTree tree = new FileTree(files, hidden, pipes)) {
            for (AddSource.Entry entry = tree.next(); entry != null; entry = tree.next()) {
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
        Path single = Files.writeString(folder.resolve("single"), "s");
        Path dotted = Files.writeString(top.resolve(".h"), "h");
        Files.createSymbolicLink(top.resolve("a"), Path.of("../outside"));
        assertThat(read(List.of(Path.of(top + "/"), single, dotted), false, false))
                .containsExactly(
                        "FOLDER top=",
                        "LINK top/a=../outside",
                        "FOLDER top/b=",
                        "FOLDER top/b/empty=",
                        "FILE top/b/z=z",
                        "FILE top/c=c",
                        "FILE single=s",
                        "FILE .h=h");
        assertThat(read(List.of(top), true, false)).contains("FILE top/.h=h");
    }

    @Test
    void whatIsNoFileIsReadOnlyWhereItIsNamedAndThatIsWanted() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> read(List.of(pipe), false, false))
                .hasMessage(pipe + " is no file, folder or link; leave it out");
        assertThatThrownBy(() -> read(List.of(folder), false, true))
                .hasMessage(pipe + " is no file, folder or link; leave it out");
        Process writer = new ProcessBuilder("sh", "-c", "echo piped > '" + pipe + "'").start();
        assertThat(read(List.of(pipe), false, true)).containsExactly("FILE pipe=piped\n");
        assertThat(writer.waitFor()).isZero();
        Path special = folder.resolve("socket");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(special));
            assertThatThrownBy(() -> read(List.of(special), false, false)).hasMessageContaining("is no file");
        }
    }

    @Test
    void namesSpecialPathsAfterTheRealFolder() throws IOException {
        Path top = Files.createDirectories(folder.resolve("real/sub"));
        assertThat(FileTree.name(Path.of(top + "/.."))).isEqualTo("real");
        assertThat(FileTree.name(Path.of(top + "/."))).isEqualTo("sub");
        assertThat(FileTree.name(Path.of(".")))
                .isEqualTo(Path.of("").toRealPath().getFileName().toString());
    }

    @Test
    void aFileThatIsGoneIsToldByItsPath() {
        Path none = folder.resolve("none");
        assertThatThrownBy(() -> read(List.of(none), false, true)).hasMessage(none + ": no such file or directory");
    }
}
