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

import java.net.InetAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.PeerAddresses;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.Registration;
import org.pinion.libp2p.api.Routing;
import org.pinion.libp2p.api.RoutingSettings;
import org.pinion.libp2p.api.RoutingSettings.Mode;

/** The DHTs of a host as one routing. All but the public methods belong to the loop. */
final class Kademlia implements Routing {
    private final Host host;
    private final RoutingSettings settings;
    private final Loop loop;
    private final List<Dht> dhts = new ArrayList<>();
    private final Map<PeerId, CompletableFuture<List<Multiaddr>>> finds = new HashMap<>();
    private final Set<CompletableFuture<?>> waiting = new HashSet<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable Registration registration;

    /**
     * What comes from outside.
     *
     * @param nanos a clock that only runs forward, in nanoseconds
     * @param wall the time of day
     * @param random for keys to look for
     * @param onLink whether an IP address is on a network that this machine is on
     */
    record Means(LongSupplier nanos, Clock wall, RandomGenerator random, Predicate<InetAddress> onLink) {}

    Kademlia(Host host, RoutingSettings settings, Means means) {
        this.host = host;
        this.settings = settings;
        String id = host.id().toString();
        loop = new Loop("pinion-libp2p-kad-" + id.substring(Math.max(0, id.length() - 6)));
        Requests requests = new Requests(host, loop, settings.requestTimeout());
        if (settings.lan() != Mode.OFF) {
            dhts.add(new Dht(Scope.LAN, settings.lan(), new Dht.Parts(host, settings, loop, requests, means)));
        }
        if (settings.wan() != Mode.OFF) {
            dhts.add(new Dht(Scope.WAN, settings.wan(), new Dht.Parts(host, settings, loop, requests, means)));
        }
    }

    /** Serves the protocols and takes in the connected peers. */
    void start() {
        List<Dht> served = new ArrayList<>();
        try {
            for (Dht dht : dhts) {
                dht.serve();
                served.add(dht);
            }
        } catch (IllegalStateException e) {
            served.forEach(Dht::unserve);
            loop.close();
            throw e;
        }
        registration = host.listen(new Watcher());
        loop.execute(() -> dhts.forEach(dht -> dht.refresh()));
        loop.repeat(settings.refreshInterval(), settings.refreshInterval(), () -> dhts.forEach(Dht::refreshRegularly));
    }

    /** Turns events of the host into tasks of the loop. */
    private final class Watcher implements HostListener {
        @Override
        public void peerIdentified(PeerInfo info) {
            loop.execute(() -> dhts.forEach(dht -> dht.identified(info.id(), info.protocols())));
        }
    }

    // ---- questions of users ----

    @Override
    public CompletionStage<List<Multiaddr>> findPeer(PeerId peer) {
        return inLoop(result -> {
            if (peer.equals(host.id())) {
                result.complete(host.addresses());
                return;
            }
            CompletableFuture<List<Multiaddr>> running = finds.get(peer);
            if (running == null) {
                if (tooMany(result)) {
                    return;
                }
                running = find(peer);
                finds.put(peer, running);
                running.whenComplete((addresses, error) -> finds.remove(peer));
            }
            forward(running, result);
        });
    }

    private CompletableFuture<List<Multiaddr>> find(PeerId peer) {
        CompletableFuture<List<Multiaddr>> result = new CompletableFuture<>();
        List<CompletableFuture<Set<Multiaddr>>> searches =
                dhts.stream().map(dht -> dht.find(peer)).toList();
        searches.forEach(search -> search.thenRun(() -> {
            if (isConnected(peer)) {
                result.complete(host.peerstore().addresses(peer));
            }
        }));
        all(searches).thenAccept(told -> {
            Set<Multiaddr> addresses = new LinkedHashSet<>();
            told.forEach(addresses::addAll);
            if (isConnected(peer)) {
                result.complete(host.peerstore().addresses(peer));
            } else if (!addresses.isEmpty()) {
                result.complete(List.copyOf(addresses));
            } else {
                result.completeExceptionally(
                        new NetworkException(Reason.NO_ADDRESS, "nobody who was asked knows where " + peer + " is"));
            }
        });
        return result;
    }

    private boolean isConnected(PeerId peer) {
        return host.connections().stream()
                .anyMatch(connection -> connection.remotePeer().equals(peer));
    }

    /** What all of them give, in their order; they never fail. */
    private static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> parts) {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done -> parts.stream().map(CompletableFuture::join).toList());
    }

    @Override
    public CompletionStage<List<PeerAddresses>> closestPeers(byte[] key) {
        if (key.length == 0) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("the key must not be empty"));
        }
        byte[] wanted = key.clone();
        return inLoop(result -> {
            if (tooMany(result)) {
                return;
            }
            all(dhts.stream().map(dht -> dht.search(wanted)).toList()).thenAccept(found -> {
                Set<PeerId> peers = new HashSet<>();
                found.forEach(peers::addAll);
                result.complete(nearest(wanted, peers));
            });
        });
    }

    private List<PeerAddresses> nearest(byte[] key, Set<PeerId> found) {
        KadId target = KadId.of(key);
        return found.stream()
                .sorted((a, b) -> target.compareDistance(KadId.of(a), KadId.of(b)))
                .limit(settings.bucketSize())
                .map(peer -> new PeerAddresses(peer, host.peerstore().addresses(peer)))
                .toList();
    }

    @Override
    public CompletionStage<Void> refresh() {
        return inLoop(result -> forward(
                CompletableFuture.allOf(dhts.stream().map(Dht::refresh).toArray(CompletableFuture[]::new)), result));
    }

    @Override
    public Set<PeerId> peers() {
        Set<PeerId> all = new HashSet<>();
        dhts.forEach(dht -> all.addAll(dht.peers()));
        return all;
    }

    private boolean tooMany(CompletableFuture<?> result) {
        if (waiting.size() <= Limits.SEARCHES) {
            return false;
        }
        result.completeExceptionally(new NetworkException(
                Reason.LIMIT, Limits.SEARCHES + " searches for peers are under way, try again later"));
        return true;
    }

    /** Runs a task in the loop that completes its argument in the end; close does so if nobody else has. */
    private <T> CompletableFuture<T> inLoop(Consumer<CompletableFuture<T>> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        boolean queued = loop.execute(() -> {
            waiting.add(result);
            result.whenComplete((value, error) -> loop.execute(() -> waiting.remove(result)));
            task.accept(result);
        });
        if (!queued) {
            result.completeExceptionally(closedError());
        }
        return result;
    }

    private static <T> void forward(CompletableFuture<T> from, CompletableFuture<T> to) {
        from.whenComplete((value, error) -> {
            if (error == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(Failures.cause(error));
            }
        });
    }

    private static NetworkException closedError() {
        return new NetworkException(Reason.CLOSED, "the routing is closed");
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        dhts.forEach(Dht::unserve);
        if (registration != null) {
            registration.close();
        }
        loop.execute(() -> {
            List.copyOf(waiting).forEach(result -> result.completeExceptionally(closedError()));
            dhts.forEach(Dht::close);
        });
        loop.close();
    }
}
