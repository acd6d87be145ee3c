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

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Job;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.karaf.shell.support.parsing.CommandLineImpl;
import org.jline.terminal.Size;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.shell.ShellFrame;
import org.pinion.spi.shell.ShellFrame.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one connection does in the shell: lines of a script, or a terminal. One command runs at a time. */
final class ShellSession {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.cli.shell");
    private static final int MAX_COLUMNS = 2000;
    private static final String TERMINAL_TYPE = "[A-Za-z0-9._+-]{1,64}";

    private final SessionFactory sessions;
    private final FrameQueue frames;
    private final Running running = new Running();
    private @Nullable Session session;
    private @Nullable SocketTerminal terminal;
    private boolean closed;

    ShellSession(SessionFactory sessions, FrameQueue frames) {
        this.sessions = sessions;
        this.frames = frames;
    }

    /** Runs a line to its end and gives how it ended. */
    ShellFrame run(String line) {
        PrintStream out = new PrintStream(new PlainOutput(frames.stream(Kind.OUT)), true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new PlainOutput(frames.stream(Kind.ERR)), true, StandardCharsets.UTF_8);
        int status = 0;
        running.line();
        running.begin();
        try {
            Session current = script(out, err);
            Object result = current.execute(line);
            if (result != null) {
                out.println(result);
            }
        } catch (Exception e) {
            running.end();
            status = ShellFailure.statusOf(e);
            if (status == ShellFailure.INTERRUPTED) {
                // a job that has not begun would run later, behind the back of the next line; and the output of an
                // interrupted session may be closed, so the next line gets a new one
                stopJobs();
                renew();
            }
            boolean nameless = e.getMessage() == null || e.getMessage().isEmpty();
            String message = nameless ? e.toString() : String.valueOf(e.getMessage());
            err.println("error " + message.strip());
        } finally {
            running.end();
            out.flush();
            err.flush();
        }
        return ShellFrame.of(Kind.STATUS, Integer.toString(status));
    }

    private synchronized Session script(PrintStream out, PrintStream err) {
        Session current = session;
        if (current == null) {
            current = sessions.create(InputStream.nullInputStream(), out, err);
            current.put(ClusterCommand.RUNNING, running);
            session = current;
        }
        return current;
    }

    /** Is the shell of a terminal until the user leaves. */
    ShellFrame open(String settings, Path history) {
        try {
            String[] words = settings.split(" ", 3);
            boolean usable = words.length == 3 && words[2].matches(TERMINAL_TYPE);
            InputQueue typed = new InputQueue();
            SocketTerminal screen = new SocketTerminal(usable ? words[2] : "dumb", typed, frames.stream(Kind.OUT));
            screen.setSize(size(settings));
            prepare(history);
            PrintStream out = new PrintStream(screen.output(), true, StandardCharsets.UTF_8);
            Session current = begin(screen, out);
            if (current != null) {
                current.put(ClusterCommand.RUNNING, running);
                current.run();
            }
        } catch (IOException | RuntimeException e) {
            frames.putSurely(ShellFrame.of(Kind.ERR, "error the shell cannot be opened: " + e.getMessage() + "\n"));
            return ShellFrame.of(Kind.STATUS, Integer.toString(ShellFailure.FAILED));
        }
        return ShellFrame.of(Kind.STATUS, "0");
    }

    private synchronized @Nullable Session begin(SocketTerminal screen, PrintStream out) {
        if (closed) {
            return null;
        }
        terminal = screen;
        session = sessions.create(screen.input(), out, out, screen, StandardCharsets.UTF_8.name(), () -> {});
        return session;
    }

    /** The line editor writes the history; only its file's mode is ours. */
    private static void prepare(Path history) throws IOException {
        try {
            Files.createFile(
                    history, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException there) {
            Files.setPosixFilePermissions(history, PosixFilePermissions.fromString("rw-------"));
        }
    }

    static Size size(String text) {
        String[] words = text.split(" ");
        return new Size(number(words, 0, 80), number(words, 1, 24));
    }

    private static int number(String[] words, int index, int otherwise) {
        boolean usable = index < words.length && words[index].matches("[0-9]{1,4}");
        int value = usable ? Integer.parseInt(words[index]) : 0;
        return value < 1 || value > MAX_COLUMNS ? otherwise : value;
    }

    /** What the last word of a line could be. */
    ShellFrame complete(String line) {
        Set<String> found = new LinkedHashSet<>();
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Session current = script(nowhere, nowhere);
        String[] words = line.stripLeading().split("\\s+", -1);
        String last = words[words.length - 1];
        CommandLineImpl parsed = new CommandLineImpl(words, words.length - 1, last.length(), line.length(), line);
        for (Command command : sessions.getRegistry().getCommands()) {
            String name = command.getScope() + ":" + command.getName();
            if (words.length == 1) {
                addIf(found, name, last);
            } else if (name.equals(words[0])) {
                List<Candidate> candidates = new ArrayList<>();
                command.getCompleter(false).completeCandidates(current, parsed, candidates);
                candidates.forEach(candidate -> addIf(found, candidate.value(), last));
            }
        }
        String text = String.join("\n", found);
        int end = Math.min(text.length(), ShellFrame.MAX_BYTES / 4);
        String bounded = end < text.length() ? text.substring(0, Math.max(0, text.lastIndexOf('\n', end))) : text;
        return ShellFrame.of(Kind.CANDIDATES, bounded);
    }

    private static void addIf(Set<String> found, String text, String prefix) {
        if (text.startsWith(prefix) && found.size() < 10 * Candidates.MAX) {
            found.add(text);
        }
    }

    synchronized void type(byte[] bytes) {
        if (terminal != null) {
            terminal.type(bytes);
        }
    }

    synchronized void resize(String size) {
        if (terminal != null) {
            terminal.resize(size(size));
        }
    }

    /** Ends the command that runs. */
    void interrupt() {
        SocketTerminal screen;
        synchronized (this) {
            screen = terminal;
        }
        if (screen == null) {
            running.interrupt();
        } else {
            screen.raise(org.jline.terminal.Terminal.Signal.INT);
        }
    }

    private void renew() {
        Session old;
        synchronized (this) {
            old = session;
            session = null;
        }
        if (old != null) {
            old.close();
        }
    }

    private void stopJobs() {
        Session current;
        synchronized (this) {
            current = session;
        }
        if (current != null && current.get(".commandSession") instanceof CommandSession inner) {
            inner.jobs().forEach(Job::interrupt);
        }
    }

    /** Ends everything. */
    void close() {
        running.close();
        stopJobs();
        // a job that was ended before it began wakes nobody who waits for it
        running.interrupt();
        Session open;
        SocketTerminal screen;
        synchronized (this) {
            closed = true;
            open = session;
            screen = terminal;
        }
        if (screen != null) {
            screen.raise(org.jline.terminal.Terminal.Signal.INT);
            try {
                screen.close();
            } catch (IOException e) {
                log.debug("cannot close the terminal of a shell", e);
            }
        }
        if (open != null) {
            open.close();
        }
    }
}
