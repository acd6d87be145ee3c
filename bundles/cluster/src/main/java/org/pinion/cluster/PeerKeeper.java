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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.PeerAddresses;
import org.pinion.libp2p.api.PeerInfo;
import org.pinion.libp2p.api.Peerstore;
import org.pinion.spi.cluster.Versions;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the cluster host connected: dials the known peers, the best first, again with growing pauses and when they are
 * lost, and in rounds; keeps the peerstore file up to date. Fields belong to the lane.
 */
final class PeerKeeper implements HostListener {
    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    static final Duration ROUND = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");
    private static final Duration SAVE_DELAY = Duration.ofSeconds(2);
    private static final Duration FILE_TTL = Duration.ofHours(1);
    private static final int MAX_DIALS = 8;
    private static final int MAX_PER_ROUND = 16;
    private static final int MAX_QUEUED = 4096;
    private static final int MAX_SAVED = 20_000;
    private static final String COMPARE = "; compare cluster.secret in service.json of both";

    private final Host host;
    private final PeerBook book;
    private final PeerFile file;
    private int lowWater;
    private final Protections protections;
    private final Lane lane;
    private final Random random;
    private final LinkedHashSet<PeerId> waiting = new LinkedHashSet<>();
    private final Set<PeerId> dialling = new HashSet<>();
    private final Map<PeerId, Integer> failures = new HashMap<>();
    private final Map<PeerId, String> strangers = new ConcurrentHashMap<>();
    private boolean savePlanned;

    /**
     * Does nothing until {@link #start}.
     *
     * @param file the peerstore file; it need not exist
     * @param lowWater connections that are enough
     * @param trusted whose connections are kept and come first
     */
    PeerKeeper(Host host, Path file, int lowWater, Predicate<PeerId> trusted, Executors executors) {
        this.host = host;
        this.file = new PeerFile(file);
        this.lowWater = lowWater;
        book = new PeerBook(host.id(), trusted);
        protections = new Protections(host, lowWater, trusted);
        lane = executors.lane("cluster.dial", MAX_QUEUED);
        random = new Random(executors.nanoTime());
    }

    /** Reads the file and dials; {@code configured} peers come first and are never forgotten. */
    void start(List<Multiaddr> configured) {
        lane.execute(() -> {
            configured.forEach(address -> take(address, PeerBook.BEST, Peerstore.PERMANENT));
            int priority = 1;
            for (Multiaddr address : PeerBook.parse(file.read())) {
                take(address, priority++, FILE_TTL);
            }
            book.peers().forEach(this::want);
            lane.schedule(ROUND, this::round);
        });
    }

    /** Takes other settings while it runs. */
    void configure(List<Multiaddr> configured, int enough) {
        lane.execute(() -> {
            lowWater = enough;
            protections.most(enough);
            configured.forEach(address -> take(address, PeerBook.BEST, Peerstore.PERMANENT));
            configured.forEach(
                    address -> address.peerId().filter(book::contains).ifPresent(this::want));
        });
    }

    /** Notes where a peer is; a name without a peer is looked up first. */
    private void take(Multiaddr address, int priority, Duration ttl) {
        if (address.peerId().isEmpty() && address.has("dnsaddr")) {
            lookUp(address, priority, ttl, 1);
            return;
        }
        book.add(address, priority);
        address.peerId()
                .filter(book::contains)
                .ifPresent(peer -> host.peerstore().addAddresses(peer, List.of(address.withoutPeerId()), ttl));
    }

    private void lookUp(Multiaddr name, int priority, Duration ttl, int attempt) {
        host.resolve(name)
                .whenComplete((addresses, failure) -> lane.execute(() -> {
                    if (failure == null) {
                        addresses.stream()
                                .filter(found -> found.peerId().isPresent())
                                .forEach(found -> {
                                    take(found, priority, ttl);
                                    found.peerId().filter(book::contains).ifPresent(this::want);
                                });
                        return;
                    }
                    if (attempt == 1) {
                        LOG.info(
                                "peers of {} are not known yet: {}",
                                name,
                                reason(failure).getMessage());
                    }
                    lane.schedule(pause(attempt), () -> lookUp(name, priority, ttl, attempt + 1));
                }));
    }

    /** Found on the local network: dialled at once, unless it failed shortly before. */
    void found(PeerAddresses peer) {
        lane.execute(() -> {
            if (!peer.id().equals(host.id()) && !isConnected(peer.id())) {
                host.peerstore().addAddresses(peer.id(), peer.addresses(), FILE_TTL);
                if (!failures.containsKey(peer.id())) {
                    want(peer.id());
                }
            }
        });
    }

    /** Somebody else is trusted now. */
    void trustChanged() {
        lane.execute(this::protect);
    }

    private void protect() {
        for (Connection connection : host.connections()) {
            if (book.contains(connection.remotePeer())) {
                protections.look(connection.remotePeer());
            }
        }
    }

