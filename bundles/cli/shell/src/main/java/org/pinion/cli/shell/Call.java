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

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinion.client.JsonRenderer;
import org.pinion.client.Offsets;
import org.pinion.client.TextRenderer;
import org.pinion.client.TextTable;
import org.pinion.client.command.Invocation;
import org.pinion.client.command.Option;
import org.pinion.client.command.Options;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.flow.Cursor;

/** One run of a command: its words, the peer's services, where output goes. For one thread. */
final class Call extends Invocation {
    /** Nothing in a peer takes longer without saying so. */
    private static final long WAIT_MINUTES = 60;

    static final Option ENCODING = Option.text("text", "text, json or table", "encoding", "enc");
    static final Option JSON = Option.text("text", "text or json", "encoding", "enc");

    private final Services services;
    private final Screen screen;
    private final Offsets offsets = new Offsets();

    Call(Options words, Services services, Screen screen, InstantSource clock) {
        super(words, clock);
        this.services = services;
        this.screen = screen;
        if (!List.of("", "text", "json", "table").contains(option("encoding"))) {
            throw ShellFailure.usage("no encoding \"" + option("encoding") + "\": text, json or table");
        }
    }

    /** How the items of a list are shown. */
    record Form<T>(
            Function<T, String> text,
            Function<T, String> json,
            List<String> header,
            Function<T, List<List<String>>> cells) {}

    Services services() {
        return services;
    }

    <T> T service(Class<T> type) {
        return services.get(type);
    }

    Screen screen() {
        return screen;
    }

    boolean isJson() {
        return option("encoding").equals("json");
    }

    boolean isTable() {
        return option("encoding").equals("table");
    }

    TextRenderer text() {
        return new TextRenderer(offsets);
    }

    JsonRenderer json() {
        return new JsonRenderer(offsets);
    }

    void print(String text) {
        screen.print(text);
    }

    /** Prints a list while it is read; an interrupt ends it, and closes the cursor in any case. */
    <T> void list(Cursor<T> rows, Form<T> form) {
        TextTable table = new TextTable(form.header, screen.columns());
        try (rows) {
            for (T row = rows.next(); row != null; row = rows.next()) {
                if (Thread.currentThread().isInterrupted()) {
                    throw ShellFailure.interrupted();
                }
                if (isTable()) {
                    for (List<String> line : form.cells.apply(row)) {
                        print(table.add(line));
                    }
                } else {
                    print((isJson() ? form.json : form.text).apply(row));
                }
            }
        } catch (ClusterException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw ShellFailure.interrupted();
            }
            throw e;
        }
        print(table.finish());
    }

    /** Prints a table with these rows. */
    void table(List<String> header, List<List<String>> rows) {
        TextTable table = new TextTable(header, screen.columns());
        rows.forEach(row -> print(table.add(row)));
        print(table.finish());
    }

    /** Waits for an answer. */
    <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(WAIT_MINUTES, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            throw ClusterException.of(e);
        } catch (TimeoutException e) {
            throw new ClusterException(ErrorCode.TIMEOUT, "no answer within " + WAIT_MINUTES + " minutes", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ShellFailure.interrupted();
        }
    }

    @Override
    public RuntimeException unusable(String option, @Nullable String why) {
        return ShellFailure.usage("--" + option + ": " + why);
    }

    @Override
    protected RuntimeException interrupted() {
        return ShellFailure.interrupted();
    }

    Cid cid(int index) {
        return cid(argument(index));
    }

    static Cid cid(String text) {
        try {
            return Cid.parse(text);
        } catch (IllegalArgumentException e) {
            throw ShellFailure.usage(String.valueOf(e.getMessage()));
        }
    }

    /** A peer by its id, or by its name when one peer has it. */
    PeerId peer(String text) {
        PeerId named = PeerNames.of(services).get(text);
        if (named != null) {
            return named;
        }
        try {
            return PeerId.parse(text);
        } catch (IllegalArgumentException e) {
            throw ShellFailure.usage("neither the id nor the name of a peer: \"" + text + "\"");
        }
    }

    /** The service of that type; null while nobody offers one. */
    <T> @Nullable T find(Class<T> type) {
        return services.find(type);
    }
}
