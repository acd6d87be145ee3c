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
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.cli.shell.Spec.Arg;
import org.pinion.client.TableRows;
import org.pinion.client.command.Option;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.Pin;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.pintracker.PinReconciler;

/** Status and recovery. */
final class StatusCommands {
    private static final StatusFilter OUT_OF_SYNC = StatusFilter.parse("error,unexpectedly_unpinned");
    private static final Option LOCAL = Option.flag("this peer only", "local");

    private StatusCommands() {}

    static List<Spec> all() {
        return List.of(
                new Spec(
                        "status",
                        List.of(Arg.any("CID", Source.CID)),
                        "Show the status of pins on the peers",
                        """
                        What the peers do, or did, about the items of the pin set, with the errors. The filter shows only peers \
                        whose status is one of those named; it does not count for CIDs that are given.
                        """,
                        List.of(
                                "cluster:status bafy...",
                                "cluster:status --filter error,unexpectedly_unpinned",
                                "cluster:status --local --enc table | grep PINNING"),
                        List.of(
                                LOCAL,
                                Option.text(
                                        "",
                                        "comma list of: cluster_error, error, pin_error, pin_queued, pinned, "
                                                + "pinning, queued, remote, sharded, unexpectedly_unpinned, "
                                                + "unpin_error, unpin_queued, unpinned, unpinning",
                                        "filter"),
                                Option.text("", "pins with this name only", "name", "n"),
                                Call.ENCODING),
                        StatusCommands::status),
                new Spec(
                        "recover",
                        List.of(Arg.perhaps("CID", Source.CID)),
                        "Queue pins again that failed",
                        """
                        Pins and unpins that failed are queued again, and the status after that is printed: of the CID, or of \
                        everything that was queued.
                        """,
                        List.of("cluster:recover", "cluster:recover --local bafy..."),
                        List.of(LOCAL, Call.ENCODING),
                        StatusCommands::recover),
                new Spec(
                        "sync",
                        List.of(Arg.perhaps("CID", Source.CID)),
                        "Compare statuses with the IPFS nodes",
                        """
                        This peer looks at once what its IPFS node really pins. Prints the status of the CID, or of everything \
                        that is in error.
                        """,
                        List.of("cluster:sync", "cluster:sync bafy..."),
                        List.of(LOCAL, Call.ENCODING),
                        StatusCommands::sync));
    }

    static void print(Call call, GlobalPinInfo info) {
        call.print(call.isJson() ? call.json().status(info) : call.text().status(info));
    }

    private static void show(Call call, Cursor<GlobalPinInfo> infos) {
        call.list(
                infos, new Call.Form<>(call.text()::status, call.json()::status, TableRows.STATUS, TableRows::status));
    }

    private static void status(Call call) {
        List<Cid> cids = new ArrayList<>();
        call.arguments().forEach(text -> cids.add(Call.cid(text)));
        String text = call.option("filter");
        StatusFilter filter = text.isEmpty() ? StatusFilter.ALL : StatusFilter.parse(text);
        if (!text.isEmpty() && filter.bits() == 0) {
            throw ShellFailure.usage("--filter: no known status in \"" + text + "\"");
        }
        if (!cids.isEmpty()) {
            Iterator<Cid> left = cids.iterator();
            show(call, one(() -> left.hasNext() ? ask(call, left.next()) : null, () -> {}));
        } else if (call.given("name")) {
            Cursor<Pin> pins = PinCommands.named(call);
            show(
                    call,
                    one(
                            () -> {
                                Pin pin = pins.next();
                                return pin == null ? null : ask(call, pin.cid());
                            },
                            pins::close));
        } else {
            show(call, everything(call, filter));
        }
    }

    private static Cursor<GlobalPinInfo> everything(Call call, StatusFilter filter) {
        PinStatuses statuses = call.service(PinStatuses.class);
        return call.flag("local") ? statuses.statusAllLocal(filter).map(GlobalPinInfo::of) : statuses.statusAll(filter);
    }

    private static GlobalPinInfo ask(Call call, Cid cid) {
        PinStatuses statuses = call.service(PinStatuses.class);
        return call.flag("local")
                ? GlobalPinInfo.of(call.await(statuses.statusLocal(cid)))
                : call.await(statuses.status(cid));
    }

    private interface Next {
        @Nullable
        GlobalPinInfo next();
    }

    private static Cursor<GlobalPinInfo> one(Next source, Runnable close) {
        return new Cursor<>() {
            @Override
            public @Nullable GlobalPinInfo next() {
                return source.next();
            }

            @Override
            public void close() {
                close.run();
            }
        };
    }

    private static void recover(Call call) {
        PinStatuses statuses = call.service(PinStatuses.class);
        boolean local = call.flag("local");
        if (call.argument(0).isEmpty()) {
            show(call, local ? statuses.recoverAllLocal().map(GlobalPinInfo::of) : statuses.recoverAll());
        } else {
            Cid cid = call.cid(0);
            GlobalPinInfo info = local
                    ? GlobalPinInfo.of(call.await(statuses.recoverLocal(cid)))
                    : call.await(statuses.recover(cid));
            show(call, Cursor.of(List.of(info)));
        }
    }

    private static void sync(Call call) {
        if (call.argument(0).isEmpty()) {
            call.service(PinReconciler.class).reconcile();
            show(call, everything(call, OUT_OF_SYNC));
        } else {
            // asking for the status of one pin asks the IPFS nodes
            show(call, Cursor.of(List.of(ask(call, call.cid(0)))));
        }
    }
}
