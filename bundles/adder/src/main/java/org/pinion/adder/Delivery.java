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
package org.pinion.adder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.BlockSink;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.rpc.NodeWithMeta;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes blocks to several peers at once; the slowest sets the pace. Peers that fail drop out; the delivery fails when none
 * is left. For one thread.
 */
final class Delivery implements BlockSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.adder");
    private static final int MAX_LANES = 8;

    private final Function<Cid, Ports.Route> router;
    private final Function<PeerId, Destination> opener;
    /** Peers of the reference store a whole stream under the hash function of its first block. */
    private final Map<Kind, Lane> lanes = new LinkedHashMap<>();

    private Ports.@Nullable Route route;
    private @Nullable Cid last;
    private @Nullable Cid lastButOne;
    private boolean finished;

    private record Kind(long code, int length) {
        static Kind of(Multihash hash) {
            return new Kind(hash.code(), hash.digest().length);
        }
    }

    /** The streams for blocks of one hash function. */
    private record Lane(List<Destination> all, List<Destination> alive) {}

    /**
     * Asks {@code router} when the first block comes, with its CID, and {@code opener} for each of the peers it names.
     */
    Delivery(Function<Cid, Ports.Route> router, Function<PeerId, Destination> opener) {
        this.router = router;
        this.opener = opener;
    }

    /** Peers that will hold the pin; empty before the first block. */
    List<PeerId> allocations() {
        return route == null ? List.of() : route.allocations();
    }

    @Override
    public void put(Block block, long cumulativeBytes) {
        Cid cid = block.cid();
        if (Objects.equals(cid, last) || Objects.equals(cid, lastButOne)) {
            return;
        }
        lastButOne = last;
        last = cid;
        Lane lane = lane(cid);
        NodeWithMeta node = new NodeWithMeta(block.data(), cid, cumulativeBytes);
        List<Destination> alive = lane.alive;
        try {
            for (int i = alive.size() - 1; i >= 0; i--) {
                if (!alive.get(i).put(node)) {
                    alive.remove(i);
                }
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        if (alive.isEmpty()) {
            finish();
            throw new ClusterException(ErrorCode.INTERNAL, "all destinations ended before the last block");
        }
    }

    private Lane lane(Cid cid) {
        Kind kind = Kind.of(cid.multihash());
        Lane lane = lanes.get(kind);
        if (lane == null) {
            if (lanes.size() >= MAX_LANES) {
                throw Roots.bad("content has blocks of more than " + MAX_LANES + " hash functions, one is " + cid);
            }
            List<Destination> all = route(cid).targets().stream().map(opener).toList();
            lane = new Lane(all, new ArrayList<>(all));
            lanes.put(kind, lane);
        }
        return lane;
    }

    private Ports.Route route(Cid first) {
        Ports.Route known = route;
        if (known == null) {
            known = router.apply(first);
            if (known.targets().isEmpty()) {
                throw new ClusterException(
                        ErrorCode.NOT_ENOUGH_PEERS, "no peer is allocated for blocks: none has a valid ping metric");
            }
            route = known;
        }
        return known;
    }

    /**
     * Waits until all peers that are left have stored everything.
     *
     * @throws ClusterException if none has
     */
    void finish() {
        finished = true;
        lanes.values().forEach(lane -> lane.all.forEach(Destination::end));
        Map<PeerId, ClusterException> failures = new LinkedHashMap<>();
        try {
            for (Lane lane : lanes.values()) {
                for (Destination destination : lane.all) {
                    ClusterException failure = destination.await();
                    if (failure != null) {
                        failures.putIfAbsent(destination.peer(), failure);
                    }
                }
            }
        } catch (InterruptedException e) {
            finished = false;
            throw interrupted(e);
        }
        if (!failures.isEmpty()) {
            tell(failures);
        }
    }

    private void tell(Map<PeerId, ClusterException> failures) {
        List<String> reasons = new ArrayList<>();
        failures.forEach((peer, failure) -> reasons.add(peer + ": " + failure.getMessage()));
        int peers = route == null ? 0 : route.targets().size();
        if (failures.size() == peers) {
            throw new ClusterException(
                    failures.values().iterator().next().code(),
                    "failed to put block on all destinations: " + String.join("; ", reasons));
        }
        LOG.warn(
                "an add goes on without {} of {} destinations; they fetch the blocks when they pin: {}",
                failures.size(),
                peers,
                String.join("; ", reasons));
    }

    private static ClusterException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ClusterException(ErrorCode.UNAVAILABLE, "the add was interrupted", e);
    }

    /** Gives up what was not finished. */
    @Override
    public void close() {
        if (!finished) {
            lanes.values().forEach(lane -> lane.all.forEach(Destination::abort));
        }
    }
}
