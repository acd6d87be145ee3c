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
package org.pinion.cluster;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.LocalDiscoveries;
import org.pinion.libp2p.api.PubSub;
import org.pinion.libp2p.api.PubSubs;
import org.pinion.libp2p.api.Routing;
import org.pinion.libp2p.api.Routings;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.config.ClusterSettings;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.consensus.TrustPolicy;
import org.pinion.spi.exec.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The libp2p host of this cluster peer. Registers {@link Host}, {@link PubSub} and, while there are {@link Routings},
 * {@link Routing} with the service property {@code pinion.host=cluster}. Fails to activate, with the address in the
 * message, when it cannot listen. When settings change that a running host cannot take, it is closed and opened anew;
 * all others leave it alone.
 */
@Component(
        name = "org.pinion.cluster.host",
        service = {},
        immediate = true)
public final class ClusterHost {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");

    private final BundleContext context;
    private final OpenHost.Means means;
    private @Nullable ClusterConfig config;
    private @Nullable Relevant opened;
    private @Nullable ClusterSettings openedWith;
    private @Nullable OpenHost host;
    private @Nullable Routings routings;
    private @Nullable LocalDiscoveries discoveries;
    private volatile @Nullable TrustPolicy trust;

    /** What a running host cannot take: a change of these opens it anew. */
    private record Relevant(
            List<Multiaddr> listen,
            List<Multiaddr> announce,
            List<Multiaddr> noAnnounce,
            ClusterSettings.Resources resources,
            String peerstoreFile) {
        static Relevant of(ClusterSettings settings) {
            return new Relevant(
                    settings.listen(),
                    settings.announce(),
                    settings.noAnnounce(),
                    settings.resources(),
                    settings.peerstoreFile());
        }
    }

    /** Opens nothing yet: the section comes after. */
    @Activate
    public ClusterHost(
            BundleContext context,
            @Reference HostFactory hosts,
            @Reference PubSubs pubsubs,
            @Reference Secrets secrets,
            @Reference PeerFolder folder,
            @Reference Executors executors) {
        this.context = context;
        means = new OpenHost.Means(hosts, pubsubs, secrets, folder, executors, this::isTrusted);
    }

    private boolean isTrusted(PeerId peer) {
        TrustPolicy asked = trust;
        return asked != null && asked.isTrusted(peer);
    }

    /** The section came or changed. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, unbind = "unsetConfig")
    synchronized void setConfig(ClusterConfig came) {
        config = came;
        Relevant wanted = Relevant.of(came.settings());
        if (opened == null) {
            return;
        }
        ClusterSettings before = Objects.requireNonNull(openedWith);
        if (opened.equals(wanted) && host != null) {
            openedWith = came.settings();
            host.configure(came.settings());
            discover();
            return;
        }
        LOG.info("the cluster host is opened anew with changed settings");
        closeHost();
        try {
            open(came.settings());
        } catch (RuntimeException e) {
            LOG.error("the cluster host cannot be opened with the changed settings, correct them: {}", e.getMessage());
            openAgain(before);
        }
    }

    /** The old addresses are better than none. */
    private void openAgain(ClusterSettings before) {
        try {
            open(before);
            LOG.warn("the cluster host listens where it did before: {}", before.listen());
        } catch (RuntimeException e) {
            LOG.error("the cluster host cannot be opened at all: {}", e.getMessage());
        }
    }

    synchronized void unsetConfig(ClusterConfig gone) {
        if (gone.equals(config)) {
            config = null;
        }
    }

    /** Peers can be found with the help of others; without it only those that are known by address are. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetRoutings")
    synchronized void setRoutings(Routings came) {
        routings = came;
        if (host != null) {
            host.route(came);
        }
    }

    synchronized void unsetRoutings(Routings gone) {
        if (gone.equals(routings)) {
            routings = null;
            if (host != null) {
                host.unroute();
            }
        }
    }

    /** Peers can be found on the local network. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetDiscoveries")
    synchronized void setDiscoveries(LocalDiscoveries came) {
        discoveries = came;
        discover();
    }

    synchronized void unsetDiscoveries(LocalDiscoveries gone) {
        if (gone.equals(discoveries)) {
            discoveries = null;
            discover();
        }
    }

    /** Switched on by {@code mdns_interval}; its length means nothing, as in the reference. */
    private void discover() {
        OpenHost open = host;
        ClusterConfig current = config;
        if (open != null && current != null) {
            Duration interval = current.settings().mdnsInterval();
            open.discover(interval.isZero() || interval.isNegative() ? null : discoveries);
        }
    }

    /** The consensus component says whom it trusts. */
    @Reference(policy = DYNAMIC, policyOption = GREEDY, cardinality = OPTIONAL, unbind = "unsetTrust")
    synchronized void setTrust(TrustPolicy came) {
        trust = came;
        if (host != null) {
            host.trustChanged();
        }
    }

    synchronized void unsetTrust(TrustPolicy gone) {
        if (gone.equals(trust)) {
            trust = null;
        }
    }

    /** Opens the host, registers it and starts to dial. */
    @Activate
    synchronized void activate() {
        ClusterConfig current = config;
        if (current != null) {
            open(current.settings());
        }
    }

    private void open(ClusterSettings settings) {
        opened = Relevant.of(settings);
        openedWith = settings;
        OpenHost open = OpenHost.open(context, means, settings);
        host = open;
        if (routings != null) {
            open.route(routings);
        }
        discover();
    }

    /** Saves the peers, takes the services away and closes the host. */
    @Deactivate
    synchronized void closeHost() {
        OpenHost current = host;
        host = null;
        if (current != null) {
            current.close();
        }
    }
}
