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

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.libp2p.api.Host;
import org.pinion.spi.consensus.Consensus;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.http.HttpApi;

/**
 * Serves the REST API on the cluster's own host where every peer that has the secret is trusted, that is under Raft. A
 * CRDT cluster's secret may be shared with peers that are not, so there it is not served.
 */
@Component(
        name = "org.pinion.api.server.clusterhost",
        service = {},
        immediate = true,
        configurationPolicy = ConfigurationPolicy.IGNORE)
public final class ClusterHostServers {
    private static final String SERVED = "restapi";

    private final OpenServers servers;
    private final InstantSource clock;
    private final Host host;
    private final Set<HttpApi> apis = new HashSet<>();
    private @Nullable Consensus raft;

    /** Opens nothing yet: API and consensus come later. */
    @Activate
    public ClusterHostServers(
            BundleContext bundles,
            @Reference Executors executors,
            @Reference(target = "(pinion.host=cluster)") Host host) {
        this.servers = new OpenServers(bundles);
        this.clock = executors.clock();
        this.host = host;
    }

    /** Raft runs: the APIs that are there are served. */
    @Reference(
            target = "(component.name=org.pinion.consensus.raft)",
            policy = DYNAMIC,
            policyOption = GREEDY,
            cardinality = OPTIONAL,
            unbind = "unsetRaft")
    public synchronized void setRaft(Consensus came) {
        boolean first = raft == null;
        raft = came;
        if (first) {
            apis.forEach(this::open);
        }
    }

    /** Raft is gone, and nobody else may be asked in its name. */
    public synchronized void unsetRaft(Consensus gone) {
        if (gone.equals(raft)) {
            raft = null;
            servers.closeAll();
        }
    }

    /** Takes the REST API, unless it has a host of its own. */
    @Reference(name = "apis", cardinality = MULTIPLE, policy = DYNAMIC, unbind = "removeApi")
    public synchronized void addApi(HttpApi api) {
        if (api.name().equals(SERVED) && api.settings().ownHost().isEmpty()) {
            apis.add(api);
            if (raft != null) {
                open(api);
            }
        }
    }

    /** Ends the API's requests. */
    public synchronized void removeApi(HttpApi api) {
        apis.remove(api);
        servers.close(api);
    }

    private void open(HttpApi api) {
        servers.open(api, () -> new OpenServers.Opened(ApiServer.open(api, clock, host), List.of()));
    }

    @Deactivate
    synchronized void close() {
        servers.closeAll();
    }
}
