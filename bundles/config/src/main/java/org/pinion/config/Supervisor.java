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
package org.pinion.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;
import org.pinion.spi.cluster.Health;
import org.pinion.spi.http.HttpListening;

/**
 * Watches the components that service.json asks for. Until the peer was ready once, one that fails to start ends the process
 * with exit code 1 and the reference's line; later ones are only logged. Waiting for something is not a failure.
 *
 * <p>Called by the component runtime and by framework events, from any thread; no thread of its own.
 */
@Component(service = Supervisor.class, immediate = true)
public final class Supervisor implements ServiceListener, FrameworkListener {
    private static final String OURS = "org.pinion.";
    private static final String API = OURS + "api.";
    /** Karaf's sign that every feature of the distribution is installed and started. */
    private static final String BOOTED = "org.apache.karaf.features.BootFinished";
    /** How the reference names what it was doing. */
    private static final Map<String, String> DOING = Map.ofEntries(
            Map.entry("org.pinion.cluster", "starting cluster"),
            Map.entry("org.pinion.cluster.host", "creating libp2p host"),
            Map.entry("org.pinion.api.restapi", "creating REST API component"),
            Map.entry("org.pinion.api.pinsvcapi", "creating Pinning Service API component"),
            Map.entry("org.pinion.api.ipfsproxy", "creating IPFS Proxy component"),
            Map.entry("org.pinion.api.kuborpc", "creating Kubo RPC API component"),
            Map.entry("org.pinion.api.gateway", "creating gateway component"),
            Map.entry("org.pinion.ipfsconnector.ipfshttp", "creating IPFS Connector component"),
            Map.entry("org.pinion.ipfsconnector.embedded", "creating IPFS Connector component"),
            Map.entry("org.pinion.consensus.crdt", "setting up Consensus"),
            Map.entry("org.pinion.consensus.raft", "setting up Consensus"),
            Map.entry("org.pinion.datastore.rocksdb", "creating datastore"),
            Map.entry("org.pinion.datastore.mvstore", "creating datastore"),
            Map.entry("org.pinion.allocator.balanced", "creating allocator"),
            Map.entry("org.pinion.monitor.pubsubmon", "setting up PeerMonitor"));

    /** Types without which a peer never gets ready. */
    private static final Set<String> NEEDED =
            Set.of("consensus", "datastore", "pin_tracker", "monitor", "allocator", "ipfs_connector");

    private final BundleContext context;
    private final int startLevel;
    private final PeerConfiguration configuration;
    private final Events events;
    private final Set<String> reported = new LinkedHashSet<>();
    /** APIs of service.json that have not said yet whether they listen. */
    private final Set<String> silentApis = new LinkedHashSet<>();

    private volatile @Nullable ServiceComponentRuntime runtime;
    private volatile boolean ready;
    private boolean stopping;
    private boolean toldMissing;
    private List<String> toldWaiting = List.of();

    /** Starts to watch. */
    @Activate
    public Supervisor(BundleContext context, @Reference PeerConfiguration configuration) {
        this.context = context;
        this.configuration = configuration;
        this.events = new Events();
        configuration.active().stream()
                .map(ActiveSection::pid)
                .filter(pid -> pid.startsWith(API))
                .forEach(silentApis::add);
        // Karaf begins at a lower level of its own and keeps the level that config.properties names as a system
        // property.
        String beginning = System.getProperty(
                Constants.FRAMEWORK_BEGINNING_STARTLEVEL,
                context.getProperty(Constants.FRAMEWORK_BEGINNING_STARTLEVEL));
        this.startLevel = beginning == null ? 1 : Integer.parseInt(beginning);
        context.addFrameworkListener(this);
        try {
            context.addServiceListener(this, "(objectClass=" + BOOTED + ")");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends watching. */
    @Deactivate
    public void close() {
        context.removeServiceListener(this);
        context.removeFrameworkListener(this);
    }

    /** The framework reached a start level. */
    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.STARTLEVEL_CHANGED || event.getType() == FrameworkEvent.STARTED) {
            look();
        }
    }

    /** The runtime changes its properties whenever a component changes. */
    @Reference(policy = ReferencePolicy.DYNAMIC, updated = "runtimeChanged", unbind = "runtimeGone")
    public void runtimeChanged(ServiceComponentRuntime components) {
        runtime = components;
        look();
    }

