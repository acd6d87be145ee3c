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
package org.pinion.cli.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.RejectedExecutionException;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Workers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell of a running peer, at the unix socket {@code DIR/pinion/shell.sock}, which only the peer's user may open.
 *
 * <p>A client sends lines in UTF-8, each one a command; the answer to each is what the command prints. The connection
 * ends with the client's output. There is no port and no password: who may read the folder's keys may use the shell.
 */
@Component(
        service = {},
        immediate = true)
public final class ShellSocket {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.cli.shell");
    private static final int MAX_SESSIONS = 4;
    private static final int MAX_LINE_CHARS = 1 << 16;

    private final SessionFactory sessions;
    private final Workers workers;
    private final Path file;
    private final @Nullable ServerSocketChannel server;

    /** Opens the socket; a folder whose path is too long for one has no shell, which one debug line says. */
    @Activate
    public ShellSocket(@Reference SessionFactory sessions, @Reference Executors executors, BundleContext context) {
        this.sessions = sessions;
        this.workers = executors.workers("cli.shell", MAX_SESSIONS + 1, MAX_SESSIONS);
        this.file = Path.of(String.valueOf(context.getProperty("pinion.dir")), "pinion", "shell.sock");
        this.server = open(file);
        if (server != null) {
            workers.execute(() -> accept(server));
        }
    }

    /** Closes the socket and the sessions. */
    @Deactivate
    public void close() {
        try {
            if (server != null) {
                server.close();
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            log.debug("cannot close {}", file, e);
        }
        workers.close();
    }

    private static @Nullable ServerSocketChannel open(Path file) {
        try {
            Files.deleteIfExists(file);
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(file), MAX_SESSIONS);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return channel;
        } catch (IOException | UnsupportedOperationException e) {
            log.debug("no shell at {}: {}", file, e.toString());
            return null;
        }
    }

    private void accept(ServerSocketChannel channel) {
        while (channel.isOpen()) {
            try {
                SocketChannel client = channel.accept();
                try {
                    workers.execute(() -> serve(client));
                } catch (RejectedExecutionException e) {
                    client.close();
                }
            } catch (IOException e) {
                log.debug("the shell accepts no more connections: {}", e.toString());
                return;
            }
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                InputStream in = Channels.newInputStream(client);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
                PrintStream out = new PrintStream(Channels.newOutputStream(client), true, StandardCharsets.UTF_8)) {
            Session session = sessions.create(InputStream.nullInputStream(), out, out);
            try {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    run(session, line, out);
                }
            } finally {
                session.close();
            }
        } catch (IOException e) {
            log.debug("a shell session ended: {}", e.toString());
        }
    }

    private static void run(Session session, String line, PrintStream out) {
        if (line.length() > MAX_LINE_CHARS) {
            out.println("Error: a command has at most " + MAX_LINE_CHARS + " characters");
            return;
        }
        try {
            Object result = session.execute(line);
            if (result != null) {
                out.println(result);
            }
        } catch (Exception e) {
            // A command's fault is the answer to it.
            out.println("Error: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        }
        out.flush();
    }
}
