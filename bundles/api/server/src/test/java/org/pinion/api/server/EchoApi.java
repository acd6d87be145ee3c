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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpSettings;
import org.pinion.spi.http.Route;

/** An API for tests of the server. */
final class EchoApi implements HttpApi {
    final CountDownLatch streaming = new CountDownLatch(1);
    final CountDownLatch failed = new CountDownLatch(1);
    private volatile HttpSettings settings;

    EchoApi(HttpSettings settings) {
        this.settings = settings;
    }

    /** The next request sees these. */
    void change(HttpSettings changed) {
        settings = changed;
    }

    static HttpSettings settings(String... listen) {
        return new HttpSettings(
                Arrays.stream(listen).map(Multiaddr::parse).toList(),
                Optional.empty(),
                Map.of(),
                new HttpSettings.Timeouts(Duration.ZERO, Duration.ofSeconds(5), Duration.ZERO, Duration.ofMinutes(2)),
                4096,
                new HttpSettings.Cors(
                        List.of("*"), List.of("GET"), List.of(), List.of("X-A", "X-B"), true, Duration.ZERO),
                Map.of("X-Custom", List.of("one", "two")),
                Optional.empty());
    }

    static HttpSettings with(
            HttpSettings base, Optional<HttpSettings.Tls> tls, Map<String, String> users, Optional<Path> log) {
        return new HttpSettings(
                base.listen(), tls, users, base.timeouts(), base.maxHeaderBytes(), base.cors(), base.headers(), log);
    }

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public HttpSettings settings() {
        return settings;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                new Route("Id", "GET", "/id", exchange -> text(exchange, 200, "id")),
                new Route("Echo", "POST", "/echo", this::echo),
                new Route("Endless", "GET", "/endless", this::endless),
                new Route("Late", "GET", "/late", this::late),
                new Route("Early", "POST", "/early", exchange -> {
                    throw new ClusterException(ErrorCode.NOT_FOUND, "it is\nnot there");
                }),
                new Route(
                        "Item",
                        "GET",
                        "/items/{name}",
                        exchange -> text(exchange, 200, exchange.request().variable("name"))),
                new Route(
                        "Tail",
                        "GET",
                        "/tail/{rest...}",
                        exchange -> text(exchange, 200, exchange.request().variable("rest"))),
                new Route("Health", "GET", "/health", exchange -> text(exchange, 200, "fine")));
    }

    /** Answers every piece of the body while more of it comes. */
    private CompletionStage<Void> echo(Exchange exchange) throws Exception {
        byte[] buffer = new byte[8192];
        exchange.announceTrailer("X-Stream-Error");
        for (int n = exchange.body().read(buffer); n >= 0; n = exchange.body().read(buffer)) {
            exchange.write(ByteBuffer.wrap(buffer, 0, n)).toCompletableFuture().get();
        }
        exchange.trailer("X-Stream-Error", "");
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> endless(Exchange exchange) throws Exception {
        exchange.announceTrailer("X-Stream-Error");
        byte[] piece = new byte[64 << 10];
        try {
            while (true) {
                CompletableFuture<Void> write =
                        exchange.write(ByteBuffer.wrap(piece)).toCompletableFuture();
                streaming.countDown();
                write.get(30, TimeUnit.SECONDS);
            }
        } finally {
            failed.countDown();
        }
    }

    private CompletionStage<Void> late(Exchange exchange) throws Exception {
        exchange.announceTrailer("X-Stream-Error");
        exchange.write(ByteBuffer.wrap("first\n".getBytes(StandardCharsets.UTF_8)))
                .toCompletableFuture()
                .get();
        throw new ClusterException(ErrorCode.STORAGE, "disk gone\nfür immer");
    }

    private static CompletionStage<Void> text(Exchange exchange, int status, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.status(status)
                .header("Content-Type", "text/plain")
                .header("Content-Length", Integer.toString(bytes.length));
        return exchange.write(ByteBuffer.wrap(bytes));
    }

    @Override
    public void fail(Exchange exchange, int status, String message) {
        text(exchange, status, status + ": " + message);
    }
}
