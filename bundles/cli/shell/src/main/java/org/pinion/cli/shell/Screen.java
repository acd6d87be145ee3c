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
import java.io.InterruptedIOException;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import org.pinion.client.TerminalText;

/**
 * Where a command prints to. On a terminal, what others wrote cannot command it, statuses have colours, and what is
 * longer than a screen stops after each one. For one thread.
 */
final class Screen {
    private static final String MORE = "-- more: space = next screen, enter = next line, a = all, q = enough --";

    /** The terminal behind a screen. */
    interface Terminal {
        /** Columns; 0 = not known. */
        int columns();

        /** Lines; 0 = not known. */
        int lines();

        boolean colours();

        /** One key, without an echo; negative at the end of the input. */
        int key() throws IOException;
    }

    /** Thrown when the reader has seen enough: the command ends well. */
    static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Enough() {
            super("enough", null, false, false);
        }
    }

    private final PrintStream out;
    private final @Nullable Terminal terminal;
    private boolean paged;
    private int left;

    /** A screen; without a terminal it is a file or a pipe. */
    Screen(PrintStream out, @Nullable Terminal terminal) {
        this.out = out;
        this.terminal = terminal;
        this.paged = terminal != null && terminal.lines() > 2;
        this.left = paged && terminal != null ? terminal.lines() - 1 : 0;
    }

    /** What follows has no end: it is shown as it comes. */
    void endless() {
        paged = false;
    }

    /** Whether somebody sees it. */
    boolean isTerminal() {
        return terminal != null;
    }

    /** Columns of the terminal; 0 = no limit. */
    int columns() {
        return terminal == null ? 0 : terminal.columns();
    }

    /** Prints lines. */
    void print(String text) {
        if (terminal == null) {
            out.print(text);
            check();
            return;
        }
        String safe = TerminalText.safe(text);
        int start = 0;
        while (start < safe.length()) {
            int end = safe.indexOf('\n', start);
            end = end < 0 ? safe.length() : end + 1;
            line(terminal, safe.substring(start, end));
            start = end;
        }
        out.flush();
        check();
    }

    private void line(Terminal screen, String line) {
        int high =
                screen.columns() <= 0 ? 1 : 1 + Math.max(0, line.stripTrailing().length() - 1) / screen.columns();
        if (paged && high > left) {
            pause(screen);
        }
        left -= high;
        out.print(screen.colours() ? TerminalText.coloured(line) : line);
    }

    private void pause(Terminal screen) {
        out.print(MORE);
        out.flush();
        int key;
        try {
            key = screen.key();
        } catch (InterruptedIOException e) {
            throw ShellFailure.interrupted();
        } catch (IOException e) {
            key = -1;
        }
        out.print("\r" + " ".repeat(MORE.length()) + "\r");
        switch (key) {
            case '\r', '\n' -> left = 1;
            case 'a', 'A' -> paged = false;
            case 'q', 'Q', -1, 4 -> {
                out.flush();
                throw new Enough();
            }
            case 3 -> throw ShellFailure.interrupted();
            default -> left = Math.max(1, screen.lines() - 1);
        }
    }

    private void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw ShellFailure.interrupted();
        }
        if (out.checkError()) {
            throw ShellFailure.failed("output is closed");
        }
    }

    void flush() {
        out.flush();
    }
}
