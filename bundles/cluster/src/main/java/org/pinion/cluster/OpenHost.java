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

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.ConnectionLimits;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.LocalDiscoveries;
import org.pinion.libp2p.api.NetworkSecret;
import org.pinion.libp2p.api.PubSub;
import org.pinion.libp2p.api.PubSubSettings;
import org.pinion.libp2p.api.PubSubs;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Routing;
import org.pinion.libp2p.api.RoutingSettings;
import org.pinion.libp2p.api.Routings;
import org.pinion.spi.cluster.Bandwidth;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.config.ClusterSettings;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.config.Secrets;
import org.pinion.spi.exec.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open cluster host with everything on it that this bundle owns. Its owner calls it from one thread at a time. */
final class OpenHost {
    private static final int MAX_MESSAGE_BYTES = 1 << 20;
    private static final int PEER_QUEUE = 128;
    private static final long LEAST_MEMORY = 1 << 20;
    private static final String DISCOVERY = "_ipfs-cluster-discovery._udp";
    private static final double GOSSIP_FACTOR = 0.25;

    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");

    private final BundleContext context;
    private final RoutedHost host;
    private final PubSub pubsub;
    private final PeerKeeper keeper;
    private final Registration registration;
    private final List<ServiceRegistration<?>> services;
    private @Nullable Routing routing;
    private @Nullable ServiceRegistration<?> routingService;
    private @Nullable LocalDiscoveries discovering;
    private @Nullable Registration discovery;

    /**
     * What opens a host.
     *
     * @param hosts opens the host itself
     * @param pubsubs opens publish-subscribe on it
     * @param secrets identity and network secret
     * @param folder where the peerstore file is
     * @param executors time and threads
     * @param trusted whose connections are kept and whose addresses come first
     */
    record Means(
            HostFactory hosts,
            PubSubs pubsubs,
            Secrets secrets,
            PeerFolder folder,
            Executors executors,
            Predicate<PeerId> trusted) {}

    private OpenHost(
            BundleContext context,
            RoutedHost host,
            PubSub pubsub,
            PeerKeeper keeper,
            Registration registration,
            List<ServiceRegistration<?>> services) {
        this.context = context;
        this.host = host;
        this.pubsub = pubsub;
        this.keeper = keeper;
        this.registration = registration;
        this.services = services;
    }

    /**
     * Opens a host, registers its services and starts to dial.
     *
     * @throws IllegalStateException if it cannot listen; the message names the address
     */
    static OpenHost open(BundleContext context, Means means, ClusterSettings settings) {
        Host host = host(means, settings);
        PubSub pubsub;
        try {
            pubsub = means.pubsubs.open(host, pubsubSettings(settings));
        } catch (RuntimeException e) {
            host.close();
            throw e;
        }
        Path file = means.folder.root().resolve(settings.peerstoreFile());
        PeerKeeper keeper = new PeerKeeper(host, file, settings.connections().low(), means.trusted, means.executors);
        Registration registration = host.listen(keeper);
        ClusterEvents.listening(host.addresses().stream()
                .map(address -> address.withPeerId(host.id()))
                .toList());
        RoutedHost routed = new RoutedHost(host, keeper::strangers);
        List<ServiceRegistration<?>> services = new ArrayList<>();
        services.add(context.registerService(Host.class, routed, forCluster()));
        services.add(context.registerService(PubSub.class, pubsub, forCluster()));
        services.add(context.registerService(Bandwidth.class, () -> usage(host), null));
        List<Multiaddr> configured = new ArrayList<>(settings.peerAddresses());
        configured.addAll(settings.bootstrap());
        keeper.start(configured);
        return new OpenHost(context, routed, pubsub, keeper, registration, services);
    }

    /** Takes what a running host can: no connection is lost. */
    void configure(ClusterSettings settings) {
        host.plain().limit(limits(settings), settings.dialPeerTimeout());
        pubsub.configure(pubsubSettings(settings));
        keeper.configure(settings.peerAddresses(), settings.connections().low());
    }

