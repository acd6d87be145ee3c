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

import io.netty.channel.Channel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkSecret;
import org.pinion.libp2p.api.SecureChannel;
import org.pinion.libp2p.host.tls.TlsSecurity;
import org.pinion.libp2p.host.yamux.ReceiveBudget;
import org.pinion.libp2p.host.yamux.YamuxStream;

/** Turns sockets into connections: WebSocket, private network, secure channel, yamux. Any thread. */
public final class Upgrader {
    /** Hears about finished connections; called on their event loops. */
    public interface Events extends MuxedConnection.KnownProtocols {
        /** A connection is set up; false refuses it. Nothing of the peer was read yet. */
        boolean connectionOpened(MuxedConnection connection);

        /** A peer opened a stream; its protocol is not agreed yet. */
        void streamOpened(MuxedConnection connection, YamuxStream stream);

        /** A peer opened more streams than it may. */
        default void streamRefused(MuxedConnection connection, int openStreams) {}

        /** A connection is gone. */
        void connectionClosed(MuxedConnection connection, NetworkException reason);
    }

    /**
     * What all connections of a host share.
     *
     * @param key our identity
     * @param secret the private network; null for the public one
     * @param secureChannels in order of preference
     * @param maxInboundStreams streams that a peer may have open on a connection
     * @param budget received bytes that may wait for readers
     */
    public record Settings(
            PrivateKey key,
            @Nullable NetworkSecret secret,
            List<SecureChannel> secureChannels,
            int maxInboundStreams,
            ReceiveBudget budget) {
        public Settings {
            secureChannels = List.copyOf(secureChannels);
        }
    }

    /** What all set-ups of a host share. */
    record Shared(Settings settings, Events events, SecureRandom random, TlsSecurity tls) {}

    private final Shared shared;

    public Upgrader(Settings settings, Events events) {
        SecureRandom random = new SecureRandom();
        this.shared = new Shared(settings, events, random, new TlsSecurity(settings.key(), random));
    }

    /**
     * Sets up a connection that we dialed, within {@code timeout}. To be called on the event loop of the channel, as the
     * next one. The socket is closed when the set-up fails.
     */
    CompletableFuture<MuxedConnection> outbound(Channel channel, PeerId expected, Multiaddr address, Duration timeout) {
        return new Upgrade(shared, Optional.of(expected)).start(channel, address, timeout);
    }

    /**
     * Sets up a connection over a relay, as the dialer if a peer is expected. To be called on the event loop of the
     * connection to the relay. The stream is closed when the set-up fails.
     */
    public CompletableFuture<MuxedConnection> overRelay(Circuit circuit, Optional<PeerId> expected, Duration timeout) {
        if (!(circuit.stream().connection() instanceof MuxedConnection carrier)) {
            throw new IllegalArgumentException("a circuit has to be on a connection of this host: " + circuit);
        }
        StreamChannel channel = new StreamChannel(circuit);
        carrier.eventLoop().register(channel);
        CompletableFuture<MuxedConnection> result =
                new Upgrade(shared, expected).start(channel, channel.remote(), timeout);
        channel.config().setAutoRead(true);
        return result;
    }

    /** Sets up a connection that a peer dialed; as {@link #outbound}. */
    CompletableFuture<MuxedConnection> inbound(Channel channel, Multiaddr address, Duration timeout) {
        return new Upgrade(shared, Optional.empty()).start(channel, address, timeout);
    }
}
