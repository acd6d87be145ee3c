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
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.resource.Namespace;
import org.osgi.resource.Requirement;

/** Bundles that were to start and did not; the component runtime knows nothing of them. Any thread. */
final class BrokenBundles {
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final int MAX_DESCRIPTION_BYTES = 1 << 16;
    private static final Pattern CONTRACT = Pattern.compile("<provide\\s+interface=\"([\\w.$]+)\"");
    private static final Pattern NAME = Pattern.compile("component[^>]*\\sname=\"([\\w.$-]+)\"");

    private final BundleContext context;

    BrokenBundles(BundleContext context) {
        this.context = context;
    }

    /**
     * What a bundle would bring.
     *
     * @param bundle it
     * @param type component type, or {@link ComponentTypes#UNKNOWN}
     * @param implementation name within the type
     * @param reason why it did not start, one line
     */
    record Broken(Bundle bundle, String type, String implementation, String reason) {}

    /** All of them; a bundle that was installed or updated just now may be starting. */
    List<Broken> find(Instant now) {
        long settled = now.minus(SETTLING).toEpochMilli();
        List<Broken> found = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            boolean stands = bundle.getState() == Bundle.INSTALLED || bundle.getState() == Bundle.RESOLVED;
            boolean fragment = bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null;
            if (stands && !fragment && bundle.getLastModified() < settled && isWanted(bundle)) {
                found.addAll(describe(bundle, reason(bundle)));
            }
        }
        return found;
    }

    /** Its start was asked for, and the framework is beyond its start level: at the level itself it may be starting. */
    private boolean isWanted(Bundle bundle) {
        BundleStartLevel level = bundle.adapt(BundleStartLevel.class);
        FrameworkStartLevel framework =
                context.getBundle(Constants.SYSTEM_BUNDLE_ID).adapt(FrameworkStartLevel.class);
        return level != null
                && framework != null
                && level.isPersistentlyStarted()
                && level.getStartLevel() < framework.getStartLevel();
    }

    private List<Broken> describe(Bundle bundle, String reason) {
        List<Broken> components = new ArrayList<>();
        String header = bundle.getHeaders("").get("Service-Component");
        if (header != null) {
            for (String path : header.split(",")) {
                String xml = read(bundle, path.strip());
                Matcher name = NAME.matcher(xml);
                Matcher contracts = CONTRACT.matcher(xml);
                List<String> services = new ArrayList<>();
                while (contracts.find()) {
                    services.add(contracts.group(1));
                }
                String component = name.find() ? name.group(1) : bundle.getSymbolicName();
                String type = ComponentTypes.of(component, services);
                if (!type.isEmpty()) {
                    components.add(new Broken(bundle, type, ComponentTypes.implementation(type, component), reason));
                }
            }
        }
        if (components.isEmpty()) {
            String name = bundle.getSymbolicName() == null ? bundle.getLocation() : bundle.getSymbolicName();
            components.add(new Broken(bundle, ComponentTypes.UNKNOWN, name, reason));
        }
        return components;
    }

    private static String read(Bundle bundle, String path) {
        URL entry = bundle.getEntry(path);
        if (entry == null) {
            return "";
        }
        try (InputStream in = entry.openStream()) {
            return new String(in.readNBytes(MAX_DESCRIPTION_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return ""; // the bundle goes at this moment
        }
    }

    private String reason(Bundle bundle) {
        if (bundle.getState() == Bundle.RESOLVED) {
            return "its bundle was stopped by an error when it started: the log has it";
        }
        List<String> unmet = unmet(bundle);
        return unmet.isEmpty()
                ? "its bundle does not resolve: bundle:diag " + bundle.getBundleId() + " tells why"
                : "its bundle does not resolve: it needs " + String.join(", ", unmet);
    }

    /** What no bundle offers. */
    private List<String> unmet(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        FrameworkWiring framework =
                context.getBundle(Constants.SYSTEM_BUNDLE_ID).adapt(FrameworkWiring.class);
        if (revision == null || framework == null) {
            return List.of();
        }
        return revision.getDeclaredRequirements(null).stream()
                .filter(BrokenBundles::isNeeded)
                .filter(requirement -> framework.findProviders(requirement).isEmpty())
                .map(BrokenBundles::text)
                .distinct()
                .collect(Collectors.toList());
    }

    private static boolean isNeeded(Requirement requirement) {
        String resolution = requirement.getDirectives().get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE);
        String effective = requirement.getDirectives().get(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE);
        return !Namespace.RESOLUTION_OPTIONAL.equals(resolution)
                && (effective == null || Namespace.EFFECTIVE_RESOLVE.equals(effective));
    }

    private static String text(Requirement requirement) {
        String filter = Optional.ofNullable(requirement.getDirectives().get(Namespace.REQUIREMENT_FILTER_DIRECTIVE))
                .orElse("");
        if (!requirement.getNamespace().equals(PackageNamespace.PACKAGE_NAMESPACE)) {
            return requirement.getNamespace() + " " + filter;
        }
        Matcher name = Pattern.compile("osgi\\.wiring\\.package=([\\w.]+)").matcher(filter);
        Matcher version = Pattern.compile("\\(version(>=|<=|=)([\\w.-]+)\\)").matcher(filter);
        List<String> versions = new ArrayList<>();
        while (version.find()) {
            boolean below = filter.startsWith("(!", Math.max(0, version.start() - 2));
            versions.add((below ? "below " : version.group(1).equals(">=") ? "from " : "") + version.group(2));
        }
        String range = versions.isEmpty() ? "" : " " + String.join(" ", versions);
        return "package " + (name.find() ? name.group(1) : filter) + range + ", which no bundle exports";
    }
}
