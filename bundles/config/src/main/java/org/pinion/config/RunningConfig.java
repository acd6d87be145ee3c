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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pinion.config.Candidate.Change;
import org.pinion.config.Key.Applies;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.config.ClusterSettings;
import org.pinion.spi.config.LiveConfig;

/**
 * What runs, and how it changes: each change becomes a whole document that is checked like a file before any component hears
 * of it. Any thread; one change at a time.
 */
final class RunningConfig implements LiveConfig {
    private static final String SAVE = "; cluster:config-save writes it to service.json";

    private final Path folder;
    private final Map<String, String> environment;
    private final Publisher publisher;
    private final Consumer<ClusterSettings> cluster;
    private final Swapper swapper;
    private final Events events;
    /** Sections that a swap took out of the document, for the way back. */
    private final Map<String, Map<?, ?>> parked = new LinkedHashMap<>();

    private DaemonFlags flags;
    private volatile Candidate running;
    /** The file as it was when it was last read or written. */
    private Map<String, @Nullable Object> file;

    /**
     * Where changes go.
     *
     * @param publisher hands sections to components
     * @param cluster takes the checked cluster section
     * @param presence which components are there
     */
    record Ends(Publisher publisher, Consumer<ClusterSettings> cluster, Presence presence) {}

    RunningConfig(Candidate first, DaemonFlags flags, Map<String, String> environment, Ends ends, Events events) {
        running = first;
        folder = first.loaded().folder();
        file = first.loaded().json();
        this.flags = flags;
        this.environment = environment;
        this.events = events;
        publisher = ends.publisher;
        cluster = ends.cluster;
        swapper = new Swapper(publisher, ends.presence, events);
    }

    /** Publishes what the peer starts with. */
    synchronized void start() throws IOException {
        publish(running);
    }

    /** The sections of components that run. */
    List<ActiveSection> active() {
        return List.copyOf(running.selection().active().values());
    }

    private Candidate candidate(Document document) {
        Loaded loaded = running.loaded();
        return running.next(loaded.with(new ServiceFile.Raw(document.json(), loaded.origin())), flags);
    }

    private void publish(Candidate next) throws IOException {
        cluster.accept(SettingsReader.of(next.loaded().values("cluster"), flags));
        List<ActiveSection> sections = new ArrayList<>(next.selection().active().values());
        sections.add(ActiveSection.of(Schema.CLUSTER, next.loaded().values("cluster")));
        publisher.publish(sections);
    }

    private List<Change> accept(Candidate next) {
        List<Change> changes = running.changes(next);
        try {
            publish(next);
        } catch (IOException e) {
            throw new ClusterException(ErrorCode.INTERNAL, "configurations cannot be changed: " + e.getMessage(), e);
        }
        running = next;
        changes.forEach(change -> events.changed(change.line()));
        return changes;
    }

    private static ClusterException bad(String text) {
        return new ClusterException(ErrorCode.BAD_REQUEST, text);
    }

    private static ClusterException bad(List<String> faults) {
        return bad(String.join("\n", faults));
    }

    @Override
    public String show(String section) {
        return new ShownConfig(running).text(section);
    }

    @Override
    public List<String> keys() {
        return new ShownConfig(running).keys();
    }

