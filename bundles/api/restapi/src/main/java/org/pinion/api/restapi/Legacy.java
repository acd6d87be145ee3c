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

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpSettings;
import org.pinion.spi.http.Route;

/**
 * The same API in the JSON shapes of the 0.11 era: for every request that accepts {@value #MEDIA_TYPE}, and for all
 * requests to the listeners of {@code legacy_http_listen_multiaddress}.
 */
final class Legacy implements HttpApi {
    static final String MEDIA_TYPE = "application/vnd.ipfs-cluster.v0+json";

    private final HttpApi api;
    private final HttpSettings settings;

    Legacy(HttpApi api, HttpSettings settings) {
        this.api = api;
        this.settings = settings;
    }

    /** Whether a request asks for the old shapes. */
    static boolean isWanted(Exchange exchange) {
        for (String value : exchange.request().headers().getOrDefault("accept", List.of())) {
            if (value.toLowerCase(Locale.ROOT).contains(MEDIA_TYPE)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String name() {
        return api.name() + ".legacy";
    }

    @Override
    public HttpSettings settings() {
        return settings;
    }

    @Override
    public List<Route> routes() {
        return api.routes().stream()
                .map(route -> new Route(
                        route.name(),
                        route.method(),
                        route.path(),
                        exchange -> route.handler().handle(new Marked(exchange))))
                .toList();
    }

    @Override
    public void fail(Exchange exchange, int status, String message) {
        api.fail(exchange, status, message);
    }

    /** An exchange whose request accepts the old shapes. */
    private record Marked(Exchange exchange) implements Exchange {
        @Override
        public Request request() {
            Request request = exchange.request();
            Map<String, List<String>> headers = new HashMap<>(request.headers());
            headers.put("accept", List.of(MEDIA_TYPE));
            return new Request(
                    request.method(),
                    request.path(),
                    request.variables(),
                    request.query(),
                    headers,
                    request.rawTarget(),
                    request.remote());
        }

        @Override
        public InputStream body() throws IOException {
            return exchange.body();
        }

        @Override
        public CompletionStage<Optional<ByteBuffer>> read() {
            return exchange.read();
        }

        @Override
        public Exchange status(int status) {
            exchange.status(status);
            return this;
        }

        @Override
        public Exchange header(String name, String value) {
            exchange.header(name, value);
            return this;
        }

        @Override
        public Exchange announceTrailer(String name) {
            exchange.announceTrailer(name);
            return this;
        }

        @Override
        public Exchange trailer(String name, String value) {
            exchange.trailer(name, value);
            return this;
        }

        @Override
        public CompletionStage<Void> write(ByteBuffer data) {
            return exchange.write(data);
        }

        @Override
        public boolean isCommitted() {
            return exchange.isCommitted();
        }

        @Override
        public Optional<String> token(@Nullable Duration lifetime) {
            return exchange.token(lifetime);
        }

        @Override
        public void onStop(Runnable task) {
            exchange.onStop(task);
        }
    }
}
