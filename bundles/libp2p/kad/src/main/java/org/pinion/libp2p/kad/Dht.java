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
package org.pinion.libp2p.kad;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.PeerAddresses;
import org.pinion.libp2p.api.RoutingSettings;
import org.pinion.libp2p.api.RoutingSettings.Mode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the two DHTs: keeps its table, searches with it, and answers if it serves. Belongs to the loop, but for {@link
 * #peers}, {@link #serve} and {@link #unserve}.
 */
final class Dht implements Search.World {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.libp2p.kad");

    private final Scope scope;
    private final Mode mode;
    private final Parts parts;
    private final Host host;
    private final RoutingTable table;
    private final Answers answers;
    private final Server server;
    private final Refresher refresher;
    private final Lookup.Shape shape;
    private final Map<PeerId, CompletableFuture<Void>> checks = new HashMap<>();
    private volatile Set<PeerId> peers = Set.of();
    private boolean closed;

    /**
     * What it works with.
     *
     * @param requests asks other peers
     */
    record Parts(Host host, RoutingSettings settings, Loop loop, Requests requests, Kademlia.Means means) {}

    Dht(Scope scope, Mode mode, Parts parts) {
        this.scope = scope;
        this.mode = mode;
        this.parts = parts;
        host = parts.host;
        RoutingSettings settings = parts.settings;
        KadId self = KadId.of(host.id());
        shape = new Lookup.Shape(settings.bucketSize(), settings.concurrency(), settings.resiliency());
        table = new RoutingTable(self, settings.bucketSize());
        answers = new Answers(scope, settings.bucketSize(), new Known());
        server = new Server(parts.loop, answers, parts.means);
        refresher = new Refresher(this, table, self, parts);
    }

    /** What the answers tell. */
    private final class Known implements Answers.Known {
        @Override
        public PeerId self() {
            return host.id();
        }

        @Override
        public List<PeerId> nearest(KadId target, int count) {
            return table.nearest(target, count);
        }

        @Override
        public List<Multiaddr> addresses(PeerId peer) {
            return knownAddresses(peer);
        }

        @Override
        public boolean isConnected(PeerId peer) {
            return Dht.this.isConnected(peer);
        }
    }

    private List<Multiaddr> knownAddresses(PeerId peer) {
        return peer.equals(host.id()) ? host.addresses() : host.peerstore().addresses(peer);
    }

    // ---- any thread ----

    /** Answers from now on, if that is its part. */
    void serve() {
        if (mode == Mode.SERVER) {
            host.handle(scope.protocol(), server::accept);
        }
    }

    void unserve() {
        if (mode == Mode.SERVER) {
            host.unhandle(scope.protocol());
        }
    }

    /** The table as it is now. */
    Set<PeerId> peers() {
        return peers;
    }

    // ---- the table ----

    /** A peer told which protocols it serves. */
    void identified(PeerId peer, Set<String> protocols) {
        if (protocols.contains(scope.protocol())) {
            check(peer);
        } else if (table.remove(peer)) {
            changed();
        }
    }

    /** Tries all connected peers that are not in the table; completes when they have answered or not. */
    CompletableFuture<Void> checkConnected() {
        Set<PeerId> connected = new HashSet<>();
        host.connections().forEach(connection -> connected.add(connection.remotePeer()));
        List<CompletableFuture<Void>> tried = new ArrayList<>();
        for (PeerId peer : connected) {
            if (host.peerstore().protocols(peer).contains(scope.protocol())) {
                tried.add(check(peer));
            }
        }
        return CompletableFuture.allOf(tried.toArray(CompletableFuture[]::new));
    }

    /** Takes a peer in if it is in the right place and answers; never fails. */
    private CompletableFuture<Void> check(PeerId peer) {
        CompletableFuture<Void> running = checks.get(peer);
        if (running != null) {
            return running;
        }
        if (closed || checks.size() >= Limits.CHECKS || !table.wants(peer) || !scope.accepts(place(peer))) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        checks.put(peer, done);
        question(peer).whenComplete((answer, error) -> {
            checks.remove(peer);
            if (error != null) {
                log.debug("{} is not taken into the {} table: {}", peer, scope, Failures.message(error));
            } else if (!answer.closer().isEmpty() || table.size() < shape.width()) {
                answered(peer);
            }
            done.complete(null);
        });
        return done;
    }

    private Scope.Place place(PeerId peer) {
        List<Multiaddr> remotes = host.connections().stream()
                .filter(connection -> connection.remotePeer().equals(peer))
                .map(Connection::remoteAddress)
                .toList();
        return new Scope.Place(
                remotes,
                host.peerstore().addresses(peer),
                host.addresses(),
                parts.means().onLink());
    }

    /** Asks a peer of the table whether it is still there; never fails. */
    CompletableFuture<Void> probe(PeerId peer) {
        return question(peer).handle((answer, error) -> {
            if (error == null) {
                answered(peer);
            } else {
                failed(peer, error);
            }
            return null;
        });
    }

    /** The one question that every peer can answer: where it is itself. */
    private CompletableFuture<KadMessage> question(PeerId peer) {
        return parts.requests.ask(peer, scope, KadMessage.findNode(peer.bytes()));
    }

    private void answered(PeerId peer) {
        if (table.add(peer, now())) {
            changed();
            log.debug("{} is in the {} table, which has {} peers", peer, scope, table.size());
            if (table.size() <= Limits.FEW_PEERS) {
                refresher.refreshSoon();
            }
        }
    }

    private void failed(PeerId peer, Throwable error) {
        if (!closed && table.remove(peer)) {
            changed();
            log.debug("{} is taken off the {} table: {}", peer, scope, Failures.message(error));
        }
    }

    private void changed() {
        peers = table.peers();
    }

    // ---- searches ----

    /** The peers nearest to a key that answer. */
    CompletableFuture<List<PeerId>> search(byte[] key) {
        return new Search(key, null, shape, this).start(table.nearest(KadId.of(key), shape.width()));
    }

    /** Looks for a peer; completes when it is connected, or with all that was told about where it is. */
    CompletableFuture<Set<Multiaddr>> find(PeerId peer) {
        byte[] key = peer.bytes();
        Search search = new Search(key, peer, shape, this);
        return search.start(table.nearest(KadId.of(key), shape.width())).thenApply(nearest -> search.told());
    }

    @Override
    public CompletionStage<List<PeerAddresses>> ask(PeerId peer, byte[] key) {
        return parts.requests
                .ask(peer, scope, KadMessage.findNode(key))
                .whenComplete((answer, error) -> {
                    if (error != null) {
                        failed(peer, error);
                    } else if (scope.accepts(place(peer))) {
                        answered(peer);
                    }
                })
                .thenApply(answer -> heard(peer, answer));
    }

    /** Peers that somebody named: those that may be asked, with the addresses that are believed. */
    private List<PeerAddresses> heard(PeerId from, KadMessage answer) {
        boolean sameMachine = place(from).remotes().stream().anyMatch(Addresses::isLoopback);
        List<PeerAddresses> heard = new ArrayList<>();
        for (KadMessage.Peer each : answer.closer()) {
            if (heard.size() == Limits.HEARD_PEERS) {
                break;
            }
            if (each.id().equals(host.id())) {
                continue;
            }
            List<Multiaddr> told = scope.credible(each.addresses(), sameMachine);
            Set<Multiaddr> all = new LinkedHashSet<>(told);
            all.addAll(host.peerstore().addresses(each.id()));
            if (scope.canAsk(all)) {
                if (!isConnected(each.id())) {
                    host.peerstore().addAddresses(each.id(), told, Limits.TOLD_TTL);
                }
                heard.add(new PeerAddresses(each.id(), told));
            }
        }
        return heard;
    }

    @Override
    public CompletionStage<Void> connect(PeerId peer, Collection<Multiaddr> addresses) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        host.connect(peer, List.copyOf(addresses))
                .whenComplete((connection, error) -> parts.loop.execute(() -> {
                    if (error == null) {
                        result.complete(null);
                    } else {
                        result.completeExceptionally(error);
                    }
                }));
        return result;
    }

    @Override
    public boolean isConnected(PeerId peer) {
        return host.connections().stream()
                .anyMatch(connection -> connection.remotePeer().equals(peer));
    }

    @Override
    public @Nullable Future<?> timer(Runnable task) {
        return parts.loop.schedule(parts.settings.searchTimeout(), task);
    }

    // ---- refresh ----

    /** See {@link Refresher#refresh}. */
    CompletableFuture<Void> refresh() {
        return refresher.refresh();
    }

    /** The interval is over. */
    void refreshRegularly() {
        answers.expire(now());
        refresher.refreshRegularly();
    }

    private long now() {
        return parts.means().nanos().getAsLong();
    }

    /** Ends streams and questions. */
    void close() {
        closed = true;
        parts.requests.close();
        server.close();
        refresher.close();
    }
}
