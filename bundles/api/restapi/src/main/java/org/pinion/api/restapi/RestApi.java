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

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.Registration;
import org.pinion.spi.Alert;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.TrackerStatus;
import org.pinion.spi.adder.Adder;
import org.pinion.spi.cluster.Bandwidth;
import org.pinion.spi.cluster.Components.Row;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.consensus.PinsetListener;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpSettings;
import org.pinion.spi.http.HttpSettingsReader;
import org.pinion.spi.http.Route;
import org.pinion.spi.monitor.AlertListener;
import org.pinion.spi.pintracker.PinReconciler;
import org.pinion.spi.pintracker.StatusListener;
import org.pinion.spi.state.PinIndexes;

/** The cluster's REST API: routes as data, answered from whatever components are there. */
@Component(
        name = RestApi.PID,
        service = {HttpApi.class, PinsetListener.class, AlertListener.class, StatusListener.class},
        configurationPid = RestApi.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(namespace = "pinion.component", name = RestApi.PID, attribute = "type=api", effective = "active")
public final class RestApi implements HttpApi, PinsetListener, AlertListener, StatusListener, HostListener {
    static final String PID = "org.pinion.api.restapi";

    /** Events that a reader who comes back can still get. */
    private static final int KEPT_EVENTS = 4096;

    private final HttpSettingsReader reader;
    private final @Nullable BundleContext context;
    private volatile HttpSettings settings;
    private volatile Optional<HttpSettings> legacySettings;
    private final List<Route> routes;
    private final Events events;
    private final PeerId self;
    private final Map<Host, Registration> hosts = new ConcurrentHashMap<>();
    private @Nullable ServiceRegistration<HttpApi> legacy;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable Pinset pinset;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable PinStatuses statuses;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable Peers peers;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable Health health;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable Adder adder;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable PinIndexes indexes;

    /** Swappable: read once per request. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable PinReconciler reconciler;

    /** Absent when nothing lists the components. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile org.pinion.spi.cluster.@Nullable Components installed;

    /** Absent when nothing counts traffic. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL)
    volatile @Nullable Bandwidth bandwidth;

    /** Checks the section. */
    @Activate
    public RestApi(
            BundleContext context,
            Map<String, Object> section,
            @Reference Secrets secrets,
            @Reference HttpSettingsReader reader,
            @Reference Executors executors) {
        this(context, section, secrets.peerId(), reader, executors);
        openLegacy();
    }

    /** The API without the listeners of the 0.11 era. */
    RestApi(Map<String, Object> section, PeerId self, HttpSettingsReader reader, Executors executors) {
        this(null, section, self, reader, executors);
    }

    private RestApi(
            @Nullable BundleContext context,
            Map<String, Object> section,
            PeerId self,
            HttpSettingsReader reader,
            Executors executors) {
        this.context = context;
        this.reader = reader;
        this.settings = RestSettings.of(section, reader);
        this.legacySettings = RestSettings.legacy(section, reader);
        this.self = self;
        this.events = new Events(executors, KEPT_EVENTS);
        Components components = new Present();
        PinRoutes pins = new PinRoutes(components, executors);
        StatusRoutes statusRoutes = new StatusRoutes(components, executors);
        // ours come first: what follows decides between the reference's 404 and 405
        List<Route> all = new ArrayList<>(statusRoutes.syncs());
        all.addAll(new BulkRoutes(components, executors).routes());
        all.add(new Route("Events", "GET", "/events", events::read));
        all.add(new Route("OpenApi", "GET", "/openapi.json", this::document));
        // the order is the reference's: it decides between 404 and 405, and that "recover" is no CID
        all.addAll(new PeerRoutes(components, executors).routes());
        all.addAll(new AddRoutes(components, executors).routes());
        all.addAll(pins.allocations());
        all.addAll(statusRoutes.routes());
        all.addAll(pins.changes());
        all.addAll(new HealthRoutes(components).routes());
        this.routes = List.copyOf(all);
    }

    /** Takes changed settings: the server reads them with the next request, and opens listeners again that differ. */
    @Modified
    synchronized void modified(Map<String, Object> section) {
        HttpSettings changed = RestSettings.of(section, reader);
        Optional<HttpSettings> old = RestSettings.legacy(section, reader);
        settings = changed;
        if (!old.equals(legacySettings)) {
            legacySettings = old;
            closeLegacy();
            openLegacy();
        }
    }

    private void openLegacy() {
        BundleContext bundle = context;
        if (bundle != null) {
            legacySettings.ifPresent(
                    old -> legacy = bundle.registerService(HttpApi.class, new Legacy(this, old), null));
        }
    }

    private void closeLegacy() {
        ServiceRegistration<HttpApi> old = legacy;
        legacy = null;
        if (old != null) {
            old.unregister();
        }
    }

    /** Ends the readers of events; the server ends everything else. */
    @Deactivate
    synchronized void close() {
        closeLegacy();
        hosts.values().forEach(Registration::close);
        events.close();
    }

    private CompletionStage<Void> document(Exchange exchange) {
        byte[] text = OpenApi.of(routes, Versions.FULL);
        exchange.header("Content-Type", "application/json").header("Content-Length", Integer.toString(text.length));
        return exchange.write(ByteBuffer.wrap(text));
    }

    // ---- what happens, for the readers of events ----

    @Override
    public void pinned(Pin pin) {
        events.publish("pin_added", out -> JsonRecords.pin(out.raw("\"pin\":"), pin, false));
    }

    @Override
    public void unpinned(Pin pin) {
        events.publish("pin_removed", out -> JsonRecords.pin(out.raw("\"pin\":"), pin, false));
    }

    @Override
    public void alert(Alert alert) {
        events.publish("alert", out -> JsonRecords.alert(out.raw("\"alert\":"), alert));
    }

    @Override
    public void statusChanged(Cid cid, TrackerStatus status, String error, int attempts) {
        events.publish("status_changed", out -> {
            JsonRecords.cid(out.raw("\"cid\":"), cid);
            out.raw(",\"peer\":").quoted(self.toString());
            out.raw(",\"status\":").quoted(status.text());
            out.raw(",\"error\":").string(error).raw(",\"attempt_count\":").number(attempts);
        });
    }

    @Override
    public void peerConnected(PeerId peer) {
        events.publish("peer_up", out -> out.raw("\"peer\":").quoted(peer.toString()));
    }

    @Override
    public void peerDisconnected(PeerId peer) {
        events.publish("peer_down", out -> out.raw("\"peer\":").quoted(peer.toString()));
    }

    /** The cluster's host came. */
    @Reference(
            target = "(pinion.host=cluster)",
            policy = DYNAMIC,
            policyOption = GREEDY,
            cardinality = OPTIONAL,
            unbind = "unsetHost")
    void setHost(Host host) {
        hosts.put(host, host.listen(this));
    }

    void unsetHost(Host host) {
        Registration registration = hosts.remove(host);
        if (registration != null) {
            registration.close();
        }
    }

    @Override
    public String name() {
        return "restapi";
    }

    @Override
    public HttpSettings settings() {
        return settings;
    }

    @Override
    public List<Route> routes() {
        return routes;
    }

    @Override
    public void fail(Exchange exchange, int status, String message) {
        if (status == ErrorCode.UNAVAILABLE.httpStatus()) {
            exchange.header("Retry-After", "1");
        }
        Replies.document(exchange, status, out -> JsonRecords.error(out, status, message));
    }

    private static <T> T present(@Nullable T component, String name) {
        if (component == null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, name + " is not there yet; try again in a moment");
        }
        return component;
    }

    private final class Present implements Components {
        @Override
        public Pinset pinset() {
            return present(pinset, "cluster");
        }

        @Override
        public PinStatuses statuses() {
            return present(statuses, "cluster");
        }

        @Override
        public Peers peers() {
            return present(peers, "cluster");
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
        public PinIndexes indexes() {
            return present(indexes, "state");
        }

        @Override
        public PinReconciler reconciler() {
            return present(reconciler, "pin tracker that can compare with its IPFS node");
        }

        @Override
        public List<Row> rows() {
            org.pinion.spi.cluster.Components all = installed;
            return all == null ? List.of() : all.list();
        }

        @Override
        public Optional<Bandwidth> bandwidth() {
            return Optional.ofNullable(bandwidth);
        }
    }
}
