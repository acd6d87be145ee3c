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

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;

/**
 * Until the peer was ready once: ends the process when a component that service.json asks for is still being activated, or
 * still has no bundle that starts, when the time for that is over. Framework property {@value #LIMIT} is that time in
 * seconds; a datastore may have to repair itself for a while.
 */
@Component(
        service = {},
        immediate = true)
public final class StartWatch {
    static final String LIMIT = "pinion.activation.timeout";

    private static final Duration DEFAULT_LIMIT = Duration.ofMinutes(2);
    private static final Duration AGAIN = Duration.ofSeconds(5);
    /** An orderly stop waits for what blocks. */
    private static final Duration STOPPING = Duration.ofSeconds(10);

    private static final int MAX_QUEUED = 8;

    private final PeerConfiguration configuration;
    private final Supervisor supervisor;
    private final ServiceComponentRuntime runtime;
    private final Executors executors;
    private final BrokenBundles broken;
    private final Activations activations = new Activations();
    private final Lane lane;
    private final Instant begin;
    private final Duration limit;

    /** Begins to count. */
    @Activate
    public StartWatch(
            BundleContext context,
            @Reference PeerConfiguration configuration,
            @Reference Supervisor supervisor,
            @Reference ServiceComponentRuntime runtime,
            @Reference Executors executors) {
        this.configuration = configuration;
        this.supervisor = supervisor;
        this.runtime = runtime;
        this.executors = executors;
        broken = new BrokenBundles(context);
        String property = context.getProperty(LIMIT);
        limit = property == null ? DEFAULT_LIMIT : Duration.ofSeconds(Long.parseLong(property));
        begin = executors.clock().instant();
        lane = executors.lane("config.start", MAX_QUEUED);
        lane.schedule(limit, this::look);
    }

    /** Ends watching. */
    @Deactivate
    void close() {
        lane.close();
    }

    private void look() {
        if (supervisor.wasReady()) {
            return;
        }
        Instant now = executors.clock().instant();
        if (findLate(now)) {
            lane.schedule(STOPPING, () -> Runtime.getRuntime().halt(1));
        } else {
            lane.schedule(AGAIN, this::look);
        }
    }

    private boolean findLate(Instant now) {
        Map<Thread, StackTraceElement[]> stacks = Thread.getAllStackTraces();
        Set<String> described = new HashSet<>();
        boolean found = false;
        for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
            List<String> pids = Arrays.asList(description.configurationPid);
            described.addAll(pids);
            // whatever runs since before the first look is late: the limit is over
            Optional<Activations.Running> running = activations.find(description, stacks, now, bundle -> begin);
            if (running.isPresent()
                    && supervisor.isAskedFor(description)
                    && !running.get().since().plus(limit).isAfter(now)) {
                supervisor.endFor(description.name, running.get().reason(now));
                found = true;
            }
        }
        for (ActiveSection section : configuration.active()) {
            if (supervisor.isNeeded(section) && !described.contains(section.pid())) {
                String reason = broken.find(now).stream()
                        .filter(one -> one.type().equals(section.type().replace("_", "")))
                        .map(BrokenBundles.Broken::reason)
                        .findFirst()
                        .orElse("no bundle provides " + section.label());
                supervisor.endFor(section.pid(), reason);
                found = true;
            }
        }
        return found;
    }
}
