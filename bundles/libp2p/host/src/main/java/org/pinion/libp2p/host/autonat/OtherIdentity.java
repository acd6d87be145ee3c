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
package org.pinion.libp2p.host.autonat;

import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.NetworkSecret;
import org.pinion.libp2p.api.SecureChannel;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.host.swarm.Dials;
import org.pinion.libp2p.host.swarm.MuxedConnection;
import org.pinion.libp2p.host.swarm.Resolver;
import org.pinion.libp2p.host.swarm.Upgrader;
import org.pinion.libp2p.host.yamux.ReceiveBudget;
import org.pinion.libp2p.host.yamux.YamuxStream;

/** Dials with a key of its own, which is made for the first dial; connections are closed at once. Thread-safe. */
public final class OtherIdentity implements AutoNatService.DialBack, AutoCloseable {
    private static final int MAX_DIALS = 4;
    private static final int MAX_STREAMS = 4;
    private static final long MAX_RECEIVED_BYTES = 64 * 1024;

    private final EventLoopGroup group;
    private final Resolver resolver;
    private final @Nullable NetworkSecret secret;
    private final List<SecureChannel> channels;
    private @Nullable Dials dials;
    private boolean closed;

    /** Dials in the same network as the host whose event loops these are. */
    public OtherIdentity(
            EventLoopGroup group, Resolver resolver, @Nullable NetworkSecret secret, List<SecureChannel> channels) {
        this.group = group;
        this.resolver = resolver;
        this.secret = secret;
        this.channels = List.copyOf(channels);
    }

    @Override
    public CompletableFuture<Multiaddr> dial(PeerId peer, List<Multiaddr> addresses) {
        Dials current = dials();
        if (current == null) {
            return CompletableFuture.failedFuture(new NetworkException(Reason.CLOSED, "the host is closed"));
        }
        return current.dial(peer, addresses).thenApply(connection -> {
            connection.close();
            return connection.remoteAddress();
        });
    }

    private synchronized @Nullable Dials dials() {
        if (dials == null && !closed) {
            Upgrader.Settings settings = new Upgrader.Settings(
                    PrivateKey.generate(KeyType.ED25519),
                    secret,
                    channels,
                    MAX_STREAMS,
                    new ReceiveBudget(MAX_RECEIVED_BYTES));
            dials = new Dials(
                    group,
                    new Upgrader(settings, new NoInterest()),
                    resolver,
                    new Dials.Limits(Duration.ofSeconds(AutoNatService.DIAL_SECONDS), MAX_DIALS));
        }
        return dials;
    }

    @Override
    public void close() {
        Dials open;
        synchronized (this) {
            closed = true;
            open = dials;
        }
        if (open != null) {
            open.close();
        }
    }

    private static final class NoInterest implements Upgrader.Events {
        @Override
        public boolean connectionOpened(MuxedConnection connection) {
            return true;
        }

        @Override
        public void streamOpened(MuxedConnection connection, YamuxStream stream) {
            stream.reset(Stream.RESET_NONE);
        }

        @Override
        public void connectionClosed(MuxedConnection connection, NetworkException reason) {}

        @Override
        public Set<String> of(PeerId peer) {
            return Set.of();
        }
    }
}
