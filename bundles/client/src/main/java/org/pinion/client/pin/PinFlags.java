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
package org.pinion.client.pin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.client.GoTime;
import org.pinion.client.command.Invocation;
import org.pinion.client.command.Option;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.PinOptions;

/** The options of commands that make a pin, by pinning or adding. Any thread. */
public final class PinFlags {
    private PinFlags() {}

    /** Reads one item of the peers to prefer. */
    @ConsumerType
    public interface PeerReader {
        /** The peer that a text names, or null to leave it out. */
        @Nullable
        PeerId peer(String text);
    }

    /** How many copies there shall be. */
    public static List<Option> replication() {
        return List.of(
                Option.number("0", "fewest copies, -1 = everywhere, 0 = the peer's default", "replication-min", "rmin"),
                Option.number("0", "most copies, -1 = everywhere, 0 = the peer's default", "replication-max", "rmax"));
    }

    /**
     * What the pin is called, how long it lasts and where it shall be.
     *
     * @param peers the help for the peers to prefer
     */
    public static List<Option> description(String peers) {
        return List.of(
                Option.text("", "name of the pin", "name", "n"),
                Option.text("", "end of the pin as a duration from now, for example 72h", "expire-in"),
                Option.texts("key=value, can be given several times", "metadata"),
                Option.text("", peers, "allocations", "allocs"));
    }

    /** What the options of both lists say; fails as the invocation wants it if they cannot be used. */
    public static PinOptions.Builder read(Invocation call, PeerReader reader) {
        PinOptions.Builder options = PinOptions.builder()
                .name(call.option("name"))
                .replication(call.number("replication-min"), call.number("replication-max"))
                .metadata(metadata(call))
                .userAllocations(allocations(call, reader));
        expiry(call, options);
        return options;
    }

    /** Takes over when the pin ends, if that was said. */
    public static void expiry(Invocation call, PinOptions.Builder options) {
        String text = call.option("expire-in");
        if (text.isEmpty()) {
            return;
        }
        try {
            options.expireAt(call.now().plus(GoTime.duration(text)));
        } catch (IllegalArgumentException e) {
            throw call.unusable("expire-in", e.getMessage());
        }
    }

    private static Map<String, String> metadata(Invocation call) {
        Map<String, String> metadata = new TreeMap<>();
        for (String pair : call.options("metadata")) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw call.unusable("metadata", "not key=value: \"" + pair + "\"");
            }
            metadata.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return metadata;
    }

    private static List<PeerId> allocations(Invocation call, PeerReader reader) {
        List<PeerId> peers = new ArrayList<>();
        for (String text : call.option("allocations").split(",")) {
            PeerId peer = text.isBlank() ? null : reader.peer(text.strip());
            if (peer != null) {
                peers.add(peer);
            }
        }
        return peers;
    }
}
