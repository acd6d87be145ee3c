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

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.spi.shell.ShellFrame;
import org.pinion.spi.shell.ShellFrame.Kind;
import org.pinion.spi.shell.ShellStreams;

class ShellClientTest {
    @TempDir
    Path dir;

    @Test
    void aFolderWithoutAPeerIsNamed() {
        assertThatThrownBy(() -> ShellClient.connect(dir))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("no peer runs in " + dir);
    }

    @Test
    void aPathThatIsTooLongForASocketIsToldWithWhatToDo() {
        assertThatThrownBy(() -> ShellClient.connect(dir.resolve("d".repeat(100))))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("has no shell")
                .hasMessageContaining("shell.sock, has ")
                .hasMessageContaining("move the peer to a folder with a shorter path");
    }

    @Test
    void theReasonOfAPeerThatDoesNotListenIsTold() throws IOException {
        Path folder = Files.createDirectories(dir.resolve("pinion"));
        Files.writeString(folder.resolve(ShellFrame.KEY_FILE), "00\n");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(folder.resolve(ShellFrame.SOCKET_FILE)));
            CompletableFuture<Void> refused = CompletableFuture.runAsync(() -> refuse(server));
            assertThatThrownBy(() -> ShellClient.connect(dir))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessage("opening the shell: 8 shells are open already");
            refused.join();
        }
    }

    private static void refuse(ServerSocketChannel server) {
        try (SocketChannel client = server.accept();
                OutputStream out = ShellStreams.out(client)) {
            ShellFrame.of(Kind.ERROR, "8 shells are open already").write(out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
