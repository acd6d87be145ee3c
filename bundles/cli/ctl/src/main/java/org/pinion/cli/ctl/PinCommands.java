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

import java.util.ArrayList;
import java.util.List;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.TrackerStatus;
import picocli.CommandLine.Model.OptionSpec;

/** The pin set. */
final class PinCommands {
    private PinCommands() {}

    static List<Command> all() {
        List<OptionSpec> add = new ArrayList<>();
        add.add(Options.text("0", "sets both replication factors when not 0", "replication", "r"));
        add.addAll(PinFlags.replication());
        add.addAll(PinFlags.description());
        add.add(Options.text("recursive", "recursive or direct", "mode"));
        add.addAll(Waiting.options());
        List<OptionSpec> update = new ArrayList<>();
        update.add(Options.text("", "name of the new pin", "name", "n"));
        update.add(Options.text("", "end of the pin as a duration from now", "expire-in"));
        update.addAll(Waiting.options());
        return List.of(
                new Command("pin add", "<CID|Path>", "Pin content on the cluster", add, PinCommands::add),
                new Command("pin rm", "<CID|Path>", "Unpin content", Waiting.options(), PinCommands::remove),
                new Command(
                        "pin update",
                        "<existing-CID> <new-CID|Path>",
                        "Pin content with the options of an existing pin",
                        update,
                        PinCommands::update),
                new Command(
                        "pin ls",
                        "[CID]",
                        "List the pin set, or one pin",
                        List.of(Options.text(
                                "all", "comma list of: all, pin, meta-pin, clusterdag-pin, shard-pin", "filter")),
                        PinCommands::list));
    }

    private static void add(Call call) {
        String path = path(call.argument(0));
        PinOptions.Builder options = PinFlags.read(call, true).mode(PinMode.ofText(call.option("--mode")));
        int both = call.number("--replication");
        if (both != 0) {
            options.replication(both, both);
        }
        Waiting waiting = Waiting.of(call);
        Pin pin = call.client().pin(path, options.build());
        waiting.finish(call, pin, TrackerStatus.PINNED, true);
    }

    private static void remove(Call call) {
        String path = path(call.argument(0));
        Waiting waiting = Waiting.of(call);
        Pin pin = call.client().unpin(path);
        waiting.finish(call, pin, TrackerStatus.UNPINNED, false);
    }

    private static void update(Call call) {
        Cid from = call.cid(0);
        String to = path(call.argument(1));
        PinOptions.Builder options =
                PinOptions.builder().name(call.option("--name")).pinUpdate(from);
        PinFlags.expiry(call, options);
        Waiting waiting = Waiting.of(call);
        Pin pin = call.client().pin(to, options.build());
        waiting.finish(call, pin, TrackerStatus.PINNED, true);
    }

    private static void list(Call call) {
        if (call.argument(0).isEmpty()) {
            call.client().allocations(known(call.option("--filter")), pin -> print(call, pin, false));
        } else {
            print(call, call.client().allocation(call.cid(0)), false);
        }
    }

    /** Only words that the API knows; none at all lists everything. */
    private static String known(String filter) {
        List<String> words = new ArrayList<>();
        for (String word : filter.split(",")) {
            if (List.of("all", "pin", "meta-pin", "clusterdag-pin", "shard-pin").contains(word.strip())) {
                words.add(word.strip());
            }
        }
        return String.join(",", words);
    }

    static void print(Call call, Pin pin, boolean submitted) {
        if (call.json()) {
            call.print(
                    submitted ? call.jsonText().submitted(pin) : call.jsonText().pin(pin));
        } else {
            call.print(call.text().pin(pin));
        }
    }

    /** A path with its name space; a bare CID gets {@code /ipfs/}. */
    private static String path(String argument) {
        String path = argument;
        boolean named = path.startsWith("/ipfs/") || path.startsWith("/ipns/") || path.startsWith("/ipld/");
        if (!named) {
            path = "/ipfs/" + argument;
        }
        String[] segments = path.split("/", -1);
        if (segments[2].isEmpty()) {
            throw CtlException.doing("parsing path", "neither a CID nor a path: \"" + argument + "\"");
        }
        if (!path.startsWith("/ipns/")) {
            try {
                Cid.parse(segments[2]);
            } catch (IllegalArgumentException e) {
                throw CtlException.doing("parsing path", e.getMessage());
            }
        }
        return path;
    }
}
