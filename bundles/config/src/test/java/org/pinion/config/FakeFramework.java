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

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.SynchronousConfigurationListener;

/** As much of a framework and of Config Admin as this bundle touches, in one thread. */
final class FakeFramework {
    private final Map<String, String> properties = new HashMap<>();
    private final List<Registered> registered = new ArrayList<>();
    private final Map<String, Hashtable<String, Object>> configurations = new TreeMap<>();
    private final List<ServiceListener> listeners = new ArrayList<>();
    private final List<FrameworkListener> frameworkListeners = new ArrayList<>();
    private final List<String> changes = new ArrayList<>();
    private boolean stopped;
    private boolean booted;

    private record Registered(Class<?> type, Object service) {}

    @SuppressWarnings("unchecked")
    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return (T) Proxy.newProxyInstance(FakeFramework.class.getClassLoader(), new Class<?>[] {type}, handler);
    }

    void property(String name, String value) {
        properties.put(name, value);
    }

    /** Everything is installed and started. */
    void booted() {
        booted = true;
        listeners.forEach(one -> one.serviceChanged(new ServiceEvent(ServiceEvent.REGISTERED, proxyReference())));
    }

    boolean stopped() {
        return stopped;
    }

    List<ServiceListener> listeners() {
        return listeners;
    }

    List<FrameworkListener> frameworkListeners() {
        return frameworkListeners;
    }

    List<Object> services() {
        return registered.stream().map(Registered::service).toList();
    }

    <T> T service(Class<T> type) {
        return registered.stream()
                .filter(one -> one.type().equals(type))
                .map(one -> type.cast(one.service()))
                .findFirst()
                .orElseThrow();
    }

    Map<String, Hashtable<String, Object>> configurations() {
        return configurations;
    }

    void put(String pid, Map<String, Object> values) {
        configurations.put(pid, new Hashtable<>(values));
    }

    /** What a shell command does: one value, then the event. */
    void update(String pid, String key, Object value) {
        configurations.get(pid).put(key, value);
        changed(pid);
    }

    /** What a shell command does: takes a configuration away, then the event. */
    void delete(String pid) {
        configurations.remove(pid);
        tell(pid, ConfigurationEvent.CM_DELETED);
    }

    private void changed(String pid) {
        changes.add(pid);
        tell(pid, ConfigurationEvent.CM_UPDATED);
    }

    private void tell(String pid, int type) {
        ConfigurationEvent event = new ConfigurationEvent(proxyReference(), type, null, pid);
        List.copyOf(registered).stream()
                .filter(one -> one.service() instanceof SynchronousConfigurationListener)
                .forEach(one -> ((SynchronousConfigurationListener) one.service()).configurationEvent(event));
    }

    /** PIDs in the order of their changes. */
    List<String> changes() {
        return changes;
    }

    @SuppressWarnings("unchecked")
    private static ServiceReference<ConfigurationAdmin> proxyReference() {
        return proxy(ServiceReference.class, (self, method, arguments) -> null);
    }

    BundleContext context() {
        return proxy(BundleContext.class, (self, method, arguments) -> switch (method.getName()) {
            case "getProperty" -> properties.get((String) arguments[0]);
            case "registerService" -> register((Class<?>) arguments[0], arguments[1]);
            case "getBundle" -> systemBundle();
            case "addServiceListener" -> listeners.add((ServiceListener) arguments[0]) ? null : null;
            case "removeServiceListener" -> listeners.remove(arguments[0]) ? null : null;
            case "addFrameworkListener" -> frameworkListeners.add((FrameworkListener) arguments[0]) ? null : null;
            case "removeFrameworkListener" -> frameworkListeners.remove(arguments[0]) ? null : null;
            case "getServiceReference" -> booted ? proxyReference() : null;
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private Bundle systemBundle() {
        return proxy(Bundle.class, (self, method, arguments) -> {
            stopped |= method.getName().equals("stop");
            return method.getName().equals("adapt") ? startLevel() : null;
        });
    }

    private FrameworkStartLevel startLevel() {
        return proxy(
                FrameworkStartLevel.class,
                (self, method, arguments) -> method.getName().equals("getStartLevel") ? (booted ? 100 : 30) : null);
    }

    private ServiceRegistration<?> register(Class<?> type, Object service) {
        Registered one = new Registered(type, service);
        registered.add(one);
        return proxy(ServiceRegistration.class, (self, method, arguments) -> {
            if (method.getName().equals("unregister")) {
                registered.removeIf(other -> other == one);
            }
            return null;
        });
    }

    ConfigurationAdmin admin() {
        return proxy(ConfigurationAdmin.class, (self, method, arguments) -> switch (method.getName()) {
            case "getConfiguration" -> configuration((String) arguments[0]);
            case "listConfigurations" ->
                List.copyOf(configurations.keySet()).stream()
                        .filter(pid -> configurations.get(pid).containsKey("pinion.section"))
                        .map(this::configuration)
                        .toArray(Configuration[]::new);
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private Configuration configuration(String pid) {
        return proxy(Configuration.class, (self, method, arguments) -> switch (method.getName()) {
            case "getPid" -> pid;
            case "getProperties" -> configurations.get(pid);
            case "delete" -> {
                delete(pid);
                yield null;
            }
            case "updateIfDifferent" -> updateIfDifferent(pid, (Dictionary<?, ?>) arguments[0]);
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private boolean updateIfDifferent(String pid, Dictionary<?, ?> values) {
        Hashtable<String, Object> copy = new Hashtable<>();
        for (var names = values.keys(); names.hasMoreElements(); ) {
            Object name = names.nextElement();
            copy.put((String) name, values.get(name));
        }
        boolean different = !copy.equals(configurations.put(pid, copy));
        if (different) {
            changed(pid);
        }
        return different;
    }
}
