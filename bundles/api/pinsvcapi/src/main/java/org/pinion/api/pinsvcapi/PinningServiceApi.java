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
package org.pinion.api.pinsvcapi;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.pinion.api.pinsvcapi.PinStatusJson.Status;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.GlobalPinInfo;
import org.pinion.spi.PeerPinStatus;
import org.pinion.spi.Pin;
import org.pinion.spi.StatusFilter;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpSettings;
import org.pinion.spi.http.HttpSettingsReader;
import org.pinion.spi.http.Route;

/**
 * The IPFS Pinning Services API (https://ipfs.github.io/pinning-services-api-spec, version 1) over the shared pin set. A
 * CID is pinned once in a cluster, so it is also the request id: pinning it again changes its pin.
 */
@Component(
        name = PinningServiceApi.PID,
        service = HttpApi.class,
        configurationPid = PinningServiceApi.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(namespace = "pinion.component", name = PinningServiceApi.PID, attribute = "type=api", effective = "active")
public final class PinningServiceApi implements HttpApi {
    static final String PID = "org.pinion.api.pinsvcapi";

    private static final Multiaddr DEFAULT_LISTEN = Multiaddr.parse("/ip4/127.0.0.1/tcp/9097");
    private static final int MAX_BODY_BYTES = 256 << 10;

    private final HttpSettingsReader reader;
    private volatile HttpSettings settings;
    private final Executors executors;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable Pinset pinset;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable PinStatuses statuses;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable Peers peers;

    /** Checks the section. */
    @Activate
    public PinningServiceApi(
            Map<String, Object> section, @Reference HttpSettingsReader reader, @Reference Executors executors) {
        this.reader = reader;
        this.settings = reader.read(PID, section, DEFAULT_LISTEN);
        this.executors = executors;
    }

    /** Takes changed settings: the server reads them with the next request, and opens listeners again that differ. */
    @Modified
    void modified(Map<String, Object> section) {
        settings = reader.read(PID, section, DEFAULT_LISTEN);
    }

    @Override
    public String name() {
        return "pinsvcapi";
    }

    @Override
    public HttpSettings settings() {
        return settings;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                new Route("ListPins", "GET", "/pins", this::list),
                new Route("AddPin", "POST", "/pins", this::add),
                new Route("GetPin", "GET", "/pins/{requestid}", this::get),
                new Route("ReplacePin", "POST", "/pins/{requestid}", this::replace),
                new Route("RemovePin", "DELETE", "/pins/{requestid}", this::remove),
                new Route("Token", "POST", "/token", this::token),
                new Route("Health", "GET", "/health", PinningServiceApi::health));
    }

    @Override
    public void fail(Exchange exchange, int status, String message) {
        if (status == ErrorCode.UNAVAILABLE.httpStatus()) {
            exchange.header("Retry-After", "1");
        }
        String reason = switch (status) {
            case 400 -> "BAD_REQUEST";
            case 401 -> "UNAUTHORIZED";
            case 404 -> "NOT_FOUND";
            case 413 -> "REQUEST_TOO_LARGE";
            case 503 -> "SERVICE_UNAVAILABLE";
            default -> status < 500 ? "REQUEST_FAILED" : "INTERNAL_SERVER_ERROR";
        };
        PinStatusJson.error(exchange, status, reason, message);
    }

    private CompletionStage<Void> list(Exchange exchange) {
        ListQuery query = ListQuery.of(exchange.request());
        Newest newest = new Newest(query.limit());
        PinStatuses all = present(statuses);
        if (query.cids().isEmpty()) {
            try (Cursor<GlobalPinInfo> pins = all.statusAll(StatusFilter.ALL)) {
                for (GlobalPinInfo pin = pins.next(); pin != null; pin = pins.next()) {
                    offer(query, pin, newest);
                }
            }
            return PinStatusJson.send(exchange, newest.count, newest.results());
        }
        List<CompletableFuture<GlobalPinInfo>> asked = new ArrayList<>();
        for (Cid cid : query.cids()) {
            asked.add(all.status(cid).toCompletableFuture());
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenCompose(done -> {
                    asked.forEach(answer -> offer(query, answer.join(), newest));
                    return PinStatusJson.send(exchange, newest.count, newest.results());
                });
    }

    private static void offer(ListQuery query, GlobalPinInfo pin, Newest newest) {
        PinState.of(pin.peers().values())
                .filter(state -> query.wants(pin, state))
                .ifPresent(state -> newest.offer(Status.of(pin, state)));
    }

    private CompletionStage<Void> add(Exchange exchange) throws IOException {
        PinObject wanted = PinObject.read(body(exchange));
        return present(pinset).pin(wanted.pin()).thenCompose(pin -> accepted(exchange, wanted, pin));
    }

    private CompletionStage<Void> get(Exchange exchange) {
        Cid cid = requestId(exchange);
        return present(statuses).status(cid).thenCompose(info -> {
            PinState state = PinState.of(info.peers().values()).orElseGet(() -> {
                requirePinned(cid);
                return PinState.QUEUED;
            });
            return PinStatusJson.send(exchange, 200, Status.of(info, state));
        });
    }

    /** The new pin is durable before the old one is removed; with the same CID there is nothing to remove. */
    private CompletionStage<Void> replace(Exchange exchange) throws IOException {
        Cid old = requestId(exchange);
        PinObject wanted = PinObject.read(body(exchange));
        requirePinned(old);
        Pinset pins = present(pinset);
        return pins.pin(wanted.pin())
                .thenCompose(pin -> old.equals(pin.cid())
                        ? CompletableFuture.completedFuture(pin)
                        : pins.unpin(old).thenApply(removed -> pin))
                .thenCompose(pin -> accepted(exchange, wanted, pin));
    }

    private CompletionStage<Void> remove(Exchange exchange) {
        Cid cid = requestId(exchange);
        return present(pinset)
                .unpin(cid)
                .thenAccept(removed -> exchange.status(202).header("Content-Length", "0"));
    }

    private CompletionStage<Void> token(Exchange exchange) {
        String token = exchange.token(null)
                .orElseThrow(() -> new ClusterException(
                        ErrorCode.UNAUTHORIZED, "no tokens: pinsvcapi.basic_auth_credentials has no users"));
        return PinStatusJson.send(exchange, 200, out -> {
            out.writeStartObject();
            out.writeStringField("token", token);
            out.writeEndObject();
        });
    }

    private static CompletionStage<Void> health(Exchange exchange) {
        exchange.status(204);
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> accepted(Exchange exchange, PinObject wanted, Pin pin) {
        Instant created = pin.timestamp() == null ? executors.clock().instant() : pin.timestamp();
        return delegates(pin)
                .thenCompose(delegates ->
                        PinStatusJson.send(exchange, 202, new Status(wanted, PinState.QUEUED, created, delegates)));
    }

    /** The IPFS nodes that will pin it; one that cannot be asked is left out. */
    private CompletionStage<Set<Multiaddr>> delegates(Pin pin) {
        Peers all = present(peers);
        if (pin.allocations().isEmpty()) {
            // everywhere: the tracker of each peer knows its node
            return present(statuses).status(pin.cid()).handle((info, failure) -> {
                Set<Multiaddr> found = new LinkedHashSet<>();
                if (info != null) {
                    for (PeerPinStatus peer : info.peers().values()) {
                        if (peer.status() != TrackerStatus.REMOTE) {
                            PinStatusJson.addressed(found, peer.ipfsPeerId(), peer.ipfsAddresses());
                        }
                    }
                }
                return found;
            });
        }
        Set<Multiaddr> found = new LinkedHashSet<>();
        CompletionStage<Void> chain = CompletableFuture.completedFuture(null);
        for (PeerId peer : pin.allocations()) {
            chain = chain.thenCompose(before -> all.ipfsId(peer).handle((node, failure) -> {
                if (node != null) {
                    PinStatusJson.addressed(found, node.id(), node.addresses());
                }
                return null;
            }));
        }
        return chain.thenApply(done -> found);
    }

    private void requirePinned(Cid cid) {
        Optional<Pin> pin = present(pinset).get(cid);
        if (pin.isEmpty()) {
            throw new ClusterException(ErrorCode.NOT_FOUND, "no pin with requestid " + cid);
        }
    }

    /** Request ids are CIDs here, so another text is one that was never given out. */
    private static Cid requestId(Exchange exchange) {
        String text = exchange.request().variable("requestid");
        try {
            return Cid.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ClusterException(ErrorCode.NOT_FOUND, "no pin with requestid " + text, e);
        }
    }

    private static byte[] body(Exchange exchange) throws IOException {
        byte[] body = exchange.body().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            throw new ClusterException(ErrorCode.TOO_LARGE, "the body is larger than " + MAX_BODY_BYTES + " bytes");
        }
        return body;
    }

    private static <T> T present(@Nullable T component) {
        if (component == null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "cluster is not there yet; try again in a moment");
        }
        return component;
    }

    /** Counts what it is offered and keeps the newest; memory is bounded by the limit. */
    private static final class Newest {
        private static final Comparator<Status> BY_AGE =
                Comparator.comparing(status -> status.created() == null ? Instant.MIN : status.created());

        private final PriorityQueue<Status> kept = new PriorityQueue<>(BY_AGE);
        private final int limit;
        private long count;

        Newest(int limit) {
            this.limit = limit;
        }

        void offer(Status status) {
            count++;
            kept.add(status);
            if (kept.size() > limit) {
                kept.poll();
            }
        }

        Collection<Status> results() {
            List<Status> sorted = new ArrayList<>(kept);
            sorted.sort(BY_AGE.reversed());
            return sorted;
        }
    }
}
