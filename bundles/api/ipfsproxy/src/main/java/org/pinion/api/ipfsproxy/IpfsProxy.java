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

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.adder.Adder;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.consensus.Consensus;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpSettings;
import org.pinion.spi.http.HttpSettingsReader;
import org.pinion.spi.http.Route;
import org.pinion.spi.ipfsconnector.IpfsRepo;
import org.pinion.spi.ipfsconnector.IpfsSwarm;
import org.pinion.spi.rpc.RpcClient;

/**
 * Kubo's RPC API with the cluster in it: commands for pins and for adding act on the cluster, everything else goes to
 * the IPFS node as it is.
 *
 * @spec Kubo "RPC API v0"
 */
@Component(
        name = IpfsProxy.PID,
        service = HttpApi.class,
        configurationPid = IpfsProxy.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(namespace = "pinion.component", name = IpfsProxy.PID, attribute = "type=api", effective = "active")
public final class IpfsProxy implements HttpApi {
    static final String PID = "org.pinion.api.ipfsproxy";

    private static final Multiaddr DEFAULT_LISTEN = Multiaddr.parse("/ip4/127.0.0.1/tcp/9095");
    private static final String PREFIX = "/api/v0/";
    /** Only these are commands; the IPFS node answers the others. */
    private static final Set<String> METHODS = Set.of("POST", "GET", "PUT");
    /** They are for the next hop only. */
    private static final Set<String> REFUSED = Set.of("CONNECT", "TRACE");

    private final HttpSettings settings;
    private final Node node;
    private final NodeHeaders headers;
    private final PeerId self;
    private final PinCalls pins;
    private final RepoCalls repo;
    private final AddCall adding;
    private final PutCalls putting;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable Pinset pinset;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable Health health;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable Adder adder;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable Consensus consensus;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable IpfsRepo ipfsRepo;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable IpfsSwarm ipfsSwarm;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable RpcClient rpc;

    /** Checks the section; the IPFS node is not asked before the first request. */
    @Activate
    public IpfsProxy(
            Map<String, Object> section,
            @Reference HttpSettingsReader reader,
            @Reference Secrets secrets,
            @Reference Executors executors) {
        ProxySettings own = ProxySettings.of(section);
        this.settings = reader.read(PID, ProxySettings.listeners(section), DEFAULT_LISTEN);
        this.self = secrets.peerId();
        this.node = new Node(own.node());
        this.headers = new NodeHeaders(node, own, executors.clock());
        Components components = new Present();
        this.pins = new PinCalls(components);
        this.repo = new RepoCalls(components);
        this.adding = new AddCall(components, executors.clock());
        this.putting = new PutCalls(components, node);
    }

    /** Ends what is under way to the IPFS node. */
    @Deactivate
    void close() {
        node.close();
    }

    @Override
    public String name() {
        return "ipfsproxy";
    }

    @Override
    public HttpSettings settings() {
        return settings;
    }

    /** None: what is a command depends on more than its path. */
    @Override
    public List<Route> routes() {
        return List.of();
    }

    @Override
    public boolean cleansPaths() {
        return false;
    }

    @Override
    public Optional<Route.Handler> otherwise() {
        return Optional.of(this::handle);
    }

    @Override
    public void fail(Exchange exchange, int status, String message) {
        exchange.header("Content-Type", "application/json");
        if (status == ErrorCode.UNAVAILABLE.httpStatus()) {
            exchange.header("Retry-After", "1");
        }
        Replies.error(exchange, status, message);
    }

    private CompletionStage<Void> handle(Exchange exchange) {
        Exchange.Request request = exchange.request();
        if (REFUSED.contains(request.method()) || !request.rawTarget().startsWith("/")) {
            exchange.header("Content-Type", "application/json").header("Connection", "close");
            return Replies.error(
                    exchange, 405, request.method() + " " + request.rawTarget() + " is not passed on to the IPFS node");
        }
        if (request.rawTarget().startsWith("//")) {
            exchange.status(301).header("Location", request.rawTarget().replaceFirst("^/+", "/"));
            return CompletableFuture.completedFuture(null);
        }
        Call call = METHODS.contains(request.method()) && request.path().startsWith(PREFIX)
                ? command(exchange, request.path().substring(PREFIX.length()))
                : null;
        return call == null ? pass(exchange) : answer(exchange, call);
    }

    /** The cluster's command of that name; null = it is the IPFS node's. */
    private @Nullable Call command(Exchange exchange, String name) {
        return switch (name) {
            case "pin/add" -> () -> pins.add(exchange, null);
            case "pin/rm" -> () -> pins.remove(exchange, null);
            case "pin/ls" -> () -> pins.list(exchange, null);
            case "pin/update" -> () -> pins.update(exchange);
            case "add" -> isNodes(exchange) ? null : () -> adding.add(exchange);
            case "repo/stat" -> () -> repo.stat(exchange);
            case "repo/gc" -> () -> repo.collect(exchange);
            case "block/put" -> PutCalls.isPinned(exchange) ? () -> putting.block(exchange) : null;
            case "dag/put" -> PutCalls.isPinned(exchange) ? () -> putting.dag(exchange) : null;
            default -> withSegment(exchange, name);
        };
    }

    /** References to files can only be made by the node that reads them. */
    private static boolean isNodes(Exchange exchange) {
        return exchange.request().parameter("nocopy").equals("true");
    }

    /** An undocumented form that is in use: the argument as last segment of the path. */
    private @Nullable Call withSegment(Exchange exchange, String name) {
        int slash = name.lastIndexOf('/');
        String argument = name.substring(slash + 1);
        if (slash < 0 || argument.isEmpty()) {
            return null;
        }
        Call call = switch (name.substring(0, slash)) {
            case "pin/add" -> () -> pins.add(exchange, argument);
            case "pin/rm" -> () -> pins.remove(exchange, argument);
            case "pin/ls" -> () -> pins.list(exchange, argument);
            default -> null;
        };
        if (call != null) {
            Replies.LOG.debug(
                    "path={}: an undocumented form; pass arguments as ?arg=",
                    exchange.request().path());
        }
        return call;
    }

    private CompletionStage<Void> pass(Exchange exchange) {
        return Passing.pass(exchange, node)
                .handle((done, failure) ->
                        failure == null || exchange.isCommitted() ? ended(failure) : gatewayError(exchange, failure))
                .thenCompose(stage -> stage);
    }

    private CompletionStage<Void> gatewayError(Exchange exchange, Throwable failure) {
        exchange.header("Content-Type", "application/json");
        return Replies.error(exchange, 502, Replies.unreachable(node.address(), failure));
    }

    private CompletionStage<Void> answer(Exchange exchange, Call call) {
        headers.set(exchange);
        CompletionStage<Void> stage;
        try {
            stage = call.run();
        } catch (IOException | RuntimeException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        return stage.handle((done, failure) -> failure == null || exchange.isCommitted()
                        ? ended(failure)
                        : commandError(exchange, ClusterException.of(failure)))
                .thenCompose(next -> next);
    }

    private static CompletionStage<Void> commandError(Exchange exchange, ClusterException failure) {
        return Replies.error(exchange, Replies.status(failure), failure.getMessage());
    }

    private static CompletionStage<Void> ended(@Nullable Throwable failure) {
        return failure == null ? CompletableFuture.completedFuture(null) : CompletableFuture.failedFuture(failure);
    }

    /** What a command does. */
    private interface Call {
        CompletionStage<Void> run() throws IOException;
    }

    private final class Present implements Components {
        private static <T> T present(@Nullable T component, String name) {
            if (component == null) {
                throw new ClusterException(ErrorCode.UNAVAILABLE, name + " is not there yet; try again in a moment");
            }
            return component;
        }

        @Override
        public PeerId self() {
            return self;
        }

        @Override
        public Pinset pinset() {
            return present(pinset, "cluster");
        }

        @Override
        public Health health() {
            return present(health, "cluster");
        }

        @Override
        public Adder adder() {
            return present(adder, "adder");
        }

        @Override
        public Consensus consensus() {
            return present(consensus, "consensus");
        }

        @Override
        public IpfsRepo repo() {
            return present(ipfsRepo, "ipfs_connector");
        }

        @Override
        public IpfsSwarm swarm() {
            return present(ipfsSwarm, "ipfs_connector");
        }

        @Override
        public RpcClient rpc() {
            return present(rpc, "rpc");
        }
    }
}
