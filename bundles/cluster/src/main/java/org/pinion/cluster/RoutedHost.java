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

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.ConnectionLimits;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.Peerstore;
import org.pinion.libp2p.api.Reachability;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Routing;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamHandler;
import org.pinion.libp2p.api.Traffic;

/**
 * A host that asks the routing, while there is one, where a peer is that cannot be reached at any known address, and then
 * tries once more. Any thread.
 */
final class RoutedHost implements Host {
    private final Host host;
    private final Supplier<Map<PeerId, String>> strangers;
    private volatile @Nullable Routing routing;

    RoutedHost(Host host) {
        this(host, Map::of);
    }

    /**
     * Over another host.
     *
     * @param strangers known peers that have another network secret, and what they are told to be
     */
    RoutedHost(Host host, Supplier<Map<PeerId, String>> strangers) {
        this.host = host;
        this.strangers = strangers;
    }

    /** Known peers that cannot be connected because they have another network secret, each with a sentence about it. */
    Map<PeerId, String> strangers() {
        return strangers.get();
    }

    /** The host that never asks, for the routing itself. */
    Host plain() {
        return host;
    }

    /** From now on this routing is asked; null for none. */
    void route(@Nullable Routing now) {
        routing = now;
    }

    @Override
    public void limit(ConnectionLimits limits, Duration dialTimeout) {
        host.limit(limits, dialTimeout);
    }

    @Override
    public CompletionStage<Connection> connect(PeerId peer, Collection<Multiaddr> addresses) {
        CompletableFuture<Connection> result = new CompletableFuture<>();
        orFind(peer, () -> host.connect(peer, addresses)).whenComplete((connection, failure) -> {
            if (failure == null) {
                result.complete(connection);
            } else {
                result.completeExceptionally(cause(failure));
            }
        });
        return result;
    }

    @Override
    public CompletionStage<Stream> newStream(PeerId peer, List<String> protocols) {
        CompletableFuture<Stream> result = new CompletableFuture<>();
        orFind(peer, () -> host.newStream(peer, protocols)).whenComplete((stream, failure) -> {
            if (failure != null) {
                result.completeExceptionally(cause(failure));
            } else if (!result.complete(stream)) {
                // the caller has given up, nobody else would ever close it
                stream.reset(Stream.RESET_NONE);
            }
        });
        return result;
    }

    private <T> CompletionStage<T> orFind(PeerId peer, Supplier<CompletionStage<T>> attempt) {
        return attempt.get().exceptionallyCompose(failure -> {
            Routing asked = routing;
            if (asked == null || !isLost(failure)) {
                return CompletableFuture.failedFuture(cause(failure));
            }
            return asked.findPeer(peer)
                    .handle((addresses, unknown) -> unknown == null ? addresses : List.<Multiaddr>of())
                    .thenCompose(addresses -> addresses.isEmpty()
                            ? CompletableFuture.<T>failedFuture(cause(failure))
                            : host.connect(peer, addresses).thenCompose(connection -> attempt.get()));
        });
    }

    /** True if the peer may be somewhere else than where we looked. */
    private static boolean isLost(Throwable failure) {
        return cause(failure) instanceof NetworkException network
                && (network.reason() == Reason.NO_ADDRESS || network.reason() == Reason.DIAL_FAILED);
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    // ---- everything else is the host's ----

    @Override
    public PeerId id() {
        return host.id();
    }

    @Override
    public PublicKey publicKey() {
        return host.publicKey();
    }

    @Override
    public byte[] sign(byte[] data) {
        return host.sign(data);
    }

    @Override
    public Collection<Connection> connections() {
        return host.connections();
    }

    @Override
    public Registration protect(PeerId peer) {
        return host.protect(peer);
    }

    @Override
    public CompletionStage<List<Multiaddr>> resolve(Multiaddr address) {
        return host.resolve(address);
    }

    @Override
    public Optional<NetworkException> lastFailure(PeerId peer) {
        return host.lastFailure(peer);
    }

    @Override
    public SortedMap<String, Traffic> traffic() {
        return host.traffic();
    }

    @Override
    public Reachability reachability() {
        return host.reachability();
    }

    @Override
    public void disconnect(PeerId peer) {
        host.disconnect(peer);
    }

    @Override
    public List<Multiaddr> listenAddresses() {
        return host.listenAddresses();
    }

    @Override
    public List<Multiaddr> addresses() {
        return host.addresses();
    }

    @Override
    public void handle(String protocol, StreamHandler handler) {
        host.handle(protocol, handler);
    }

    @Override
    public void unhandle(String protocol) {
        host.unhandle(protocol);
    }

    @Override
    public Registration listen(HostListener listener) {
        return host.listen(listener);
    }

    @Override
    public Peerstore peerstore() {
        return host.peerstore();
    }

    @Override
    public void close() {
        host.close();
    }

    @Override
    public String toString() {
        return host.toString();
    }
}
