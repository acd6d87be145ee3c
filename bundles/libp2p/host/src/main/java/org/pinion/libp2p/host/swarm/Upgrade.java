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
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.SecureChannel;
import org.pinion.libp2p.host.multistream.ConnectionNegotiation;
import org.pinion.libp2p.host.noise.NoiseHandshakeHandler;
import org.pinion.libp2p.host.pnet.PnetHandler;
import org.pinion.libp2p.host.secure.SecureOutcome;
import org.pinion.libp2p.host.secure.SecureSettings;
import org.pinion.libp2p.host.secure.Secured;
import org.pinion.libp2p.host.websocket.HttpsClient;
import org.pinion.libp2p.host.websocket.WebSocketUpgrade;
import org.pinion.libp2p.host.yamux.YamuxSession;
import org.pinion.libp2p.host.yamux.YamuxStream;

/** The set-up of one connection, step by step. On the event loop of its channel. */
final class Upgrade {
    private static final String GUARD = "guard";

    private final Upgrader.Shared shared;
    private final Upgrader.Settings settings;
    private final Upgrader.Events events;
    private final Optional<PeerId> expected;
    private final CompletableFuture<MuxedConnection> result = new CompletableFuture<>();
    private String label = "";
    private String step = "the protocol negotiation";
    private boolean webSocket;
    private @Nullable Channel channel;
    private @Nullable ScheduledFuture<?> timer;

    Upgrade(Upgrader.Shared shared, Optional<PeerId> expected) {
        this.shared = shared;
        this.settings = shared.settings();
        this.events = shared.events();
        this.expected = expected;
    }

    CompletableFuture<MuxedConnection> start(Channel newChannel, Multiaddr address, Duration timeout) {
        channel = newChannel;
        webSocket =
                Addresses.target(address).filter(Addresses.Target::webSocket).isPresent();
        label = expected.map(peer -> address.withoutPeerId().withPeerId(peer))
                .orElse(address)
                .toString();
        timer = newChannel
                .eventLoop()
                .schedule(() -> fail(timeoutError(timeout)), timeout.toMillis(), TimeUnit.MILLISECONDS);
        newChannel.pipeline().addLast(GUARD, new Guard());
        if (webSocket) {
            step = "the WebSocket upgrade";
            addWebSocket(newChannel.pipeline(), address);
        } else {
            addSecurity(newChannel.pipeline());
        }
        return result;
    }

    private void addWebSocket(ChannelPipeline pipeline, Multiaddr address) {
        Addresses.Target target = Addresses.target(address).orElseThrow();
        if (target.tlsName() != null) {
            step = "the TLS handshake of the WebSocket";
            try {
                pipeline.addBefore(GUARD, "https", HttpsClient.handler(target.tlsName(), target.port()));
            } catch (GeneralSecurityException e) {
                fail(new NetworkException(Reason.HANDSHAKE_FAILED, step + ": " + e.getMessage(), e));
                return;
            }
        }
        pipeline.addBefore(GUARD, "websocket", webSocketUpgrade(address));
    }

    private WebSocketUpgrade webSocketUpgrade(Multiaddr address) {
        WebSocketOpened opened = new WebSocketOpened();
        return expected.isPresent()
                ? WebSocketUpgrade.client(authority(address), shared.random(), opened)
                : WebSocketUpgrade.server(shared.random(), opened);
    }

    private static String authority(Multiaddr address) {
        Addresses.Target target = Addresses.target(address).orElseThrow();
        String host = target.tlsName() == null ? target.host() : target.tlsName();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + target.port();
    }

    private final class WebSocketOpened implements WebSocketUpgrade.Outcome {
        @Override
        public void opened(ChannelHandlerContext ctx) {
            step = "the protocol negotiation";
            addSecurity(ctx.pipeline());
        }

        @Override
        public void failed(NetworkException error) {
            fail(error);
        }
    }

    private void addSecurity(ChannelPipeline pipeline) {
        if (settings.secret() != null) {
            pipeline.addBefore(GUARD, "pnet", new PnetHandler(settings.secret(), shared.random()));
        }
        pipeline.addBefore(
                GUARD,
                "security",
                new ConnectionNegotiation(
                        expected.isPresent(),
                        settings.secureChannels().stream()
                                .map(SecureChannel::protocol)
                                .toList(),
                        new SecurityAgreed()));
    }

    private NetworkException timeoutError(Duration timeout) {
        return new NetworkException(Reason.TIMEOUT, step + " took longer than " + timeout.toMillis() + " ms");
    }

    private final class SecurityAgreed implements ConnectionNegotiation.Outcome {
        @Override
        public void agreed(ChannelHandlerContext ctx, String protocol) {
            var secure =
                    new SecureSettings(expected.isPresent(), settings.key(), expected, List.of(YamuxSession.PROTOCOL));
            if (protocol.equals(SecureChannel.TLS.protocol())) {
                step = "the TLS handshake";
                shared.tls().start(ctx, secure, new ChannelSecured());
            } else {
                step = "the Noise handshake";
                ctx.pipeline()
                        .addAfter(
                                ctx.name(),
                                "noise",
                                new NoiseHandshakeHandler(secure, shared.random(), new ChannelSecured()));
            }
        }

