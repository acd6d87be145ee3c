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

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.pinion.client.TerminalText;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.flow.Cursor;

/**
 * {@code status --watch}: asks again and again. On a terminal the screen shows the latest answer, as much of it as fits;
 * elsewhere an item is printed when it is new or changed. Runs until it is interrupted, or its output is closed.
 */
final class Watch {
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_REST = "\u001b[J";
    /** Items whose last state is remembered to find changes; beyond it the oldest are printed again. */
    private static final int MAX_REMEMBERED = 200_000;

    private final Call call;
    private final Duration interval;
    private final Map<String, Integer> shown = new LinkedHashMap<>();

    Watch(Call call, Duration interval) {
        this.call = call;
        this.interval = interval;
    }

    void run(Supplier<Cursor<GlobalPinInfo>> ask) {
        while (true) {
            try (Cursor<GlobalPinInfo> rows = ask.get()) {
                if (call.terminal().screen() && !call.json()) {
                    paint(rows);
                } else {
                    changes(rows);
                }
            }
            call.flush();
            call.pause(interval);
        }
    }

    private void paint(Cursor<GlobalPinInfo> rows) {
        int room = Math.max(5, call.terminal().lines()) - 2;
        StringBuilder screen = new StringBuilder();
        long items = 0;
        long hidden = 0;
        for (GlobalPinInfo row = rows.next(); row != null; row = rows.next()) {
            items++;
            String text = StatusCommands.text(call, row);
            int lines = (int) text.lines().count();
            if (hidden == 0 && lines <= room) {
                room -= lines;
                screen.append(text);
            } else {
                hidden++;
            }
        }
        Instant now = call.now().truncatedTo(ChronoUnit.SECONDS);
        String head = now + ", every " + interval.toMillis() / 1000.0 + " s: " + items + " items"
                + (hidden > 0 ? ", " + hidden + " do not fit" : "") + "\n";
        String safe = call.terminal().safe(head + screen);
        String coloured = call.terminal().colours() ? TerminalText.coloured(safe) : safe;
        call.raw(HOME + coloured.replace("\n", CLEAR_LINE + "\n") + CLEAR_REST);
    }

    private void changes(Cursor<GlobalPinInfo> rows) {
        for (GlobalPinInfo row = rows.next(); row != null; row = rows.next()) {
            int state = StatusCommands.state(row);
            Integer before = shown.remove(row.cid().toString());
            shown.put(row.cid().toString(), state);
            if (before == null || before != state) {
                StatusCommands.print(call, row);
            }
            if (shown.size() > MAX_REMEMBERED) {
                shown.remove(shown.keySet().iterator().next());
            }
        }
    }
}
