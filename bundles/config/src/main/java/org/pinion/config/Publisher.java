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
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Hands sections to their components: one Config Admin configuration each, changed only when it differs. Its owner calls it
 * from one thread at a time.
 */
final class Publisher {
    /** Counts changes of a section's secrets, which are not among its properties. */
    static final String SECRETS = "pinion.secrets";

    /** Where Karaf notes the file that a configuration came from. */
    private static final String FILE = "felix.fileinstall.filename";

    private static final List<String> FOREIGN =
            List.of("service.pid", "service.factoryPid", "service.bundleLocation", "felix.", "org.apache.felix.");

    private final ConfigurationAdmin admin;
    private final Events events;
    private final PeerSecrets secrets;
    /** What each configuration has to hold. */
    private final Map<String, Map<String, Object>> published = new ConcurrentHashMap<>();

    private final Map<String, Long> revisions = new HashMap<>();

    Publisher(ConfigurationAdmin admin, PeerSecrets secrets, Events events) {
        this.admin = admin;
        this.secrets = secrets;
        this.events = events;
    }

    /** These sections run from now on, and no others; a new component comes before the one whose place it takes goes. */
    void publish(Collection<ActiveSection> sections) throws IOException {
        List<String> pids = sections.stream().map(ActiveSection::pid).toList();
        List<String> first = new ArrayList<>();
        List<String> last = new ArrayList<>();
        for (Configuration old : ours()) {
            if (!pids.contains(old.getPid())) {
                // one of many may hold what a new one needs, for example a port
                (Schema.MANY.contains(type(old)) ? first : last).add(old.getPid());
            }
        }
        for (String pid : first) {
            remove(pid);
        }
        for (ActiveSection section : sections) {
            put(section);
        }
        for (String pid : last) {
            remove(pid);
        }
    }

    private static String type(Configuration configuration) {
        Dictionary<String, Object> properties = configuration.getProperties();
        String label = properties == null ? "" : String.valueOf(properties.get(ActiveSection.SECTION));
        int dot = label.indexOf('.');
        return dot < 0 ? label : label.substring(0, dot);
    }

    /** Makes or changes one configuration. */
    void put(ActiveSection section) throws IOException {
        String pid = section.pid();
        boolean changed = secrets.accept(section);
        long revision = revisions.merge(pid, changed && revisions.containsKey(pid) ? 1L : 0L, Long::sum);
        Map<String, Object> wanted = new TreeMap<>(section.properties());
        if (revision > 0) {
            wanted.put(SECRETS, revision);
        }
        published.put(pid, wanted);
        if (putBack(pid)) {
            events.created(pid, section.label());
        }
    }

    /** Writes again what a configuration has to hold; false if it holds that. */
    boolean putBack(String pid) throws IOException {
        Map<String, Object> wanted = published(pid);
        Configuration configuration = admin.getConfiguration(pid, "?");
        if (isSame(wanted, configuration.getProperties())) {
            return false;
        }
        configuration.updateIfDifferent(new Hashtable<>(wanted));
        return true;
    }

    /** Takes a configuration away. */
    void remove(String pid) throws IOException {
        published.remove(pid);
        admin.getConfiguration(pid, "?").delete();
    }

    /** What a configuration has to hold; empty for one that is not ours. */
    Map<String, Object> published(String pid) {
        return published.getOrDefault(pid, Map.of());
    }

    boolean isOurs(String pid) {
        return published.containsKey(pid);
    }

    /** What a configuration holds now; null if there is none. */
    @Nullable
    Dictionary<String, Object> current(String pid) throws IOException {
        return admin.getConfiguration(pid, "?").getProperties();
    }

    /** Whether properties are the wanted ones; what Config Admin and others add for themselves does not count. */
    static boolean isSame(Map<String, Object> wanted, @Nullable Dictionary<String, Object> properties) {
        if (properties == null) {
            return false;
        }
        int counted = 0;
        if (properties.get(FILE) != null) {
            return false; // service.json is the only file
        }
        for (var names = properties.keys(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            if (isForeign(name)) {
                continue;
            }
            counted++;
            if (!Objects.deepEquals(wanted.get(name), properties.get(name))) {
                return false;
            }
        }
        return counted == wanted.size();
    }

    /** Deletes the file that Karaf's shell wrote beside a change: it would come back with the next start. */
    static void forgetFile(String pid, Dictionary<String, Object> properties) throws IOException {
        if (properties.get(FILE) instanceof String name && name.startsWith("file:") && name.endsWith(pid + ".cfg")) {
            Files.deleteIfExists(Path.of(URI.create(name)));
        }
    }

    /** Whether a property is none of a section. */
    static boolean isForeign(String name) {
        return FOREIGN.stream().anyMatch(name::startsWith);
    }

    private List<Configuration> ours() throws IOException {
        try {
            Configuration[] found = admin.listConfigurations("(" + ActiveSection.SECTION + "=*)");
            return found == null ? List.of() : List.of(found);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
