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
package org.pinion.cli.service;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The three-step stop by INT, TERM and HUP, which count together, and reloading by USR1.
 *
 * <p>{@code sun.misc.Signal} is used by reflection: it is the only way to signals, is kept in {@code jdk.unsupported},
 * and would break a build without warnings if named. Where a signal does not exist, the rest still works.
 */
final class Signals {
    private static final String BANNER = """
            *************************************************************
            *  Stopping takes long. Send the signal once more to end    *
            *  the process at once. What is being written may be lost;  *
            *  what was acknowledged is safe.                           *
            *************************************************************""";

    /** What signals lead to; each call runs on a thread of its own. */
    interface Actions {
        /** Stops in order. */
        void stop();

        /** Reads the configuration again. */
        void reload();
    }

    private final Actions actions;
    private final AtomicInteger stops = new AtomicInteger();

    private Signals(Actions actions) {
        this.actions = actions;
    }

    /** Takes the signals over for the rest of the process. */
    static void handle(Actions actions) {
        Signals signals = new Signals(actions);
        for (String name : new String[] {"INT", "TERM", "HUP"}) {
            install(name, n -> signals.onStop());
        }
        install("USR1", n -> signals.run("reload", actions::reload));
    }

    private void onStop() {
        switch (stops.incrementAndGet()) {
            case 1 -> run("stop", actions::stop);
            case 2 -> System.err.println(BANNER);
            default -> {
                System.err.println("exiting cluster NOW");
                Runtime.getRuntime().halt(1);
            }
        }
    }

    /** The virtual machine delivers signals one by one, so the work is done elsewhere. */
    private void run(String name, Runnable work) {
        new Thread(work, "pinion-signal-" + name).start();
    }

    /** Takes one signal over; where it does not exist, one line says so. */
    static void install(String name, Consumer<String> action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        return switch (method.getName()) {
                            case "handle" -> {
                                action.accept(name);
                                yield null;
                            }
                            case "hashCode" -> System.identityHashCode(self);
                            case "equals" -> self == arguments[0];
                            default -> "handler of " + name;
                        };
                    });
            Object instance = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, instance, proxy);
        } catch (InvocationTargetException e) {
            // The signal does not exist here, or the virtual machine keeps it (-Xrs).
            System.err.println("signal " + name + " is not handled: "
                    + e.getTargetException().getMessage());
        } catch (ReflectiveOperationException e) {
            System.err.println("signals are not handled: " + e);
        }
    }
}
