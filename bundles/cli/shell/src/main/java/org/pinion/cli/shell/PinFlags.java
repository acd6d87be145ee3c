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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pinion.client.GoTime;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.PinOptions;

/** Options that pinning and adding share. */
final class PinFlags {
    private PinFlags() {}

    static List<Opt> all() {
        return List.of(
                Opt.number("0", "fewest copies, -1 = everywhere, 0 = the peer's default", "replication-min", "rmin"),
                Opt.number("0", "most copies, -1 = everywhere, 0 = the peer's default", "replication-max", "rmax"),
                Opt.text("", "name of the pin", "name", "n").from(Source.PIN_NAME),
                Opt.text("", "end of the pin as a duration from now, for example 72h", "expire-in"),
                Opt.texts("key=value, can be given several times", "metadata"),
                Opt.text("", "peers to prefer, ids or names, with commas", "allocations", "allocs")
                        .from(Source.PEER));
    }

    /** The common options. */
    static PinOptions.Builder read(Call call) {
        PinOptions.Builder options = PinOptions.builder()
                .name(call.option("name"))
                .replication(call.number("replication-min"), call.number("replication-max"))
                .metadata(metadata(call.options("metadata")))
                .userAllocations(allocations(call));
        expiry(call, options);
        return options;
    }

    static void expiry(Call call, PinOptions.Builder options) {
        String text = call.option("expire-in");
        if (text.isEmpty()) {
            return;
        }
        try {
            options.expireAt(call.now().plus(GoTime.duration(text)));
        } catch (IllegalArgumentException e) {
            throw ShellFailure.usage("--expire-in: " + e.getMessage());
        }
    }

    private static Map<String, String> metadata(List<String> pairs) {
        Map<String, String> metadata = new TreeMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw ShellFailure.usage("--metadata: not key=value: \"" + pair + "\"");
            }
            metadata.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return metadata;
    }

    private static List<PeerId> allocations(Call call) {
        List<PeerId> peers = new ArrayList<>();
        for (String text : call.option("allocations").split(",")) {
            if (!text.isBlank()) {
                peers.add(call.peer(text.strip()));
            }
        }
        return peers;
    }
}
