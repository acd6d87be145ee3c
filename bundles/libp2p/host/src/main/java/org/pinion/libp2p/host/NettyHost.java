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
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.ConnectionLimits;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.Peerstore;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamHandler;
import org.pinion.libp2p.host.autonat.AutoNatService;
import org.pinion.libp2p.host.autonat.OtherIdentity;
import org.pinion.libp2p.host.identify.IdentifyMessage;
import org.pinion.libp2p.host.identify.IdentifyService;
import org.pinion.libp2p.host.identify.ObservedAddresses;
import org.pinion.libp2p.host.identify.PeerRecord;
import org.pinion.libp2p.host.peerstore.MemoryPeerstore;
import org.pinion.libp2p.host.ping.PingService;
import org.pinion.libp2p.host.swarm.Dials;
import org.pinion.libp2p.host.swarm.Listeners;
import org.pinion.libp2p.host.swarm.MuxedConnection;
import org.pinion.libp2p.host.swarm.Resolver;
import org.pinion.libp2p.host.swarm.Swarm;
import org.pinion.libp2p.host.swarm.Upgrader;
import org.pinion.libp2p.host.yamux.ReceiveBudget;
import org.pinion.libp2p.host.yamux.YamuxStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A libp2p host on Netty: one group of event loops, and all that runs on it. Any thread. */
final class NettyHost implements Host {
    /** How long addresses live that somebody gave us for a dial. */
    private static final Duration GIVEN_TTL = Duration.ofHours(1);
    /** How long addresses live that a peer told about itself, after its last connection. */
    private static final Duration IDENTIFIED_TTL = Duration.ofHours(24);

    private static final int LOOPS = 2;
    private static final long CLOSE_SECONDS = 5;
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host");

    private final HostSettings settings;
    private final Clock clock;
    private final PeerId id;
    private final HostThreads threads;
    private final EventLoopGroup group;
    private final Resolver resolver;
    private final MemoryPeerstore peerstore = new MemoryPeerstore(System::nanoTime);
    private final Map<String, StreamHandler> handlers = new ConcurrentHashMap<>();
    private final Swarm swarm;
    private final Dials dials;
    private final OtherIdentity dialBacks;
    private final Listeners listeners;
    private final IdentifyService identify;
    private final ObservedAddresses observed = new ObservedAddresses(System::nanoTime);
    private final Announced announced;
    private final Misbehaviour misbehaviour = new Misbehaviour();
    private final AtomicLong recordSeq = new AtomicLong();

    private NettyHost(HostSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.id = PeerId.of(settings.key().publicKey());
        String text = id.toString();
        String name = "pinion-libp2p-host-" + text.substring(text.length() - 6);
        this.threads = new HostThreads(name);
        this.group = new MultiThreadIoEventLoopGroup(LOOPS, threads, NioIoHandler.newFactory());
        this.resolver = new Resolver(threads);
        this.swarm = new Swarm(settings.limits(), group.next());
        Upgrader upgrader = new Upgrader(
                new Upgrader.Settings(
                        settings.key(),
                        settings.secret(),
                        settings.secureChannels(),
                        settings.limits().maxStreamsPerConnection(),
                        budget(settings.limits())),
                new ConnectionEvents());
        this.dials = new Dials(
                group,
                upgrader,
                resolver,
                new Dials.Limits(settings.dialTimeout(), settings.limits().maxPendingDials()));
        this.listeners = new Listeners(group, upgrader, settings.handshakeTimeout());
        this.announced =
                new Announced(settings.announce(), settings.noAnnounce(), listeners::addresses, observed::addresses);
        this.identify = new IdentifyService(new Self(), group);
        handlers.put(IdentifyService.PROTOCOL, identify::answer);
        handlers.put(IdentifyService.PUSH_PROTOCOL, identify::receivePush);
        handlers.put(PingService.PROTOCOL, new PingService(group));
        this.dialBacks = new OtherIdentity(group, resolver, settings.secret(), settings.secureChannels());
        handlers.put(AutoNatService.PROTOCOL, new AutoNatService(group, dialBacks, System::nanoTime));
    }

    private static ReceiveBudget budget(ConnectionLimits limits) {
        return limits.maxReceivedBytes() == 0 ? ReceiveBudget.ofHeap() : new ReceiveBudget(limits.maxReceivedBytes());
    }

