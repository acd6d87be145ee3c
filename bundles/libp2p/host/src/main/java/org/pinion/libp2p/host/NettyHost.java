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
package org.pinion.libp2p.host;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.ConnectionLimits;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.Peerstore;
import org.pinion.libp2p.api.Reachability;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamHandler;
import org.pinion.libp2p.api.Traffic;
import org.pinion.libp2p.host.autonat.AutoNatClient;
import org.pinion.libp2p.host.autonat.AutoNatService;
import org.pinion.libp2p.host.autonat.OtherIdentity;
import org.pinion.libp2p.host.identify.IdentifyService;
import org.pinion.libp2p.host.identify.ObservedAddresses;
import org.pinion.libp2p.host.multistream.TrafficCounter;
import org.pinion.libp2p.host.peerstore.MemoryPeerstore;
import org.pinion.libp2p.host.ping.PingService;
import org.pinion.libp2p.host.relay.RelayClient;
import org.pinion.libp2p.host.relay.Reservations;
import org.pinion.libp2p.host.swarm.Circuit;
import org.pinion.libp2p.host.swarm.Dials;
import org.pinion.libp2p.host.swarm.Listeners;
import org.pinion.libp2p.host.swarm.MuxedConnection;
import org.pinion.libp2p.host.swarm.Resolver;
import org.pinion.libp2p.host.swarm.Swarm;
import org.pinion.libp2p.host.swarm.Upgrader;
import org.pinion.libp2p.host.yamux.ReceiveBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A libp2p host on Netty: one group of event loops, and all that runs on it. Any thread. */
final class NettyHost implements Host {
    /** On two processors one is enough: two loops would wake each other for what passes from peer to peer. */
    private static final int LOOPS =
            Math.max(1, Math.min(2, Runtime.getRuntime().availableProcessors() / 2));

    private static final long CLOSE_SECONDS = 5;
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host");

    private final HostSettings settings;
    private final PeerId id;
    private final HostThreads threads;
    private final EventLoopGroup group;
    private final Resolver resolver;
    private final MemoryPeerstore peerstore = new MemoryPeerstore(System::nanoTime);
    private final Map<String, StreamHandler> handlers = new ConcurrentHashMap<>();
    private final Swarm swarm;
    private final Dials dials;
    private final Connector connector;
    private final OtherIdentity dialBacks;
    private final Upgrader upgrader;
    private final RelayClient relays;
    private final Reservations reservations;
    private final AutoNatClient autoNat;
    private final Listeners listeners;
    private final IdentifyService identify;
    private final ObservedAddresses observed = new ObservedAddresses(System::nanoTime);
    private final Announced announced;
    private final Misbehaviour misbehaviour = new Misbehaviour();
    private final TrafficCounter traffic = new TrafficCounter(System::nanoTime);

    private NettyHost(HostSettings settings, Clock clock) {
        this.settings = settings;
        this.id = PeerId.of(settings.key().publicKey());
        String text = id.toString();
        String name = "pinion-libp2p-host-" + text.substring(text.length() - 6);
        this.threads = new HostThreads(name);
        this.group = new MultiThreadIoEventLoopGroup(LOOPS, threads, NioIoHandler.newFactory());
        this.resolver = new Resolver(threads);
        this.swarm = new Swarm(settings.limits(), group.next());
        this.upgrader = new Upgrader(
                new Upgrader.Settings(
                        settings.key(),
                        settings.secret(),
                        settings.secureChannels(),
                        settings.limits().maxStreamsPerConnection(),
                        budget(settings.limits())),
                new ConnectionEvents(new HostParts()));
        this.dials = new Dials(
                group,
                upgrader,
                resolver,
                new Dials.Limits(settings.dialTimeout(), settings.limits().maxPendingDials()),
                new Relays());
        this.connector = new Connector(id, peerstore, swarm, dials);
        this.listeners = new Listeners(
                group,
                upgrader,
                settings.handshakeTimeout(),
                (remote, error) -> swarm.notify(listener -> listener.inboundFailed(remote, error)));
        this.relays = new RelayClient(group, new Relays());
        this.reservations = new Reservations(relays, group, clock, this::addressesChanged);
        swarm.listen(reservations);
        this.announced =
                new Announced(settings.announce(), settings.noAnnounce(), listeners::addresses, this::foundAddresses);
        SelfDescription self = new SelfDescription(
                new SelfDescription.Parts(
                        this, settings, clock, handlers::keySet, peerstore, swarm, observed, announced, misbehaviour),
                this::addressesChanged);
        this.identify = new IdentifyService(self, group);
        this.autoNat = new AutoNatClient(self, group, System::nanoTime);
        handlers.put(IdentifyService.PROTOCOL, identify::answer);
        handlers.put(IdentifyService.PUSH_PROTOCOL, identify::receivePush);
        handlers.put(PingService.PROTOCOL, new PingService(group));
        this.dialBacks = new OtherIdentity(group, resolver, settings.secret(), settings.secureChannels());
        handlers.put(AutoNatService.PROTOCOL, new AutoNatService(group, dialBacks, System::nanoTime));
        handlers.put(RelayClient.STOP, relays);
    }

    /** Addresses that no socket of ours is bound to, but where we can be reached. */
    private List<Multiaddr> foundAddresses() {
        List<Multiaddr> all = new ArrayList<>(observed.addresses());
        all.addAll(reservations.addresses());
        return all;
    }

