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
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.Pin;
import org.pinion.spi.PinInfo;
import org.pinion.spi.PinType;
import org.pinion.spi.config.ClusterConfig;
import org.pinion.spi.config.ClusterSettings;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.state.PinIndexes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpins what has expired and retries what has failed, now and then, one thing at a time in a lane of its own.
 *
 * @spec cluster logic "Periodic loops"
 */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.cluster");
    private static final Duration FALLBACK = Duration.ofMinutes(1);
    private static final int MAX_QUEUED = 64;

    private final ClusterParts parts;
    private final PinsetService pinset;
    private final Lane lane;
    private volatile boolean stopped;
    private final AtomicBoolean asked = new AtomicBoolean();
    private boolean started;
    private Cancellable nextRecover = () -> {};
    private Cancellable nextSync = () -> {};
    /** The intervals that were planned with: changed settings count at once. */
    private Duration plannedRecover = Duration.ZERO;

    private Duration plannedSync = Duration.ZERO;

    Upkeep(ClusterParts parts, PinsetService pinset) {
        this.parts = parts;
        this.pinset = pinset;
        lane = parts.executors().lane("cluster.upkeep", MAX_QUEUED);
    }

    /** The peer is ready: recovers at once, looks for expired pins after the first interval. */
    void start() {
        lane.execute(() -> {
            started = true;
            recoverAgain();
            planSync();
        });
    }

    /** Changed intervals count from now on, not when the old ones are over. */
    void settingsChanged() {
        if (!asked.compareAndSet(false, true)) {
            return; // the lane may be busy for long: one look is enough
        }
        lane.execute(() -> {
            asked.set(false);
            if (!started || parts.config.now() == null) {
                return;
            }
            if (!interval(ClusterSettings::pinRecoverInterval).equals(plannedRecover)) {
                planRecover();
            }
            if (!interval(ClusterSettings::stateSyncInterval).equals(plannedSync)) {
                planSync();
            }
        });
    }

    private void planRecover() {
        plannedRecover = interval(ClusterSettings::pinRecoverInterval);
        nextRecover.cancel();
        nextRecover = lane.schedule(plannedRecover, this::recoverAgain);
    }

    private void planSync() {
        plannedSync = interval(ClusterSettings::stateSyncInterval);
        nextSync.cancel();
        nextSync = lane.schedule(plannedSync, this::syncAgain);
    }

    /** Recovers once more, besides the regular times. */
    void recoverSoon() {
        lane.execute(() -> {
            if (started) {
                recover();
            }
        });
    }

    private void recoverAgain() {
        recover();
        planRecover();
    }

    private void syncAgain() {
        syncState();
        planSync();
    }

    private Duration interval(Function<ClusterSettings, Duration> setting) {
        ClusterConfig config = parts.config.now();
        return config == null ? FALLBACK : setting.apply(config.settings());
    }

    private void recover() {
        long count = 0;
        try (Cursor<PinInfo> recovered = parts.tracker.get().recoverAll()) {
            while (!stopped && recovered.next() != null) {
                count++;
            }
        } catch (ClusterException e) {
            LOG.warn("pins that failed are not tried again yet: {}", e.getMessage());
        }
        if (count > 0) {
            LOG.info("{} pins are tried again", count);
        }
    }

    /** Unpins the expired pins that this peer is closest to. */
    void syncState() {
        PinIndexes indexes = parts.indexes.now();
        if (indexes == null || parts.settings().followerMode()) {
            return;
        }
        Instant now = parts.executors().clock().instant();
        try (Cursor<Pin> expired = indexes.expiredBefore(now)) {
            List<PeerId> others = parts.consensus.get().peers().stream()
                    .filter(peer ->
                            !peer.equals(parts.self()) && parts.trust.get().isTrusted(peer))
                    .toList();
            for (Pin pin = expired.next(); pin != null && !stopped; pin = expired.next()) {
                // shards and cluster DAGs go with their meta pin
                boolean whole = pin.type() == PinType.DATA || pin.type() == PinType.META;
                if (whole && pin.isExpired(now) && Distance.isClosest(pin.cid(), parts.self(), others)) {
                    unpin(pin);
                }
            }
        } catch (ClusterException e) {
            LOG.warn("expired pins are not looked for: {}", e.getMessage());
        }
    }

    private void unpin(Pin pin) {
        try {
            Waits.written(pinset.unpin(pin.cid()));
            LOG.info("unpinned {}: it expired at {}", pin.cid(), pin.options().expireAt());
        } catch (RuntimeException e) {
            LOG.warn(
                    "expired {} cannot be unpinned: {}",
                    pin.cid(),
                    ClusterException.of(e).getMessage());
        }
    }

    void close() {
        stopped = true;
        lane.close();
    }
}