    /** Opens a host; see {@link org.pinion.libp2p.api.HostFactory#open}. */
    static NettyHost open(HostSettings settings, Clock clock) throws IOException {
        NettyHost host = new NettyHost(settings, clock);
        try {
            host.listeners.bind(settings.listen());
            LOG.debug("host {} listens on {}", host.id, host.listeners.addresses());
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
    public Peerstore peerstore() {
        return peerstore;
    }

    // ---- connections ----

    @Override
    public CompletionStage<Connection> connect(PeerId peer, Collection<Multiaddr> addresses) {
        if (peer.equals(id)) {
            return CompletableFuture.failedFuture(
                    new NetworkException(Reason.DIAL_FAILED, "cannot connect to ourselves, " + id));
        }
        peerstore.addAddresses(peer, addresses, GIVEN_TTL);
        return swarm.best(peer)
                .map(connection -> CompletableFuture.<Connection>completedFuture(connection))
                .orElseGet(() -> dials.dial(peer, peerstore.addresses(peer)).thenApply(connection -> connection));
    }

    @Override
    public CompletionStage<Stream> newStream(PeerId peer, List<String> protocols) {
        CompletableFuture<Stream> result = new CompletableFuture<>();
        connect(peer, List.of())
                .thenCompose(connection -> connection.newStream(protocols))
                .whenComplete((stream, error) -> {
                    if (error != null) {
                        result.completeExceptionally(error instanceof CompletionException ? error.getCause() : error);
                    } else if (!result.complete(stream)) {
                        // the caller has given up, nobody else would ever close it
                        stream.reset(Stream.RESET_NONE);
                    }
                });
        return result;
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

    /** What the connections report; on their event loops. */
    private final class ConnectionEvents implements Upgrader.Events {
        @Override
        public Set<String> of(PeerId peer) {
            return peerstore.protocols(peer);
        }

        @Override
        public boolean connectionOpened(MuxedConnection connection) {
            if (!swarm.add(connection)) {
                return false;
            }
            LOG.debug("{} is up", connection);
            peerstore.connected(connection.remotePeer(), true, IDENTIFIED_TTL);
            dials.reached(connection.remotePeer());
            identify.ask(connection);
            return true;
        }

        @Override
        public void streamOpened(MuxedConnection connection, YamuxStream stream) {
            connection.accept(stream, handlers::containsKey).whenComplete((agreed, error) -> {
                if (error != null) {
                    LOG.debug("inbound stream of {}: {}", connection.remotePeer(), error.getMessage());
                } else {
                    serve(agreed);
                }
            });
        }

        @Override
        public void connectionClosed(MuxedConnection connection, NetworkException reason) {
            if (misbehaviour.isNew(connection.remotePeer(), reason)) {
                LOG.warn("{} is closed: {}", connection, reason.getMessage());
            } else {
                LOG.debug("{} is closed: {}", connection, reason.getMessage());
            }
            if (swarm.remove(connection)) {
                peerstore.connected(connection.remotePeer(), false, IDENTIFIED_TTL);
            }
        }
    }

    private void serve(Stream stream) {
        StreamHandler handler = handlers.get(stream.protocol());
        if (handler == null) {
            stream.reset(Stream.RESET_NEGOTIATION_FAILED);
            return;
        }
        try {
            handler.accept(stream);
        } catch (RuntimeException e) {
            LOG.warn("the handler of {} failed on a stream of {}", stream.protocol(), stream.remotePeer(), e);
            stream.reset(Stream.RESET_NONE);
        }
    }

    /** What identify needs of us. */
    private final class Self implements IdentifyService.Self {
        @Override
        public IdentifyMessage describe() {
            return new IdentifyMessage(
                    publicKey().marshal(),
                    addresses(),
                    List.copyOf(new TreeSet<>(handlers.keySet())),
                    null,
                    settings.protocolVersion(),
                    settings.agentVersion(),
                    new byte[0]);
        }

        @Override
        public byte[] signRecord(List<Multiaddr> addresses) {
            Instant now = clock.instant();
            long nanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
            long seq = recordSeq.updateAndGet(last -> Math.max(last + 1, nanos));
            return new PeerRecord(id, seq, addresses).seal(NettyHost.this);
        }

        @Override
        public Collection<Connection> connections() {
            return swarm.all();
        }

        @Override
        public Set<String> protocols(PeerId peer) {
            return peerstore.protocols(peer);
        }

        @Override
        public void learned(PeerInfo info) {
            peerstore.identified(info, IDENTIFIED_TTL);
            swarm.notify(listener -> listener.peerIdentified(info));
        }

        @Override
        public void observed(Connection connection, Multiaddr address) {
            if (observed.observed(connection, address)) {
                announced.changed();
                identify.changed();
            }
        }
    }

    @Override
    public void close() {
        for (EventExecutor loop : group) {
            if (loop.inEventLoop()) {
                throw new IllegalStateException("a host must not be closed on one of its event loops");
            }
        }
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
