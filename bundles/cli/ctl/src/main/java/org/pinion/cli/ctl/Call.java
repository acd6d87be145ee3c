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

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.pinion.client.ClusterClient;
import org.pinion.client.GoTime;
import org.pinion.client.JsonRenderer;
import org.pinion.client.TextRenderer;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import picocli.CommandLine.ParseResult;

/** One run of a command: its arguments, the client, where output goes. For one thread. */
final class Call {
    private static final long FLUSH_MILLIS = 20;

    private final ParseResult parsed;
    private final ClusterClient client;
    private final boolean json;
    private final PrintStream out;
    private final PrintStream err;
    private final Clock clock;
    private long flushedMillis;

    Call(ParseResult parsed, ClusterClient client, boolean json, PrintStream out, PrintStream err, Clock clock) {
        this.parsed = parsed;
        this.client = client;
        this.json = json;
        this.out = out;
        this.err = err;
        this.clock = clock;
    }

    ClusterClient client() {
        return client;
    }

    boolean json() {
        return json;
    }

    TextRenderer text() {
        return new TextRenderer(client.offsets());
    }

    JsonRenderer jsonText() {
        return new JsonRenderer(client.offsets());
    }

    PrintStream err() {
        return err;
    }

    Instant now() {
        return clock.instant();
    }

    /** Prints one item; a stream's items appear as they come. */
    void print(String text) {
        out.print(text);
        long now = clock.millis();
        if (now - flushedMillis > FLUSH_MILLIS) {
            out.flush();
            flushedMillis = now;
        }
    }

    void flush() {
        out.flush();
    }

    /** Waits; an interrupt ends the program. */
    void pause(Duration time) {
        try {
            if (new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("nobody counts down");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CtlException.doing("waiting", "interrupted");
        }
    }

    List<String> arguments() {
        return parsed.matchedPositionalValue(0, List.of());
    }

    /** The argument, or the empty text. */
    String argument(int index) {
        List<String> all = arguments();
        return index < all.size() ? all.get(index) : "";
    }

    Cid cid(int index) {
        return cid(argument(index));
    }

    static Cid cid(String text) {
        try {
            return Cid.parse(text);
        } catch (IllegalArgumentException e) {
            throw CtlException.doing("parsing cid", e.getMessage());
        }
    }

    static PeerId peer(String text, String doing) {
        try {
            return PeerId.parse(text);
        } catch (IllegalArgumentException e) {
            throw CtlException.doing(doing, e.getMessage());
        }
    }

    boolean flag(String name) {
        return parsed.matchedOptionValue(name, false);
    }

    boolean given(String name) {
        return parsed.hasMatchedOption(name);
    }

    String option(String name) {
        String value = parsed.matchedOptionValue(name, null);
        return value == null ? parsed.commandSpec().findOption(name).defaultValue() : value;
    }

    List<String> options(String name) {
        return parsed.matchedOptionValue(name, List.of());
    }

    int number(String name) {
        String text = option(name);
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new UsageException("invalid value \"" + text + "\" for flag " + name + ": not an integer");
        }
    }

    Duration duration(String name) {
        String text = option(name);
        try {
            return GoTime.duration(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("invalid value \"" + text + "\" for flag " + name + ": " + e.getMessage());
        }
    }
}
