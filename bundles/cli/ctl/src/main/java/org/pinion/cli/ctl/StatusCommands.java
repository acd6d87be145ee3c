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
import java.util.Objects;
import java.util.StringJoiner;
import org.pinion.client.TableRows;
import org.pinion.client.command.Option;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.flow.Cursor;

/** Status and recovery. */
final class StatusCommands {
    private static final String LOCAL = "ask the contacted peer only";

    private StatusCommands() {}

    static List<Command> all() {
        List<Option> status = new ArrayList<>();
        status.add(Option.flag(LOCAL, "local"));
        status.add(Option.text(
                "",
                "comma list of: cluster_error, error, pin_error, pin_queued, pinned, pinning, queued, remote, sharded, "
                        + "unexpectedly_unpinned, unpin_error, unpin_queued, unpinned, unpinning",
                "filter"));
        status.addAll(Listing.options("cid, name, created"));
        status.add(Option.flag("ask again and again, until interrupted", "watch"));
        status.add(Option.duration("2s", "time between two questions of watch", "interval"));
        return List.of(
                new Command(
                        "status",
                        "[CID...]",
                        "Show the status of pins on the peers",
                        """
                        What the peers do, or did, about the items of the pin set, with the errors. The filter shows only peers \
                        whose status is one of those named; it does not count for CIDs that are given.
                        """,
                        status,
                        StatusCommands::status),
                new Command(
                        "recover",
                        "[CID]",
                        "Queue pins again that failed",
                        """
                        Pins and unpins that failed are queued again, and the status after that is printed: of the CID, or of \
                        everything that was queued.
                        """,
                        List.of(Option.flag(LOCAL, "local")),
                        StatusCommands::recover),
                new Command(
                        "sync",
                        "[CID]",
                        "Compare statuses with the IPFS nodes",
                        """
                        A command of version 0.11: peers look at once what their IPFS nodes really pin. Prints the status of the \
                        CID, or of everything that changed or is in error.
                        """,
                        List.of(Option.flag(LOCAL, "local")),
                        StatusCommands::sync));
    }

    static String text(Call call, GlobalPinInfo info) {
        return switch (call.encoding()) {
            case JSON -> call.jsonText().status(info);
            case OLD_JSON -> call.jsonText().oldStatus(info);
            default -> call.text().status(info);
        };
    }

    static void print(Call call, GlobalPinInfo info) {
        call.print(text(call, info));
    }

    /** What makes a change: statuses, errors and attempts, not times of settled items. */
    static int state(GlobalPinInfo info) {
        int hash = info.name().hashCode();
        for (Map.Entry<PeerId, PeerPinStatus> peer : info.peers().entrySet()) {
            PeerPinStatus status = peer.getValue();
            hash = 31 * hash
                    + Objects.hash(peer.getKey(), status.status().text(), status.error(), status.attemptCount());
        }
        return hash;
    }

    private static Listing<GlobalPinInfo> listing(Call call) {
        return new Listing<>(
                call.text()::status,
                call.jsonText()::status,
                call.jsonText()::oldStatus,
                TableRows.STATUS,
                TableRows::status,
                Map.of(
                        "cid", info -> info.cid().toString(),
                        "name", GlobalPinInfo::name,
                        "created", info -> TableRows.time(info.created())));
    }

    private static void status(Call call) {
        boolean local = call.flag("local");
        List<Cid> cids = new ArrayList<>();
        call.arguments().forEach(text -> cids.add(Call.cid(text)));
        String filter = filter(call.option("filter"));
        if (call.flag("watch")) {
            new Watch(call, call.duration("interval")).run(() -> ask(call, cids, filter, local));
        } else if (cids.size() == 1 && call.encoding() != Encoding.TABLE) {
            print(call, call.client().status(cids.get(0), local));
        } else {
            listing(call).show(call, ask(call, cids, filter, local));
        }
    }

    private static Cursor<GlobalPinInfo> ask(Call call, List<Cid> cids, String filter, boolean local) {
        if (cids.size() == 1) {
            return Cursor.of(List.of(call.client().status(cids.get(0), local)));
        }
        return cids.isEmpty()
                ? call.client().statusAll(filter, local)
                : call.client().statuses(cids, local);
    }

    /** Every status that the filter lets pass, by name. */
    private static String filter(String text) {
        if (text.isEmpty()) {
            return "";
        }
        StatusFilter filter = StatusFilter.parse(text);
        if (filter.bits() == 0) {
            throw CtlException.doing("parsing filter flag", "no known status in \"" + text + "\"");
        }
        StringJoiner names = new StringJoiner(",");
        for (TrackerStatus status : TrackerStatus.values()) {
            if ((status.bit() & filter.bits()) != 0) {
                names.add(status.text());
            }
        }
        return names.toString();
    }

    private static void recover(Call call) {
        boolean local = call.flag("local");
        if (call.argument(0).isEmpty()) {
            listing(call).show(call, call.client().recoverAll(local));
        } else {
            print(call, call.client().recover(call.cid(0), local));
        }
    }

    private static void sync(Call call) {
        boolean local = call.flag("local");
        if (call.argument(0).isEmpty()) {
            listing(call).show(call, call.client().syncAll(local));
        } else {
            print(call, call.client().sync(call.cid(0), local));
        }
    }
}
