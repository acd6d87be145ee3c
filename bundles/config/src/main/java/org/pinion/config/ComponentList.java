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

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.ComponentConstants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.pinion.spi.cluster.Components;
import org.pinion.spi.exec.Executors;

/**
 * Lists the components from what the framework knows: the component runtime, the services, Config Admin, bundles that did
 * not start, and the stacks of threads. Each call looks anew; nothing runs in between.
 */
@Component(service = Components.class, immediate = true)
public final class ComponentList implements Components {
    private static final Comparator<Row> ORDER =
            Comparator.comparing(Row::type).thenComparing(Row::implementation).thenComparing(Row::bundleId);

    private static final int SATISFIED = 2;

    private final BundleContext context;
    private final ServiceComponentRuntime runtime;
    private final ConfigurationAdmin admin;
    private final Executors executors;
    private final ComponentTimes times;
    private final LeftThreads left = new LeftThreads();
    private final BrokenBundles broken;
    private final Activations activations = new Activations();

    /** Starts to note when bundles and components start. */
    @Activate
    public ComponentList(
            BundleContext context,
            @Reference ServiceComponentRuntime runtime,
            @Reference ConfigurationAdmin admin,
            @Reference Executors executors) {
        this.context = context;
        this.runtime = runtime;
        this.admin = admin;
        this.executors = executors;
        times = new ComponentTimes(executors.clock());
        broken = new BrokenBundles(context);
        context.addBundleListener(times);
        context.addBundleListener(left);
        try {
            context.addServiceListener(times, "(" + ComponentConstants.COMPONENT_ID + "=*)");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Forgets what was noted. */
    @Deactivate
    public void close() {
        context.removeBundleListener(times);
        context.removeBundleListener(left);
        context.removeServiceListener(times);
    }

    @Override
    public synchronized List<Row> list() {
        Map<Thread, StackTraceElement[]> stacks = Thread.getAllStackTraces();
        Instant now = executors.clock().instant();
        List<Row> rows = new ArrayList<>();
        Set<String> described = new HashSet<>();
        Map<String, Long> winners = new HashMap<>();
        List<Found> found = found(described);
        ComponentTypes.SINGLE.forEach(type -> winner(type, found).ifPresent(id -> winners.put(type, id)));
        for (Found one : found) {
            rows.add(row(one, stacks, now, winners, found));
        }
        for (BrokenBundles.Broken one : broken.find(now)) {
            rows.add(new Row(
                    one.type(),
                    one.implementation(),
                    label(one.bundle()),
                    one.bundle().getBundleId(),
                    State.FAILED,
                    Instant.EPOCH,
                    one.reason()));
        }
        rows.addAll(unprovided(described));
        rows.addAll(leaking(stacks));
        rows.sort(ORDER);
        return List.copyOf(rows);
    }

    /** A described component of a type and the best of its configurations, null when it has none. */
    private record Found(
            String type,
            String implementation,
            ComponentDescriptionDTO description,
            @Nullable ComponentConfigurationDTO best) {
        long id() {
            return best == null ? -1 : best.id;
        }
    }

    private List<Found> found(Set<String> described) {
        List<Found> found = new ArrayList<>();
        for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
            described.addAll(Arrays.asList(description.configurationPid));
            String type = ComponentTypes.of(description.name, Arrays.asList(description.serviceInterfaces));
            if (!type.isEmpty()) {
                Collection<ComponentConfigurationDTO> all = runtime.getComponentConfigurationDTOs(description);
                found.add(new Found(
                        type,
                        ComponentTypes.implementation(type, description.name),
                        description,
                        all.stream()
                                .max(Comparator.comparingInt(ComponentList::rank))
                                .orElse(null)));
            }
        }
        return found;
    }

    private static int rank(ComponentConfigurationDTO configuration) {
        return switch (configuration.state) {
            case ComponentConfigurationDTO.ACTIVE -> SATISFIED + 1;
            case ComponentConfigurationDTO.SATISFIED -> SATISFIED;
            case ComponentConfigurationDTO.FAILED_ACTIVATION -> SATISFIED - 1;
            default -> 0;
        };
    }

    /** The component of a type that everybody uses: the highest ranking, then the oldest, of those that work. */
    private Optional<Long> winner(String type, List<Found> found) {
        Set<Object> working = new HashSet<>();
        found.stream()
                .filter(one -> one.type.equals(type) && one.best != null && rank(one.best) >= SATISFIED)
                .forEach(one -> working.add(one.id()));
        return references(type).stream()
                .filter(reference -> working.contains(ComponentTimes.component(reference)))
                .max(Comparator.naturalOrder())
                .map(ComponentTimes::component)
                .map(Long.class::cast);
    }

    private List<ServiceReference<?>> references(String type) {
        try {
            ServiceReference<?>[] references = context.getAllServiceReferences(ComponentTypes.contract(type), null);
            return references == null ? List.of() : List.of(references);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private Row row(
            Found one,
            Map<Thread, StackTraceElement[]> stacks,
            Instant now,
            Map<String, Long> winners,
            List<Found> all) {
        long bundle = one.description.bundle.id;
        Optional<Activations.Running> running = activations.find(one.description, stacks, now, times::ofBundle);
        State state = one.best == null ? State.OFF : state(one.best);
        String reason = one.best == null ? ComponentReason.noSection(one.description) : ComponentReason.of(one.best);
        Long winner = winners.get(one.type);
        if (running.isPresent()) {
            state = running.get().isLate(now) ? State.FAILED : State.WAITING;
            reason = running.get().reason(now);
        } else if (winner != null && winner != one.id() && (state == State.ACTIVE || state == State.READY)) {
            state = State.SHADOWED;
            reason = shadowedBy(winner, all);
        }
        boolean came = state == State.ACTIVE || state == State.READY || state == State.SHADOWED;
        Instant since = came ? times.ofComponent(one.id(), bundle) : times.ofBundle(bundle);
        String label = one.description.bundle.symbolicName + " " + one.description.bundle.version;
        return new Row(one.type, one.implementation, label, bundle, state, since, reason);
    }

    private static String shadowedBy(long winner, List<Found> all) {
        return all.stream()
                .filter(one -> one.id() == winner)
                .findFirst()
                .map(one -> one.implementation + " of bundle " + one.description.bundle.id
                        + " is preferred: its service.ranking is higher, or equal and it is older")
                .orElse("another one is preferred");
    }

    private static State state(ComponentConfigurationDTO configuration) {
        return switch (configuration.state) {
            case ComponentConfigurationDTO.ACTIVE -> State.ACTIVE;
            case ComponentConfigurationDTO.SATISFIED -> State.READY;
            case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION -> State.OFF;
            case ComponentConfigurationDTO.FAILED_ACTIVATION -> State.FAILED;
            default -> State.WAITING;
        };
    }

    /** Sections that no installed component takes. */
    private List<Row> unprovided(Set<String> described) {
        List<Row> rows = new ArrayList<>();
        for (Configuration configuration : configurations()) {
            String pid = configuration.getPid();
            String type = ComponentTypes.ofPid(pid);
            if (!type.isEmpty() && !described.contains(pid)) {
                rows.add(new Row(
                        type,
                        ComponentTypes.implementation(type, pid),
                        "",
                        -1,
                        State.WAITING,
                        Instant.EPOCH,
                        "no bundle provides it"));
            }
        }
        return rows;
    }

    private List<Configuration> configurations() {
        try {
            Configuration[] all = admin.listConfigurations("(" + ActiveSection.SECTION + "=*)");
            return all == null ? List.of() : List.of(all);
        } catch (IOException | InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Row> leaking(Map<Thread, StackTraceElement[]> stacks) {
        List<Row> rows = new ArrayList<>();
        for (LeftThreads.Left one : left.find(stacks)) {
            rows.add(new Row(
                    ComponentTypes.UNKNOWN,
                    one.bundle().getSymbolicName(),
                    one.label(),
                    one.bundle().getBundleId(),
                    State.FAILED,
                    times.ofBundle(one.bundle().getBundleId()),
                    ComponentReason.shortened("it was stopped, but left threads running: "
                            + String.join(", ", one.threads()) + "; they end with the peer")));
        }
        return rows;
    }

    private static String label(Bundle bundle) {
        return bundle.getSymbolicName() + " " + bundle.getVersion();
    }
}
