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
    private Running running = new Running();
    private @Nullable Script script;
    private @Nullable Session console;
    private @Nullable SocketTerminal terminal;
    private volatile @Nullable Job interrupted;
    private boolean closed;

    ShellSession(SessionFactory sessions, FrameQueue frames) {
        this.sessions = sessions;
        this.frames = frames;
    }

    /** A session for lines, with its outputs. */
    private record Script(Session session, PrintStream out, PrintStream err) {}

    /** A new line of commands, which can be interrupted from now on. */
    synchronized Running line() {
        running = new Running();
        if (closed) {
            running.interrupt();
        }
        return running;
    }

    /** Runs a line to its end and gives how it ended. */
    ShellFrame run(String text, Running line) {
        PrintStream err = output(Kind.ERR);
        int status = 0;
        line.begin();
        try {
            Script current = script();
            current.session.put(ClusterCommand.RUNNING, line);
            Object result = current.session.execute(text);
            if (result != null) {
                current.out.println(result);
            }
        } catch (Exception e) {
            status = line.isInterrupted() ? ShellFailure.INTERRUPTED : ShellFailure.statusOf(e);
            line.end();
            boolean nameless = e.getMessage() == null || e.getMessage().isEmpty();
            String message = nameless ? e.toString() : String.valueOf(e.getMessage());
            err.println("error " + (status == ShellFailure.INTERRUPTED ? "interrupted" : message.strip()));
        } finally {
            line.end();
        }
        if (line.isInterrupted() || status == ShellFailure.INTERRUPTED) {
            // its outputs may be closed, and something of this line may not have ended yet: the next gets a new one
            renew();
        }
        return ShellFrame.of(Kind.STATUS, Integer.toString(status));
    }

    private PrintStream output(Kind kind) {
        return new PrintStream(new PlainOutput(frames.stream(kind)), true, StandardCharsets.UTF_8);
    }

    private synchronized Script script() {
        if (closed) {
            throw ShellFailure.interrupted();
        }
        Script current = script;
        if (current == null) {
            PrintStream out = output(Kind.OUT);
            PrintStream err = output(Kind.ERR);
            current = new Script(sessions.create(InputStream.nullInputStream(), out, err), out, err);
            script = current;
        }
        return current;
    }

    /**
     * Ends the session of the lines so far with all that runs in it. Its jobs are not interrupted one by one: one that
     * has not begun yet would never end then, and who waits for it neither.
     */
    private void renew() {
        Script old;
        synchronized (this) {
            old = script;
            script = null;
        }
        if (old != null) {
            old.session.close();
            old.out.close();
            old.err.close();
        }
    }

    /** Is the shell of a terminal until the user leaves. */
    ShellFrame open(String settings, Path history) {
        Running all = line();
        try {
            String[] words = settings.split(" ", 3);
            boolean usable = words.length == 3 && words[2].matches(TERMINAL_TYPE);
            InputQueue typed = new InputQueue();
            SocketTerminal screen =
                    new SocketTerminal(usable ? words[2] : "dumb", typed, frames.stream(Kind.OUT), this::leaveStuckJob);
            screen.setSize(size(settings));
            prepare(history);
            PrintStream out = new PrintStream(screen.output(), true, StandardCharsets.UTF_8);
            Session current = begin(screen, out);
            if (current != null) {
                current.put(ClusterCommand.RUNNING, all);
                all.begin();
                if (!all.isInterrupted()) {
                    current.run();
                }
            }
        } catch (IOException | RuntimeException e) {
            frames.putSurely(ShellFrame.of(Kind.ERR, "error the shell cannot be opened: " + e.getMessage() + "\n"));
            return ShellFrame.of(Kind.STATUS, Integer.toString(ShellFailure.FAILED));
        } finally {
            all.end();
        }
        return ShellFrame.of(Kind.STATUS, "0");
    }

    private synchronized @Nullable Session begin(SocketTerminal screen, PrintStream out) {
        if (closed) {
            return null;
        }
        terminal = screen;
        console = sessions.create(screen.input(), out, out, screen, StandardCharsets.UTF_8.name(), () -> {});
        if (console.get(".commandSession") instanceof CommandSession commands) {
            LastingChannel.install(commands, screen.output());
        }
        return console;
    }

    /** A command that a first interrupt did not end goes to the background at the second, and the prompt comes back. */
    private void leaveStuckJob() {
        Session shown;
        synchronized (this) {
            shown = console;
        }
        if (shown == null || !(shown.get(".commandSession") instanceof CommandSession commands)) {
            return;
        }
        Job job = commands.foregroundJob();
        if (job != null && job == interrupted) {
            try {
                job.background();
            } catch (IllegalStateException ended) {
                log.debug("a command ended at its second interrupt: {}", ended.getMessage());
            }
        }
        interrupted = job;
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
        Session current = script().session;
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
        Running line;
        synchronized (this) {
            screen = terminal;
            line = running;
        }
        if (screen == null) {
            line.interrupt();
        } else {
            screen.raise(org.jline.terminal.Terminal.Signal.INT);
        }
    }

    /** Ends everything. */
    void close() {
        Running line;
        Session shown;
        SocketTerminal screen;
        synchronized (this) {
            closed = true;
            line = running;
            shown = console;
            screen = terminal;
        }
        line.interrupt();
        renew();
        if (screen != null) {
            try {
                screen.close();
            } catch (IOException e) {
                log.debug("cannot close the terminal of a shell", e);
            }
        }
        if (shown != null) {
            shown.close();
        }
    }
}
