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
package org.pinion.api.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.http.Route;

/** Finds the route of a request. Immutable. */
final class Router {
    private final List<Entry> entries;

    Router(List<Route> routes) {
        List<Entry> all = new ArrayList<>();
        routes.forEach(
                route -> all.add(new Entry(route, route.path().substring(1).split("/", -1))));
        this.entries = List.copyOf(all);
    }

    /**
     * Looks for a route.
     *
     * @param path decoded and cleaned
     */
    Match find(String method, String path) {
        String[] segments = path.substring(1).split("/", -1);
        // The reference forgets "wrong method" when a later route has that method on another path: its 404 and 405
        // answers follow from this.
        boolean wrongMethod = false;
        for (Entry entry : entries) {
            boolean sameMethod = entry.route.method().equals(method);
            Map<String, String> variables = entry.match(segments);
            if (variables != null && sameMethod) {
                return new Match(entry.route, variables, false);
            }
            if (variables != null) {
                wrongMethod = true;
            } else if (sameMethod) {
                wrongMethod = false;
            }
        }
        return new Match(null, Map.of(), wrongMethod);
    }

    /**
     * What was found.
     *
     * @param route null = none
     * @param variables decoded variables of the path
     * @param wrongMethod whether the path is known with other methods only
     */
    record Match(@Nullable Route route, Map<String, String> variables, boolean wrongMethod) {}

    private record Entry(Route route, String[] pattern) {
        @Nullable
        Map<String, String> match(String[] segments) {
            if (segments.length < pattern.length) {
                return null;
            }
            Map<String, String> variables = Map.of();
            for (int i = 0; i < pattern.length; i++) {
                String part = pattern[i];
                boolean last = i == pattern.length - 1;
                if (!part.startsWith("{")) {
                    if (!part.equals(segments[i])) {
                        return null;
                    }
                } else {
                    variables = variables.isEmpty() ? new LinkedHashMap<>() : variables;
                    if (part.endsWith("...}")) {
                        String rest = String.join("/", List.of(segments).subList(i, segments.length));
                        variables.put(part.substring(1, part.length() - 4), rest);
                        return rest.isEmpty() ? null : variables;
                    }
                    if (segments[i].isEmpty()) {
                        return null;
                    }
                    variables.put(part.substring(1, part.length() - 1), segments[i]);
                }
                if (last && segments.length > pattern.length) {
                    return null;
                }
            }
            return variables;
        }
    }
}
