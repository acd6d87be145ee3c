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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The terminal of this process, in the mode in which every key is handed on at once; it gets its old mode back when this
 * is closed, and when the process ends. By the system's {@code stty}, which every Unix has.
 */
final class Tty implements AutoCloseable {
    /** System property in which the start script says which of the streams 0, 1 and 2 are terminals. */
    static final String TERMINALS = "pinion.terminal";

    private static final int WAIT_SECONDS = 5;
    private static final String SIZE = "80 24";

    private final String before;
    private final Thread atExit;

    private Tty(String before) {
        this.before = before;
        this.atExit = new Thread(this::restore, "pinion-tty");
    }

    /** Whether standard input and output are a terminal. */
    static boolean isThere() {
        String known = System.getProperty(TERMINALS);
        return known == null ? System.console() != null : known.contains("0") && known.contains("1");
    }

    /** Whether somebody types on standard input. */
    static boolean isTyped() {
        String known = System.getProperty(TERMINALS);
        return known == null ? System.console() != null : known.contains("0");
    }

    /**
     * Takes the terminal over.
     *
     * @throws CommandFailed if there is none
     */
    static Tty take() {
        if (!isThere()) {
            throw new CommandFailed(
                    "opening the shell: standard input and output are not a terminal; run commands with shell -c COMMAND");
        }
        try {
            Tty tty = new Tty(stty("-g").strip());
            stty("-icanon", "-echo", "-isig", "-iexten", "-icrnl", "-ixon", "min", "1", "time", "0");
            Runtime.getRuntime().addShutdownHook(tty.atExit);
            return tty;
        } catch (IOException e) {
            throw new CommandFailed("opening the shell: " + e.getMessage(), e);
        }
    }

    /** Columns and lines, separated by a blank. */
    String size() {
        try {
            String[] size = stty("size").strip().split(" ");
            return size.length == 2 && !size[0].equals("0") ? size[1] + " " + size[0] : SIZE;
        } catch (IOException e) {
            return SIZE;
        }
    }

    private static String stty(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectErrorStream(true)
                .start();
        try {
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("the terminal cannot be set: " + text.strip());
            }
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while setting the terminal", e);
        }
    }

    private void restore() {
        try {
            stty(before);
        } catch (IOException e) {
            System.err.println("the terminal keeps a wrong mode (" + e.getMessage() + "); stty sane repairs it");
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException ending) {
            return; // the process ends: the hook does it
        }
        restore();
    }
}
