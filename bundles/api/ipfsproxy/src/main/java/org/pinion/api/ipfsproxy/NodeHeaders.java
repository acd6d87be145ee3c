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
package org.pinion.api.ipfsproxy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.http.Exchange;

/**
 * Headers of the node that answers of the cluster carry too: its cross-origin rules, asked for each request because they
 * depend on the origin, and others, which are remembered. Calls block; any thread.
 */
final class NodeHeaders {
    private static final List<String> CORS =
            List.of("Access-Control-Allow-Origin", "Vary", "Access-Control-Allow-Credentials");
    private static final String EXPOSED = "Access-Control-Expose-Headers";
    private static final String SERVER = "ipfs-cluster/ipfsproxy/1.1.6";
    /** A node that hangs does not make the cluster hang. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Node node;
    private final ProxySettings settings;
    private final InstantSource clock;
    private final List<String> names = new ArrayList<>(List.of(EXPOSED));
    private volatile @Nullable Remembered remembered;

    NodeHeaders(Node node, ProxySettings settings, InstantSource clock) {
        this.node = node;
        this.settings = settings;
        this.clock = clock;
        this.names.addAll(settings.extraHeaders());
    }

    /** Sets the headers of an answer that the cluster gives. A node that does not answer is no failure. */
    void set(Exchange exchange) {
        Optional<HttpFields> rules =
                ask("OPTIONS", exchange.request().rawTarget().replaceFirst("\\?.*", ""), exchange);
        rules.ifPresent(fields -> copy(fields, CORS, exchange));
        Remembered known = remembered;
        boolean fresh = known != null
                && (settings.headersTtl().isZero()
                        || known.since().plus(settings.headersTtl()).isAfter(clock.instant()));
        if (!fresh && rules.isPresent()) {
            Optional<HttpFields> fields = ask("POST", settings.headersPath(), null);
            if (fields.isPresent()) {
                known = new Remembered(clock.instant(), values(fields.get(), names));
                remembered = known;
            }
        }
        if (known != null) {
            known.values().forEach((name, values) -> values.forEach(value -> exchange.header(name, value)));
        }
        exchange.header("Content-Type", "application/json").header("Server", SERVER);
    }

    private Optional<HttpFields> ask(String method, String path, @Nullable Exchange asking) {
        Request request = node.request(method, path).timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        if (asking != null) {
            request.headers(fields -> {
                asking.request().header("origin").ifPresent(origin -> fields.put("Origin", origin));
                fields.put("Access-Control-Request-Method", asking.request().method());
            });
        }
        try {
            return Optional.of(request.send().getHeaders());
        } catch (TimeoutException | ExecutionException e) {
            Replies.LOG.warn("headers of {} {} are missing: {}", method, path, Replies.unreachable(node.address(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    private static void copy(HttpFields from, List<String> names, Exchange to) {
        values(from, names).forEach((name, values) -> values.forEach(value -> to.header(name, value)));
    }

    private static Map<String, List<String>> values(HttpFields from, List<String> names) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (String name : names) {
            all.put(name, from.getValuesList(name).stream().map(Headers::text).toList());
        }
        return all;
    }

    /**
     * What the node said.
     *
     * @param since when
     * @param values by name
     */
    private record Remembered(Instant since, Map<String, List<String>> values) {}
}
