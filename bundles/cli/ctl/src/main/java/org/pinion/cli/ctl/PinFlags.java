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

    static List<Option> replication() {
        return List.of(
                Option.number("0", "fewest copies, -1 = everywhere, 0 = the peer's default", "replication-min", "rmin"),
                Option.number("0", "most copies, -1 = everywhere, 0 = the peer's default", "replication-max", "rmax"));
    }

    static List<Option> description() {
        return List.of(
                Option.text("", "name of the pin", "name", "n"),
                Option.text("", "end of the pin as a duration from now, for example 72h", "expire-in"),
                Option.texts("key=value, can be given several times", "metadata"),
                Option.text("", "peers to prefer, with commas", "allocations", "allocs"));
    }

    /** The common options; allocations that cannot be read are an error only when {@code strict}. */
    static PinOptions.Builder read(Call call, boolean strict) {
        PinOptions.Builder options = PinOptions.builder()
                .name(call.option("name"))
                .replication(call.number("replication-min"), call.number("replication-max"))
                .metadata(metadata(call.options("metadata")))
                .userAllocations(allocations(call.option("allocations"), strict));
        expiry(call, options);
        return options;
    }

    static void expiry(Call call, PinOptions.Builder options) {
        String text = call.option("expire-in");
        if (text.isEmpty()) {
            return;
        }
        try {
            Duration wait = GoTime.duration(text);
            options.expireAt(call.now().plus(wait));
        } catch (IllegalArgumentException e) {
            throw CtlException.doing("parsing expire-in", e.getMessage());
        }
    }

    private static Map<String, String> metadata(List<String> pairs) {
        Map<String, String> metadata = new TreeMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw CtlException.doing("parsing metadata", "not key=value: \"" + pair + "\"");
            }
            metadata.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return metadata;
    }

    private static List<PeerId> allocations(String list, boolean strict) {
        List<PeerId> peers = new ArrayList<>();
        for (String text : list.split(",")) {
            String id = text.strip();
            if (id.isEmpty()) {
                continue;
            }
            try {
                peers.add(Call.peer(id, "decoding allocations"));
            } catch (CtlException e) {
                if (strict) {
                    throw e;
                }
            }
        }
        return peers;
    }
}
