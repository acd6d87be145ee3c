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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.consensus.crdt.Complaints.Fault;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when the DAG is fetched as a stream, and from whom: when there is much to fetch and a trusted peer that can send
 * it so. Only nodes that are wanted count. Who sends others, or nothing for a while, is left alone, and the rest comes node
 * by node. Inside the lane only.
 */
final class CatchUp {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.consensus.crdt");
    /** So many nodes below heads are fetched one by one first, except by a newcomer. */
    static final int PATIENCE = 16;
    /** Nodes that were not wanted; those of a branch that is here in part come now and then. */
    static final int MAX_UNWANTED = 256;

    private static final Duration CHECK = Duration.ofSeconds(3);
    private static final int MIN_NODES_PER_CHECK = 32;
    private static final long MIN_BYTES_PER_CHECK = 128 * 1024;
    private static final int WORTH_ASKING_AGAIN = 64;

    private final Lane lane;
    private final DagDownloads downloads;
    private final Complaints complaints;
    private final Owner owner;
    private final Set<PeerId> barred = new HashSet<>();
    private @Nullable Running running;
    private int walked;
    /** As {@link #walked}: before that nobody is looked for again. */
    private int lookAt;
    /** Nothing was here at the start: all of the DAG is to be expected. */
    private boolean newcomer;

    /** Who merges. */
    interface Owner {
        /** Merges a node that is wanted; false if that failed. */
        boolean merge(Replica replica, DagNode node);

        /** The stream ended; what is still wanted is in the datastore. */
        void goOn();
    }

    CatchUp(Lane lane, DagDownloads downloads, Complaints complaints, Owner owner) {
        this.lane = lane;
        this.downloads = downloads;
        this.complaints = complaints;
        this.owner = owner;
    }

    /** Whether nodes come as a stream now. */
    boolean isRunning() {
        return running != null;
    }

    /** The datastore is another one, with nodes in it or none. */
    void restart(boolean empty) {
        stop();
        barred.clear();
        arrived();
        newcomer = empty;
    }

    /** Everybody may be asked again. */
    void retry() {
        barred.clear();
        lookAt = 0;
    }

    /** A node below a head was merged. */
    void walked() {
        walked++;
    }

    /** Nothing more is known to be wanted. */
    void arrived() {
        walked = 0;
        lookAt = 0;
    }

    /** Whether a stream could be asked for now, if nodes are wanted. */
    boolean isPossible(Optional<PeerId> likely) {
        return running != null || source(likely).isPresent();
    }

    /** Whom to ask, if it is worth it; to look through all connections for each node is not. */
    private Optional<PeerId> source(Optional<PeerId> likely) {
        if (walked < PATIENCE ? !newcomer : walked < lookAt) {
            return Optional.empty();
        }
        Optional<PeerId> found = downloads.source(likely, barred);
        lookAt = found.isPresent() ? 0 : walked + PATIENCE;
        return found;
    }

    /** Asks for a stream if it is possible, and worth it. */
    void tryStart(Supplier<@Nullable Replica> replicas, Optional<PeerId> likely) {
        Replica replica = replicas.get();
        if (replica == null || running != null) {
            return;
        }
        Optional<PeerId> source = source(likely);
        if (source.isEmpty()) {
            return;
        }
        List<Cid> wanted = replica.wanted(DagStream.MAX_NAMED, null, Set.of());
        if (wanted.isEmpty()) {
            return;
        }
        List<Cid> heads = replica.heads().cids();
        List<Cid> here = heads.subList(0, Math.min(heads.size(), DagStream.MAX_NAMED));
        newcomer = false;
        Running started = new Running(source.get(), replicas);
        running = started;
        started.checkTimer = lane.schedule(CHECK, started::check);
        started.download = downloads.start(source.get(), new DagStream.Request(wanted, here), started);
    }

    private void stop() {
        Running now = running;
        running = null;
        if (now != null) {
            now.close();
        }
    }

    /** One stream. */
    private final class Running implements DagDownloads.Receiver {
        private final PeerId peer;
        private final Supplier<@Nullable Replica> replicas;
        private DagDownloads.@Nullable Download download;
        private Cancellable checkTimer = () -> {};
        private long merged;
        private long nodesSinceCheck;
        private long bytesSinceCheck;
        private int unwanted;

        Running(PeerId peer, Supplier<@Nullable Replica> replicas) {
            this.peer = peer;
            this.replicas = replicas;
        }

        void close() {
            checkTimer.cancel();
            DagDownloads.Download open = download;
            if (open != null) {
                open.cancel();
            }
        }

        @Override
        public void received(List<DagNode> nodes) {
            for (DagNode node : nodes) {
                Replica replica = replicas.get();
                if (running != this || replica == null) {
                    return;
                }
                if (!replica.isWanted(node.hash())) {
                    unwanted(replica.has(node.hash()));
                } else if (owner.merge(replica, node)) {
                    merged++;
                    nodesSinceCheck++;
                    bytesSinceCheck += node.bytes().length;
                } else {
                    finish(false);
                }
            }
        }

        private void unwanted(boolean isHere) {
            if (++unwanted > MAX_UNWANTED && isHere) {
                finish(merged > 0);
            } else if (unwanted > MAX_UNWANTED) {
                drop("it sends nodes that nobody asked for");
            }
        }

        @Override
        public void ended(String fault) {
            if (running != this) {
                return;
            }
            if (fault.isEmpty()) {
                finish(merged > 0);
            } else {
                drop(fault);
            }
        }

        private void check() {
            if (running != this) {
                return;
            }
            if (nodesSinceCheck < MIN_NODES_PER_CHECK && bytesSinceCheck < MIN_BYTES_PER_CHECK) {
                drop("nothing useful came for " + CHECK.toSeconds() + " s");
                return;
            }
            nodesSinceCheck = 0;
            bytesSinceCheck = 0;
            try {
                checkTimer = lane.schedule(CHECK, this::check);
            } catch (RejectedExecutionException e) {
                log.debug("closing: {}", e.getMessage());
            }
        }

        private void drop(String fault) {
            complaints.about(Optional.of(peer), Fault.STREAM, fault);
            finish(false);
        }

        private void finish(boolean good) {
            log.debug("{} nodes came as a stream from {}", merged, peer);
            if (!good) {
                barred.add(peer);
            }
            walked = good && merged >= WORTH_ASKING_AGAIN ? PATIENCE : 0;
            lookAt = 0;
            stop();
            owner.goOn();
        }
    }
}
