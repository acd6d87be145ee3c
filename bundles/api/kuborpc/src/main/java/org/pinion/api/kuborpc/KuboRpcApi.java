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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
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
 * The part of Kubo's RPC API ({@code /api/v0}) that clients of a cluster use, answered by the node in this process.
 *
 * @spec https://docs.ipfs.tech/reference/kubo/rpc/
 */
@Component(
        name = KuboRpcApi.PID,
        service = HttpApi.class,
        configurationPid = KuboRpcApi.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(namespace = "pinion.component", name = KuboRpcApi.PID, attribute = "type=api", effective = "active")
public final class KuboRpcApi implements HttpApi {
    static final String PID = "org.pinion.api.kuborpc";

    private static final Logger LOG = LoggerFactory.getLogger(PID);
    private static final Multiaddr DEFAULT_LISTEN = Multiaddr.parse("/ip4/127.0.0.1/tcp/5001");
    private static final List<String> EXPOSED = List.of("X-Stream-Output", "X-Chunked-Output", "X-Content-Length");
    private static final int MAX_RUNNING = 64;
    private static final int MAX_WAITING = 256;

    private final HttpSettings settings;
    private final Access access;
    private final Executors executors;
    private final Workers workers;
    private final Map<String, Command> commands = new TreeMap<>();

    /** Checks the section. */
    @Activate
    public KuboRpcApi(
            Map<String, Object> section,
            @Reference HttpSettingsReader reader,
            @Reference Node node,
            @Reference Executors executors) {
        settings = settings(section, reader);
        access = new Access(settings);
        this.executors = executors;
        workers = executors.workers("api.kuborpc", MAX_RUNNING, MAX_WAITING);
        Stream.of(
                        new NodeCommands(node, section, commands).commands(),
                        new AddCommand(node).commands(),
                        new FileCommands(node).commands(),
                        new BlockCommands(node).commands(),
                        new DagCommands(node).commands(),
                        new PinCommands(node).commands(),
                        new RefCommands(node).commands(),
                        new RepoCommands(node).commands(),
                        new SwarmCommands(node).commands(),
                        Absent.commands())
                .flatMap(List::stream)
                .forEach(command -> commands.put(command.name(), command));
    }

    /** Ends what runs. */
    @Deactivate
    void close() {
        workers.close();
    }

    private static HttpSettings settings(Map<String, Object> section, HttpSettingsReader reader) {
        Map<String, Object> named = new HashMap<>(section);
        if (section.containsKey("listen.multiaddress")) {
            named.put("http.listen.multiaddress", section.get("listen.multiaddress"));
        }
        HttpSettings read = reader.read(PID, named, DEFAULT_LISTEN);
        HttpSettings.Cors cors = new HttpSettings.Cors(
                read.cors().allowedOrigins(),
                List.of("POST"),
                List.of("Content-Type", "X-Requested-With", "Range", "User-Agent"),
                EXPOSED,
                read.cors().allowCredentials(),
                read.cors().maxAge());
        return new HttpSettings(
                read.listen(),
                read.tls(),
                read.credentials(),
                read.timeouts(),
                read.maxHeaderBytes(),
                cors,
                read.headers(),
                read.requestLog());
    }

    @Override
    public String name() {
        return "kuborpc";
    }

    @Override
    public HttpSettings settings() {
        return settings;
    }

    @Override
    public List<Route> routes() {
        return Stream.of("POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")
                .map(method ->
                        new Route(method.equals("POST") ? "Command" : method, method, "/{command...}", this::run))
                .toList();
    }

    @Override
    public void fail(Exchange exchange, int status, String message) {
        try {
            if (status == 404) {
                Reply.plain(exchange, 404, "404 page not found");
            } else {
                Reply.error(exchange, status, message);
            }
        } catch (IOException gone) {
            LOG.debug("client left: {}", gone.getMessage());
        }
    }

    private CompletionStage<Void> run(Exchange exchange) throws IOException {
        String path = exchange.request().variable("command");
        String name = path.startsWith("api/v0/") ? path.substring("api/v0/".length()) : "";
        if (name.isEmpty()) {
            Reply.plain(exchange, 404, "404 page not found");
        } else if (access.refuses(exchange)) {
            LOG.debug("refused {} {}", exchange.request().method(), path);
        } else {
            Command command = commands.get(name);
            if (command != null) {
                return start(exchange, command);
            }
            Reply.plain(exchange, 404, "404 page not found");
        }
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> start(Exchange exchange, Command command) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                try {
                    answer(exchange, command);
                    end.complete(null);
                } catch (RuntimeException | IOException | Error failure) {
                    end.completeExceptionally(failure);
                }
            });
        } catch (RejectedExecutionException full) {
            throw new ClusterException(
                    ErrorCode.UNAVAILABLE, MAX_RUNNING + " commands run already and " + MAX_WAITING + " wait", full);
        }
        return end;
    }

    private void answer(Exchange exchange, Command command) throws IOException {
        try {
            command.handler().run(new Call(exchange, executors));
        } catch (UsageException e) {
            if (exchange.isCommitted()) {
                Reply.error(exchange, 400, String.valueOf(e.getMessage()));
            } else {
                Reply.plain(exchange, 400, String.valueOf(e.getMessage()));
            }
        } catch (Reply.ClientGoneException e) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, String.valueOf(e.getMessage()), e.transport());
        } catch (ClusterException e) {
            int status = e.code() == ErrorCode.NOT_SUPPORTED || e.code() == ErrorCode.UNAVAILABLE
                    ? e.code().httpStatus()
                    : 500;
            failed(exchange, command, status, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the API is closing", e);
        } catch (Exception e) {
            failed(exchange, command, 500, e);
        }
    }

    private static void failed(Exchange exchange, Command command, int status, Exception failure) throws IOException {
        LOG.debug("{} {}", command.name(), exchange.request().rawTarget(), failure);
        if (!(failure instanceof KuboException
                || failure instanceof ClusterException
                || failure instanceof IOException)) {
            LOG.warn("{} failed: {}", command.name(), failure.toString());
        }
        String text = failure.getMessage();
        Reply.error(exchange, status, text == null ? failure.toString() : text);
    }
}