    private static Host host(Means means, ClusterSettings settings) {
        NetworkSecret secret =
                means.secrets.clusterSecret().map(NetworkSecret::of).orElse(null);
        if (secret == null) {
            ClusterEvents.openNetwork();
        }
        HostSettings wanted = HostSettings.of(means.secrets.privateKey())
                .withSecret(secret)
                .withListen(settings.listen())
                .withAnnounce(settings.announce(), settings.noAnnounce())
                .withVersions(Versions.AGENT, "")
                .withLimits(limits(settings), settings.dialPeerTimeout());
        try {
            return means.hosts.open(wanted);
        } catch (IOException e) {
            // its message names the address; the cause would hide it in the line that the operator sees
            throw new IllegalStateException(e.getMessage());
        }
    }

    /**
     * Connection manager and resource manager. The host bounds received bytes by the heap anyway: a larger limit of
     * memory, or none, cannot be honoured by it.
     */
    static ConnectionLimits limits(ClusterSettings settings) {
        ClusterSettings.Connections connections = settings.connections();
        ConnectionLimits limits =
                ConnectionLimits.DEFAULT.withWater(connections.low(), connections.high(), connections.grace());
        ClusterSettings.Resources resources = settings.resources();
        if (!resources.enabled()) {
            return limits.withResources(0, Integer.MAX_VALUE);
        }
        long wanted = resources.memoryBytes();
        long most = Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() / 2);
        long memory = wanted == 0 ? 0 : Math.max(LEAST_MEMORY, Math.min(wanted, most));
        return limits.withResources(memory, (int) Math.min(Integer.MAX_VALUE, resources.fileDescriptors()));
    }

    /** The mesh grows with {@code d_factor} as in the reference. */
    static PubSubSettings pubsubSettings(ClusterSettings settings) {
        ClusterSettings.Pubsub pubsub = settings.pubsub();
        int d = pubsub.dFactor();
        return new PubSubSettings(
                pubsub.heartbeat(),
                new PubSubSettings.Mesh(6 * d, 5 * d, 12 * d, 4 * d, 2 * d, 6 * d),
                GOSSIP_FACTOR,
                pubsub.historyLength(),
                pubsub.historyGossip(),
                pubsub.seenTtl(),
                pubsub.floodPublish(),
                !settings.followerMode(),
                MAX_MESSAGE_BYTES,
                PEER_QUEUE);
    }

    private static SortedMap<String, Bandwidth.Usage> usage(Host host) {
        SortedMap<String, Bandwidth.Usage> usage = new TreeMap<>();
        host.traffic()
                .forEach((protocol, traffic) -> usage.put(
                        protocol,
                        new Bandwidth.Usage(
                                traffic.inBytes(), traffic.outBytes(), traffic.inRate(), traffic.outRate())));
        return usage;
    }

    private static Dictionary<String, Object> forCluster() {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("pinion.host", "cluster");
        return properties;
    }

    /** Finds peers with the help of others from now on. */
    void route(Routings routings) {
        unroute();
        try {
            Routing opened = routings.open(host.plain(), RoutingSettings.CLUSTER);
            routing = opened;
            host.route(opened);
            routingService = context.registerService(Routing.class, opened, forCluster());
        } catch (IllegalStateException e) {
            LOG.warn("peers are not found with the help of others: {}", e.getMessage());
        }
    }

    /** Only known addresses count from now on. */
    void unroute() {
        Routing old = routing;
        ServiceRegistration<?> service = routingService;
        routing = null;
        routingService = null;
        host.route(null);
        if (service != null) {
            service.unregister();
        }
        if (old != null) {
            old.close();
        }
    }

    /** Finds peers on the local network from now on, with these means; with null not any more. */
    void discover(@Nullable LocalDiscoveries wanted) {
        if (Objects.equals(wanted, discovering)) {
            return;
        }
        Registration old = discovery;
        discovering = wanted;
        discovery = null;
        if (old != null) {
            old.close();
        }
        if (wanted != null) {
            discovery = wanted.open(host.plain(), DISCOVERY, keeper::found);
        }
    }

    /** Somebody else is trusted now. */
    void trustChanged() {
        keeper.trustChanged();
    }

    /** Saves the peers, takes the services away and closes the host. */
    void close() {
        discover(null);
        keeper.close();
        registration.close();
        services.forEach(ServiceRegistration::unregister);
        unroute();
        pubsub.close();
        host.close();
    }
}
