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

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.shell.ShellFrame;
import org.pinion.spi.shell.ShellFrame.Kind;
import org.pinion.spi.shell.ShellStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell of a running peer, at the unix socket {@code DIR/pinion/shell.sock}, which only the peer's user may open, for
 * clients that know the key in {@code DIR/pinion/shell.key}, made anew at each start. No port is opened.
 *
 * <p>While the socket is there, so is a service with the property {@code pinion.shell=open}.
 */
@Component(
        service = {},
        immediate = true)
public final class ShellSocket {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.cli.shell");
    private static final int MAX_SESSIONS = 8;
    /** A session reads, writes and runs a command. */
    private static final int THREADS_OF_SESSION = 3;

    private static final Duration GREETING = Duration.ofSeconds(5);
    private static final int KEY_BYTES = 32;
    private static final String OWNER_ONLY = "rw-------";

    private final SessionFactory sessions;
    private final Workers workers;
    private final Lane timers;
    private final Path folder;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final @Nullable ServerSocketChannel server;

    /** Opens the socket; a folder whose path is too long for one has no shell, which one line says. */
    @Activate
    public ShellSocket(@Reference SessionFactory sessions, @Reference Executors executors, BundleContext context) {
        this.sessions = sessions;
        this.workers = executors.workers("cli.shell", 1 + MAX_SESSIONS * THREADS_OF_SESSION, MAX_SESSIONS);
        this.timers = executors.lane("cli.shell.timers", 2 * MAX_SESSIONS);
        this.folder = Path.of(String.valueOf(context.getProperty("pinion.dir")), "pinion");
        this.server = open(context);
    }

    /** Closes the socket and the sessions. */
    @Deactivate
    public void close() {
        try {
            if (server != null) {
                server.close();
                Files.deleteIfExists(folder.resolve(ShellFrame.SOCKET_FILE));
                Files.deleteIfExists(folder.resolve(ShellFrame.KEY_FILE));
            }
        } catch (IOException e) {
            log.debug("cannot close the shell of {}", folder, e);
        }
        open.forEach(ShellSocket::end);
        timers.close();
        workers.close();
    }

    private @Nullable ServerSocketChannel open(BundleContext context) {
        Path file = folder.resolve(ShellFrame.SOCKET_FILE);
        try {
            String key = key();
            Files.deleteIfExists(file);
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            channel.bind(UnixDomainSocketAddress.of(file), MAX_SESSIONS);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(OWNER_ONLY));
            ShellConnection.Setting setting =
                    new ShellConnection.Setting(sessions, workers, key, folder.resolve("shell.history"), open::remove);
            workers.execute(() -> accept(channel, setting));
            context.registerService(
                    ShellSocket.class, this, FrameworkUtil.asDictionary(Map.of("pinion.shell", "open")));
            return channel;
        } catch (IOException | UnsupportedOperationException e) {
            log.warn("no shell at {}: {}; the path of a socket has at most about 100 bytes", file, e.toString());
            return null;
        }
    }

    /** Written under another name with its mode, so that nobody ever sees it with another one. */
    private String key() throws IOException {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        String key = HexFormat.of().formatHex(random);
        Path fresh = folder.resolve("." + ShellFrame.KEY_FILE + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
        Files.writeString(fresh, key + "\n", StandardCharsets.US_ASCII);
        Files.move(fresh, folder.resolve(ShellFrame.KEY_FILE), StandardCopyOption.REPLACE_EXISTING);
        return key;
    }

    private void accept(ServerSocketChannel channel, ShellConnection.Setting setting) {
        while (channel.isOpen()) {
            try {
                SocketChannel client = channel.accept();
                if (open.size() >= MAX_SESSIONS) {
                    refuse(client);
                } else {
                    open.add(client);
                    begin(client, setting);
                }
            } catch (IOException | RejectedExecutionException e) {
                log.debug("the shell accepts no more connections: {}", e.toString());
                if (!channel.isOpen()) {
                    return;
                }
            }
        }
    }

    private void begin(SocketChannel client, ShellConnection.Setting setting) {
        ShellConnection connection = new ShellConnection(client, setting);
        try {
            timers.schedule(GREETING, connection::endUnlessGreeted);
            workers.execute(connection::serve);
        } catch (RejectedExecutionException e) {
            open.remove(client);
            end(client);
            throw e;
        }
    }

    /** Few bytes, which fit into the buffer of any socket: this does not wait for the client. */
    private static void refuse(SocketChannel client) throws IOException {
        try (client;
                OutputStream out = new BufferedOutputStream(ShellStreams.out(client))) {
            ShellFrame.of(Kind.ERROR, MAX_SESSIONS + " shells are open already; leave one")
                    .write(out);
        }
    }

    private static void end(SocketChannel client) {
        try {
            client.close();
        } catch (IOException e) {
            log.debug("cannot close a shell connection", e);
        }
    }
}
