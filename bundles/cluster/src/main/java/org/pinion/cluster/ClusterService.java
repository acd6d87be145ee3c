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
package org.pinion.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.spi.ClusterException;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.cluster.Peers;
import org.pinion.spi.cluster.PinStatuses;
import org.pinion.spi.cluster.Pinset;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.consensus.Membership;
import org.pinion.spi.exec.Workers;
import org.pinion.spi.informer.InformerTrigger;
import org.pinion.spi.monitor.AlertListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster service: registers {@link Health}, {@link Pinset}, {@link PinStatuses} and {@link Peers}. APIs may call them
 * before the peer is ready; {@code Health} has the service property {@value #READY} once consensus is ready and the IPFS
 * node answered.
 */
@Component(
        name = "org.pinion.cluster",
        service = {},
        immediate = true)
public final class ClusterService {
    static final String READY = "pinion.ready";

    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(5);
    private static final int WORKERS = 32;
    private static final int MAX_CALLS = 1024;

    private final ClusterParts parts;
    private final BundleContext context;
    private final Workers workers;
    private final Repinner repinner;
    private final Upkeep upkeep;
    private final Loops loops;
    private final Introductions introductions;
    private final Swarms swarms;
    private final Readiness readiness;
    private final ServiceRegistration<Health> health;
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private final Runnable listener = this::partsChanged;

    /** Registers the services and starts to wait for what makes the peer ready. */
    @Activate
    public ClusterService(BundleContext context, @Reference ClusterParts parts) {
        this.parts = parts;
        this.context = context;
        workers = parts.executors().workers("cluster.calls", WORKERS, MAX_CALLS);
        Known known = new Known(parts);
        PinsetService pinset = new PinsetService(parts);
        repinner = new Repinner(parts, pinset);
        upkeep = new Upkeep(parts, pinset);
        loops = new Loops(parts, upkeep, this::shutDown);
        PeersService peers = new PeersService(parts, known, loops, repinner, workers);
        swarms = new Swarms(parts, peers, workers);
        loops.whenJoined(swarms::joined);
        introductions = new Introductions(parts, peers, loops);
        readiness = new Readiness(parts, this::ready);
        HealthService healthService = new HealthService(parts, readiness, repinner, known, workers);
        health = context.registerService(Health.class, healthService, readyIs(false));
        services.add(context.registerService(Peers.class, peers, null));
        services.add(context.registerService(Pinset.class, pinset, null));
        services.add(
                context.registerService(PinStatuses.class, new StatusService(parts, pinset, known, workers), null));
        services.add(context.registerService(InformerTrigger.class, loops, null));
        services.add(context.registerService(AlertListener.class, repinner, null));
        parts.listen(listener);
        introductions.start();
        partsChanged();
    }

    private void partsChanged() {
        readiness.partsChanged();
        introductions.partsChanged();
        loops.partsChanged();
        upkeep.settingsChanged();
    }

    private void ready() {
        loops.start();
        swarms.start();
        health.setProperties(readyIs(true));
    }

    private static Dictionary<String, Object> readyIs(boolean ready) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(READY, ready);
        return properties;
    }

    private void shutDown() {
        try {
            context.getBundle(Constants.SYSTEM_BUNDLE_ID).stop();
        } catch (BundleException e) {
            LOG.error("the process cannot be ended, stop it by hand", e);
        }
    }

    /** Takes the services away, leaves the cluster if that is configured, and stops. */
    @Deactivate
    void close() {
        parts.unlisten(listener);
        services.forEach(ServiceRegistration::unregister);
        leave();
        health.unregister();
        introductions.close();
        readiness.close();
        swarms.close();
        loops.close();
        upkeep.close();
        repinner.close();
        workers.close();
    }

    /** Data stay where they are, whether leaving succeeds or not. */
    private void leave() {
        ClusterConfig config = parts.config.now();
        Membership membership = parts.membership.now();
        if (config == null
                || membership == null
                || !readiness.wasReady()
                || !config.settings().leaveOnShutdown()) {
            return;
        }
        ClusterEvents.leaving();
        try {
            Waits.await(membership.removePeer(parts.self()), LEAVE_TIMEOUT);
        } catch (ClusterException e) {
            ClusterEvents.leavingFailed(String.valueOf(e.getMessage()));
        }
    }
}
