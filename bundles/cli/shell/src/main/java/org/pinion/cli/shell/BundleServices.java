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
package org.pinion.cli.shell;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** Services of the framework: the one of the highest ranking, as it is when it is asked for. */
final class BundleServices implements Services {
    private final BundleContext context;
    private final List<ServiceReference<?>> used = new ArrayList<>();

    BundleServices(BundleContext context) {
        this.context = context;
    }

    @Override
    public <T> @Nullable T find(Class<T> type) {
        ServiceReference<T> reference = context.getServiceReference(type);
        T service = reference == null ? null : context.getService(reference);
        if (service != null) {
            used.add(reference);
        }
        return service;
    }

    @Override
    public <T> Registration offer(Class<T> type, T listener) {
        ServiceRegistration<T> registration = context.registerService(type, listener, null);
        return registration::unregister;
    }

    @Override
    public void close() {
        used.forEach(context::ungetService);
        used.clear();
    }
}
