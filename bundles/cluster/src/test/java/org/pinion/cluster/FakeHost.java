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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.Peerstore;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamHandler;
import org.pinion.spi.cluster.Versions;

/** A host without a network: dials reach the peers in {@link #reachable}. */
final class FakeHost implements Host, Peerstore {
    final Map<PeerId, String> agents = new HashMap<>();
    final Set<PeerId> reachable = new java.util.HashSet<>();
    final List<PeerId> dialled = new ArrayList<>();
    final Map<PeerId, Connection> connections = new LinkedHashMap<>();
    final Map<PeerId, List<Multiaddr>> addresses = new LinkedHashMap<>();
    final List<HostListener> listeners = new ArrayList<>();
    final Set<PeerId> protectedPeers = new java.util.HashSet<>();
    final Map<String, List<Multiaddr>> names = new HashMap<>();
    IOException failure = new IOException("connection refused");

    void lose(PeerId peer) {
        connections.remove(peer);
        List.copyOf(listeners).forEach(listener -> listener.peerDisconnected(peer));
    }

    void identify(PeerId peer, Multiaddr... known) {
        agents.putIfAbsent(peer, "pinion/test");
        PeerInfo info = new PeerInfo(peer, Set.of(Versions.RPC_PROTOCOL), List.of(known), agents.get(peer), "");
        List.copyOf(listeners).forEach(listener -> listener.peerIdentified(info));
    }

    @Override
    public CompletionStage<Connection> connect(PeerId peer, Collection<Multiaddr> known) {
        dialled.add(peer);
        if (!reachable.contains(peer)) {
            return CompletableFuture.failedFuture(failure);
        }
        Connection connection = new FakeConnection(peer);
        connections.put(peer, connection);
        return CompletableFuture.completedFuture(connection);
    }

    @Override
    public Registration protect(PeerId peer) {
        protectedPeers.add(peer);
        return () -> protectedPeers.remove(peer);
    }

    @Override
    public CompletionStage<List<Multiaddr>> resolve(Multiaddr address) {
        List<Multiaddr> found = names.get(address.toString());
        return found == null
                ? CompletableFuture.failedFuture(new IOException("cannot look up " + address))
                : CompletableFuture.completedFuture(found);
    }

    @Override
    public Collection<Connection> connections() {
        return List.copyOf(connections.values());
    }

    @Override
    public Registration listen(HostListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public PeerId id() {
        return Fakes.SELF;
    }

    @Override
    public Peerstore peerstore() {
        return this;
    }

    @Override
    public Optional<PeerInfo> info(PeerId peer) {
        return Optional.ofNullable(agents.get(peer))
                .map(agent -> new PeerInfo(peer, Set.of(Versions.RPC_PROTOCOL), List.of(), agent, ""));
    }

    @Override
    public Set<String> protocols(PeerId peer) {
        return agents.containsKey(peer) ? Set.of(Versions.RPC_PROTOCOL) : Set.of();
    }

    @Override
    public void addAddresses(PeerId peer, Collection<Multiaddr> more, Duration ttl) {
        addresses.computeIfAbsent(peer, key -> new ArrayList<>()).addAll(more);
    }

    @Override
    public List<Multiaddr> addresses(PeerId peer) {
        return addresses.getOrDefault(peer, List.of());
    }

    @Override
    public void clearAddresses(PeerId peer) {
        addresses.remove(peer);
    }

    @Override
    public Set<PeerId> peers() {
        return Set.copyOf(addresses.keySet());
    }

    @Override
    public List<Multiaddr> listenAddresses() {
        return addresses();
    }

    @Override
    public List<Multiaddr> addresses() {
        return List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/9096"));
    }

    @Override
    public void handle(String protocol, StreamHandler handler) {
        throw new UnsupportedOperationException(protocol);
    }

    @Override
    public void unhandle(String protocol) {}

    @Override
    public void close() {}

    @Override
    public PublicKey publicKey() {
        throw new UnsupportedOperationException("no key");
    }

    @Override
    public byte[] sign(byte[] data) {
        throw new UnsupportedOperationException("no key");
    }

    @Override
    public CompletionStage<Stream> newStream(PeerId peer, List<String> protocols) {
        throw new UnsupportedOperationException("no streams");
    }

    @Override
    public void disconnect(PeerId peer) {
        lose(peer);
    }

    private record FakeConnection(PeerId remotePeer) implements Connection {
        @Override
        public Multiaddr remoteAddress() {
            return Multiaddr.parse("/ip4/127.0.0.1/tcp/1");
        }

        @Override
        public Multiaddr localAddress() {
            return Multiaddr.parse("/ip4/127.0.0.1/tcp/2");
        }

        @Override
        public boolean outbound() {
            return true;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public CompletionStage<Stream> newStream(List<String> protocols) {
            throw new UnsupportedOperationException("no streams");
        }

        @Override
        public void close() {}
    }
}
