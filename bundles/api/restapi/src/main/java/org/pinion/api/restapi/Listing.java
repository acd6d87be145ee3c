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
package org.pinion.api.restapi;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.PinType;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.PinParameters;
import org.pinion.spi.state.PinQuery;

/**
 * Which pins of a list are wanted: conditions and a page. All of it is ours; without it lists are the reference's.
 *
 * @param query the conditions
 * @param after start behind this CID; null = from the start
 * @param limit how many at most
 */
record Listing(PinQuery query, @Nullable Cid after, int limit) {
    private static final int MAX_LIMIT = 1_000_000;
    private static final String META = "meta-";

    /**
     * Reads the query.
     *
     * @throws ClusterException {@code BAD_REQUEST} that names parameter and value
     */
    static Listing of(Exchange.Request request) {
        PinQuery query = PinQuery.ALL;
        if (request.query().containsKey("name")) {
            query = query.withName(request.parameter("name"));
        }
        String prefix = request.parameter("name-prefix");
        if (!prefix.isEmpty()) {
            query = query.withNamePrefix(prefix);
        }
        Map<String, String> metadata = new TreeMap<>();
        request.query().forEach((name, values) -> {
            if (name.startsWith(META) && name.length() > META.length()) {
                metadata.put(name.substring(META.length()), values.get(0));
            }
        });
        if (!metadata.isEmpty()) {
            query = query.withMetadata(metadata);
        }
        Instant from = time(request, "created-after");
        Instant before = time(request, "created-before");
        if (from != null || before != null) {
            query = query.withCreated(from, before);
        }
        String type = request.parameter("type");
        if (!type.isEmpty()) {
            query = query.withTypes(types("type", type));
        }
        String after = request.parameter("after");
        return new Listing(
                query,
                after.isEmpty() ? null : PinParameters.cid(after, "parameter after invalid: "),
                limit(request.parameter("limit")));
    }

    /**
     * Types of a comma-separated list; unknown names beside a known one are ignored, as in the reference.
     *
     * @return empty = all
     */
    static Set<PinType> types(String parameter, String list) {
        Set<PinType> types = EnumSet.noneOf(PinType.class);
        boolean all = false;
        for (String item : list.split(",", -1)) {
            String name = item.strip();
            PinType type = PinType.ofText(name);
            if (name.isEmpty() || name.equals("all")) {
                all = true;
            } else if (type != PinType.BAD) {
                types.add(type);
            }
        }
        if (!all && types.isEmpty()) {
            throw bad("invalid " + parameter + " value: \"" + list
                    + "\"; known are all, pin, meta-pin, clusterdag-pin, shard-pin");
        }
        return all ? Set.of() : types;
    }

    private static @Nullable Instant time(Exchange.Request request, String name) {
        String text = request.parameter(name);
        try {
            return text.isEmpty() ? null : Times.parse(text);
        } catch (IllegalArgumentException e) {
            throw bad("parameter " + name + " invalid: " + e.getMessage());
        }
    }

    private static int limit(String text) {
        if (text.isEmpty()) {
            return Integer.MAX_VALUE;
        }
        int limit;
        try {
            limit = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            limit = 0;
        }
        if (limit < 1 || limit > MAX_LIMIT) {
            throw bad("parameter limit invalid: \"" + text + "\" is not a number from 1 to " + MAX_LIMIT);
        }
        return limit;
    }

    private static ClusterException bad(String message) {
        return new ClusterException(ErrorCode.BAD_REQUEST, message);
    }

    /** Whether there are conditions. */
    boolean selects() {
        return !query.equals(PinQuery.ALL);
    }

    /** Whether a page is asked for. */
    boolean isPaged() {
        return after != null || limit != Integer.MAX_VALUE;
    }

    /** At most {@link #limit} of those values. */
    <T> Cursor<T> limited(Cursor<T> values) {
        if (limit == Integer.MAX_VALUE) {
            return values;
        }
        return new Cursor<>() {
            private int left = limit;

            @Override
            public @Nullable T next() {
                return left-- > 0 ? values.next() : null;
            }

            @Override
            public void close() {
                values.close();
            }
        };
    }
}
