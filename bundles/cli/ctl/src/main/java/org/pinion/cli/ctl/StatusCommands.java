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
import java.util.StringJoiner;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;

/** Status and recovery. */
final class StatusCommands {
    private static final String LOCAL = "ask the contacted peer only";

    private StatusCommands() {}

    static List<Command> all() {
        return List.of(
                new Command(
                        "status",
                        "[CID...]",
                        "Show the status of pins on the peers",
                        List.of(
                                Options.flag(LOCAL, "local"),
                                Options.text(
                                        "",
                                        "comma list of: cluster_error, error, pin_error, pin_queued, pinned, pinning, "
                                                + "queued, remote, sharded, unexpectedly_unpinned, unpin_error, "
                                                + "unpin_queued, unpinned, unpinning",
                                        "filter")),
                        StatusCommands::status),
                new Command(
                        "recover",
                        "[CID]",
                        "Queue pins again that failed",
                        List.of(Options.flag(LOCAL, "local")),
                        StatusCommands::recover));
    }

    static void print(Call call, GlobalPinInfo info) {
        call.print(call.json() ? call.jsonText().status(info) : call.text().status(info));
    }

    private static void status(Call call) {
        boolean local = call.flag("--local");
        List<Cid> cids = new ArrayList<>();
        call.arguments().forEach(text -> cids.add(Call.cid(text)));
        String filter = filter(call.option("--filter"));
        if (cids.size() == 1) {
            print(call, call.client().status(cids.get(0), local));
        } else if (cids.isEmpty()) {
            call.client().statusAll(filter, local, info -> print(call, info));
        } else {
            call.client().statuses(cids, local, info -> print(call, info));
        }
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
        boolean local = call.flag("--local");
        if (call.argument(0).isEmpty()) {
            call.client().recoverAll(local, info -> print(call, info));
        } else {
            print(call, call.client().recover(call.cid(0), local));
        }
    }
}
