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
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/** Components as the framework and the component runtime see them. */
final class FrameworkPresence implements Presence {
    private final BundleContext context;

    FrameworkPresence(BundleContext context) {
        this.context = context;
    }

    @Override
    public List<String> pids() {
        return with(runtime -> {
            TreeSet<String> pids = new TreeSet<>();
            for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
                pids.addAll(Arrays.asList(description.configurationPid));
            }
            return List.copyOf(pids);
        });
    }

    private <T> T with(Function<ServiceComponentRuntime, T> question) {
        ServiceReference<ServiceComponentRuntime> reference =
                context.getServiceReference(ServiceComponentRuntime.class);
        ServiceComponentRuntime runtime = reference == null ? null : context.getService(reference);
        if (reference == null || runtime == null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the component runtime is away");
        }
        try {
            return question.apply(runtime);
        } finally {
            context.ungetService(reference);
        }
    }

    @Override
    public Held come(ActiveSection section, Duration limit) {
        String filter = filter(section);
        await(filter, limit, ServiceEvent.REGISTERED, () -> !references(filter).isEmpty());
        ServiceReference<?> reference = references(filter).stream().findFirst().orElse(null);
        // a component is made when somebody asks for it: only then is it known that it works
        if (reference == null || context.getService(reference) == null) {
            throw new ClusterException(ErrorCode.UNAVAILABLE, section.label() + " does not start: " + reason(section));
        }
        return () -> unget(reference);
    }

    private void unget(ServiceReference<?> reference) {
        try {
            context.ungetService(reference);
        } catch (IllegalStateException e) {
            Objects.requireNonNull(e); // this bundle stops: the framework lets go by itself
        }
    }

    @Override
    public boolean gone(ActiveSection section, Duration limit) {
        String filter = filter(section);
        return await(
                filter,
                limit,
                ServiceEvent.UNREGISTERING,
                () -> references(filter).isEmpty());
    }

    private static String filter(ActiveSection section) {
        return "(" + ActiveSection.SECTION + "=" + section.label() + ")";
    }

    private Collection<ServiceReference<?>> references(String filter) {
        try {
            ServiceReference<?>[] found = context.getAllServiceReferences(null, filter);
            return found == null ? List.of() : List.of(found);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the condition holds, or an event of that type comes within the limit. */
    private boolean await(String filter, Duration limit, int type, BooleanSupplier condition) {
        CompletableFuture<Boolean> met = new CompletableFuture<>();
        ServiceListener listener = event -> {
            if (event.getType() == type) {
                met.complete(true);
            }
        };
        try {
            context.addServiceListener(listener, filter);
            return condition.getAsBoolean() || met.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        } finally {
            context.removeServiceListener(listener);
        }
    }

    private String reason(ActiveSection section) {
        return with(runtime -> {
            for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
                if (!Arrays.asList(description.configurationPid).contains(section.pid())) {
                    continue;
                }
                for (ComponentConfigurationDTO one : runtime.getComponentConfigurationDTOs(description)) {
                    if (one.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
                        return Supervisor.reason(String.valueOf(one.failure));
                    }
                    if (one.state == ComponentConfigurationDTO.UNSATISFIED_REFERENCE) {
                        return "it needs "
                                + Arrays.stream(one.unsatisfiedReferences)
                                        .map(missing -> missing.name)
                                        .toList();
                    }
                }
            }
            return "no component takes PID " + section.pid();
        });
    }
}