    private void addressesChanged() {
        announced.changed();
        identify.changed();
    }

    @Override
    public void limit(ConnectionLimits limits, Duration dialTimeout) {
        swarm.limit(limits);
        dials.limit(new Dials.Limits(dialTimeout, limits.maxPendingDials()));
    }

    private static ReceiveBudget budget(ConnectionLimits limits) {
        return limits.maxReceivedBytes() == 0 ? ReceiveBudget.ofHeap() : new ReceiveBudget(limits.maxReceivedBytes());
    }

    /** Opens a host; see {@link org.pinion.libp2p.api.HostFactory#open}. */
    static NettyHost open(HostSettings settings, Clock clock) throws IOException {
        NettyHost host = new NettyHost(settings, clock);
        try {
            host.listeners.bind(settings.listen().stream()
                    .filter(address -> !Reservations.isPlace(address))
                    .toList());
            LOG.debug("host {} listens on {}", host.id, host.listeners.addresses());
            settings.listen().stream().filter(Reservations::isPlace).forEach(host.reservations::start);
            host.autoNat.start();
            return host;
        } catch (IOException | RuntimeException e) {
            host.close();
            throw e;
        }
    }

    // ---- identity ----

    @Override
    public PeerId id() {
        return id;
    }

    @Override
    public PublicKey publicKey() {
        return settings.key().publicKey();
    }

    @Override
    public byte[] sign(byte[] data) {
        return settings.key().sign(data);
    }

    @Override
    public List<Multiaddr> listenAddresses() {
        return listeners.addresses();
    }

    @Override
    public List<Multiaddr> addresses() {
        return announced.addresses();
    }

    @Override
    public Reachability reachability() {
        return autoNat.reachability();
    }

    @Override
    public Peerstore peerstore() {
        return peerstore;
    }

    // ---- connections ----

    @Override
    public CompletionStage<Connection> connect(PeerId peer, Collection<Multiaddr> addresses) {
        return connector.connect(peer, addresses);
    }

    @Override
    public CompletionStage<Stream> newStream(PeerId peer, List<String> protocols) {
        return connector.newStream(peer, protocols);
    }

    @Override
    public Collection<Connection> connections() {
        return swarm.all();
    }

    @Override
    public void disconnect(PeerId peer) {
        swarm.disconnect(peer);
    }

    @Override
    public Registration listen(HostListener listener) {
        return swarm.listen(listener);
    }

    @Override
    public Registration protect(PeerId peer) {
        return swarm.protect(peer);
    }

    @Override
    public Optional<NetworkException> lastFailure(PeerId peer) {
        return dials.lastFailure(peer);
    }

    @Override
    public CompletionStage<List<Multiaddr>> resolve(Multiaddr address) {
        return resolver.expand(address);
    }

    // ---- protocols ----

    @Override
    public void handle(String protocol, StreamHandler handler) {
        if (protocol.isEmpty() || protocol.length() > 128 || protocol.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a protocol id has 1 to 128 characters and no newline: " + protocol);
        }
        if (handlers.putIfAbsent(protocol, handler) != null) {
            throw new IllegalStateException("protocol " + protocol + " has a handler already");
        }
        identify.changed();
    }

    @Override
    public void unhandle(String protocol) {
        if (handlers.remove(protocol) != null) {
            identify.changed();
        }
    }

    @Override
    public SortedMap<String, Traffic> traffic() {
        return traffic.all();
    }

    /** What the events of connections change. */
    private final class HostParts implements ConnectionEvents.Parts {
        @Override
        public Map<String, StreamHandler> handlers() {
            return handlers;
        }

        @Override
        public MemoryPeerstore peerstore() {
            return peerstore;
        }

        @Override
        public Swarm swarm() {
            return swarm;
        }

        @Override
        public Misbehaviour misbehaviour() {
            return misbehaviour;
        }

        @Override
        public TrafficCounter traffic() {
            return traffic;
        }

        @Override
        public void connected(MuxedConnection connection) {
            dials.reached(connection.remotePeer());
            identify.ask(connection);
        }
    }

    /** What relays need of us. */
    private final class Relays implements Dials.Owner, RelayClient.Network {
        @Override
        public void dialFailed(PeerId peer, NetworkException error) {
            swarm.notify(listener -> listener.dialFailed(peer, error));
        }

        @Override
        public CompletableFuture<Circuit> openCircuit(PeerId relay, List<Multiaddr> addresses, PeerId target) {
            return relays.open(relay, addresses, target);
        }

        @Override
        public CompletableFuture<Connection> connect(PeerId relay, List<Multiaddr> addresses) {
            return connector.connectDirectly(relay, addresses);
        }

        @Override
        public CompletableFuture<?> accept(Circuit circuit) {
            return upgrader.overRelay(circuit, Optional.empty(), settings.handshakeTimeout());
        }
    }

    @Override
    public void close() {
        for (EventExecutor loop : group) {
            if (loop.inEventLoop()) {
                throw new IllegalStateException("a host must not be closed on one of its event loops");
            }
        }
        reservations.close();
        dials.close();
        dialBacks.close();
        listeners.close();
        swarm.closeAndWait(Duration.ofSeconds(2));
        resolver.close();
        group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        threads.join(Duration.ofSeconds(CLOSE_SECONDS));
    }

    @Override
    public String toString() {
        return "host " + id;
    }
}