    @Override
    public synchronized String set(String key, String value) {
        Document document = running.document().copy();
        List<Assignment> wanted = Assignment.of(key, value, running, swapper::isProvided);
        for (Assignment one : wanted) {
            Section section = one.section();
            if (section != null && document.section(one.label()) == null) {
                section.toJson(running.wanted(one.label()), false)
                        .forEach((name, json) -> document.set(one.label(), name, json));
            }
            document.set(one.label(), one.path(), one.json());
        }
        Candidate next = candidate(document);
        if (!next.faults().isEmpty()) {
            throw bad(next.faults());
        }
        List<Change> changes = accept(next);
        return wanted.stream()
                .map(one -> answer(one, changes, next.runs(one.label())))
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private static String answer(Assignment one, List<Change> changes, boolean runs) {
        return changes.stream()
                .filter(change ->
                        change.key().equals(one.name()) || change.key().equals(one.label()))
                .reduce((first, last) -> last)
                .map(change -> change.applies() == Applies.RESTART ? change.line() + SAVE : change.line())
                .orElse(one.name() + (runs ? ": nothing differs" : ": kept; " + one.label() + " does not run"));
    }

    @Override
    public synchronized List<String> reload() {
        Loaded loaded = Loaded.of(folder, environment);
        Map<String, @Nullable Object> read = Document.copyOf(loaded.json()).json();
        Candidate next = running.next(loaded, flags);
        loaded.notes().forEach(events::note);
        if (!next.faults().isEmpty()) {
            next.faults().forEach(events::refused);
            throw bad(next.faults());
        }
        List<Change> changes = accept(next);
        file = read;
        parked.clear();
        events.reloaded();
        return changes.stream().map(Change::line).toList();
    }

    /** What the signal does: the log has the faults, nobody waits for them. */
    void reloadBySignal() {
        try {
            reload();
        } catch (ClusterException e) {
            events.notReloaded(String.valueOf(e.getMessage()).lines().count());
        }
    }

    @Override
    public synchronized Path save() throws IOException {
        Path path = folder.resolve(ServiceFile.FILE);
        ServiceFile.Raw raw = readAgain(path);
        if (!raw.origin().equals(path.toString())) {
            throw bad(path + ": source = " + raw.origin() + ": the configuration comes from there, change it there");
        }
        if (!raw.json().equals(file)) {
            throw bad(path + " was changed since it was read: take its changes with cluster:config-reload first,"
                    + " which gives up what was changed since and not saved");
        }
        Map<String, @Nullable Object> wanted = running.document().json();
        if (!wanted.equals(file)) {
            Path real = path.toRealPath();
            Path copy = Disk.keep(real);
            Disk.writeSecret(real, Json.pretty(wanted, 2));
            file = Document.copyOf(wanted).json();
            events.saved(path, copy);
        }
        return path;
    }

    private static ServiceFile.Raw readAgain(Path path) throws IOException {
        try {
            return ServiceFile.read(Objects.requireNonNull(path.getParent()));
        } catch (IllegalArgumentException e) {
            if (Files.exists(path)) {
                throw bad(String.valueOf(e.getMessage()));
            }
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public synchronized String swap(String type, String implementation) {
        Swapper.Wish wish = swapper.wish(type, implementation, running);
        Document document = running.document().copy();
        Map<?, ?> old = document.section(wish.type());
        if (old != null) {
            old.forEach((name, json) -> {
                if (json instanceof Map<?, ?> map) {
                    parked.put(wish.type() + "." + name, map);
                }
            });
        }
        document.only(wish.type(), wish.name(), component(wish));
        DaemonFlags before = flags;
        flags = flags.withoutTracker();
        Candidate next = candidate(document);
        try {
            if (!next.faults().isEmpty()) {
                throw bad(next.faults());
            }
            ActiveSection to = Objects.requireNonNull(next.selection().active().get(wish.pid()));
            String done = swapper.swap(wish, to);
            running = next;
            return done + SAVE;
        } catch (RuntimeException e) {
            flags = before;
            throw e;
        }
    }

    private Map<?, ?> component(Swapper.Wish wish) {
        String label = wish.type() + "." + wish.name();
        Map<?, ?> json = running.document().section(label);
        Map<?, ?> kept = json == null ? parked.get(label) : json;
        return kept != null
                ? kept
                : Schema.find(label)
                        .map(section -> (Map<?, ?>) section.toJson(section.defaults(), false))
                        .orElse(Map.of());
    }

    /** Somebody changed a component's configuration: it counts, or is put back with the reason. */
    synchronized void edited(String pid) {
        Map<String, Object> before = publisher.published(pid);
        if (!publisher.isOurs(pid)) {
            return;
        }
        try {
            Dictionary<String, Object> properties = publisher.current(pid);
            if (properties == null || Publisher.isSame(before, properties)) {
                return;
            }
            Publisher.forgetFile(pid, properties);
            Document document = running.document().copy();
            Edits.apply(document, section(pid), before, properties, running.loaded());
            Candidate next = candidate(document);
            if (next.faults().isEmpty()) {
                accept(next);
            } else {
                events.putBack(pid, String.join("; ", next.faults()));
            }
            publisher.putBack(pid);
        } catch (IllegalArgumentException e) {
            events.putBack(pid, running.loaded().origin() + ": " + e.getMessage());
            putBack(pid);
        } catch (IOException | IllegalStateException | ClusterException e) {
            events.broken("taking a change of " + pid, e);
        }
    }

    /** Somebody deleted a component's configuration: one of many goes, the only one of its type comes back. */
    synchronized void deleted(String pid) {
        if (!publisher.isOurs(pid)) {
            return;
        }
        ActiveSection section = section(pid);
        if (Schema.MANY.contains(section.type())) {
            Document document = running.document().copy();
            document.remove(section.label());
            Candidate next = candidate(document);
            if (next.faults().isEmpty()) {
                accept(next);
                return;
            }
            events.putBack(pid, String.join("; ", next.faults()));
        } else {
            events.putBack(pid, section.label() + " is needed; cluster:swap puts another one in its place");
        }
        putBack(pid);
    }

    private void putBack(String pid) {
        try {
            publisher.putBack(pid);
        } catch (IOException | IllegalStateException e) {
            events.broken("putting back " + pid, e);
        }
    }

    private ActiveSection section(String pid) {
        ActiveSection section = running.selection().active().get(pid);
        return section != null
                ? section
                : ActiveSection.of(Schema.CLUSTER, running.loaded().values("cluster"));
    }
}
