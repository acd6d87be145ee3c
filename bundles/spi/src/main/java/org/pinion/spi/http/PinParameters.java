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
package org.pinion.spi.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.PinMode;
import org.pinion.spi.PinOptions;
import org.pinion.spi.config.GoDuration;

/** Reads options of pins from a query. Pure; every failure is {@code BAD_REQUEST}. */
public final class PinParameters {
    private static final String META = "meta-";
    private static final Instant ZERO_TIME = Instant.parse("0001-01-01T00:00:00Z");

    private PinParameters() {}

    /**
     * All pin options.
     *
     * @param now for {@code expire-in}
     */
    public static PinOptions options(Exchange.Request request, Instant now) {
        int min = integer(request, "replication-min");
        int max = integer(request, "replication-max");
        if (!request.parameter("replication").isEmpty()) {
            min = integer(request, "replication");
            max = min;
        }
        PinOptions.Builder options = PinOptions.builder()
                .name(request.parameter("name"))
                .mode(PinMode.ofText(request.parameter("mode")))
                .replication(min, max)
                .shardSize(unsigned(request, "shard-size"))
                .userAllocations(peers(request.parameter("user-allocations")))
                .metadata(metadata(request))
                .origins(origins(request.parameter("origins")));
        expiry(request, now, options);
        String update = request.parameter("pin-update");
        if (!update.isEmpty()) {
            options.pinUpdate(cid(update, "parameter pin-update invalid: "));
        }
        return options.build();
    }

    /** A CID; {@code prefix} begins the message when it is none. */
    public static Cid cid(String text, String prefix) {
        try {
            return Cid.parse(text);
        } catch (IllegalArgumentException e) {
            throw bad(prefix + e.getMessage());
        }
    }

    /** True for the exact text {@code true} only, as in the reference. */
    public static boolean local(Exchange.Request request) {
        return request.parameter("local").equals("true");
    }

    /** Go's booleans; empty = the default. */
    public static boolean bool(Exchange.Request request, String name, boolean otherwise) {
        String text = request.parameter(name);
        return switch (text) {
            case "" -> otherwise;
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw bad("parameter " + name + " invalid: \"" + text + "\" is not a boolean");
        };
    }

    /** A number; 0 if it is not there. */
    public static int integer(Exchange.Request request, String name) {
        String text = request.parameter(name);
        try {
            return text.isEmpty() ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw bad("parameter " + name + " invalid: \"" + text + "\" is not an integer");
        }
    }

    /** The failure of every bad parameter. */
    public static ClusterException bad(String message) {
        return new ClusterException(ErrorCode.BAD_REQUEST, message);
    }

    private static long unsigned(Exchange.Request request, String name) {
        String text = request.parameter(name);
        try {
            return text.isEmpty() ? 0 : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw bad("parameter " + name + " invalid: \"" + text + "\" is not an unsigned integer");
        }
    }

    /** Ids that cannot be read are left out, as in the reference. */
    private static List<PeerId> peers(String list) {
        List<PeerId> peers = new ArrayList<>();
        for (String text : list.split(",")) {
            try {
                if (!text.isEmpty()) {
                    peers.add(PeerId.parse(text));
                }
            } catch (IllegalArgumentException dropped) {
                continue;
            }
        }
        return peers;
    }

    private static List<Multiaddr> origins(String list) {
        List<Multiaddr> origins = new ArrayList<>();
        if (list.isEmpty()) {
            return origins;
        }
        for (String text : list.split(",", -1)) {
            Multiaddr address;
            try {
                address = Multiaddr.parse(text);
            } catch (IllegalArgumentException e) {
                throw bad("parameter origins invalid: " + e.getMessage());
            }
            if (address.peerId().isEmpty()) {
                throw bad("parameter origins invalid: " + text + " does not end in /p2p/<peer id>");
            }
            origins.add(address);
        }
        return origins;
    }

    private static Map<String, String> metadata(Exchange.Request request) {
        Map<String, String> metadata = new TreeMap<>();
        request.query().forEach((name, values) -> {
            if (name.startsWith(META) && name.length() > META.length()) {
                metadata.put(name.substring(META.length()), values.get(0));
            }
        });
        return metadata;
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("not an RFC 3339 time: \"" + text + "\"", e);
        }
    }

    private static void expiry(Exchange.Request request, Instant now, PinOptions.Builder options) {
        String at = request.parameter("expire-at");
        String in = request.parameter("expire-in");
        try {
            if (!at.isEmpty()) {
                Instant when = time(at);
                // Go's zero time means that nothing was set
                options.expireAt(when.equals(ZERO_TIME) ? null : when);
            } else if (!in.isEmpty()) {
                Duration wait = GoDuration.parse(in);
                if (wait.compareTo(Duration.ofSeconds(1)) < 0) {
                    throw bad("parameter expire-in invalid: expire-in duration too short: " + in);
                }
                options.expireAt(now.plus(wait));
            }
        } catch (IllegalArgumentException e) {
            throw bad("parameter " + (at.isEmpty() ? "expire-in" : "expire-at") + " invalid: " + e.getMessage());
        }
    }
}
