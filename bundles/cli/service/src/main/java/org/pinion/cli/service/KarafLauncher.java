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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.karaf.main.Main;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/**
 * Runs one peer: Karaf in this process, headless, with every writable file in the peer's own folder.
 *
 * <p>What bundles get from here, all as framework properties: {@code pinion.dir} (the peer's folder, absolute),
 * {@code pinion.home} (the distribution) and whatever the caller passes. What the launcher takes back is the system
 * property {@value #EXIT_CODE}: a bundle that ends the process sets it and then stops the framework.
 *
 * <p>Signals: the first INT, TERM or HUP stops the framework in order, the second prints a banner, the third ends the
 * process with status 1. USR1 runs every service {@link Runnable} with the property {@code pinion.signal=USR1}.
 */
public final class KarafLauncher {
    /** System property with the exit status of the process, read after the framework has stopped. */
    public static final String EXIT_CODE = "pinion.exit.code";

    /** System property that makes this terminal the shell of the peer. */
    static final String SHELL = "pinion.shell";

    private static final String HOME = "pinion.home";
    /** Where the start script keeps what it made from this distribution for this user; see {@link TrainingRun}. */
    private static final String CACHE = "pinion.cache";

    private static final String MVN_HANDLER =
            "(&(objectClass=org.osgi.service.url.URLStreamHandlerService)(url.handler.protocol=mvn))";
    /** Where all bundles run; Karaf's own configuration goes only as far as its handler of {@code mvn:}. */
    private static final int LAST_START_LEVEL = 100;

    /** Start level from which on bundles of ours run; see the features. */
    private static final int FIRST_OF_OURS = 50;

    private final Main main = new Main(new String[0]);

    private KarafLauncher() {}

    /**
     * Starts the framework and returns when it has stopped.
     *
     * @param dir the peer's folder, which exists
     * @param frameworkProperties further framework properties, such as {@code pinion.loglevel}
     * @return the exit status of the process; the caller exits with it, as threads of Karaf may still be running
     */
    public static int run(Path dir, Map<String, String> frameworkProperties) {
        try {
            return new KarafLauncher().start(dir.toAbsolutePath().normalize(), frameworkProperties);
        } catch (IOException e) {
            System.err.println("error preparing " + dir.resolve("pinion") + ": " + e);
            return 1;
        }
    }

    private int start(Path dir, Map<String, String> frameworkProperties) throws IOException {
        Path home = home();
        PeerFolder folder = PeerFolder.prepare(home, dir, template());
        folder.systemProperties().forEach(System::setProperty);
        LogLevels.parse(frameworkProperties.getOrDefault("pinion.loglevel", ""))
                .systemProperties()
                .forEach(System::setProperty);
        frameworkProperties.forEach(System::setProperty);
        // Karaf's own start-up lines go through java.util.logging before the log service is there.
        Logger root = Logger.getLogger("");
        root.setLevel(Level.WARNING);
        Signals.handle(new Signals.Actions() {
            @Override
            public void stop() {
                stopFramework();
            }

            @Override
            public void reload() {
                runHooks("(pinion.signal=USR1)");
            }
        });
        return launch(dir, folder);
    }

    private int launch(Path dir, PeerFolder folder) {
        try {
            main.launch();
            // The handler comes from a thread of its own. If it came while the features service starts, that would
            // start twice at the same time and be left with an empty list of features.
            when(MVN_HANDLER, () -> startLevel(LAST_START_LEVEL));
            when("(objectClass=org.apache.karaf.features.BootFinished)", () -> booted(dir, folder));
            if (Boolean.getBoolean(SHELL)) {
                when("(" + SHELL + "=open)", () -> new Thread(() -> shell(dir), "pinion-shell").start());
            }
            main.awaitShutdown();
            if (!main.destroy()) {
                System.err.println("the framework did not stop in time");
                return 1;
            }
        } catch (Exception e) {
            System.err.println("error starting Karaf: " + e);
            return 1;
        }
        return Integer.getInteger(EXIT_CODE, 0);
    }

    private void stopFramework() {
        Framework framework = main.getFramework();
        if (framework == null || startLevel(framework) < FIRST_OF_OURS) {
            // Nothing of ours is running yet, so there is nothing to close; and Karaf cannot be stopped while it
            // starts.
            Runtime.getRuntime().halt(Integer.getInteger(EXIT_CODE, 0));
            return;
        }
        try {
            framework.stop();
        } catch (BundleException e) {
            System.err.println("error stopping the framework: " + e.getMessage());
        }
    }

    private static int startLevel(Framework framework) {
        FrameworkStartLevel level = framework.adapt(FrameworkStartLevel.class);
        return level == null ? 0 : level.getStartLevel();
    }

    private void startLevel(int level) {
        FrameworkStartLevel levels = main.getFramework().adapt(FrameworkStartLevel.class);
        if (levels != null) {
            levels.setStartLevel(level);
        }
    }

    private void booted(Path dir, PeerFolder folder) {
        try {
            folder.booted();
        } catch (IOException e) {
            System.err.println("the next start will be a slow one: " + e);
        }
        if (Boolean.getBoolean(TrainingRun.PROPERTY)) {
            Runnable training = () -> {
                TrainingRun.use(dir);
                stopFramework();
            };
            new Thread(training, "pinion-training").start();
        }
    }

    /** This terminal is the shell until the user leaves; then the peer stops. */
    private void shell(Path dir) {
        try (ShellClient client = ShellClient.connect(dir)) {
            client.terminal(System.in, System.out, System.getenv());
        } catch (CommandFailed | IOException e) {
            System.err.println("error " + e.getMessage());
        }
        stopFramework();
    }

    /** Runs the action once, when a service is there that passes the filter. */
    private void when(String filter, Runnable action) throws InvalidSyntaxException {
        BundleContext context = context();
        if (context == null) {
            return;
        }
        AtomicBoolean first = new AtomicBoolean(true);
        Runnable once = () -> {
            if (first.getAndSet(false)) {
                action.run();
            }
        };
        context.addServiceListener(
                event -> {
                    if (event.getType() == ServiceEvent.REGISTERED) {
                        once.run();
                    }
                },
                filter);
        if (context.getAllServiceReferences(null, filter) != null) {
            once.run();
        }
    }

    private void runHooks(String filter) {
        BundleContext context = context();
        if (context == null) {
            return;
        }
        try {
            for (ServiceReference<Runnable> reference : context.getServiceReferences(Runnable.class, filter)) {
                Runnable hook = context.getService(reference);
                if (hook != null) {
                    hook.run();
                    context.ungetService(reference);
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalArgumentException("bad filter: " + filter, e);
        }
    }

    private @Nullable BundleContext context() {
        Framework framework = main.getFramework();
        return framework == null ? null : framework.getBundleContext();
    }

    /** What the training run left, unless this is one: it is to show the class archive a whole first start. */
    private static @Nullable Path template() {
        String cache = System.getProperty(CACHE);
        return cache == null || Boolean.getBoolean(TrainingRun.PROPERTY) ? null : Path.of(cache, "karaf");
    }

    /** The distribution: what the start script says. */
    private static Path home() throws IOException {
        String home = System.getProperty(HOME);
        if (home == null || !Files.isDirectory(Path.of(home, "system"))) {
            throw new IOException("no distribution at -D" + HOME + "=" + home);
        }
        return Path.of(home).toAbsolutePath().normalize();
    }
}
