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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.SynchronousConfigurationListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.config.ClusterSettings;
import org.pinion.spi.config.LiveConfig;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.config.Secrets;

/**
 * Reads the peer's files at start, offers {@link PeerFolder}, {@link Secrets}, {@link ClusterConfig} and {@link LiveConfig},
 * and makes one Config Admin configuration per section. Files that are wrong end the process before anything listens.
 *
 * <p>A {@code Runnable} service with the property {@code pinion.signal=USR1} reads the files again.
 *
 * <p>Configurations stay when this bundle goes: the components of a running peer do not depend on it.
 */
@Component(service = PeerConfiguration.class, immediate = true)
public final class PeerConfiguration {
    private final BundleContext context;
    private final Events events = new Events();
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final @Nullable RunningConfig running;
    private @Nullable ClusterSettings settings;
    private @Nullable ServiceRegistration<?> cluster;

    /** Reads the files of the folder that framework property {@code pinion.dir} names. */
    @Activate
    public PeerConfiguration(BundleContext context, @Reference ConfigurationAdmin admin) throws IOException {
        this.context = context;
        String folder = context.getProperty(DaemonFlags.FOLDER);
        if (folder == null || folder.isBlank()) {
            events.noFolder();
            running = null;
            return;
        }
        List<String> faults = new ArrayList<>();
        DaemonFlags flags = flags(faults);
        Map<String, String> environment = System.getenv();
        Loaded loaded = Loaded.of(Path.of(folder), environment);
        Candidate first = Candidate.first(loaded, flags);
        faults.addAll(loaded.faults());
        loaded.notes().forEach(events::note);
        Identity identity = loaded.identity();
        if (!faults.isEmpty() || identity == null) {
            faults.forEach(events::refused);
            FrameworkStop.failed(context, events);
            running = null;
            return;
        }
        byte[] secret = SecretText.decode(loaded.values("cluster").text("secret"));
        if (secret.length == 0) {
            events.openNetwork();
        }
        PeerSecrets secrets = new PeerSecrets(identity, secret);
        first.selection().store().ifPresent(store -> events.datastore(store.section()));
        Publisher publisher = new Publisher(admin, secrets, events);
        RunningConfig.Ends ends = new RunningConfig.Ends(publisher, this::offer, new FrameworkPresence(context));
        RunningConfig started = new RunningConfig(first, flags, environment, ends, events);
        running = started;
        Folder root = new Folder(loaded.folder(), Selection.own(loaded.folder()));
        registrations.add(context.registerService(PeerFolder.class, root, null));
        registrations.add(context.registerService(Secrets.class, secrets, null));
        started.start();
        registrations.add(
                context.registerService(SynchronousConfigurationListener.class, new LiveCheck(started), null));
        registrations.add(context.registerService(LiveConfig.class, started, null));
        Hashtable<String, Object> onReload = new Hashtable<>(Map.of("pinion.signal", "USR1"));
        registrations.add(context.registerService(Runnable.class, started::reloadBySignal, onReload));
    }

    private DaemonFlags flags(List<String> faults) {
        try {
            return DaemonFlags.of(context::getProperty);
        } catch (IllegalArgumentException e) {
            faults.add(Loaded.text(e));
            return DaemonFlags.NONE;
        }
    }

    /** The new service is there before the old one goes. */
    private void offer(ClusterSettings fresh) {
        if (fresh.equals(settings)) {
            return;
        }
        ServiceRegistration<?> old = cluster;
        settings = fresh;
        cluster = context.registerService(ClusterConfig.class, () -> fresh, null);
        if (old != null) {
            unregister(old);
        }
    }

    /** Takes the services back; the configurations stay. */
    @Deactivate
    public void close() {
        registrations.forEach(PeerConfiguration::unregister);
        ServiceRegistration<?> last = cluster;
        if (last != null) {
            unregister(last);
        }
    }

    private static void unregister(ServiceRegistration<?> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException e) {
            Objects.requireNonNull(e); // the framework took it back already
        }
    }

    /** The sections that were asked for. */
    Collection<ActiveSection> active() {
        return running == null ? List.of() : running.active();
    }

    /** Whether the user put bundles into the peer's folder: they start in their own time. */
    boolean hasBundlesInDeploy() {
        String folder = context.getProperty(DaemonFlags.FOLDER);
        if (folder == null) {
            return false;
        }
        try (DirectoryStream<Path> bundles = Files.newDirectoryStream(Path.of(folder, "deploy"), "*.{jar,kar}")) {
            return bundles.iterator().hasNext();
        } catch (IOException e) {
            return false; // there is no such folder
        }
    }

    private record Folder(Path root, Path own) implements PeerFolder {}
}
