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
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HttpSettings;

/** Cross-origin rules with the behaviour of the reference's library. Pure; any thread. */
final class Cors {
    private static final List<String> DEFAULT_HEADERS = List.of("accept", "content-type", "x-requested-with");
    private static final List<String> DEFAULT_METHODS = List.of("GET", "POST", "HEAD");

    private final HttpSettings.Cors rules;
    private final boolean anyOrigin;
    private final List<String> origins = new ArrayList<>();
    private final boolean anyHeader;
    private final List<String> headers;
    private final List<String> methods;
    private final String exposed;

    Cors(HttpSettings.Cors rules) {
        this.rules = rules;
        this.anyOrigin =
                rules.allowedOrigins().isEmpty() || rules.allowedOrigins().contains("*");
        rules.allowedOrigins().forEach(origin -> origins.add(origin.toLowerCase(Locale.ROOT)));
        this.anyHeader = rules.allowedHeaders().contains("*");
        this.headers = rules.allowedHeaders().isEmpty()
                ? DEFAULT_HEADERS
                : rules.allowedHeaders().stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList();
        this.methods = rules.allowedMethods().isEmpty()
                ? DEFAULT_METHODS
                : rules.allowedMethods().stream()
                        .map(name -> name.toUpperCase(Locale.ROOT))
                        .toList();
        this.exposed = String.join(", ", rules.exposedHeaders());
    }

    /** Whether a request only asks what is allowed. */
    static boolean isPreflight(Exchange.Request request) {
        return request.method().equals("OPTIONS")
                && request.header("access-control-request-method").isPresent();
    }

    /** Headers of the answer to a preflight. */
    void preflight(Exchange.Request request, BiConsumer<String, String> answer) {
        answer.accept("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
        String origin = request.header("origin").orElse("");
        String method = request.header("access-control-request-method").orElse("");
        String wanted = request.header("access-control-request-headers").orElse("");
        if (origin.isEmpty() || !allowsOrigin(origin) || !allowsMethod(method) || !allowsHeaders(wanted)) {
            return;
        }
        answer.accept("Access-Control-Allow-Origin", anyOrigin ? "*" : origin);
        answer.accept("Access-Control-Allow-Methods", method.toUpperCase(Locale.ROOT));
        if (!wanted.isEmpty()) {
            answer.accept("Access-Control-Allow-Headers", wanted);
        }
        if (rules.allowCredentials()) {
            answer.accept("Access-Control-Allow-Credentials", "true");
        }
        if (rules.maxAge().toSeconds() > 0) {
            answer.accept("Access-Control-Max-Age", Long.toString(rules.maxAge().toSeconds()));
        }
    }

    /** Headers of the answer to any other request. */
    void actual(Exchange.Request request, BiConsumer<String, String> answer) {
        answer.accept("Vary", "Origin");
        String origin = request.header("origin").orElse("");
        if (origin.isEmpty() || !allowsOrigin(origin) || !allowsMethod(request.method())) {
            return;
        }
        answer.accept("Access-Control-Allow-Origin", anyOrigin ? "*" : origin);
        if (!exposed.isEmpty()) {
            answer.accept("Access-Control-Expose-Headers", exposed);
        }
        if (rules.allowCredentials()) {
            answer.accept("Access-Control-Allow-Credentials", "true");
        }
    }

    private boolean allowsOrigin(String origin) {
        return anyOrigin || origins.stream().anyMatch(pattern -> matches(pattern, origin.toLowerCase(Locale.ROOT)));
    }

    /** One {@code *} stands for any text. */
    private static boolean matches(String pattern, String origin) {
        int star = pattern.indexOf('*');
        if (star < 0) {
            return pattern.equals(origin);
        }
        String head = pattern.substring(0, star);
        String tail = pattern.substring(star + 1);
        return origin.length() >= head.length() + tail.length() && origin.startsWith(head) && origin.endsWith(tail);
    }

    private boolean allowsMethod(String method) {
        return method.equals("OPTIONS") || methods.contains(method.toUpperCase(Locale.ROOT));
    }

    private boolean allowsHeaders(String wanted) {
        if (anyHeader || wanted.isBlank()) {
            return true;
        }
        for (String name : wanted.split(",")) {
            if (!headers.contains(name.strip().toLowerCase(Locale.ROOT))) {
                return false;
            }
        }
        return true;
    }
}
