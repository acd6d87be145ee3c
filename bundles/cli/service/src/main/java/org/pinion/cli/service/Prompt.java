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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Questions on the terminal, as the reference asks them. */
final class Prompt {
    private static final int TRIES = 3;
    private static final int MAX_LINE = 4096;

    private final InputStream in;
    private final PrintStream out;

    Prompt(InputStream in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    /** True for y; false for n, an empty line, the end of the input, or three other answers. */
    boolean yes(String question) {
        for (int i = 0; i < TRIES; i++) {
            out.print(question + " [y/n]: ");
            out.flush();
            switch (line().strip().split("\\s+", 2)[0]) {
                case "y", "Y" -> {
                    return true;
                }
                case "n", "N", "" -> {
                    return false;
                }
                default -> out.println("Please press either 'y' or 'n'");
            }
        }
        return false;
    }

    /** One line; empty at the end of the input. */
    String ask(String question) {
        out.print(question);
        out.flush();
        return line().strip();
    }

    /** Byte by byte, so that what follows stays in the stream. */
    private String line() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int b = in.read(); b >= 0 && b != '\n' && line.size() < MAX_LINE; b = in.read()) {
                line.write(b);
            }
        } catch (IOException e) {
            throw new CommandFailed("reading the answer: " + e.getMessage(), e);
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
