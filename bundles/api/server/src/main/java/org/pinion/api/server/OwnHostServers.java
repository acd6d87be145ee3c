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
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpSettings;

/** Serves the APIs that have a libp2p host of their own on it, outside the cluster's private network. */
@Component(
        name = "org.pinion.api.server.ownhost",
        service = {},
        immediate = true,
        configurationPolicy = ConfigurationPolicy.IGNORE)
public final class OwnHostServers {
    private final OpenServers servers;
    private final InstantSource clock;
    private final HostFactory hosts;

    /** Opens nothing yet: APIs come by {@link #addApi}. */
    @Activate
    public OwnHostServers(BundleContext bundles, @Reference Executors executors, @Reference HostFactory hosts) {
        this.servers = new OpenServers(bundles);
        this.clock = executors.clock();
        this.hosts = hosts;
    }

    /** Opens an API's host, if it wants one; a failure is logged and published. */
    @Reference(name = "apis", cardinality = MULTIPLE, policy = DYNAMIC, unbind = "removeApi", updated = "apiChanged")
    public void addApi(HttpApi api) {
        api.settings().ownHost().ifPresent(own -> servers.open(api, () -> open(api, own)));
    }

    /** Another identity, or other addresses, need another host. */
    public void apiChanged(HttpApi api) {
        if (!servers.isOpenWith(api, api.settings().ownHost())) {
            servers.close(api);
            addApi(api);
        }
    }

    /** Closes an API's host. */
    public void removeApi(HttpApi api) {
        servers.close(api);
    }

    private OpenServers.Opened open(HttpApi api, HttpSettings.OwnHost own) throws IOException {
        Host host = hosts.open(
                HostSettings.of(own.key()).withListen(own.listen()).withVersions("pinion/" + Versions.FULL, ""));
        try {
            ApiServer server = ApiServer.open(api, clock, host);
            Multiaddr id = Multiaddr.parse("/p2p/" + host.id());
            List<Multiaddr> addresses = host.listenAddresses().stream()
                    .map(address -> Multiaddr.parse(address.toString() + id))
                    .toList();
            AutoCloseable both = () -> {
                server.close();
                host.close();
            };
            return new OpenServers.Opened(both, addresses);
        } catch (IOException | RuntimeException e) {
            host.close();
            throw e;
        }
    }

    @Deactivate
    void close() {
        servers.closeAll();
    }
}
