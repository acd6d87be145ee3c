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
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HeaderValue.Percent;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpSettings;
import org.pinion.spi.http.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way of a request: authentication, cross-origin rules, redirects, route, handler. */
final class ApiHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.api.server");
    private static final String STREAM_ERROR = "X-Stream-Error";
    private static final String SERVER = "pinion/" + Versions.FULL;

    private final HttpApi api;
    private final InstantSource clock;
    private final Router router;
    /** Passes on what no route fits; null = there is no such handler. */
    private final @Nullable Route otherwise;

    private volatile Live live;
    private final FirstRequestDeadline deadline;
    private final Map<JettyExchange, CompletableFuture<Void>> running = new ConcurrentHashMap<>();
    private volatile @Nullable String stopping;
    private volatile boolean draining;

    ApiHandler(HttpApi api, FirstRequestDeadline deadline, InstantSource clock) {
        this.api = api;
        this.clock = clock;
        this.router = new Router(api.routes());
        this.otherwise = api.otherwise()
                .map(passing -> new Route("Otherwise", "*", "/", passing))
                .orElse(null);
        this.live = Live.of(api.settings(), clock);
        this.deadline = deadline;
    }

    /** What is made of an API's settings; they may change while it is served. */
    private record Live(HttpSettings settings, Credentials credentials, Cors cors) {
        static Live of(HttpSettings settings, InstantSource clock) {
            return new Live(settings, new Credentials(settings.credentials(), clock), new Cors(settings.cors()));
        }
    }

    private Live live() {
        Live last = live;
        HttpSettings now = api.settings();
        if (!last.settings.equals(now)) {
            last = Live.of(now, clock);
            live = last;
        }
        return last;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        deadline.arrived(endPoint);
        // Go's idle timeout counts between requests only
        request.addIdleTimeoutListener(timeout -> false);
        if (otherwise == null) {
            response.getHeaders().put("Server", SERVER);
        }
        if (draining && request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
            response.getHeaders().put("Connection", "close");
        }
        String rawPath = request.getHttpURI().getPath();
        String path = rawPath == null ? "/" : Percent.decode(rawPath, false);
        Exchange.Request info = info(request, path == null ? "/" : path);
        JettyExchange exchange = new JettyExchange(info, request, response);
        Callback end = limited(request, endPoint, callback);
        if (path == null) {
            refuse(exchange, 400, "path is not well encoded: " + rawPath, end);
        } else if (!authenticated(exchange, end)) {
            return true;
        } else if (otherwise != null) {
            route(request, exchange, end);
        } else if (Cors.isPreflight(info)) {
            live().cors.preflight(info, exchange::header);
            exchange.status(204);
            exchange.finish(end);
        } else {
            live().cors.actual(info, exchange::baseHeader);
            route(request, exchange, end);
        }
        return true;
    }

    /** From now on every answer is the last of its connection; completes when those that run now have ended. */
    CompletableFuture<Void> drain() {
        draining = true;
        return CompletableFuture.allOf(running.values().toArray(CompletableFuture<?>[]::new));
    }

    /** Whether requests are refused because the API goes. */
    boolean isGoing() {
        return stopping != null;
    }

    /** Ends what runs, with a reason, and waits a moment. */
    void stopExchanges(String reason, Duration atMost) {
        stopping = reason;
        running.keySet().forEach(exchange -> exchange.stop(reason));
        CompletableFuture<?>[] ends = running.values().toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(ends).get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.debug("api={} closed with {} requests running", api.name(), running.size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void route(Request request, JettyExchange exchange, Callback end) {
        String path = exchange.request().path();
        String query = request.getHttpURI().getQuery();
        String tail = query == null ? "" : "?" + query;
        String cleaned = api.cleansPaths() ? Paths.clean(path) : path;
        if (api.cleansPaths() && path.length() > 1 && path.endsWith("/") && cleaned.length() > 1) {
            String target = Paths.encode(cleaned.substring(0, cleaned.length() - 1)) + tail;
            redirect(exchange, 307, target, end);
            return;
        }
        if (!cleaned.equals(path)) {
            redirect(exchange, 301, Paths.encode(cleaned) + tail, end);
            return;
        }
        Router.Match match = router.find(exchange.request().method(), path);
        if (match.route() == null && otherwise != null) {
            run(otherwise, exchange, end);
            return;
        }
        if (match.route() == null && match.wrongMethod()) {
            exchange.status(405);
            exchange.finish(end);
            return;
        }
        live().settings.headers().forEach((name, values) -> values.forEach(value -> exchange.baseHeader(name, value)));
        Route route = match.route();
        if (route == null) {
            refuse(exchange, 404, "not found", end);
            return;
        }
        exchange.variables(match.variables());
        run(route, exchange, end);
    }

    private void run(Route route, JettyExchange exchange, Callback end) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        running.put(exchange, ended);
        Callback last = Callback.from(end, () -> {
            exchange.unwatch();
            running.remove(exchange);
            ended.complete(null);
        });
        String reason = stopping;
        if (reason != null) {
            refuse(exchange, 503, reason, last);
            return;
        }
        CompletionStage<Void> stage;
        try {
            stage = route.handler().handle(exchange);
        } catch (Throwable failure) {
            if (failure instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            stage = CompletableFuture.failedFuture(failure);
            rethrowFatal(failure, last);
        }
        stage.whenComplete((done, failure) -> {
            if (failure == null) {
                exchange.finish(last);
            } else {
                failed(route, exchange, failure, last);
            }
        });
    }

    private static void rethrowFatal(Throwable failure, Callback last) {
        if (failure instanceof VirtualMachineError fatal) {
            last.failed(fatal);
            throw fatal;
        }
    }

    private void failed(Route route, JettyExchange exchange, Throwable failure, Callback last) {
        ClusterException error = ClusterException.of(failure);
        int status = error.code().httpStatus();
        if (error.getCause() instanceof EofException) {
            LOG.debug("api={} route={} client left: {}", api.name(), route.name(), error.getMessage());
            last.failed(failure);
            return;
        }
        if (status >= 500) {
            LOG.warn("api={} route={} status={} error={}", api.name(), route.name(), status, line(error));
            LOG.debug("api={} route={}", api.name(), route.name(), failure);
        } else {
            LOG.debug("api={} route={} status={} error={}", api.name(), route.name(), status, error.getMessage());
        }
        if (!exchange.isCommitted()) {
            exchange.forget();
            refuse(exchange, status, String.valueOf(error.getMessage()), last);
        } else if (!route.equals(otherwise) && exchange.hasTrailer(STREAM_ERROR)) {
            exchange.trailer(STREAM_ERROR, String.valueOf(error.getMessage()));
            exchange.finish(last);
        } else {
            last.failed(failure);
        }
    }

    private static String line(ClusterException error) {
        return String.valueOf(error.getMessage()).replaceAll("[\\r\\n]+", " ");
    }

    /** Whether the request may go on; if not, it was answered. */
    private boolean authenticated(JettyExchange exchange, Callback end) {
        Exchange.Request request = exchange.request();
        Live current = live();
        Credentials credentials = current.credentials;
        if (!credentials.areWanted() || isOpen(request)) {
            return true;
        }
        Credentials.Outcome outcome = credentials.check(request.header("authorization"));
        String user = outcome.user();
        if (user != null) {
            exchange.tokens(lifetime -> credentials.token(user, lifetime));
            return true;
        }
        current.settings.headers().forEach((name, values) -> values.forEach(value -> exchange.baseHeader(name, value)));
        outcome.challenges().forEach(challenge -> exchange.baseHeader("WWW-Authenticate", challenge));
        refuse(exchange, 401, outcome.message(), end);
        return false;
    }

    private void refuse(JettyExchange exchange, int status, String message, Callback end) {
        try {
            exchange.letEnd();
            api.fail(exchange, status, message);
            exchange.finish(end);
        } catch (RuntimeException e) {
            LOG.warn("api={} could not answer with status={}: {}", api.name(), status, e.toString());
            end.failed(e);
        }
    }

    private static void redirect(JettyExchange exchange, int status, String location, Callback end) {
        exchange.status(status).header("Location", location);
        if (status == 307 && exchange.request().method().equals("GET")) {
            String text = location.replace("&", "&amp;").replace("\"", "&#34;").replace("<", "&lt;");
            byte[] page = ("<a href=\"" + text + "\">Temporary Redirect</a>.\n").getBytes(StandardCharsets.UTF_8);
            exchange.header("Content-Type", "text/html; charset=utf-8");
            exchange.header("Content-Length", Integer.toString(page.length));
            exchange.write(ByteBuffer.wrap(page));
        }
        exchange.finish(end);
    }

    /** Closes the connection when the whole exchange takes longer than is allowed. */
    private Callback limited(Request request, EndPoint endPoint, Callback callback) {
        HttpSettings.Timeouts timeouts = live().settings.timeouts();
        Duration limit = shorter(timeouts.read(), timeouts.write());
        if (limit.isZero()) {
            return callback;
        }
        Scheduler.Task task = request.getComponents()
                .getScheduler()
                .schedule(
                        () -> endPoint.close(
                                new TimeoutException("request took longer than " + limit.toMillis() + " ms")),
                        limit.toMillis(),
                        TimeUnit.MILLISECONDS);
        return Callback.from(callback, task::cancel);
    }

    private static Duration shorter(Duration a, Duration b) {
        if (a.isZero() || b.isZero()) {
            return a.plus(b);
        }
        return a.compareTo(b) < 0 ? a : b;
    }

    /** What needs no credentials: preflights and the health check. */
    private static boolean isOpen(Exchange.Request request) {
        return request.method().equals("OPTIONS")
                || (request.method().equals("GET") && request.path().equals("/health"));
    }

    private static Exchange.Request info(Request request, String path) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (HttpField field : request.getHeaders()) {
            headers.computeIfAbsent(field.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>(1))
                    .add(field.getValue() == null ? "" : field.getValue());
        }
        return new Exchange.Request(
                request.getMethod().toUpperCase(Locale.ROOT),
                path,
                Map.of(),
                Paths.query(request.getHttpURI().getQuery()),
                headers,
                String.valueOf(request.getHttpURI().getPathQuery()),
                Request.getRemoteAddr(request));
    }
}
