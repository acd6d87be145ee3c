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
package org.pinion.api.pinsvcapi;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.http.Exchange;

/**
 * Which pins a listing wants; all conditions have to be met.
 *
 * @param cids these only; empty = any
 * @param name the wanted name or part of it; null = any
 * @param match how the name is compared
 * @param states these only
 * @param before created before that; null = any time
 * @param after created after that; null = any time
 * @param meta pairs that the pin has, among others
 * @param limit at most so many results, 1 to {@value #MAX_LIMIT}
 */
record ListQuery(
        Set<Cid> cids,
        @Nullable String name,
        Match match,
        Set<PinState> states,
        @Nullable Instant before,
        @Nullable Instant after,
        Map<String, String> meta,
        int limit) {
    /** The specification's limit. */
    static final int MAX_LIMIT = 1000;

    private static final int DEFAULT_LIMIT = 10;
    /** The specification's limit. */
    private static final int MAX_CIDS = 10;

    /** How names are compared: whole or in part, with or without regard to case. */
    enum Match {
        EXACT,
        IEXACT,
        PARTIAL,
        IPARTIAL;

        boolean test(String wanted, String name) {
            return switch (this) {
                case EXACT -> name.equals(wanted);
                case IEXACT -> name.equalsIgnoreCase(wanted);
                case PARTIAL -> name.contains(wanted);
                case IPARTIAL -> name.toLowerCase(Locale.ROOT).contains(wanted.toLowerCase(Locale.ROOT));
            };
        }
    }

    /**
     * Reads the query of {@code GET /pins}.
     *
     * @throws org.pinion.spi.ClusterException {@code BAD_REQUEST} that names the parameter
     */
    static ListQuery of(Exchange.Request request) {
        String name = request.query().containsKey("name") ? request.parameter("name") : null;
        if (name != null && name.codePointCount(0, name.length()) > PinObject.MAX_NAME_CHARS) {
            throw PinObject.bad("parameter name has more than " + PinObject.MAX_NAME_CHARS + " characters");
        }
        return new ListQuery(
                cids(items(request, "cid")),
                name,
                match(request.parameter("match")),
                states(items(request, "status")),
                time(request, "before"),
                time(request, "after"),
                meta(request.parameter("meta")),
                limit(request.parameter("limit")));
    }

    /** Whether a pin in that state belongs to the listing. */
    boolean wants(GlobalPinInfo pin, PinState state) {
        Instant created = pin.created();
        return states.contains(state)
                && (cids.isEmpty() || cids.contains(pin.cid()))
                && (name == null || match.test(name, pin.name()))
                && (before == null || (created != null && created.isBefore(before)))
                && (after == null || (created != null && created.isAfter(after)))
                && pin.metadata().entrySet().containsAll(meta.entrySet());
    }

    /** Values of a list parameter, given once with commas or several times. */
    private static List<String> items(Exchange.Request request, String parameter) {
        List<String> items = new ArrayList<>();
        for (String value : request.query().getOrDefault(parameter, List.of())) {
            for (String item : value.split(",", -1)) {
                if (!item.isBlank()) {
                    items.add(item.strip());
                }
            }
        }
        return items;
    }

    private static Set<Cid> cids(List<String> texts) {
        if (texts.size() > MAX_CIDS) {
            throw PinObject.bad("parameter cid has " + texts.size() + " values, the limit is " + MAX_CIDS);
        }
        Set<Cid> cids = new LinkedHashSet<>();
        for (String text : texts) {
            try {
                cids.add(Cid.parse(text));
            } catch (IllegalArgumentException e) {
                throw PinObject.bad("parameter cid: " + text + " is not a CID: " + e.getMessage());
            }
        }
        return cids;
    }

    private static Match match(String text) {
        if (text.isEmpty()) {
            return Match.EXACT;
        }
        for (Match match : Match.values()) {
            if (match.name().toLowerCase(Locale.ROOT).equals(text)) {
                return match;
            }
        }
        throw PinObject.bad("parameter match is " + text + ", not one of exact, iexact, partial, ipartial");
    }

    /** Without a wish all: as the reference, and as the specification's own compliance checks want it. */
    private static Set<PinState> states(List<String> texts) {
        if (texts.isEmpty()) {
            return EnumSet.allOf(PinState.class);
        }
        Set<PinState> states = EnumSet.noneOf(PinState.class);
        for (String text : texts) {
            states.add(PinState.ofText(text)
                    .orElseThrow(() -> PinObject.bad(
                            "parameter status: " + text + " is not one of queued, pinning, pinned, failed")));
        }
        return states;
    }

    private static @Nullable Instant time(Exchange.Request request, String parameter) {
        String text = request.parameter(parameter);
        if (text.isEmpty()) {
            return null;
        }
        try {
            // a plus sign of the offset that was not encoded has become a blank
            return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
        } catch (DateTimeException e) {
            throw PinObject.bad(
                    "parameter " + parameter + " is " + text + ", not a time like 2026-07-27T17:32:28Z (RFC 3339)");
        }
    }

    private static Map<String, String> meta(String json) {
        Map<String, String> meta = new TreeMap<>();
        if (json.isEmpty()) {
            return meta;
        }
        try (JsonParser parser = PinObject.JSON.createParser(json)) {
            parser.nextToken();
            PinObject.meta(parser, meta);
            return meta;
        } catch (JsonProcessingException e) {
            throw PinObject.bad("parameter meta is not valid JSON: " + PinObject.firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw PinObject.bad("parameter meta cannot be read: " + e.getMessage());
        }
    }

    private static int limit(String text) {
        if (text.isEmpty()) {
            return DEFAULT_LIMIT;
        }
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException e) {
            throw PinObject.bad("parameter limit is " + text + ", not a number from 1 to " + MAX_LIMIT);
        }
        throw PinObject.bad("parameter limit is " + text + ", not a number from 1 to " + MAX_LIMIT);
    }
}
