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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpListening;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens one server for every {@link HttpApi} that appears and closes it when the API goes. */
@Component(
        name = "org.pinion.api.server",
        service = {},
        immediate = true,
        configurationPolicy = ConfigurationPolicy.IGNORE)
public final class HttpServers {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.api.server");

    private final BundleContext bundles;
    private final Map<HttpApi, Entry> entries = new HashMap<>();

    /** Opens nothing yet: APIs come by {@link #addApi}. */
    @Activate
    public HttpServers(BundleContext bundles) {
        this.bundles = bundles;
    }

    /** Opens an API's listeners; a failure is logged and published as {@link HttpListening}. */
    @Reference(name = "apis", cardinality = MULTIPLE, policy = DYNAMIC, unbind = "removeApi")
    public void addApi(HttpApi api) {
        ApiServer server = null;
        HttpListening listening;
        try {
            server = ApiServer.open(api);
            listening = new HttpListening(api.name(), server.addresses(), Optional.empty());
            for (Multiaddr address : server.addresses()) {
                LOG.info("{} (HTTP): {}", api.name().toUpperCase(Locale.ROOT), address);
            }
        } catch (IOException | RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            LOG.error("api={} cannot be opened: {}", api.name(), reason);
            LOG.debug("api={} cannot be opened", api.name(), e);
            listening = new HttpListening(api.name(), List.of(), Optional.of(reason));
        }
        ServiceRegistration<HttpListening> registration = bundles.registerService(HttpListening.class, listening, null);
        synchronized (entries) {
            entries.put(api, new Entry(server, registration));
        }
    }

    /** Closes an API's listeners; streams that are still open end with a trailer that says so. */
    public void removeApi(HttpApi api) {
        Entry entry;
        synchronized (entries) {
            entry = entries.remove(api);
        }
        if (entry != null) {
            entry.close();
        }
    }

    @Deactivate
    void close() {
        List<Entry> left;
        synchronized (entries) {
            left = List.copyOf(entries.values());
            entries.clear();
        }
        left.forEach(Entry::close);
    }

    private record Entry(@Nullable ApiServer server, ServiceRegistration<HttpListening> registration) {
        void close() {
            try {
                registration.unregister();
            } catch (IllegalStateException alreadyGone) {
                LOG.debug("listening service was gone already");
            }
            if (server != null) {
                server.close();
            }
        }
    }
}
