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

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.Alert;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Metric;
import org.pinion.spi.Pin;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.monitor.AlertListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the latest alerts, and allocates the pins of a peer that stopped pinging to others. Each peer of the cluster
 * does this for the pins that it is closest to.
 *
 * @spec cluster logic "Alerts and automatic repinning"
 */
final class Repinner implements AlertListener {
    static final int MAX_HISTORY = 1000;

    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");
    private static final int MAX_WAITING = 256;

    private final ClusterParts parts;
    private final PinsetService pinset;
    private final Lane lane;
    private final ArrayDeque<Alert> history = new ArrayDeque<>();
    private final Set<PeerId> waiting = new HashSet<>();
    private volatile boolean stopped;

    Repinner(ClusterParts parts, PinsetService pinset) {
        this.parts = parts;
        this.pinset = pinset;
        lane = parts.executors().lane("cluster.repin", MAX_WAITING);
    }

    /** The latest alerts, newest first. */
    List<Alert> history() {
        synchronized (history) {
            return List.copyOf(history);
        }
    }

    @Override
    public void alert(Alert alert) {
        ClusterConfig config = parts.config.now();
        if (config == null || config.settings().followerMode()) {
            return;
        }
        synchronized (history) {
            if (history.size() == MAX_HISTORY) {
                history.removeLast();
            }
            history.addFirst(alert);
        }
        PeerId peer = alert.metric().peer();
        boolean gone = alert.metric().name().equals("ping") && !peer.equals(parts.self());
        if (!gone || config.settings().disableRepinning()) {
            return;
        }
        synchronized (waiting) {
            if (!waiting.add(peer)) {
                return;
            }
        }
        try {
            lane.execute(() -> dead(peer));
        } catch (RejectedExecutionException full) {
            done(peer);
            LOG.error("pins of {} are not allocated anew, too many peers are gone: {}", peer, full.getMessage());
        }
    }

    private void dead(PeerId peer) {
        done(peer);
        if (parts.monitor.get().latest("ping").stream().map(Metric::peer).anyMatch(peer::equals)) {
            return; // it came back while others were dealt with
        }
        LOG.info("{} stopped pinging: its pins are allocated anew", peer);
        List<PeerId> others = parts.consensus.get().peers().stream()
                .filter(other -> !other.equals(peer) && !other.equals(parts.self()) && isTrusted(other))
                .toList();
        move(peer, pin -> Distance.isClosest(pin.cid(), parts.self(), others));
    }

    private boolean isTrusted(PeerId peer) {
        return parts.trust.get().isTrusted(peer);
    }

    private void done(PeerId peer) {
        synchronized (waiting) {
            waiting.remove(peer);
        }
    }

    /** Moves all pins of a peer that is about to leave; done when each was tried. */
    CompletionStage<Void> vacate(PeerId peer) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            lane.execute(() -> {
                try {
                    move(peer, pin -> true);
                    done.complete(null);
                } catch (RuntimeException e) {
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException full) {
            done.completeExceptionally(
                    new ClusterException(ErrorCode.UNAVAILABLE, "too many peers leave at once: " + full.getMessage()));
        }
        return done;
    }

    private void move(PeerId peer, Predicate<Pin> ours) {
        long moved = 0;
        try (Cursor<Pin> pins = parts.state.get().list(null)) {
            for (Pin pin = pins.next(); pin != null && !stopped; pin = pins.next()) {
                if (!pin.isEverywhere() && pin.allocations().contains(peer) && ours.test(pin)) {
                    moved += repin(pin, peer) ? 1 : 0;
                }
            }
        }
        LOG.info("{} pins of {} were allocated anew", moved, peer);
    }

    private boolean repin(Pin pin, PeerId peer) {
        try {
            Waits.written(pinset.repin(pin, Set.of(peer)));
            return true;
        } catch (RuntimeException e) {
            LOG.warn(
                    "{} cannot be moved from {}: {}",
                    pin.cid(),
                    peer,
                    ClusterException.of(e).getMessage());
            return false;
        }
    }

    void close() {
        stopped = true;
        lane.close();
    }
}
