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
package org.pinion.consensus.crdt;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.BlockExchange;
import org.pinion.libp2p.api.Topic;
import org.pinion.spi.consensus.PinsetListener;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;
import org.pinion.spi.exec.Workers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The moving part: takes operations and announcements, and writes and merges on one lane, which owns all fields. */
final class CrdtPeer implements Walker.Target {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.consensus.crdt");
    private static final int MAX_UNSYNCED = 10_000;
    /** For one sync of all that is merged meanwhile; listeners hear of it that much later. */
    private static final Duration SYNC_DELAY = Duration.ofMillis(30);

    private final Lane lane;
    private final BlockExchange exchange;
    private final Announcer announcer;
    private final Walker walker;
    private final LocalWrites writes;
    private final MessageGate gate;
    private final ChangeFeed feed;
    private volatile Settings settings;
    private volatile boolean follower;
    private @Nullable Replica replica;
    private Cancellable rebroadcastTimer = () -> {};
    private Cancellable repairTimer = () -> {};

    /**
     * What a peer works with.
     *
     * @param lane writes, merges and decides
     * @param workers signs
     * @param topic where heads are announced
     * @param exchange fetches nodes and serves ours
     * @param downloads fetches many nodes at once
     * @param listeners who hears of changes, best read each time
     * @param random for times
     * @param complaints where faults of others are logged
     */
    record Parts(
            Lane lane,
            Workers workers,
            Topic topic,
            BlockExchange exchange,
            DagDownloads downloads,
            Supplier<List<PinsetListener>> listeners,
            RandomGenerator random,
            Complaints complaints) {}

    CrdtPeer(Parts parts, Settings settings) {
        this.settings = settings;
        lane = parts.lane();
        feed = new ChangeFeed(parts.listeners());
        exchange = parts.exchange();
        announcer = new Announcer(lane, parts.workers(), parts.topic(), this::heads, parts.random());
        gate = new MessageGate(parts.complaints());
        walker = new Walker(lane, exchange, parts.downloads(), this, parts.complaints());
        writes = new LocalWrites(lane, this::replica, () -> this.settings, feed, this::announceWritten);
    }

    private List<Cid> heads() {
        Replica here = replica;
        return here == null || follower ? List.of() : here.heads().cids();
    }

    @Override
    public @Nullable Replica replica() {
        return replica;
    }

    @Override
    public Duration retryAfter() {
        return settings.rebroadcastInterval();
    }

    /** Starts the timers, or starts them anew with other settings. Any thread. */
    void configure(Settings newSettings, boolean isFollower) {
        settings = newSettings;
        follower = isFollower;
        lane.execute(() -> {
            rebroadcastTimer.cancel();
            repairTimer.cancel();
            scheduleRebroadcast();
            scheduleRepair();
            writes.flushIfDue();
        });
    }

    private void scheduleRebroadcast() {
        rebroadcastTimer = lane.schedule(announcer.jittered(settings.rebroadcastInterval()), () -> {
            announcer.rebroadcast();
            scheduleRebroadcast();
        });
    }

    private void scheduleRepair() {
        if (!settings.repairInterval().isZero()) {
            repairTimer = lane.schedule(settings.repairInterval(), () -> {
                walker.retry();
                scheduleRepair();
            });
        }
    }

    /** Another storage, or none. In the lane. */
    void use(@Nullable Replica newReplica) {
        lane.assertInside();
        feed.synced(List.of()); // a store that goes away syncs itself
        replica = newReplica;
        if (newReplica == null) {
            return;
        }
        adopt(newReplica);
        writes.flushIfDue();
        walker.restart();
        writes.storeCame();
        announcer.announceHeads();
    }

    /** Imported pins become part of the DAG, between other work. */
    private void adopt(Replica here) {
        if (here != replica || !here.hasPinsToAdopt()) {
            return;
        }
        try {
            Replica.Written written = here.adopt();
            if (!here.hasPinsToAdopt()) {
                log.info("imported pins are in the DAG now");
            }
            announceWritten(written);
            lane.execute(() -> adopt(here));
        } catch (RejectedExecutionException closed) {
            log.debug("adopting ends: {}", closed.getMessage());
        } catch (RuntimeException e) {
            log.error("could not put imported pins into the DAG: {}", e.toString());
        }
    }

    /** Queues an operation. Any thread. */
    CompletionStage<Void> submit(SetKey key, byte @Nullable [] value) {
        return writes.submit(key, value);
    }

    private void announceWritten(Replica.Written written) {
        written.nodes().forEach(exchange::haveNewBlock);
        if (!follower) {
            announcer.announce(written.nodes());
        }
    }

    /** Takes announced heads; too many at once are dropped, they are announced again. Any thread. */
    void received(PeerId author, List<Cid> heads) {
        if (!gate.enter(author)) {
            return;
        }
        boolean accepted = next(() -> {
            gate.left(author);
            announcer.seen(heads);
            walker.announced(author, heads);
        });
        if (!accepted) {
            gate.left(author);
        }
    }

    /** A peer subscribed the topic: it may know nothing, or what we miss. Any thread. */
    void joined() {
        next(() -> {
            announcer.newcomer();
            walker.retry();
        });
    }

    @Override
    public void merge(Replica here, DagNode node, boolean announced) {
        Replica.Merged merged = here.merge(node, announced);
        if (merged.changes().isEmpty()) {
            return;
        }
        boolean first = feed.unsynced() == 0;
        feed.later(merged.changes());
        if (feed.unsynced() > MAX_UNSYNCED) {
            syncChanges();
        } else if (first) {
            try {
                lane.schedule(SYNC_DELAY, this::syncChanges);
            } catch (RejectedExecutionException e) {
                log.debug("closing syncs: {}", e.getMessage());
            }
        }
    }

    private void syncChanges() {
        Replica here = replica;
        if (here == null || feed.unsynced() == 0) {
            return;
        }
        try {
            here.sync();
            feed.synced(List.of());
        } catch (RuntimeException e) {
            log.error("could not put merged pins on disk: {}", e.toString());
        }
    }

    private boolean next(Runnable task) {
        try {
            lane.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            log.debug("task dropped: {}", e.getMessage());
            return false;
        }
    }

    /** Writes what waits and ends. Blocks; not in the lane. */
    void close(Duration atMost) {
        writes.refuse();
        next(() -> {
            writes.finish();
            syncChanges();
        });
        lane.close(atMost);
        writes.failWaiting();
    }
}
