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
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.SynchronousConfigurationListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.config.ClusterSettings;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.config.Secrets;

/**
 * Reads the peer's files at start, offers {@link PeerFolder}, {@link Secrets} and {@link ClusterConfig}, and makes one Config
 * Admin configuration per section. Files that are wrong end the process before anything listens.
 *
 * <p>A {@code Runnable} service with the property {@code pinion.signal=USR1} reads the files again.
 *
 * <p>Configurations stay when this bundle goes: the components of a running peer do not depend on it.
 */
@Component(service = PeerConfiguration.class, immediate = true)
public final class PeerConfiguration {
    private final BundleContext context;
    private final ConfigurationAdmin admin;
    private final Events events = new Events();
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private @Nullable LiveCheck check;
    private @Nullable ClusterSettings settings;
    private @Nullable ServiceRegistration<?> cluster;
    private volatile List<ActiveSection> active = List.of();

    /** Reads the files of the folder that framework property {@code pinion.dir} names. */
    @Activate
    public PeerConfiguration(BundleContext context, @Reference ConfigurationAdmin admin) throws IOException {
        this.context = context;
        this.admin = admin;
        String folder = context.getProperty(DaemonFlags.FOLDER);
        if (folder == null || folder.isBlank()) {
            events.noFolder();
            return;
        }
        Read read = read(Path.of(folder));
        if (!read.faults.isEmpty()) {
            read.faults.forEach(events::refused);
            FrameworkStop.failed(context, events);
            return;
        }
        start(read);
    }

    /** What the files say, or why they cannot be used. */
    private record Read(Loaded loaded, Selection selection, DaemonFlags flags, List<String> faults) {}

    private Read read(Path folder) {
        List<String> faults = new ArrayList<>();
        DaemonFlags flags = DaemonFlags.NONE;
        try {
            flags = DaemonFlags.of(context::getProperty);
        } catch (IllegalArgumentException e) {
            faults.add(Loaded.text(e));
        }
        Loaded loaded = Loaded.of(folder, System.getenv());
        Selection selection = Selection.of(loaded, flags);
        faults.addAll(loaded.faults());
        loaded.notes().forEach(events::note);
        return new Read(loaded, selection, flags, faults);
    }

    private void start(Read read) throws IOException {
        Loaded loaded = read.loaded;
        Identity identity = Objects.requireNonNull(loaded.identity());
        byte[] secret = SecretText.decode(loaded.values("cluster").text("secret"));
        if (secret.length == 0) {
            events.openNetwork();
        }
        List<ActiveSection> sections = List.copyOf(read.selection.active().values());
        Folder root = new Folder(loaded.folder(), Selection.own(loaded.folder()));
        registrations.add(context.registerService(PeerFolder.class, root, null));
        registrations.add(context.registerService(Secrets.class, new PeerSecrets(identity, secret, sections), null));
        offer(SettingsReader.of(loaded.values("cluster"), read.flags));
        read.selection.store().ifPresent(store -> events.datastore(store.section()));
        publish(loaded.folder(), sections);
        Hashtable<String, Object> onReload = new Hashtable<>(Map.of("pinion.signal", "USR1"));
        registrations.add(context.registerService(Runnable.class, this::reload, onReload));
    }

    /** Reads the files again and changes what differs; secrets and identity stay until the next start. */
    private synchronized void reload() {
        Read read = read(Path.of(context.getProperty(DaemonFlags.FOLDER)));
        if (!read.faults.isEmpty()) {
            read.faults.forEach(events::refused);
            return;
        }
        try {
            offer(SettingsReader.of(read.loaded.values("cluster"), read.flags));
            publish(read.loaded.folder(), List.copyOf(read.selection.active().values()));
            events.reloaded();
        } catch (IOException | IllegalStateException e) {
            events.broken("reloading the configuration", e);
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

    private void publish(Path folder, List<ActiveSection> sections) throws IOException {
        List<String> pids = sections.stream().map(ActiveSection::pid).toList();
        for (Configuration old : ours()) {
            if (!pids.contains(old.getPid())) {
                old.delete();
            }
        }
        active = sections;
        LiveCheck live = check;
        if (live == null) {
            live = new LiveCheck(folder, admin, events);
            registrations.add(context.registerService(SynchronousConfigurationListener.class, live, null));
            check = live;
        }
        live.accept(sections);
        for (ActiveSection section : sections) {
            admin.getConfiguration(section.pid(), "?").updateIfDifferent(new Hashtable<>(section.properties()));
            events.created(section.pid(), section.label());
        }
    }

    private List<Configuration> ours() throws IOException {
        try {
            Configuration[] found = admin.listConfigurations("(" + ActiveSection.SECTION + "=*)");
            return found == null ? List.of() : List.of(found);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
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
        return active;
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