    /** Known peers with another network secret, and a sentence about each. Any thread. */
    Map<PeerId, String> strangers() {
        return Map.copyOf(strangers);
    }

    @Override
    public void peerIdentified(PeerInfo info) {
        if (info.protocols().contains(Versions.RPC_PROTOCOL)) {
            lane.execute(() -> {
                book.replace(info.id(), info.addresses());
                protections.look(info.id());
                failures.remove(info.id());
                strangers.remove(info.id());
                planSave();
            });
        }
    }

    @Override
    public void peerDisconnected(PeerId peer) {
        lane.execute(() -> {
            if (!isConnected(peer)) {
                protections.gone(peer);
            }
        });
        lane.schedule(FIRST_PAUSE, () -> {
            if (book.contains(peer)) {
                want(peer);
            }
        });
    }

    private void want(PeerId peer) {
        if (!isConnected(peer) && !dialling.contains(peer)) {
            waiting.add(peer);
            dialNext();
        }
    }

    private boolean isConnected(PeerId peer) {
        return host.connections().stream().map(Connection::remotePeer).anyMatch(peer::equals);
    }

    private int connected() {
        return (int) host.connections().stream()
                .map(Connection::remotePeer)
                .distinct()
                .count();
    }

    private void dialNext() {
        while (dialling.size() < MAX_DIALS && !waiting.isEmpty() && connected() + dialling.size() < lowWater) {
            PeerId peer = waiting.iterator().next();
            waiting.remove(peer);
            if (!isConnected(peer) && dialling.add(peer)) {
                host.connect(peer, book.addresses(peer))
                        .whenComplete((connection, failure) -> lane.execute(() -> dialled(peer, failure)));
            }
        }
    }

    private void dialled(PeerId peer, @Nullable Throwable failure) {
        dialling.remove(peer);
        if (failure == null) {
            failures.remove(peer);
            strangers.remove(peer);
        } else {
            book.failed(peer);
            if (book.contains(peer)) {
                int count = failures.merge(peer, 1, Integer::sum);
                tell(peer, count, reason(failure));
                lane.schedule(pause(count), () -> want(peer));
            } else {
                // found by chance, it may belong to others: tried again in the next round
                LOG.debug("cannot connect to {}: {}", peer, reason(failure).getMessage());
            }
        }
        dialNext();
    }

    /** A peer that is away comes back by itself; one with another secret needs somebody who compares the files. */
    private void tell(PeerId peer, int count, Throwable reason) {
        boolean secretDiffers = NetworkException.isSecretDiffers(reason);
        String text = String.valueOf(reason.getMessage());
        if (secretDiffers && strangers.putIfAbsent(peer, text + COMPARE) == null) {
            LOG.error("{}{}", text, COMPARE);
        } else if (count > 1 || secretDiffers) {
            LOG.debug("cannot connect to {}, attempt {}: {}", peer, count, text);
        } else {
            LOG.info("not connected yet: {}", text);
        }
    }

    private static Throwable reason(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** The pause after so many failures in a row. */
    static Duration pause(int failures) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    /** Tries some of all the peers that are known from anywhere, in no order, while there are too few connections. */
    private void round() {
        Set<PeerId> known = new HashSet<>(host.peerstore().peers());
        known.addAll(book.peers());
        known.remove(host.id());
        List<PeerId> order = new ArrayList<>(known);
        Collections.shuffle(order, random);
        int room = Math.min(MAX_PER_ROUND, Math.max(0, lowWater - connected()));
        order.stream()
                .filter(peer -> !isConnected(peer) && hasAddress(peer) && !failures.containsKey(peer))
                .limit(room)
                .forEach(this::want);
        for (PeerId peer : book.peers()) {
            host.peerstore().addAddresses(peer, book.addresses(peer), FILE_TTL);
        }
        protect();
        lane.schedule(ROUND, this::round);
    }

    private boolean hasAddress(PeerId peer) {
        return book.contains(peer) || !host.peerstore().addresses(peer).isEmpty();
    }

    private void planSave() {
        if (!savePlanned) {
            savePlanned = true;
            lane.schedule(SAVE_DELAY, () -> {
                savePlanned = false;
                file.write(book.lines());
            });
        }
    }

    /** Members first, then everybody else who may be one and is somewhere. */
    private void saveAll() {
        List<String> lines = book.lines();
        for (PeerId peer : host.peerstore().peers()) {
            boolean stranger = host.peerstore()
                    .info(peer)
                    .filter(info -> !info.protocols().contains(Versions.RPC_PROTOCOL))
                    .isPresent();
            if (!book.contains(peer) && !peer.equals(host.id()) && !stranger && lines.size() < MAX_SAVED) {
                lines.addAll(PeerBook.lines(peer, host.peerstore().addresses(peer)));
            }
        }
        file.write(lines);
    }

    /** Writes the file for the last time and stops dialling. */
    void close() {
        lane.execute(() -> {
            protections.close();
            saveAll();
        });
        lane.close();
    }
}
