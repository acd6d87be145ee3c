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

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.ComponentConstants;

/** When bundles were started and components came; the framework keeps neither. Any thread. */
final class ComponentTimes implements SynchronousBundleListener, ServiceListener {
    private final InstantSource clock;
    private final Instant begin;
    private final Map<Long, Instant> bundles = new ConcurrentHashMap<>();
    private final Map<Long, Instant> components = new ConcurrentHashMap<>();

    /** What is there already counts as started now. */
    ComponentTimes(InstantSource clock) {
        this.clock = clock;
        begin = clock.instant();
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        long id = event.getBundle().getBundleId();
        switch (event.getType()) {
            case BundleEvent.STARTING, BundleEvent.LAZY_ACTIVATION -> bundles.put(id, clock.instant());
            case BundleEvent.UNINSTALLED -> bundles.remove(id);
            default -> {
                // nothing starts
            }
        }
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
        if (component(event.getServiceReference()) instanceof Long id) {
            if (event.getType() == ServiceEvent.REGISTERED) {
                components.put(id, clock.instant());
            } else if (event.getType() == ServiceEvent.UNREGISTERING) {
                components.remove(id);
            }
        }
    }

    /** The component's number, or null for a service that somebody registered by hand. */
    static @Nullable Object component(ServiceReference<?> reference) {
        return reference.getProperty(ComponentConstants.COMPONENT_ID);
    }

    /** When a bundle was last started. */
    Instant ofBundle(long id) {
        return bundles.getOrDefault(id, begin);
    }

    /** When a component that publishes services became available, or else its bundle's start. */
    Instant ofComponent(long component, long bundle) {
        return components.getOrDefault(component, ofBundle(bundle));
    }
}
