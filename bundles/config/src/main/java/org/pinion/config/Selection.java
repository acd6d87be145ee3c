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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.config.ConfigFiles.Listener;
import org.pinion.spi.config.ConfigFiles.Store;

/** Which components run, and with which values: exactly one of a single-valued type. */
final class Selection {
    private static final String OWN_FOLDER = "pinion";
    /** What {@code --alloc} named in the 0.11 era, and the metric that stands for it. */
    private static final Map<String, String> STRATEGIES =
            Map.of("disk-freespace", "freespace", "disk-reposize", "reposize", "numpin", "numpin");

    private final Loaded loaded;
    private final DaemonFlags flags;
    private final List<String> faults;
    private final Map<String, ActiveSection> active = new LinkedHashMap<>();
    private Optional<Store> store = Optional.empty();

    private Selection(Loaded loaded, DaemonFlags flags) {
        this.loaded = loaded;
        this.flags = flags;
        this.faults = loaded.faults();
    }

    /** Decides; adds to the faults of {@code loaded}. With faults nothing is active. */
    static Selection of(Loaded loaded, DaemonFlags flags) {
        Selection selection = new Selection(loaded, flags);
        if (selection.faults.isEmpty()) {
            selection.select();
        }
        if (!selection.faults.isEmpty()) {
            selection.active.clear();
            selection.store = Optional.empty();
        }
        return selection;
    }

    /** Our own folder in a peer's folder. */
    static Path own(Path folder) {
        return folder.resolve(OWN_FOLDER);
    }

    /** The sections that run, by PID. */
    Map<String, ActiveSection> active() {
        return active;
    }

    /** Goes on with the components that run of these types, whichever the file names now. */
    void keep(Selection running, Set<String> types) {
        Map<String, ActiveSection> chosen = new LinkedHashMap<>(active);
        active.clear();
        for (ActiveSection old : running.active.values()) {
            if (types.contains(old.type())) {
                ActiveSection same = chosen.getOrDefault(old.pid(), old);
                active.put(old.pid(), same.label().equals(old.label()) ? same : old);
            }
        }
        chosen.values().stream()
                .filter(section -> !types.contains(section.type()))
                .forEach(section -> active.put(section.pid(), section));
        store = running.store;
    }

    Optional<Store> store() {
        return store;
    }

    private void select() {
        applyFlags();
        String consensus = consensus();
        datastore(consensus);
        single("pin_tracker", "pin_tracker." + tracker());
        single("monitor", "monitor.pubsubmon");
        single("allocator", "allocator.balanced");
        connector();
        for (String type : Schema.TYPES) {
            if (Schema.MANY.contains(type)) {
                loaded.present(type).forEach(this::add);
            }
        }
        strangers();
        if (active.values().stream().noneMatch(section -> section.type().equals("informer"))) {
            faults.add(loaded.origin() + ": informer: no component, must be at least one, for example tags"
                    + " (error starting cluster: no informers are passed)");
        }
    }

    private void applyFlags() {
        if (flags.stats()) {
            loaded.values("observations.metrics").set("enable_stats", true);
        }
        if (flags.tracing()) {
            loaded.values("observations.tracing").set("enable_tracing", true);
        }
        String metric = STRATEGIES.getOrDefault(flags.alloc(), flags.alloc());
        List<String> allocateBy = loaded.values("allocator.balanced").texts("allocate_by");
        if (!metric.isEmpty() && !allocateBy.contains(metric)) {
            faults.add("--alloc " + flags.alloc() + ": allocator.balanced.allocate_by of " + loaded.origin() + " is "
                    + allocateBy + "; change it there");
        }
        if (!Set.of("", "pubsub", "pubsubmon").contains(flags.monitor())) {
            faults.add("--monitor " + flags.monitor() + ": must be pubsubmon");
        }
    }

    private String consensus() {
        List<String> found = loaded.present("consensus");
        String wanted = flags.consensus();
        if (!wanted.isEmpty() && !Set.of("crdt", "raft").contains(wanted)) {
            faults.add("--consensus " + wanted + ": must be crdt or raft");
            return "crdt";
        }
        if (!wanted.isEmpty() && !found.contains("consensus." + wanted)) {
            faults.add("--consensus " + wanted + ": " + loaded.origin() + " has no section consensus." + wanted
                    + "; make a file with one: ipfs-cluster-service --config " + loaded.folder() + " init --consensus "
                    + wanted);
            return wanted;
        }
        if (wanted.isEmpty() && found.size() != 1) {
            String reason = found.isEmpty()
                    ? "neither crdt nor raft is there, must be one"
                    : "crdt and raft are there; choose with --consensus";
            faults.add(loaded.origin() + ": consensus: " + reason
                    + " (error creating state manager: could not determine the consensus component)");
            return "crdt";
        }
        String name = wanted.isEmpty() ? found.get(0).substring("consensus.".length()) : wanted;
        trustBootstrap();
        add("consensus." + name);
        return name;
    }

