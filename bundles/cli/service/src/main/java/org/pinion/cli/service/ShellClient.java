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

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.pinion.spi.shell.ShellFrame;
import org.pinion.spi.shell.ShellFrame.Kind;
import org.pinion.spi.shell.ShellStreams;

/** A connection to the shell of a running peer. Reading is for one thread, writing for any. */
final class ShellClient implements AutoCloseable {
    private static final int CTRL_C = 3;
    /** What a socket's path may have on every system; some allow a few more. */
    private static final int MAX_PATH_BYTES = 103;
    /** So many without any answer mean that the peer hangs. */
    private static final int MAX_UNANSWERED = 5;

    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;

    private ShellClient(SocketChannel channel) {
        this.channel = channel;
        this.in = new BufferedInputStream(ShellStreams.in(channel));
        this.out = ShellStreams.out(channel);
    }

    /**
     * Connects to the peer of a folder.
     *
     * @throws CommandFailed if none runs, or it refuses
     */
    static ShellClient connect(Path folder) throws IOException {
        Path socket = folder.resolve("pinion").resolve(ShellFrame.SOCKET_FILE);
        if (!Files.exists(socket)) {
            throw new CommandFailed("opening the shell: " + missing(folder, socket));
        }
        String key =
                Files.readString(socket.resolveSibling(ShellFrame.KEY_FILE)).strip();
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        ShellClient client = new ShellClient(channel);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            ShellFrame answer = client.greet(key);
            if (answer.kind() != Kind.READY) {
                throw new CommandFailed("opening the shell: " + answer.text());
            }
            return client;
        } catch (ConnectException e) {
            client.close();
            throw new CommandFailed("opening the shell: no peer runs in " + folder + ": " + e.getMessage(), e);
        } catch (IOException | CommandFailed e) {
            client.close();
            throw e;
        }
    }

    private static String missing(Path folder, Path socket) {
        int bytes = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        return bytes > MAX_PATH_BYTES
                ? "a peer in " + folder + " has no shell: the path of its socket, " + socket + ", has " + bytes
                        + " bytes, and the system allows about 100; move the peer to a folder with a shorter path"
                : "no peer runs in " + folder + ": " + socket
                        + " does not exist (a peer that has just started has it in a moment)";
    }

    private ShellFrame greet(String key) throws IOException {
        try {
            send(ShellFrame.of(Kind.HELLO, key));
        } catch (IOException gone) {
            // a peer that has too many shells open says so, and does not listen
            ShellFrame reason = receive();
            if (reason.kind() == Kind.ERROR) {
                return reason;
            }
            throw gone;
        }
        return receive();
    }

    private synchronized void send(ShellFrame frame) throws IOException {
        frame.write(out);
    }

    private ShellFrame receive() throws IOException {
        ShellFrame next;
        try {
            next = ShellFrame.read(in, ShellFrame.MAX_BYTES);
        } catch (SocketException e) {
            throw new CommandFailed("running the shell: the peer has ended the connection", e);
        }
        if (next == null) {
            throw new CommandFailed("running the shell: the peer has ended the connection");
        }
        return next;
    }

    /** Runs a line to its end and gives its exit status. */
    int run(String line, PrintStream output, PrintStream errors) throws IOException {
        send(ShellFrame.of(Kind.RUN, line));
        while (true) {
            ShellFrame next = receive();
            switch (next.kind()) {
                case OUT -> {
                    output.write(next.bytes());
                    output.flush();
                    if (output.checkError()) {
                        // nobody reads any more, as behind | head: the peer ends the command
                        return 0;
                    }
                }
                case ERR -> {
                    errors.write(next.bytes());
                    errors.flush();
                }
                case STATUS -> {
                    return Integer.parseInt(next.text());
                }
                default -> throw new IOException("the peer sent " + next.kind() + " in a command");
            }
        }
    }

    /** What the last word of a line could be. */
    List<String> complete(String line) throws IOException {
        send(ShellFrame.of(Kind.COMPLETE, line));
        ShellFrame answer = receive();
        return answer.text().isEmpty() ? List.of() : answer.text().lines().toList();
    }

    /** Makes this process's terminal that of the shell, until the user leaves. */
    int terminal(InputStream keys, PrintStream output, Map<String, String> environment) throws IOException {
        AtomicInteger unanswered = new AtomicInteger();
        try (Tty tty = Tty.take()) {
            Signals.install("WINCH", name -> resize(tty));
            String type = environment.getOrDefault("TERM", "dumb");
            boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty();
            send(ShellFrame.of(Kind.OPEN, tty.size() + " " + (plain ? "dumb" : type)));
            Thread typing = new Thread(() -> type(keys, unanswered), "pinion-shell-keys");
            typing.setDaemon(true);
            typing.start();
            return show(output, unanswered);
        }
    }

    private int show(PrintStream output, AtomicInteger unanswered) throws IOException {
        while (true) {
            ShellFrame next = receive();
            unanswered.set(0);
            switch (next.kind()) {
                case OUT, ERR -> {
                    output.write(next.bytes());
                    output.flush();
                }
                case STATUS -> {
                    return Integer.parseInt(next.text());
                }
                default -> throw new IOException("the peer sent " + next.kind() + " to a terminal");
            }
        }
    }

    private void type(InputStream keys, AtomicInteger unanswered) {
        byte[] buffer = new byte[4096];
        try {
            for (int count = keys.read(buffer); count >= 0; count = keys.read(buffer)) {
                send(new ShellFrame(Kind.INPUT, Arrays.copyOf(buffer, count)));
                boolean interrupt = count == 1 && buffer[0] == CTRL_C;
                if (interrupt && unanswered.incrementAndGet() >= MAX_UNANSWERED) {
                    break;
                }
            }
            close();
        } catch (EOFException | SocketException gone) {
            close();
        } catch (IOException e) {
            System.err.println("the shell ends: " + e.getMessage());
            close();
        }
    }

    private void resize(Tty tty) {
        try {
            send(ShellFrame.of(Kind.SIZE, tty.size()));
        } catch (IOException e) {
            close();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            System.err.println("closing the shell: " + e.getMessage());
        }
    }
}
