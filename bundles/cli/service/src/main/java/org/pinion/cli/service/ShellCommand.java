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

import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Runs commands in the shell of the running peer: the arguments, or without any the lines of standard input. */
@Command(
        name = "shell",
        hidden = true,
        header = "Runs a command in the running peer's shell",
        description = "For example: shell cluster:components. Without a command, lines of standard input are run.")
final class ShellCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private ServiceCommand program;

    @Parameters(arity = "0..*", paramLabel = "command")
    private List<String> words = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        Path socket = program.folder().resolve("pinion").resolve("shell.sock");
        if (!Files.exists(socket)) {
            throw new CommandFailed("no peer runs in " + program.folder() + ": " + socket + " does not exist");
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            OutputStream out = Channels.newOutputStream(channel);
            if (words.isEmpty()) {
                program.surroundings.in().transferTo(out);
            } else {
                out.write((String.join(" ", words) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            channel.shutdownOutput();
            Channels.newInputStream(channel).transferTo(program.surroundings.out());
        }
        return 0;
    }
}
