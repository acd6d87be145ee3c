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

import java.lang.ref.WeakReference;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleReference;
import org.osgi.framework.SynchronousBundleListener;

/**
 * Threads that a bundle leaves behind when it is stopped. A thread is a bundle's if its class or its context class loader
 * is the bundle's, or if what it runs first, below all of Java's own frames, is code of the bundle: threads of others that
 * only call the bundle are not. An idle pool of Java's own threads is therefore not found. Any thread.
 */
final class LeftThreads implements SynchronousBundleListener {
    private static final int MAX_BUNDLES = 64;

    private final Map<Long, Stopped> stopped = new LinkedHashMap<>();

    private record Stopped(Bundle bundle, String label, Set<String> classes, List<WeakReference<Thread>> threads) {}

    /**
     * What a bundle left.
     *
     * @param bundle it; perhaps uninstalled
     * @param label symbolic name and version
     * @param threads names of the threads, sorted
     */
    record Left(Bundle bundle, String label, List<String> threads) {}

    /** Notes a bundle's threads when it was stopped. */
    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        if (event.getType() != BundleEvent.STOPPED || bundle.getBundleId() == 0) {
            return;
        }
        Map<Thread, StackTraceElement[]> stacks = Thread.getAllStackTraces();
        stacks.remove(Thread.currentThread());
        Set<String> classes = classes(bundle);
        List<WeakReference<Thread>> threads = stacks.entrySet().stream()
                .filter(entry -> isOf(bundle, classes, entry.getKey(), entry.getValue()))
                .map(entry -> new WeakReference<>(entry.getKey()))
                .toList();
        if (threads.isEmpty()) {
            return;
        }
        String label = bundle.getSymbolicName() + " " + bundle.getVersion();
        synchronized (stopped) {
            stopped.put(bundle.getBundleId(), new Stopped(bundle, label, classes, threads));
            Iterator<Long> oldest = stopped.keySet().iterator();
            while (stopped.size() > MAX_BUNDLES) {
                oldest.next();
                oldest.remove();
            }
        }
    }

    /** Bundles of which threads still run. */
    List<Left> find(Map<Thread, StackTraceElement[]> stacks) {
        List<Left> found = new ArrayList<>();
        synchronized (stopped) {
            stopped.values().removeIf(one -> {
                List<String> names = one.threads.stream()
                        .map(WeakReference::get)
                        .filter(Objects::nonNull)
                        .filter(thread ->
                                stacks.containsKey(thread) && isOf(one.bundle, one.classes, thread, stacks.get(thread)))
                        .map(Thread::getName)
                        .sorted()
                        .toList();
                if (!names.isEmpty()) {
                    found.add(new Left(one.bundle, one.label, names));
                }
                return names.isEmpty();
            });
        }
        return found;
    }

    private static boolean isOf(
            Bundle bundle, Set<String> classes, Thread thread, StackTraceElement @Nullable [] stack) {
        if (isLoaderOf(bundle, thread.getClass().getClassLoader())
                || isLoaderOf(bundle, thread.getContextClassLoader())) {
            return true;
        }
        if (stack == null) {
            return false;
        }
        for (int i = stack.length - 1; i >= 0; i--) {
            String type = stack[i].getClassName();
            if (!type.startsWith("java.") && !type.startsWith("jdk.") && !type.startsWith("sun.")) {
                return classes.contains(outer(type));
            }
        }
        return false;
    }

    private static boolean isLoaderOf(Bundle bundle, @Nullable ClassLoader loader) {
        return loader instanceof BundleReference reference && bundle.equals(reference.getBundle());
    }

    private static Set<String> classes(Bundle bundle) {
        Enumeration<URL> files = bundle.findEntries("/", "*.class", true);
        Set<String> names = new HashSet<>();
        Stream<URL> all = files == null ? Stream.empty() : Collections.list(files).stream();
        all.map(URL::getPath).forEach(path -> {
            String name = path.substring(1, path.length() - ".class".length()).replace('/', '.');
            names.add(outer(name));
        });
        return names;
    }

    /** Hidden classes of lambdas have names of their own behind the name of the class that has them. */
    private static String outer(String type) {
        int end = Stream.of(type.indexOf('$'), type.indexOf('/'))
                .filter(at -> at > 0)
                .min(Integer::compare)
                .orElse(type.length());
        return type.substring(0, end);
    }
}
