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
import java.util.Map;
import org.pinion.client.TableRows;
import org.pinion.client.command.Option;
import org.pinion.client.pin.AwaitedStatus;
import org.pinion.client.pin.PinFlags;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.TrackerStatus;

/** The pin set. */
final class PinCommands {
    private PinCommands() {}

    static List<Command> all() {
        List<Option> add = new ArrayList<>();
        add.add(Option.number("0", "sets both replication factors when not 0", "replication", "r"));
        add.addAll(PinFlags.replication());
        add.addAll(PinFlags.description("peers to prefer, with commas"));
        add.add(Option.text("recursive", "recursive or direct", "mode"));
        add.addAll(AwaitedStatus.options());
        List<Option> update = new ArrayList<>();
        update.add(Option.text("", "name of the new pin", "name", "n"));
        update.add(Option.text("", "end of the pin as a duration from now", "expire-in"));
        update.addAll(AwaitedStatus.options());
        List<Option> list = new ArrayList<>();
        list.add(Option.text("all", "comma list of: all, pin, meta-pin, clusterdag-pin, shard-pin", "filter"));
        list.addAll(Listing.options("cid, name, type, added, expires"));
        return List.of(
                new Command("pin add", "<CID|Path>", "Pin content on the cluster", """
                        Puts an item into the shared pin set: peers are chosen, and their IPFS nodes fetch and pin it. A path \
                        that begins with /ipfs/, /ipns/ or /ipld/ is resolved first. Prints the status one second later.

                        A replication factor of -1 means every peer, 0 the cluster's default. Peers in --allocations come first; \
                        the factors hold all the same.
                        """, add, PinCommands::add),
                new Command("pin rm", "<CID|Path>", "Unpin content", """
                        Takes an item out of the shared pin set, at once; the IPFS nodes unpin it after that. Prints the status \
                        one second later.
                        """, AwaitedStatus.options(), PinCommands::remove),
                new Command(
                        "pin update",
                        "<existing-CID> <new-CID|Path>",
                        "Pin content with the options of an existing pin",
                        """
                        The new pin gets all options of the existing one and goes to the same peers, whose IPFS nodes fetch only \
                        what differs. The existing pin stays; pin rm removes it.
                        """,
                        update,
                        PinCommands::update),
                new Command("pin ls", "[CID]", "List the pin set, or one pin", """
                        What the cluster shall keep, and on which peers; status tells what they do about it. The filter counts \
                        only without a CID: pin (normal pins), meta-pin (sharded ones), clusterdag-pin and shard-pin (their parts).
                        """, list, PinCommands::list));
    }

    private static void add(Call call) {
        String path = path(call.argument(0));
        PinOptions.Builder options = PinFlags.read(call, id -> Call.peer(id, "decoding allocations"))
                .mode(PinMode.ofText(call.option("mode")));
        int both = call.number("replication");
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
                PinOptions.builder().name(call.option("name")).pinUpdate(from);
        PinFlags.expiry(call, options);
        Waiting waiting = Waiting.of(call);
        Pin pin = call.client().pin(to, options.build());
        waiting.finish(call, pin, TrackerStatus.PINNED, true);
    }

    private static void list(Call call) {
        if (call.argument(0).isEmpty()) {
            listing(call).show(call, call.client().allocations(known(call.option("filter"))));
        } else {
            print(call, call.client().allocation(call.cid(0)), false);
        }
    }

    private static Listing<Pin> listing(Call call) {
        return new Listing<>(
                call.text()::pin,
                call.jsonText()::pin,
                call.jsonText()::oldPin,
                TableRows.PIN,
                TableRows::pin,
                Map.of(
                        "cid", pin -> pin.cid().toString(),
                        "name", pin -> pin.options().name(),
                        "type", pin -> pin.type().text(),
                        "added", pin -> TableRows.time(pin.timestamp()),
                        "expires", pin -> TableRows.time(pin.options().expireAt())));
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
        if (call.encoding() == Encoding.OLD_JSON) {
            call.print(call.jsonText().oldPin(pin));
        } else if (call.json()) {
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
