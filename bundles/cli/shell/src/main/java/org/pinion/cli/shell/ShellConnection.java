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

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.shell.ShellFrame;
import org.pinion.spi.shell.ShellFrame.Kind;
import org.pinion.spi.shell.ShellStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client of the socket: checks its key, then reads its frames; what they ask for runs on other threads. */
final class ShellConnection {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.cli.shell");
    /** A client without the key is not listened to for longer. */
    private static final int MAX_HELLO_BYTES = 256;

    private final SocketChannel channel;
    private final Setting setting;
    private final FrameQueue frames = new FrameQueue();
    private final ShellSession session;
    private final AtomicBoolean busy = new AtomicBoolean();
    /** Threads that work for this connection: it counts as open until the last of them is done. */
    private final AtomicInteger working = new AtomicInteger(1);

    private volatile boolean greeted;

    /**
     * What all connections share.
     *
     * @param ended is told the socket of a connection of which nothing runs any more
     */
    record Setting(SessionFactory sessions, Workers workers, String key, Path history, Consumer<SocketChannel> ended) {}

    ShellConnection(SocketChannel channel, Setting setting) {
        this.channel = channel;
        this.setting = setting;
        this.session = new ShellSession(setting.sessions, frames);
    }

    /** Ends a connection that has not shown the key by now. */
    void endUnlessGreeted() {
        if (!greeted) {
            end();
        }
    }

    /** Serves until one side goes. */
    void serve() {
        // only the socket is closed: closing a stream would wait for a writer that waits for the client
        InputStream in = new BufferedInputStream(ShellStreams.in(channel));
        OutputStream out = new BufferedOutputStream(ShellStreams.out(channel), 1 << 14);
        try {
            if (!greet(in, out)) {
                return;
            }
            start(() -> write(out));
            frames.putSurely(ShellFrame.of(Kind.READY, ""));
            for (ShellFrame next = ShellFrame.read(in, ShellFrame.MAX_BYTES);
                    next != null;
                    next = ShellFrame.read(in, ShellFrame.MAX_BYTES)) {
                take(next);
            }
        } catch (IOException | RejectedExecutionException e) {
            log.debug("a shell connection ended: {}", e.toString());
        } finally {
            end();
            frames.close();
            try {
                session.close();
            } finally {
                done();
            }
        }
    }

    private void start(Runnable work) {
        working.incrementAndGet();
        try {
            setting.workers.execute(() -> {
                try {
                    work.run();
                } finally {
                    done();
                }
            });
        } catch (RejectedExecutionException e) {
            done();
            throw e;
        }
    }

    private void done() {
        if (working.decrementAndGet() == 0) {
            setting.ended.accept(channel);
        }
    }

    private boolean greet(InputStream in, OutputStream out) throws IOException {
        ShellFrame hello = ShellFrame.read(in, MAX_HELLO_BYTES);
        byte[] expected = setting.key.getBytes(StandardCharsets.UTF_8);
        if (hello == null || hello.kind() != Kind.HELLO || !MessageDigest.isEqual(expected, hello.bytes())) {
            log.warn("a shell connection without the right key was refused");
            ShellFrame.of(
                            Kind.ERROR,
                            "the key is wrong: it is the one in " + ShellFrame.KEY_FILE
                                    + " beside the socket, made anew at each start of the peer")
                    .write(out);
            out.flush();
            return false;
        }
        greeted = true;
        return true;
    }

    private void write(OutputStream out) {
        try {
            frames.writeTo(out);
        } catch (IOException e) {
            log.debug("a shell client is gone: {}", e.toString());
            end();
        }
    }

    private void take(ShellFrame frame) {
        switch (frame.kind()) {
            case RUN -> {
                // now, so that an interrupt that follows finds it
                Running line = session.line();
                begin(() -> session.run(frame.text(), line));
            }
            case OPEN -> begin(() -> session.open(frame.text(), setting.history));
            case COMPLETE -> begin(() -> session.complete(frame.text()));
            case INPUT -> session.type(frame.bytes());
            case SIZE -> session.resize(frame.text());
            case INTERRUPT -> session.interrupt();
            case HELLO, READY, OUT, ERR, STATUS, CANDIDATES, ERROR -> log.debug("a shell client sent {}", frame.kind());
        }
    }

    /** One thing at a time: a second command before the end of the first ends the connection. */
    private void begin(Supplier<ShellFrame> work) {
        if (!busy.compareAndSet(false, true)) {
            throw new RejectedExecutionException("a client sent a command before the end of the one before");
        }
        start(() -> {
            ShellFrame answer = ShellFrame.of(Kind.STATUS, Integer.toString(ShellFailure.FAILED));
            try {
                answer = work.get();
            } finally {
                // before the answer goes out, after which the client may send the next
                busy.set(false);
                frames.putSurely(answer);
            }
        });
    }

    private void end() {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("cannot close a shell connection", e);
        }
    }
}
