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

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.host.swarm.Addresses.Target;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listening sockets of a host. Thread-safe. */
public final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.libp2p.host");
    /** Inbound connections whose set-up is not finished; more are closed at once. */
    private static final int MAX_HANDSHAKES = 256;

    private static final long SECRET_WARNING_NANOS = Duration.ofMinutes(10).toNanos();
    private static final int MAX_WARNED = 256;

    private final Upgrader upgrader;
    private final Duration handshakeTimeout;
    private final ServerBootstrap bootstrap;
    private final InboundLimits limits = new InboundLimits(System::nanoTime);
    private final AtomicInteger handshakes = new AtomicInteger();
    private final BiConsumer<Multiaddr, NetworkException> onFailure;
    /** When the operator was told of a machine with another secret. */
    private final Map<String, Long> warned = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_WARNED;
        }
    };

    private final Map<Channel, Boolean> channels = new LinkedHashMap<>();

    /** With somebody who hears of every inbound connection whose set-up failed; on an event loop. */
    public Listeners(
            EventLoopGroup group,
            Upgrader upgrader,
            Duration handshakeTimeout,
            BiConsumer<Multiaddr, NetworkException> onFailure) {
        this.onFailure = onFailure;
        this.upgrader = upgrader;
        this.handshakeTimeout = handshakeTimeout;
        this.bootstrap = new ServerBootstrap()
                .group(group)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 256)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Dials.WATER_MARK);
    }

    private void accept(Channel channel, boolean webSocket) {
        InetSocketAddress socket = (InetSocketAddress) channel.remoteAddress();
        if (!limits.opened(socket.getAddress())) {
            LOG.debug("closing an inbound connection of {}: it has too many, or opens them too fast", socket);
            channel.close();
            return;
        }
        channel.closeFuture().addListener(done -> limits.closed(socket.getAddress()));
        if (handshakes.incrementAndGet() > MAX_HANDSHAKES) {
            handshakes.decrementAndGet();
            LOG.debug("closing an inbound connection: {} handshakes are under way", MAX_HANDSHAKES);
            channel.close();
            return;
        }
        Multiaddr remote = Addresses.of(socket, webSocket);
        upgrader.inbound(channel, remote, handshakeTimeout).whenComplete((connection, error) -> {
            handshakes.decrementAndGet();
            if (error != null) {
                report(remote, error);
            }
        });
    }

    /** A wrong secret is an operator's concern, but not one line per attempt. */
    private void report(Multiaddr remote, Throwable error) {
        if (!(error instanceof NetworkException known)) {
            LOG.debug("inbound {}", error.getMessage());
            return;
        }
        if (known.reason() == Reason.SECRET_DIFFERS && isNews(remote)) {
            LOG.warn("inbound {}", known.getMessage());
        } else {
            LOG.debug("inbound {}", known.getMessage());
        }
        onFailure.accept(remote, known);
    }

    private boolean isNews(Multiaddr remote) {
        String machine = remote.components().get(0).toString();
        long now = System.nanoTime();
        synchronized (warned) {
            Long before = warned.get(machine);
            if (before != null && now - before < SECRET_WARNING_NANOS) {
                return false;
            }
            warned.remove(machine);
            warned.put(machine, now);
            return true;
        }
    }

    /**
     * Binds addresses; one good one is enough, unsupported transports are skipped.
     *
     * @throws IOException if there are addresses and none could be bound
     */
    public void bind(List<Multiaddr> addresses) throws IOException {
        List<String> failures = new ArrayList<>();
        for (Multiaddr address : addresses) {
            Optional<Target> target = Addresses.target(address);
            if (target.isEmpty() || target.get().isName() || target.get().tls()) {
                LOG.debug("not listening on {}: only /ip4 and /ip6 with /tcp or /tcp/…/ws are supported", address);
                failures.add(address + ": not supported, need /ip4/…/tcp/… or /ip6/…/tcp/…, with or without /ws");
                continue;
            }
            ChannelFuture bound = bind(target.get()).awaitUninterruptibly();
            if (bound.isSuccess()) {
                synchronized (this) {
                    channels.put(bound.channel(), target.get().webSocket());
                }
            } else {
                failures.add(address + ": " + bound.cause().getMessage());
                LOG.debug("not listening on {}: {}", address, bound.cause().getMessage());
            }
        }
        if (!addresses.isEmpty() && addresses().isEmpty()) {
            throw new IOException("cannot listen on any address: " + String.join("; ", failures));
        }
    }

    /** The family is given, as a socket of both families would make 0.0.0.0 the IPv6 wildcard. */
    private ChannelFuture bind(Target target) {
        SocketProtocolFamily family =
                target.family() == Addresses.Family.V6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        return bootstrap
                .clone()
                .channelFactory(() -> new NioServerSocketChannel(SelectorProvider.provider(), family))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, target.webSocket());
                    }
                })
                .bind(target.host(), target.port());
    }

    /** The bound addresses, with real ports. */
    public synchronized List<Multiaddr> addresses() {
        List<Multiaddr> bound = new ArrayList<>();
        channels.forEach(
                (channel, webSocket) -> bound.add(Addresses.of((InetSocketAddress) channel.localAddress(), webSocket)));
        return List.copyOf(bound);
    }

    /** Stops listening. */
    public void close() {
        List<Channel> open;
        synchronized (this) {
            open = List.copyOf(channels.keySet());
            channels.clear();
        }
        open.forEach(channel -> channel.close().awaitUninterruptibly());
    }
}
