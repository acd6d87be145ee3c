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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.libp2p.api.BlockExchange;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Lane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches announced heads and, from them down, every node that is not here. What is still wanted is in the datastore, so
 * memory stays flat for any DAG, and a restart goes on where it was. Inside the lane only.
 */
final class Walker {
    private static final Logger log = LoggerFactory.getLogger("org.pinion.consensus.crdt");
    private static final Duration FETCH_TIMEOUT = Duration.ofMinutes(2);
    private static final int MAX_FETCHES = 64;
    private static final int MAX_WAITING = 2048;
    private static final int MAX_FAILED = 4096;

    private final Lane lane;
    private final BlockExchange exchange;
    private final Target target;
    private final Map<Multihash, Boolean> fetching = new HashMap<>();
    private final Deque<Cid> roots = new ArrayDeque<>();
    private final Deque<Cid> below = new ArrayDeque<>();
    private final Set<Multihash> failed = new HashSet<>();
    private boolean moreInStore = true;
    private @Nullable Cancellable retry;
    private int generation;

    /** Who merges. */
    interface Target {
        /** The replica, or null while there is no datastore. */
        @Nullable
        Replica replica();

        /**
         * Merges a node.
         *
         * @return nodes below it that are wanted now
         * @throws RuntimeException if the node is bad or the datastore fails
         */
        List<Cid> merge(Replica replica, Cid node, byte[] bytes, boolean announced);

        /** How long to wait before what failed is tried again. */
        Duration retryAfter();
    }

    Walker(Lane lane, BlockExchange exchange, Target target) {
        this.lane = lane;
        this.exchange = exchange;
        this.target = target;
    }

    /** The datastore is another one: forgets everything and goes on with what that one wants. */
    void restart() {
        generation++;
        fetching.clear();
        roots.clear();
        below.clear();
        retry();
    }

    /** A peer said these are heads. */
    void announced(List<Cid> heads) {
        Replica replica = target.replica();
        if (replica == null) {
            return;
        }
        for (Cid head : heads) {
            Multihash block = head.multihash();
            if (fetching.containsKey(block) || replica.has(block)) {
                continue;
            }
            // an announcement is a sign that somebody has it
            boolean known = failed.remove(block) || replica.isWanted(block);
            Deque<Cid> queue = known ? below : roots;
            if (queue.size() < MAX_WAITING && !queue.contains(head)) {
                queue.addFirst(head);
            }
        }
        pump();
    }

    /** Tries again what could not be fetched. */
    void retry() {
        failed.clear();
        moreInStore = true;
        pump();
    }

    private void pump() {
        Replica replica = target.replica();
        if (replica == null) {
            return;
        }
        while (fetching.size() < MAX_FETCHES) {
            boolean announced = !roots.isEmpty();
            Cid next = announced ? roots.pollFirst() : nextBelow(replica);
            if (next == null) {
                return;
            }
            if (!fetching.containsKey(next.multihash()) && !replica.has(next.multihash())) {
                fetch(next, announced);
            }
        }
    }

    private @Nullable Cid nextBelow(Replica replica) {
        if (below.isEmpty() && moreInStore && failed.size() < MAX_FAILED) {
            Set<Multihash> except = new HashSet<>(fetching.keySet());
            except.addAll(failed);
            below.addAll(replica.wanted(MAX_WAITING, except));
            moreInStore = below.size() == MAX_WAITING;
        }
        return below.pollFirst();
    }

    private void fetch(Cid node, boolean announced) {
        int started = generation;
        fetching.put(node.multihash(), announced);
        exchange.get(node, FETCH_TIMEOUT).whenComplete((bytes, failure) -> {
            try {
                lane.execute(() -> {
                    if (started == generation) {
                        arrived(node, announced, bytes, failure);
                    }
                });
            } catch (RejectedExecutionException e) {
                log.debug("dropped node {}: {}", node, e.getMessage());
            }
        });
    }

    private void arrived(Cid node, boolean announced, byte @Nullable [] bytes, @Nullable Throwable failure) {
        fetching.remove(node.multihash());
        Replica replica = target.replica();
        if (replica == null) {
            return;
        }
        if (bytes == null) {
            log.debug("could not fetch node {}: {}", node, String.valueOf(failure));
            failed(replica, node);
        } else {
            merge(replica, node, bytes, announced);
        }
        pump();
    }

    private void merge(Replica replica, Cid node, byte[] bytes, boolean announced) {
        try {
            List<Cid> wanted = target.merge(replica, node, bytes, announced);
            exchange.haveNewBlock(node);
            for (Cid next : wanted) {
                if (below.size() < MAX_WAITING) {
                    below.addLast(next);
                } else {
                    moreInStore = true;
                }
            }
        } catch (RuntimeException e) {
            log.warn("could not merge node {}: {}", node, e.toString());
            failed(replica, node);
        }
    }

    /** A head that cannot be fetched will be announced again; what is below one is tried again later. */
    private void failed(Replica replica, Cid node) {
        if (!replica.isWanted(node.multihash())) {
            return;
        }
        failed.add(node.multihash());
        if (retry == null) {
            retry = lane.schedule(target.retryAfter(), () -> {
                retry = null;
                retry();
            });
        }
    }
}
