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
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.BlockSink;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.rpc.NodeWithMeta;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the blocks of one add to all its destinations at once; the slowest sets the pace. Destinations that fail drop out;
 * the add fails when none is left. For one thread.
 */
final class Delivery implements BlockSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.adder");

    private final Function<Cid, Route> router;
    private final List<Destination> alive = new ArrayList<>();
    private final List<Destination> all = new ArrayList<>();
    private @Nullable Route route;
    private @Nullable Cid last;
    private @Nullable Cid lastButOne;
    private boolean finished;

    /**
     * Where blocks go.
     *
     * @param allocations peers that will hold the pin
     * @param destinations opened ones; all get every block
     */
    record Route(List<PeerId> allocations, List<Destination> destinations) {}

    /** Asks {@code router} when the first block comes, with its CID. */
    Delivery(Function<Cid, Route> router) {
        this.router = router;
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
        if (route == null) {
            route = router.apply(cid);
            all.addAll(route.destinations());
            alive.addAll(all);
            if (all.isEmpty()) {
                throw new ClusterException(
                        ErrorCode.NOT_ENOUGH_PEERS, "no peer is allocated for blocks: none has a valid ping metric");
            }
        }
        NodeWithMeta node = new NodeWithMeta(block.data(), cid, cumulativeBytes);
        try {
            for (Destination destination : List.copyOf(alive)) {
                if (!destination.put(node)) {
                    alive.remove(destination);
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

    /**
     * Waits until all destinations that are left have stored everything.
     *
     * @throws ClusterException if none has
     */
    void finish() {
        finished = true;
        all.forEach(Destination::end);
        List<String> reasons = new ArrayList<>();
        ErrorCode code = ErrorCode.INTERNAL;
        try {
            for (Destination destination : all) {
                ClusterException failure = destination.await();
                if (failure != null) {
                    reasons.add(destination.peer() + ": " + failure.getMessage());
                    code = failure.code();
                }
            }
        } catch (InterruptedException e) {
            finished = false;
            throw interrupted(e);
        }
        if (!all.isEmpty() && reasons.size() == all.size()) {
            throw new ClusterException(code, "failed to put block on all destinations: " + String.join("; ", reasons));
        }
        if (!reasons.isEmpty()) {
            LOG.warn(
                    "an add goes on without {} of {} destinations; they fetch the blocks when they pin: {}",
                    reasons.size(),
                    all.size(),
                    reasons.stream().collect(Collectors.joining("; ")));
        }
    }

    private static ClusterException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ClusterException(ErrorCode.UNAVAILABLE, "the add was interrupted", e);
    }

    /** Gives up what was not finished. */
    @Override
    public void close() {
        if (!finished) {
            all.forEach(Destination::abort);
        }
    }
}