    /** An API whose listeners could not be opened failed as much as a component that could not be activated. */
    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.MULTIPLE, unbind = "listeningGone")
    public void listening(HttpListening listening) {
        String component = API + listening.api();
        synchronized (this) {
            // The peer may be ready before its APIs are open: their first try counts as part of the start.
            boolean starting = silentApis.remove(component);
            listening.failure().ifPresent(failure -> failed(component, failure, starting || !ready));
        }
    }

    /** An API that goes has nothing to report. */
    public void listeningGone(HttpListening listening) {}

    /** Forgets a runtime that goes. */
    public void runtimeGone(ServiceComponentRuntime components) {
        if (components.equals(runtime)) {
            runtime = null;
        }
    }

    /** The cluster marks its service when it is ready. */
    @Reference(
            policy = ReferencePolicy.DYNAMIC,
            cardinality = ReferenceCardinality.OPTIONAL,
            target = "(pinion.ready=true)",
            unbind = "healthGone")
    public void healthReady(Health health) {
        ready = true;
        events.ready();
    }

    /** Ready once is enough. */
    public void healthGone(Health health) {
        // later failures are for GET /health to tell
    }

    /** All bundles of the distribution are there now. */
    @Override
    public void serviceChanged(ServiceEvent event) {
        if (event.getType() == ServiceEvent.REGISTERED) {
            look();
        }
    }

    private synchronized void look() {
        ServiceComponentRuntime components = runtime;
        if (components == null || stopping || configuration.active().isEmpty()) {
            return;
        }
        Set<String> described = new LinkedHashSet<>();
        List<String> waiting = new ArrayList<>();
        for (ComponentDescriptionDTO description : components.getComponentDescriptionDTOs()) {
            described.addAll(Arrays.asList(description.configurationPid));
            if (!isAskedFor(description)) {
                continue;
            }
            for (ComponentConfigurationDTO one : components.getComponentConfigurationDTOs(description)) {
                if (one.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
                    failed(
                            description.name,
                            String.valueOf(one.failure),
                            silentApis.contains(description.name) || !ready);
                } else if (one.state == ComponentConfigurationDTO.UNSATISFIED_REFERENCE) {
                    waiting.add(description.name + " needs " + names(description, one.unsatisfiedReferences));
                }
            }
        }
        if (!stopping && isBooted()) {
            tellMissing(described);
            if (!ready) {
                tellWaiting(waiting);
            }
        }
    }

    /** Whether the peer was ready once. */
    boolean wasReady() {
        return ready;
    }

    /** Whether a component is one of ours, or one that service.json asks for. */
    boolean isAskedFor(ComponentDescriptionDTO description) {
        List<String> pids = Arrays.asList(description.configurationPid);
        return description.bundle.symbolicName.startsWith(OURS)
                || configuration.active().stream().anyMatch(section -> pids.contains(section.pid()));
    }

    /** Whether a peer never gets ready without what a section asks for. */
    boolean isNeeded(ActiveSection section) {
        return NEEDED.contains(section.type());
    }

    /** Ends the process for a component that did not start in time, unless the peer is ready. */
    synchronized void endFor(String component, String failure) {
        failed(component, failure, !ready);
    }

    private void failed(String component, String failure, boolean fatal) {
        if (!reported.add(component + failure)) {
            return;
        }
        String reason = reason(failure);
        if (!fatal) {
            events.failedLater(component, reason);
            return;
        }
        events.failed(DOING.getOrDefault(component, "creating " + component.replace(OURS, "") + " component"), reason);
        if (!stopping) {
            stopping = true;
            FrameworkStop.failed(context, events);
        }
    }

    /** The message at the bottom of a stack trace, without the exception's class. */
    static String reason(String failure) {
        String line = failure.lines().findFirst().orElse("");
        int cause = failure.lastIndexOf("Caused by: ");
        if (cause >= 0) {
            line = failure.substring(cause + "Caused by: ".length())
                    .lines()
                    .findFirst()
                    .orElse("");
        }
        int colon = line.indexOf(": ");
        boolean named = colon > 0 && line.substring(0, colon).matches("[\\w.$]+");
        return named ? line.substring(colon + 2) : line;
    }

    /** The services that are missing; references of constructors have no names that say anything. */
    private static String names(ComponentDescriptionDTO description, UnsatisfiedReferenceDTO[] missing) {
        Map<String, String> types = new HashMap<>();
        for (ReferenceDTO reference : description.references) {
            types.put(reference.name, reference.interfaceName);
        }
        return Arrays.stream(missing)
                .map(one -> types.getOrDefault(one.name, one.name))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** The features service is done, and the framework has started what it brought. */
    private boolean isBooted() {
        FrameworkStartLevel level = context.getBundle(0).adapt(FrameworkStartLevel.class);
        return context.getServiceReference(BOOTED) != null && level.getStartLevel() >= startLevel;
    }

    private void tellMissing(Set<String> described) {
        if (toldMissing) {
            return;
        }
        toldMissing = true;
        List<ActiveSection> missing = configuration.active().stream()
                .filter(section -> !described.contains(section.pid()))
                .toList();
        if (!missing.isEmpty()) {
            events.withoutBundle(missing.stream().map(ActiveSection::label).toList());
        }
        if (!ready && !configuration.hasBundlesInDeploy()) {
            missing.stream()
                    .filter(section -> NEEDED.contains(section.type()))
                    .forEach(section -> failed(section.pid(), "no bundle provides " + section.label(), true));
        }
    }

    private void tellWaiting(List<String> waiting) {
        if (!waiting.isEmpty() && !waiting.equals(toldWaiting)) {
            toldWaiting = waiting;
            events.waiting(waiting);
        }
    }
}
