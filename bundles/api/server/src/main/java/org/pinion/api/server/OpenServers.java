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

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpListening;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The servers of APIs that are open; each is published as {@link HttpListening}. Any thread. */
final class OpenServers {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.api.server");

    private final BundleContext bundles;
    private final Map<HttpApi, Entry> entries = new HashMap<>();

    OpenServers(BundleContext bundles) {
        this.bundles = bundles;
    }

    /** Opens a server for an API; a failure is logged and published. */
    void open(HttpApi api, Opener opener) {
        AutoCloseable server = null;
        HttpListening listening;
        try {
            Opened opened = opener.open();
            server = opened.server();
            listening = new HttpListening(api.name(), opened.addresses(), Optional.empty());
            for (Multiaddr address : opened.addresses()) {
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

    /** Closes an API's server, if it has one. */
    void close(HttpApi api) {
        Entry entry;
        synchronized (entries) {
            entry = entries.remove(api);
        }
        if (entry != null) {
            entry.close();
        }
    }

    void closeAll() {
        List<Entry> left;
        synchronized (entries) {
            left = List.copyOf(entries.values());
            entries.clear();
        }
        left.forEach(Entry::close);
    }

    /** Makes a server. */
    interface Opener {
        Opened open() throws IOException;
    }

    /** A server and where it listens. */
    record Opened(AutoCloseable server, List<Multiaddr> addresses) {}

    private record Entry(@Nullable AutoCloseable server, ServiceRegistration<HttpListening> registration) {
        void close() {
            try {
                registration.unregister();
            } catch (IllegalStateException alreadyGone) {
                LOG.debug("listening service was gone already");
            }
            if (server != null) {
                try {
                    server.close();
                } catch (Exception e) {
                    LOG.warn("a server did not close cleanly: {}", e.toString());
                }
            }
        }
    }
}
