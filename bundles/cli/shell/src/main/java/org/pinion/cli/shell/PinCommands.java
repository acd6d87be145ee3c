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

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.pinion.cli.shell.Spec.Arg;
import org.pinion.client.TableRows;
import org.pinion.client.command.Option;
import org.pinion.client.pin.PinFlags;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.state.PinIndexes;
import org.pinion.spi.state.PinQuery;

/** The pin set. */
final class PinCommands {
    private PinCommands() {}

    static List<Spec> all() {
        return List.of(add(), remove(), update(), list("pin-ls"), list("allocations"));
    }

    private static Spec add() {
        List<Option> options = new ArrayList<>();
        options.add(Option.number("0", "sets both replication factors when not 0", "replication", "r"));
        options.addAll(options());
        options.add(Option.text("recursive", "recursive or direct", "mode"));
        options.addAll(Waiting.options());
        return new Spec(
                "pin-add",
                List.of(Arg.one("CID|path", Source.CID)),
                "Pin content on the cluster",
                """
                Puts an item into the shared pin set: peers are chosen, and their IPFS nodes fetch and pin it. A path that \
                begins with /ipfs/, /ipns/ or /ipld/ is resolved first. Prints the status one second later.

                A replication factor of -1 means every peer, 0 the cluster's default.
                """,
                List.of(
                        "cluster:pin-add bafy...",
                        "cluster:pin add --wait --wait-timeout 5m --name site --rmin 2 --rmax 3 bafy...",
                        "cluster:pin-add --allocations peer1,peer2 /ipfs/bafy.../index.html"),
                options,
                call -> {
                    PinOptions.Builder wanted =
                            PinFlags.read(call, call::peer).mode(PinMode.ofText(call.option("mode")));
                    int both = call.number("replication");
                    if (both != 0) {
                        wanted.replication(both, both);
                    }
                    Waiting.finish(call, pin(call, call.argument(0), wanted.build()), TrackerStatus.PINNED);
                });
    }

    /** The options of every command that makes a pin. */
    static List<Option> options() {
        List<Option> options = new ArrayList<>(PinFlags.replication());
        options.addAll(PinFlags.description("peers to prefer, ids or names, with commas"));
        return options;
    }

    private static Spec remove() {
        return new Spec(
                "pin-rm",
                List.of(Arg.one("CID|path", Source.CID)),
                "Unpin content",
                """
                Takes an item out of the shared pin set, at once; the IPFS nodes unpin it after that. Prints the status one \
                second later.
                """,
                List.of("cluster:pin-rm bafy...", "cluster:pin rm --wait bafy..."),
                Waiting.options(),
                call -> {
                    Pinset pins = call.service(Pinset.class);
                    String path = path(call.argument(0));
                    Pin pin = call.await(isBare(path) ? pins.unpin(root(path)) : pins.unpinPath(path));
                    Waiting.finish(call, pin, TrackerStatus.UNPINNED);
                });
    }

    private static Spec update() {
        List<Option> options = new ArrayList<>();
        options.add(Option.text("", "name of the new pin", "name", "n"));
        options.add(Option.text("", "end of the pin as a duration from now", "expire-in"));
        options.addAll(Waiting.options());
        return new Spec(
                "pin-update",
                List.of(Arg.one("existing CID", Source.CID), Arg.one("new CID|path", Source.NONE)),
                "Pin content with the options of an existing pin",
                """
                The new pin gets all options of the existing one and goes to the same peers, whose IPFS nodes fetch only what \
                differs. The existing pin stays; cluster:pin-rm removes it.
                """,
                List.of("cluster:pin-update bafyOLD... bafyNEW..."),
                options,
                call -> {
                    PinOptions.Builder wanted =
                            PinOptions.builder().name(call.option("name")).pinUpdate(call.cid(0));
                    PinFlags.expiry(call, wanted);
                    Waiting.finish(call, pin(call, call.argument(1), wanted.build()), TrackerStatus.PINNED);
                });
    }

    private static Spec list(String name) {
        return new Spec(
                name,
                List.of(Arg.perhaps("CID", Source.CID)),
                "List the pin set, or one pin",
                """
                What the cluster shall keep, and on which peers; cluster:status tells what they do about it. The filter counts \
                only without a CID: pin (normal pins), meta-pin (sharded ones), clusterdag-pin and shard-pin (their parts).
                """,
                List.of(
                        "cluster:" + name,
                        "cluster:" + name + " --enc table --filter pin",
                        "cluster:" + name + " bafy..."),
                List.of(
                        Option.text("all", "comma list of: all, pin, meta-pin, clusterdag-pin, shard-pin", "filter"),
                        Option.text("", "pins with this name only", "name", "n"),
                        Call.ENCODING),
                PinCommands::list);
    }

    private static void list(Call call) {
        if (!call.argument(0).isEmpty() && !call.isTable()) {
            print(call, existing(call), false);
            return;
        }
        Cursor<Pin> pins;
        if (!call.argument(0).isEmpty()) {
            pins = Cursor.of(List.of(existing(call)));
        } else {
            pins = named(call);
            Set<PinType> types = types(call.option("filter"));
            pins = types.isEmpty() ? pins : pins.filter(pin -> types.contains(pin.type()));
        }
        Call.Form<Pin> form = new Call.Form<>(call.text()::pin, call.json()::pin, TableRows.PIN, TableRows::pin);
        call.list(pins, form);
    }

    /** All pins, or those with the name that was asked for. */
    static Cursor<Pin> named(Call call) {
        return call.given("name")
                ? call.service(PinIndexes.class).find(PinQuery.ALL.withName(call.option("name")), null)
                : call.service(Pinset.class).list(null);
    }

    private static Pin existing(Call call) {
        Cid cid = call.cid(0);
        return call.service(Pinset.class)
                .get(cid)
                .orElseThrow(() -> new ClusterException(ErrorCode.NOT_FOUND, "pin is not part of the pinset: " + cid));
    }

    private static Set<PinType> types(String filter) {
        Set<PinType> types = EnumSet.noneOf(PinType.class);
        for (String word : filter.split(",")) {
            if (word.isBlank() || word.strip().equals("all")) {
                return Set.of();
            }
            PinType type = PinType.ofText(word.strip());
            if (type == PinType.BAD) {
                throw ShellFailure.usage("--filter: no type \"" + word + "\"; there are all, pin, meta-pin, "
                        + "clusterdag-pin and shard-pin");
            }
            types.add(type);
        }
        return types;
    }

    static void print(Call call, Pin pin, boolean submitted) {
        if (call.isJson()) {
            call.print(submitted ? call.json().submitted(pin) : call.json().pin(pin));
        } else {
            call.print(call.text().pin(pin));
        }
    }

    private static Pin pin(Call call, String argument, PinOptions options) {
        String path = path(argument);
        Pinset pins = call.service(Pinset.class);
        return call.await(isBare(path) ? pins.pin(Pin.of(root(path), options)) : pins.pinPath(path, options));
    }

    private static boolean isBare(String path) {
        return path.startsWith("/ipfs/") && path.split("/", -1).length == 3;
    }

    private static Cid root(String path) {
        return Call.cid(path.split("/", -1)[2]);
    }

    /** A path with its name space; a bare CID gets {@code /ipfs/}. */
    private static String path(String argument) {
        boolean named = argument.startsWith("/ipfs/") || argument.startsWith("/ipns/") || argument.startsWith("/ipld/");
        String path = named ? argument : "/ipfs/" + argument;
        if (!path.startsWith("/ipns/")) {
            Call.cid(path.split("/", -1)[2]);
        }
        return path;
    }
}