    private void trustBootstrap() {
        Values crdt = loaded.values("consensus.crdt");
        List<String> trusted = crdt.texts("trusted_peers");
        if (flags.noTrust() || trusted.contains(ConsensusSections.ANYONE)) {
            return;
        }
        Set<String> more = new LinkedHashSet<>(trusted);
        for (Multiaddr address : flags.bootstrap()) {
            address.peerId().map(PeerId::toString).ifPresent(more::add);
        }
        crdt.set("trusted_peers", List.copyOf(more));
    }

    private void datastore(String consensus) {
        List<String> found = found("datastore");
        if (consensus.equals("crdt") && found.size() != 1) {
            faults.add(loaded.origin() + ": datastore: " + (found.isEmpty() ? "no component" : String.join(", ", found))
                    + ", must be exactly one (error creating datastore: unknown datastore)");
            return;
        }
        String label = found.isEmpty() ? "datastore." + DatastoreSections.DEFAULT_ENGINE : found.get(0);
        String name = label.substring("datastore.".length());
        if (loaded.unknown().containsKey(label)) {
            return; // a store of somebody else: strangers() hands its keys over
        }
        Values values = loaded.values(label).copy();
        Path folder = folder(name, values.text("folder"));
        values.set("folder", folder.toString());
        ActiveSection section = ActiveSection.of(Schema.get(label), values);
        active.put(section.pid(), section);
        String engine = DatastoreSections.engine(name);
        store = Optional.of(new Store(name, engine, folder, section.properties()));
    }

    /**
     * Where the engine makes its own folder. Folders of the reference's stores are never opened: ours stands beside one
     * that was chosen.
     */
    private Path folder(String name, String folder) {
        if (folder.isEmpty() || folder.equals(name)) {
            return own(loaded.folder()).resolve("data");
        }
        Path chosen = loaded.folder().resolve(folder).normalize();
        return DatastoreSections.REFERENCE.contains(name)
                ? chosen.resolveSibling(chosen.getFileName() + ".pinion")
                : chosen;
    }

    private String tracker() {
        String wanted = flags.pintracker();
        if (wanted.isEmpty() || wanted.equals("stateless")) {
            boolean onlyMap =
                    wanted.isEmpty() && loaded.has("pin_tracker.maptracker") && !loaded.has("pin_tracker.stateless");
            return onlyMap ? "maptracker" : "stateless";
        }
        if (!wanted.equals("map") && !wanted.equals("maptracker")) {
            faults.add("--pintracker " + wanted + ": must be stateless or map");
        } else if (!loaded.has("pin_tracker.maptracker")) {
            faults.add("--pintracker " + wanted + ": " + loaded.origin() + " has no section pin_tracker.maptracker");
        }
        return "maptracker";
    }

    private void connector() {
        List<String> found = found("ipfs_connector");
        if (found.size() > 1) {
            faults.add(loaded.origin() + ": ipfs_connector: " + String.join(", ", found) + " are there, must be one");
        } else {
            single("ipfs_connector", found.isEmpty() ? "ipfs_connector.ipfshttp" : found.get(0));
        }
    }

    private List<String> found(String type) {
        List<String> found = new ArrayList<>(loaded.present(type));
        loaded.unknown().keySet().stream()
                .filter(label -> label.startsWith(type + "."))
                .forEach(found::add);
        return found;
    }

    /** Adds our component, unless the file names only one of somebody else. */
    private void single(String type, String label) {
        if (!loaded.present(type).isEmpty() || found(type).isEmpty()) {
            add(label);
        }
    }

    /** Sections of other people's bundles: of a single-valued type only where ours leaves room. */
    private void strangers() {
        loaded.unknown().forEach((label, json) -> {
            ActiveSection section = ActiveSection.ofUnknown(label, json);
            boolean room = Schema.MANY.contains(section.type())
                    || active.values().stream().noneMatch(other -> other.type().equals(section.type()));
            if (room) {
                active.put(section.pid(), section);
            }
            loaded.notes()
                    .add(loaded.origin() + ": unknown component " + label
                            + (room ? " is handed to whoever takes PID " + section.pid() : " has no effect"));
        });
    }

    private void add(String label) {
        ActiveSection section = ActiveSection.of(Schema.get(label), loaded.values(label));
        active.put(section.pid(), section);
    }

    /** Where the active sections listen, with the cluster host first; addresses that are never served are left out. */
    List<Listener> listeners() {
        if (!faults.isEmpty()) {
            return List.of();
        }
        List<Listener> listeners = new ArrayList<>();
        addListeners(listeners, "cluster", loaded.values("cluster").texts("listen_multiaddress"));
        active.values().forEach(section -> {
            for (String key : List.of("http.listen.multiaddress", "listen.multiaddress", "listen.multiaddresses")) {
                if (section.properties().get(key) instanceof String[] addresses) {
                    addListeners(listeners, section.label(), List.of(addresses));
                }
            }
        });
        return listeners;
    }

    private static void addListeners(List<Listener> listeners, String label, List<String> addresses) {
        for (String text : addresses) {
            Multiaddr address = Multiaddr.parse(text);
            if (address.has("tcp") || address.has("unix")) {
                listeners.add(new Listener(label, address));
            }
        }
    }
}
