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
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.http.HttpApi;
import org.pinion.spi.http.HttpListening;
import org.pinion.spi.http.HttpSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The servers of APIs that are open; each is published as {@link HttpListening}. Any thread. */
final class OpenServers {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.api.server");

    /** A request that is still open then, when listeners are opened again, ends with a trailer that says so. */
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private final BundleContext bundles;
    private final Map<HttpApi, Entry> entries = new HashMap<>();

    OpenServers(BundleContext bundles) {
        this.bundles = bundles;
    }

    /** Opens a server for an API; a failure is logged and published. */
    void open(HttpApi api, Opener opener) {
        AutoCloseable server = null;
        Listeners listeners = Listeners.of(api.settings());
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
            entries.put(api, new Entry(server, registration, listeners));
        }
    }

    /** Opens an API's server again if its settings want other listeners now; requests that are open finish first. */
    void reopen(HttpApi api, Executor background, Opener opener) {
        Entry entry;
        synchronized (entries) {
            entry = entries.get(api);
            if (entry == null || entry.listeners.equals(Listeners.of(api.settings()))) {
                return;
            }
            entries.remove(api);
        }
        LOG.info("{} (HTTP): its listeners are opened again with changed settings", api.name());
        entry.drain(background);
        open(api, opener);
    }

    /** Whether an API's server was opened for that host; without a host, whether there is no server. */
    boolean isOpenWith(HttpApi api, Optional<HttpSettings.OwnHost> host) {
        synchronized (entries) {
            Entry entry = entries.get(api);
            return entry == null ? host.isEmpty() : entry.listeners.ownHost.equals(host);
        }
    }

    /** What a server cannot change while it listens. */
    private record Listeners(
            List<Multiaddr> listen,
            Optional<HttpSettings.Tls> tls,
            Duration readHeader,
            Duration idle,
            int maxHeaderBytes,
            Optional<Path> requestLog,
            Optional<HttpSettings.OwnHost> ownHost) {
        static Listeners of(HttpSettings settings) {
            return new Listeners(
                    settings.listen(),
                    settings.tls(),
                    settings.timeouts().readHeader(),
                    settings.timeouts().idle(),
                    settings.maxHeaderBytes(),
                    settings.requestLog(),
                    settings.ownHost());
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

    private record Entry(
            @Nullable AutoCloseable server, ServiceRegistration<HttpListening> registration, Listeners listeners) {
        /** Lets go of the addresses at once and of the rest when nobody is served any more. */
        void drain(Executor background) {
            if (!(server instanceof ApiServer open)) {
                close();
                return;
            }
            unregister();
            open.drain()
                    .orTimeout(LONGEST.toSeconds(), TimeUnit.SECONDS)
                    .whenComplete((ended, tooLong) -> closeLater(background));
        }

        private void closeLater(Executor background) {
            try {
                background.execute(this::closeServer);
            } catch (RejectedExecutionException tooMany) {
                closeServer();
            }
        }

        void close() {
            unregister();
            closeServer();
        }

        private void unregister() {
            try {
                registration.unregister();
            } catch (IllegalStateException alreadyGone) {
                LOG.debug("listening service was gone already");
            }
        }

        private void closeServer() {
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