        @Override
        public void failed(NetworkException error) {
            fail(error.reason() == Reason.SECRET_DIFFERS ? secretDiffers(error) : error);
        }
    }

    private NetworkException secretDiffers(@Nullable Throwable cause) {
        PnetHandler pnet = channel == null ? null : channel.pipeline().get(PnetHandler.class);
        String how = "";
        if (pnet == null) {
            how = ": this peer has none, the other side has one or is no libp2p peer";
        } else if (pnet.sawPlainText()) {
            how = ": the other side has none";
        }
        return new NetworkException(Reason.SECRET_DIFFERS, "secret differs" + how, cause);
    }

    private final class ChannelSecured implements SecureOutcome {
        @Override
        public void secured(ChannelHandlerContext ctx, Secured secured) {
            if (secured.muxer().isPresent()) {
                startSession(ctx, secured);
                return;
            }
            step = "the multiplexer negotiation";
            ctx.pipeline()
                    .addAfter(
                            ctx.name(),
                            "muxer",
                            new ConnectionNegotiation(
                                    expected.isPresent(), List.of(YamuxSession.PROTOCOL), new MuxerAgreed(secured)));
        }

        @Override
        public void failed(NetworkException error) {
            fail(error);
        }
    }

    private final class MuxerAgreed implements ConnectionNegotiation.Outcome {
        private final Secured secured;

        private MuxerAgreed(Secured secured) {
            this.secured = secured;
        }

        @Override
        public void agreed(ChannelHandlerContext ctx, String protocol) {
            startSession(ctx, secured);
        }

        @Override
        public void failed(NetworkException error) {
            // inside the secure channel a wrong header has nothing to do with the secret
            fail(new NetworkException(Reason.HANDSHAKE_FAILED, step + ": " + error.getMessage(), error));
        }
    }

    /** The result completes before the first frame of the peer is read, as the frames come after this handler is added. */
    private void startSession(ChannelHandlerContext ctx, Secured secured) {
        if (result.isDone()) {
            return;
        }
        cancelTimer();
        Channel socket = ctx.channel();
        SessionEvents sessionEvents = new SessionEvents();
        YamuxSession session =
                new YamuxSession(expected.isPresent(), settings.maxInboundStreams(), settings.budget(), sessionEvents);
        MuxedConnection.Ends ends = new MuxedConnection.Ends(
                secured.peer(),
                address(socket.remoteAddress()),
                address(socket.localAddress()),
                expected.isPresent(),
                socket instanceof StreamChannel circuit && circuit.limited());
        MuxedConnection connection = new MuxedConnection(ends, session, events);
        sessionEvents.connection = connection;
        ctx.pipeline().addAfter(ctx.name(), "yamux", session);
        ctx.pipeline().remove(GUARD);
        if (events.connectionOpened(connection)) {
            result.complete(connection);
        } else {
            connection.close(MuxedConnection.RESOURCE_LIMIT, "refused, there are too many connections");
            fail(new NetworkException(Reason.LIMIT, "there are too many connections"));
        }
    }

    private Multiaddr address(SocketAddress socket) {
        return socket instanceof StreamChannel.Address circuit
                ? circuit.multiaddr()
                : Addresses.of((InetSocketAddress) socket, webSocket);
    }

    private final class SessionEvents implements YamuxSession.Listener {
        private @Nullable MuxedConnection connection;

        @Override
        public void opened(YamuxStream stream) {
            if (connection != null) {
                events.streamOpened(connection, stream);
            }
        }

        @Override
        public void refused(int openStreams) {
            if (connection != null) {
                events.streamRefused(connection, openStreams);
            }
        }

        @Override
        public void closed(NetworkException reason) {
            if (connection != null) {
                connection.markClosed();
                events.connectionClosed(connection, reason);
            }
        }
    }

    /** Last in the pipeline while the set-up runs: sees what no other handler took. */
    private final class Guard extends ChannelInboundHandlerAdapter {
        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            fail(
                    sawNoPeer(ctx)
                            ? secretDiffers(null)
                            : new NetworkException(
                                    Reason.HANDSHAKE_FAILED, "the peer closed the connection during " + step));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fail(
                    sawNoPeer(ctx)
                            ? secretDiffers(cause)
                            : new NetworkException(Reason.HANDSHAKE_FAILED, step + ": " + cause.getMessage(), cause));
        }

        /** True if the other side has said what no peer of our private network says. */
        private boolean sawNoPeer(ChannelHandlerContext ctx) {
            PnetHandler pnet = ctx.pipeline().get(PnetHandler.class);
            return pnet != null && (pnet.sawLessThanNonce() || pnet.sawPlainText());
        }
    }

    private void fail(NetworkException error) {
        cancelTimer();
        if (result.completeExceptionally(new NetworkException(
                        error.reason(), "handshake with " + label + " failed: " + error.getMessage(), error))
                && channel != null
                && error.reason() != Reason.LIMIT) {
            channel.close();
        }
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
