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
package org.pinion.ipfsconnector.embedded;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.libp2p.api.BlockExchange;
import org.pinion.libp2p.api.BlockExchanges;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.ExchangeBlockstore;
import org.pinion.libp2p.api.ExchangeSettings;
import org.pinion.libp2p.api.ExchangeStats;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostFactory;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.HostSettings;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.Peerstore;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.api.StreamHandler;

/** A network in memory: hosts find each other by peer id, exchanges look into the stores of connected hosts. */
final class TestNetwork implements HostFactory, BlockExchanges {
    private final Map<PeerId, TestHost> hosts = new ConcurrentHashMap<>();
    /** Most gets that were open at once, of all exchanges. */
    final AtomicInteger mostWanted = new AtomicInteger();

    boolean busyPort;

    @Override
    public Host open(HostSettings settings) throws IOException {
        if (busyPort) {
            throw new NetworkException(
                    NetworkException.Reason.DIAL_FAILED, settings.listen().get(0) + ": Address already in use");
        }
        TestHost host = new TestHost(settings);
        hosts.put(host.id(), host);
        return host;
    }

    @Override
    public BlockExchange open(Host host, ExchangeBlockstore blocks, ExchangeSettings settings) {
        TestHost owner = (TestHost) host;
        owner.blocks = blocks;
        return owner.exchange;
    }

    private final class TestHost implements Host {
        private final HostSettings settings;
        private final Set<TestHost> connected = ConcurrentHashMap.newKeySet();
        private final TestExchange exchange = new TestExchange(this);
        private volatile ExchangeBlockstore blocks;

        TestHost(HostSettings settings) {
            this.settings = settings;
        }

        @Override
        public PeerId id() {
            return PeerId.of(settings.key());
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
        public CompletionStage<Connection> connect(PeerId peer, Collection<Multiaddr> addresses) {
            TestHost other = hosts.get(peer);
            if (other == null) {
                return CompletableFuture.failedFuture(
                        new NetworkException(NetworkException.Reason.DIAL_FAILED, peer + ": nobody there"));
            }
            connected.add(other);
            other.connected.add(this);
            exchange.look();
            other.exchange.look();
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Stream> newStream(PeerId peer, List<String> protocols) {
            throw new UnsupportedOperationException("streams");
        }

        @Override
        public Collection<Connection> connections() {
            return connected.stream().map(other -> connection(other.id())).toList();
        }

        @Override
        public void disconnect(PeerId peer) {}

        @Override
        public List<Multiaddr> listenAddresses() {
            return settings.listen();
        }

        @Override
        public List<Multiaddr> addresses() {
            return settings.listen();
        }

        @Override
        public void handle(String protocol, StreamHandler handler) {}

        @Override
        public void unhandle(String protocol) {}

        @Override
        public Registration listen(HostListener listener) {
            return () -> {};
        }

        @Override
        public Peerstore peerstore() {
            throw new UnsupportedOperationException("peerstore");
        }

        @Override
        public void close() {
            hosts.remove(id());
        }
    }

    private static Connection connection(PeerId peer) {
        return new Connection() {
            @Override
            public PeerId remotePeer() {
                return peer;
            }

            @Override
            public Multiaddr remoteAddress() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Multiaddr localAddress() {
                throw new UnsupportedOperationException();
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
                throw new UnsupportedOperationException();
            }

            @Override
            public void close() {}
        };
    }

    private final class TestExchange implements BlockExchange {
        private final TestHost host;
        private final Map<CompletableFuture<byte[]>, Cid> wants = new ConcurrentHashMap<>();

        TestExchange(TestHost host) {
            this.host = host;
        }

        @Override
        public CompletableFuture<byte[]> get(Cid cid, Duration timeout) {
            CompletableFuture<byte[]> want = new CompletableFuture<>();
            wants.put(want, cid);
            mostWanted.accumulateAndGet(wants.size(), Math::max);
            want.whenComplete((data, failure) -> wants.remove(want));
            CompletableFuture.runAsync(this::look);
            return want;
        }

        void look() {
            wants.forEach((want, cid) -> host.connected.stream()
                    .flatMap(other -> find(other, cid).stream())
                    .findFirst()
                    .ifPresent(want::complete));
        }

        private Optional<byte[]> find(TestHost other, Cid cid) {
            try {
                return other.blocks.get(cid);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void haveNewBlock(Cid cid) {
            try {
                Optional<byte[]> data = host.blocks.get(cid);
                wants.forEach((want, wanted) -> {
                    if (wanted.multihash().equals(cid.multihash())) {
                        data.ifPresent(want::complete);
                    }
                });
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            host.connected.forEach(other -> other.exchange.look());
        }

        @Override
        public ExchangeStats stats() {
            return new ExchangeStats(0, 0, 0, 0, 0, wants.size(), host.connected.size());
        }

        @Override
        public void close() {}
    }
}
