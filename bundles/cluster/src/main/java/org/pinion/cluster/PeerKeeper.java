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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Connection;
import org.pinion.libp2p.api.Host;
import org.pinion.libp2p.api.HostListener;
import org.pinion.libp2p.api.NetworkException;
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

    private final Host host;
    private final PeerBook book;
    private final Path file;
    private final int lowWater;
    private final Lane lane;
    private final Random random;
    private final LinkedHashSet<PeerId> waiting = new LinkedHashSet<>();
    private final Set<PeerId> dialling = new HashSet<>();
    private final Map<PeerId, Integer> failures = new HashMap<>();
    private boolean savePlanned;
    private @Nullable String saved;

    /**
     * Does nothing until {@link #start}.
     *
     * @param file the peerstore file; it need not exist
     * @param lowWater connections that are enough
     */
    PeerKeeper(Host host, Path file, int lowWater, Executors executors) {
        this.host = host;
        this.file = file;
        this.lowWater = lowWater;
        book = new PeerBook(host.id());
        lane = executors.lane("cluster.dial", MAX_QUEUED);
        random = new Random(executors.nanoTime());
    }

    /** Reads the file and dials; {@code configured} peers come first and are never forgotten. */
    void start(List<Multiaddr> configured) {
        configured.forEach(address -> book.add(address, PeerBook.BEST));
        for (PeerId peer : book.peers()) {
            host.peerstore().addAddresses(peer, book.addresses(peer), Peerstore.PERMANENT);
        }
        book.addLines(read());
        for (PeerId peer : book.peers()) {
            host.peerstore().addAddresses(peer, book.addresses(peer), FILE_TTL);
        }
        lane.execute(() -> {
            book.peers().forEach(this::want);
            lane.schedule(ROUND, this::round);
        });
    }

    private List<String> read() {
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            saved = text;
            return text.lines().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            LOG.error("peerstore {} cannot be read, its peers are not used: {}", file, e.toString());
            return List.of();
        }
    }

    @Override
    public void peerIdentified(PeerInfo info) {
        if (info.protocols().contains(Versions.RPC_PROTOCOL)) {
            lane.execute(() -> {
                book.replace(info.id(), info.addresses());
                failures.remove(info.id());
                planSave();
            });
        }
    }

    @Override
    public void peerDisconnected(PeerId peer) {
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
        } else {
            book.failed(peer);
            int count = failures.merge(peer, 1, Integer::sum);
            tell(peer, count, failure);
            if (book.contains(peer)) {
                lane.schedule(pause(count), () -> want(peer));
            } else {
                failures.remove(peer);
            }
        }
        dialNext();
    }

    /** A peer that is away comes back by itself; one with another secret needs somebody who compares the files. */
    private static void tell(PeerId peer, int count, Throwable failure) {
        Throwable cause = failure.getCause();
        Throwable reason = failure instanceof CompletionException && cause != null ? cause : failure;
        if (count > 1) {
            LOG.debug("cannot connect to {}, attempt {}: {}", peer, count, reason.getMessage());
        } else if (reason instanceof NetworkException network
                && network.reason() == NetworkException.Reason.SECRET_DIFFERS) {
            LOG.error("{}; compare cluster.secret in service.json of both", reason.getMessage());
        } else {
            LOG.info("not connected yet: {}", reason.getMessage());
        }
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
                save();
            });
        }
    }

    private void save() {
        StringBuilder text = new StringBuilder();
        book.lines().forEach(line -> text.append(line).append('\n'));
        String now = text.toString();
        if (now.isEmpty() || now.equals(saved)) {
            return;
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(part, now, StandardCharsets.UTF_8);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            saved = now;
        } catch (IOException e) {
            LOG.warn("peerstore {} cannot be written: {}", file, e.toString());
        }
    }

    /** Writes the file for the last time and stops dialling. */
    void close() {
        lane.execute(this::save);
        lane.close();
    }
}
