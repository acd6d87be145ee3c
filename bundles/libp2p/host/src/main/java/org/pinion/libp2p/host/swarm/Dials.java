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
package org.pinion.libp2p.host.swarm;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.host.swarm.Addresses.Target;

/** All dials of a host: one at a time per peer, a bounded number at once, with back-off. Any thread. */
public final class Dials implements PeerDial.Sockets {
    /** Bytes that wait for the socket before streams stop to send, and before they go on. */
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 * 1024, 256 * 1024);

    private static final int MAX_WAITING = 1024;
    private static final int MAX_ADDRESSES = 16;
    private static final int MAX_FAILURES = 1024;

    /**
     * Bounds of dialing.
     *
     * @param timeout of one peer, handshake included
     * @param maxRunning peers dialed at once
     */
    public record Limits(Duration timeout, int maxRunning) {}

    /** Whose dials these are; called on event loops. */
    public interface Owner {
        /** A dial failed at all addresses. */
        void dialFailed(PeerId peer, NetworkException error);

        /** Opens a stream to a peer over a relay; completes on the event loop of the connection to the relay. */
        CompletableFuture<Circuit> openCircuit(PeerId relay, List<Multiaddr> addresses, PeerId target);
    }

    private static final class Nobody implements Owner {
        @Override
        public void dialFailed(PeerId peer, NetworkException error) {}

        @Override
        public CompletableFuture<Circuit> openCircuit(PeerId relay, List<Multiaddr> addresses, PeerId target) {
            return CompletableFuture.failedFuture(
                    new NetworkException(Reason.NO_ADDRESS, "relays are not used here, " + relay + " was not asked"));
        }
    }

    private final Bootstrap bootstrap;
    private final EventLoopGroup group;
    private final Upgrader upgrader;
    private final Resolver resolver;
    private volatile Limits limits;
    private final Owner owner;
    private final BackOff backOff = new BackOff(System::nanoTime);
    /** Why the last dial of a peer failed, until it is there. */
    private final Map<PeerId, NetworkException> failures = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PeerId, NetworkException> eldest) {
            return size() > MAX_FAILURES;
        }
    };

    private final Map<PeerId, PeerDial> dials = new HashMap<>();
    private final ArrayDeque<PeerDial> waiting = new ArrayDeque<>();
    private int running;
    private boolean closed;

    public Dials(EventLoopGroup group, Upgrader upgrader, Resolver resolver, Limits limits) {
        this(group, upgrader, resolver, limits, new Nobody());
    }

    /** For an owner who knows relays and wants to hear of failures. */
    public Dials(EventLoopGroup group, Upgrader upgrader, Resolver resolver, Limits limits, Owner owner) {
        this.owner = owner;
        this.group = group;
        this.upgrader = upgrader;
        this.resolver = resolver;
        this.limits = limits;
        this.bootstrap = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        Math.min(5000, limits.timeout().toMillis()))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        // the handlers come once the socket is connected
                    }
                });
    }

    /** Takes other limits; dials that run keep theirs. */
    public void limit(Limits changed) {
        limits = changed;
    }

    /** Dials a peer, or joins the dial that is under way. */
    public CompletableFuture<MuxedConnection> dial(PeerId peer, List<Multiaddr> addresses) {
        PeerDial dial;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(closedError());
            }
            dial = dials.get(peer);
            if (dial != null) {
                return dial.result().copy();
            }
            List<Multiaddr> usable = new ArrayList<>();
            NetworkException refusal = select(peer, addresses, usable);
            if (refusal == null && waiting.size() >= MAX_WAITING) {
                refusal = new NetworkException(Reason.LIMIT, MAX_WAITING + " dials wait already, not dialing " + peer);
            }
            if (refusal != null) {
                return CompletableFuture.failedFuture(refusal);
            }
            dial = new PeerDial(peer, usable, this, backOff, group.next());
            dials.put(peer, dial);
            waiting.add(dial);
        }
        PeerDial added = dial;
        ScheduledFuture<?> timer = group.next()
                .schedule(() -> added.expire(limits.timeout()), limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
        CompletableFuture<MuxedConnection> result = added.result().copy();
        added.result().whenComplete((connection, error) -> {
            timer.cancel(false);
            done(peer, added, error);
        });
        startWaiting();
        return result;
    }

    private @Nullable NetworkException select(PeerId peer, List<Multiaddr> addresses, List<Multiaddr> usable) {
        Duration pause = Duration.ZERO;
        for (Multiaddr address : addresses) {
            if (usable.size() == MAX_ADDRESSES || !isDialable(address)) {
                continue;
            }
            Duration each = backOff.pause(peer, address);
            if (each.isZero()) {
                usable.add(address);
            } else {
                pause = pause.isZero() || each.compareTo(pause) < 0 ? each : pause;
            }
        }
        if (!usable.isEmpty()) {
            return null;
        }
        if (!pause.isZero()) {
            NetworkException last = failures.get(peer);
            return new NetworkException(
                    Reason.BACK_OFF,
                    peer + " did not answer, it is dialed again in " + (pause.toMillis() + 1) + " ms at the earliest"
                            + (last == null ? "" : "; the last time: " + last.getMessage()),
                    last);
        }
        return new NetworkException(
                Reason.NO_ADDRESS,
                "no usable address of " + peer + (addresses.isEmpty() ? "" : " among " + addresses + ", need TCP"));
    }

    private static boolean isDialable(Multiaddr address) {
        return DnsAddresses.isDnsAddress(address)
                || Addresses.target(address).isPresent()
                || Addresses.relay(address).isPresent();
    }

    private void startWaiting() {
        while (true) {
            PeerDial next;
            synchronized (this) {
                if (running >= limits.maxRunning() || waiting.isEmpty()) {
                    return;
                }
                next = waiting.remove();
                running++;
            }
            next.start();
        }
    }

    private void done(PeerId peer, PeerDial dial, @Nullable Throwable error) {
        NetworkException failure =
                error instanceof NetworkException known && known.reason() != Reason.CLOSED ? known : null;
        synchronized (this) {
            failures.remove(peer);
            if (failure != null) {
                failures.put(peer, failure);
            }
            dials.remove(peer, dial);
            if (!waiting.remove(dial)) {
                running--;
            }
        }
        if (failure != null) {
            owner.dialFailed(peer, failure);
        }
        startWaiting();
    }

    /** Why the last dial of a peer failed, unless it is there since. */
    public synchronized Optional<NetworkException> lastFailure(PeerId peer) {
        return Optional.ofNullable(failures.get(peer));
    }

    /** A peer came to us: it may be dialed again at once. */
    public void reached(PeerId peer) {
        backOff.clear(peer);
        synchronized (this) {
            failures.remove(peer);
        }
    }

    /** Fails all dials, now and later. */
    public void close() {
        List<PeerDial> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(dials.values());
        }
        open.forEach(dial -> dial.abort(closedError()));
    }

    private static NetworkException closedError() {
        return new NetworkException(Reason.CLOSED, "the host is closed");
    }

    @Override
    public ChannelFuture connect(InetSocketAddress socket) {
        return bootstrap.connect(socket);
    }

    @Override
    public CompletableFuture<MuxedConnection> upgrade(Channel channel, PeerId peer, Multiaddr address) {
        CompletableFuture<MuxedConnection> result = upgrader.outbound(channel, peer, address, limits.timeout());
        channel.config().setAutoRead(true);
        return result;
    }

    @Override
    public CompletableFuture<List<Multiaddr>> expand(Multiaddr address) {
        return resolver.expand(address);
    }

    @Override
    public CompletableFuture<List<InetSocketAddress>> resolve(Target target) {
        return resolver.resolve(target);
    }

    @Override
    public CompletableFuture<MuxedConnection> overRelay(Multiaddr address, PeerId peer) {
        Multiaddr relay = Addresses.relay(address).orElseThrow();
        PeerId id = relay.peerId().orElseThrow();
        Multiaddr at = relay.withoutPeerId();
        return owner.openCircuit(id, at.isEmpty() ? List.of() : List.of(at), peer)
                .thenCompose(circuit -> upgrader.overRelay(circuit, Optional.of(peer), limits.timeout()));
    }
}
