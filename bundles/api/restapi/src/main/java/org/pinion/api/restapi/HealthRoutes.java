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

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.RepoGc;
import org.pinion.spi.cluster.Bandwidth;
import org.pinion.spi.cluster.Components.Row;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.PinParameters;
import org.pinion.spi.http.Route;

/** Health, metrics, alerts, garbage collection. */
final class HealthRoutes {
    private final Components components;

    HealthRoutes(Components components) {
        this.components = components;
    }

    List<Route> routes() {
        return List.of(
                new Route("RepoGC", "POST", "/ipfs/gc", this::collect),
                new Route(
                        "ConnectionGraph",
                        "GET",
                        "/health/graph",
                        exchange -> Replies.later(exchange, components.peers().graph(), JsonRecords::graph)),
                new Route("Alerts", "GET", "/health/alerts", this::alerts),
                new Route("Bandwidth", "GET", "/health/bandwidth", this::bandwidth),
                new Route("Components", "GET", "/health/components", this::components),
                new Route("Metrics", "GET", "/monitor/metrics/{name}", this::metrics),
                new Route("MetricNames", "GET", "/monitor/metrics", this::names),
                new Route("GetToken", "POST", "/token", this::token),
                new Route("Health", "GET", "/health", this::health));
    }

    /** A token for who asks; with a lifetime of our own parameter's, else as long as the password. */
    private CompletionStage<Void> token(Exchange exchange) {
        String text = exchange.request().parameter("expire-in");
        Duration lifetime = null;
        if (!text.isEmpty()) {
            try {
                lifetime = Times.duration(text);
            } catch (IllegalArgumentException e) {
                throw PinParameters.bad("parameter expire-in invalid: " + e.getMessage());
            }
            if (lifetime.compareTo(Duration.ofSeconds(1)) < 0) {
                throw PinParameters.bad("parameter expire-in invalid: " + text + " is less than a second");
            }
        }
        String token = exchange.token(lifetime)
                .orElseThrow(() -> new ClusterException(
                        ErrorCode.UNAUTHORIZED, "unauthorized: this API has no users: set basic_auth_credentials"));
        return Replies.document(
                exchange, 200, out -> out.raw("{\"token\":").quoted(token).raw('}'));
    }

    private CompletionStage<Void> bandwidth(Exchange exchange) {
        SortedMap<String, Bandwidth.Usage> usage =
                components.bandwidth().map(Bandwidth::byProtocol).orElse(null);
        return Replies.document(exchange, 200, out -> JsonRecords.bandwidth(out, usage));
    }

    private CompletionStage<Void> collect(Exchange exchange) {
        CompletionStage<List<RepoGc>> results = PinParameters.local(exchange.request())
                ? components.health().collectGarbageLocal().thenApply(HealthRoutes::alone)
                : components.health().collectGarbage();
        return Replies.later(exchange, results, JsonRecords::repoGc);
    }

    /** The only peer that was asked: its failure is the failure of the request. */
    private static List<RepoGc> alone(RepoGc result) {
        if (!result.error().isEmpty()) {
            throw new ClusterException(ErrorCode.INTERNAL, result.error());
        }
        return List.of(result);
    }

    private CompletionStage<Void> alerts(Exchange exchange) {
        return array(exchange, components.health().alerts(), JsonRecords::alert);
    }

    private CompletionStage<Void> metrics(Exchange exchange) {
        String name = exchange.request().variable("name");
        return array(exchange, components.health().metrics(name), JsonRecords::metric);
    }

    private CompletionStage<Void> names(Exchange exchange) {
        List<String> names = components.health().metricNames();
        return Replies.document(exchange, 200, out -> JsonRecords.names(out, names));
    }

    private CompletionStage<Void> components(Exchange exchange) {
        List<String> missing = missingParts();
        List<Row> rows = components.rows();
        return Replies.document(exchange, 200, out -> {
            out.raw("{\"ready\":").bool(missing.isEmpty());
            JsonRecords.names(out.raw(",\"missing\":"), missing);
            out.raw(",\"components\":[");
            for (int i = 0; i < rows.size(); i++) {
                JsonRecords.component(out.raw(i == 0 ? "" : ","), rows.get(i));
            }
            out.raw("]}");
        });
    }

    private List<String> missingParts() {
        try {
            return components.health().missing();
        } catch (ClusterException away) {
            return List.of(away.getMessage());
        }
    }

    private CompletionStage<Void> health(Exchange exchange) {
        Health health = components.health();
        if (!health.isReady()) {
            throw new ClusterException(
                    ErrorCode.UNAVAILABLE, "peer is not ready: " + String.join("; ", health.missing()));
        }
        return Replies.empty(exchange);
    }

    private interface Item<T> {
        void write(JsonBuffer out, T item);
    }

    private static <T> CompletionStage<Void> array(Exchange exchange, List<T> items, Item<T> item) {
        return Replies.document(exchange, 200, out -> {
            out.raw('[');
            for (int i = 0; i < items.size(); i++) {
                item.write(out.raw(i == 0 ? "" : ","), items.get(i));
            }
            out.raw(']');
        });
    }
}
