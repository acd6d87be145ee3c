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
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.http.HttpApi;

/** Opens one server on sockets for every {@link HttpApi} that appears and closes it when the API goes. */
@Component(
        name = "org.pinion.api.server",
        service = {},
        immediate = true,
        configurationPolicy = ConfigurationPolicy.IGNORE)
public final class HttpServers {
    private static final int MAX_CLOSING = 64;

    private final OpenServers servers;
    private final InstantSource clock;
    private final Workers closing;

    /** Opens nothing yet: APIs come by {@link #addApi}. */
    @Activate
    public HttpServers(BundleContext bundles, @Reference Executors executors) {
        this.servers = new OpenServers(bundles);
        this.clock = executors.clock();
        this.closing = executors.workers("api.server.closing", 2, MAX_CLOSING);
    }

    /** Opens an API's listeners; a failure is logged and published. */
    @Reference(name = "apis", cardinality = MULTIPLE, policy = DYNAMIC, unbind = "removeApi", updated = "apiChanged")
    public void addApi(HttpApi api) {
        servers.open(api, () -> opened(api));
    }

    /** An API's settings may have changed: listeners that differ are opened again, everything else follows by itself. */
    public void apiChanged(HttpApi api) {
        servers.reopen(api, closing, () -> opened(api));
    }

    private OpenServers.Opened opened(HttpApi api) throws IOException {
        ApiServer server = ApiServer.open(api, clock);
        return new OpenServers.Opened(server, server.addresses());
    }

    /** Closes an API's listeners; streams that are still open end with a trailer that says so. */
    public void removeApi(HttpApi api) {
        servers.close(api);
    }

    @Deactivate
    void close() {
        servers.closeAll();
        closing.close();
    }
}
