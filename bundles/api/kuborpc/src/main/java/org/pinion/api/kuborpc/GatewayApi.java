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

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpSettings;
import org.pinion.spi.http.HttpSettingsReader;
import org.pinion.spi.http.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A read-only gateway to content: blocks and CARs for those who check them themselves, files and directories for browsers.
 *
 * @spec https://specs.ipfs.tech/http-gateways/path-gateway/ and https://specs.ipfs.tech/http-gateways/trustless-gateway/
 */
@Component(
        name = GatewayApi.PID,
        service = HttpApi.class,
        configurationPid = GatewayApi.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(namespace = "pinion.component", name = GatewayApi.PID, attribute = "type=api", effective = "active")
public final class GatewayApi implements HttpApi {
    static final String PID = "org.pinion.api.gateway";

    private static final Logger LOG = LoggerFactory.getLogger(PID);
    private static final Multiaddr DEFAULT_LISTEN = Multiaddr.parse("/ip4/127.0.0.1/tcp/8080");
    private static final Duration FETCH_TIMEOUT = Duration.ofMinutes(10);
    private static final int MAX_RUNNING = 64;
    private static final int MAX_WAITING = 256;

    private final HttpSettingsReader reader;
    private volatile HttpSettings settings;
    private final Node node;
    private final Executors executors;
    private final Workers workers;

    /** Checks the section. */
    @Activate
    public GatewayApi(
            Map<String, Object> section,
            @Reference HttpSettingsReader reader,
            @Reference Node node,
            @Reference Executors executors) {
        this.reader = reader;
        this.settings = reader.read(PID, section, DEFAULT_LISTEN);
        this.node = node;
        this.executors = executors;
        this.workers = executors.workers("api.gateway", MAX_RUNNING, MAX_WAITING);
    }

    /** Takes changed settings: the server reads them with the next request, and opens listeners again that differ. */
    @Modified
    void modified(Map<String, Object> section) {
        settings = reader.read(PID, section, DEFAULT_LISTEN);
    }

    /** Ends what runs. */
    @Deactivate
    void close() {
        workers.close();
    }

    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public HttpSettings settings() {
        return settings;
    }

    @Override
    public boolean cleansPaths() {
        return false;
    }

    @Override
    public List<Route> routes() {
        return Stream.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
                .map(method -> new Route(method, method, "/{path...}", this::answer))
                .toList();
    }

    @Override
    public void fail(Exchange exchange, int status, String message) {
        try {
            Reply.plain(exchange, status, message);
        } catch (IOException gone) {
            LOG.debug("client left: {}", gone.getMessage());
        }
    }

    private CompletionStage<Void> answer(Exchange exchange) throws IOException {
        String method = exchange.request().method();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.header("Allow", "GET, HEAD");
            Reply.plain(exchange, 405, "Method " + method + " not allowed: read only access");
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> end = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                try {
                    run(exchange);
                    end.complete(null);
                } catch (RuntimeException | IOException | Error failure) {
                    end.completeExceptionally(failure);
                }
            });
        } catch (RejectedExecutionException full) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "too many requests run already; try again later", full);
        }
        return end;
    }

    private void run(Exchange exchange) throws IOException {
        Call.Deadline deadline = Call.Deadline.in(FETCH_TIMEOUT, executors);
        boolean cached = exchange.request().header("cache-control").orElse("").contains("only-if-cached");
        try (Fetcher blocks = new Fetcher(node, deadline, cached)) {
            new GatewayRequest(exchange, blocks).answer();
        } catch (GatewayException e) {
            refuse(exchange, e.status(), e);
        } catch (Reply.ClientGoneException e) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, String.valueOf(e.getMessage()), e.transport());
        } catch (KuboException e) {
            refuse(exchange, cached ? 412 : 500, e);
        } catch (ClusterException e) {
            refuse(exchange, e.code() == ErrorCode.TIMEOUT ? 504 : e.code().httpStatus(), e);
        } catch (IOException e) {
            refuse(exchange, 500, e);
        }
    }

    private static void refuse(Exchange exchange, int status, Exception failure) throws IOException {
        LOG.debug("{} {}", status, exchange.request().rawTarget(), failure);
        if (exchange.isCommitted()) {
            // only a broken connection tells the client that what it got is not all
            throw new ClusterException(ErrorCode.INTERNAL, String.valueOf(failure.getMessage()), failure);
        }
        Reply.plain(exchange, status, String.valueOf(failure.getMessage()));
    }
}
