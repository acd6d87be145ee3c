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
package org.pinion.cli.ctl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinion.client.TerminalText;

/**
 * What the output goes to.
 *
 * @param screen whether standard output is a terminal
 * @param errorScreen whether standard error is one
 * @param colours whether colours are wanted
 * @param columns width of the screen; 0 = not known
 * @param lines height of the screen; 0 = not known
 */
record Terminal(boolean screen, boolean errorScreen, boolean colours, int columns, int lines) {
    /** Files and pipes. */
    static final Terminal NONE = new Terminal(false, false, false, 0, 0);

    private static final int WAIT_SECONDS = 2;

    /**
     * The terminal of this process.
     *
     * @param known {@code 1} and {@code 2} for the streams that are terminals, as the start script found; null = look
     */
    static Terminal of(@Nullable String known, Map<String, String> environment) {
        boolean console = known == null && System.console() != null;
        boolean screen = console || (known != null && known.contains("1"));
        boolean errorScreen = console || (known != null && known.contains("2"));
        boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || environment.getOrDefault("TERM", "dumb").equals("dumb");
        return new Terminal(screen, errorScreen, screen && !plain, 0, 0);
    }

    /** The same with its size, which takes a moment to find out. */
    Terminal measured(Map<String, String> environment) {
        int wide = number(environment.getOrDefault("COLUMNS", ""));
        int high = number(environment.getOrDefault("LINES", ""));
        if (screen && (wide == 0 || high == 0)) {
            String[] size = size().split(" ", 2);
            high = high == 0 ? number(size[0]) : high;
            wide = wide == 0 && size.length > 1 ? number(size[1].strip()) : wide;
        }
        return new Terminal(screen, errorScreen, colours, wide, high);
    }

    private static String size() {
        try {
            Process process = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "";
            }
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return ""; // a table without a limit is better than none
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    }

    /** Text that was made elsewhere, without what would command a terminal. */
    String safe(String text) {
        return screen ? TerminalText.safe(text) : text;
    }
}
