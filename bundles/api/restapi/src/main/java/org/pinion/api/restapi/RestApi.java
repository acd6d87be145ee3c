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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.adder.Adder;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.http.Exchange;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpSettings;
import org.pinion.spi.http.Route;

/** The cluster's REST API: routes as data, answered from whatever components are there. */
@Component(
        name = RestApi.PID,
        service = HttpApi.class,
        configurationPid = RestApi.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(namespace = "pinion.component", name = RestApi.PID, attribute = "type=api", effective = "active")
public final class RestApi implements HttpApi {
    static final String PID = "org.pinion.api.restapi";

    private final HttpSettings settings;
    private final List<Route> routes;

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

    /** Checks the section. */
    @Activate
    public RestApi(
            Map<String, Object> section,
            @Reference Secrets secrets,
            @Reference PeerFolder folder,
            @Reference Executors executors) {
        this.settings = RestSettings.of(section, folder.root(), secrets.value(PID, "basic_auth_credentials"));
        Components components = new Present();
        PinRoutes pins = new PinRoutes(components, executors);
        List<Route> all = new ArrayList<>(new PeerRoutes(components, executors).routes());
        // the order is the reference's: it decides between 404 and 405, and that "recover" is no CID
        all.addAll(new AddRoutes(components, executors).routes());
        all.addAll(pins.allocations());
        all.addAll(new StatusRoutes(components, executors).routes());
        all.addAll(pins.changes());
        all.addAll(new HealthRoutes(components).routes());
        this.routes = List.copyOf(all);
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
    }
}
