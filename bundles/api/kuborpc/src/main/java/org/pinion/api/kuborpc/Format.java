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
package org.pinion.api.kuborpc;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HeaderValue;

/**
 * In which form content is asked for.
 *
 * @param kind the form
 * @param dups whether a CAR repeats blocks that occur more than once
 * @param scope {@code all}, {@code entity} or {@code block}
 * @param from first byte of the file that a CAR is to hold; negative = from its end
 * @param to last byte; {@link Long#MAX_VALUE} = to its end, negative = from its end
 */
record Format(Kind kind, boolean dups, String scope, long from, long to) {
    private static final String RAW = "application/vnd.ipld.raw";
    private static final String CAR = "application/vnd.ipld.car";

    /** The forms. */
    enum Kind {
        /** One block. */
        RAW,
        /** Blocks in an archive. */
        CAR,
        /** Files, as browsers want them. */
        FILES
    }

    static Format of(Exchange.Request request) {
        String wanted = request.parameter("format");
        Map<String, String> parameters = new HashMap<>();
        if (wanted.isEmpty()) {
            wanted = accepted(request, parameters);
        }
        return switch (wanted) {
            case "" -> new Format(Kind.FILES, false, "all", 0, Long.MAX_VALUE);
            case "raw" -> new Format(Kind.RAW, false, "block", 0, Long.MAX_VALUE);
            case "car" -> car(request, parameters);
            default ->
                throw new GatewayException(
                        406, "format " + wanted + " is not given here; use raw, car, or none for files");
        };
    }

    /** The first form in {@code Accept} that is known; browsers ask for other things too. */
    private static String accepted(Exchange.Request request, Map<String, String> parameters) {
        String other = "";
        for (String header : request.headers().getOrDefault("accept", List.of())) {
            for (String part : header.split(",")) {
                HeaderValue value = HeaderValue.parse(part);
                String type = value.value().toLowerCase(Locale.ROOT);
                if (type.equals(RAW)) {
                    return "raw";
                } else if (type.equals(CAR)) {
                    parameters.putAll(value.parameters());
                    return "car";
                } else if (type.startsWith("application/vnd.ip") || type.equals("application/x-tar")) {
                    other = other.isEmpty() ? type : other;
                } else if (!type.isEmpty()) {
                    return "";
                }
            }
        }
        return other;
    }

    private static Format car(Exchange.Request request, Map<String, String> accepted) {
        String version = parameter(request, "car-version", accepted.getOrDefault("version", "1"));
        if (!version.equals("1") && !version.equals("any")) {
            throw new GatewayException(400, "unsupported " + CAR + " version: only version=1 is supported");
        }
        String order = parameter(request, "car-order", accepted.getOrDefault("order", "dfs"));
        if (!order.equals("dfs") && !order.equals("unk")) {
            throw new GatewayException(400, "unsupported " + CAR + " block order: only order=dfs is supported");
        }
        String dups = parameter(request, "car-dups", accepted.getOrDefault("dups", "n"));
        if (!dups.equals("y") && !dups.equals("n")) {
            throw new GatewayException(400, "unsupported " + CAR + " dups: \"" + dups + "\" is not y or n");
        }
        String range = request.parameter("entity-bytes");
        String scope = parameter(request, "dag-scope", range.isEmpty() ? "all" : "entity");
        if (!scope.equals("all") && !scope.equals("entity") && !scope.equals("block")) {
            throw new GatewayException(400, "unsupported dag-scope: \"" + scope + "\" is not all, entity or block");
        }
        String[] ends = range.isEmpty() ? new String[] {"0", "*"} : range.split(":", -1);
        try {
            if (ends.length != 2) {
                throw new NumberFormatException(range);
            }
            long to = ends[1].equals("*") ? Long.MAX_VALUE : Long.parseLong(ends[1]);
            return new Format(Kind.CAR, dups.equals("y"), scope, Long.parseLong(ends[0]), to);
        } catch (NumberFormatException e) {
            throw new GatewayException(400, "invalid entity-bytes: \"" + range + "\" is not from:to");
        }
    }

    private static String parameter(Exchange.Request request, String name, String otherwise) {
        String value = request.parameter(name);
        return value.isEmpty() ? otherwise : value;
    }
}
