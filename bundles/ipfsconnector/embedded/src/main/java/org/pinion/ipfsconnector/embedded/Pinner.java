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
package org.pinion.ipfsconnector.embedded;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.pinion.ipld.dag.DagCbor;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinType;
import org.pinion.spi.informer.InformerTicks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes pins: fetches what is missing, then writes the root. Any worker thread; one thread for each pin. */
final class Pinner {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.ipfsconnector.embedded");
    private static final int MAX_ORIGINS = 10;
    /** Links of a full node of a shard. */
    private static final int SHARD_NODE_LINKS = 5984;

    private final Blockstore blocks;
    private final Pins pins;
    private final SharedSync sync;
    private final Network network;
    private final PinWalk.Watch watch;
    private final InformerTicks ticks;
    private final AtomicInteger walks = new AtomicInteger();

    Pinner(Blockstore blocks, Pins pins, SharedSync sync, Network network, PinWalk.Watch watch, InformerTicks ticks) {
        this.blocks = blocks;
        this.pins = pins;
        this.sync = sync;
        this.network = network;
        this.watch = watch;
        this.ticks = ticks;
    }

    /**
     * Pins.
     *
     * @param result completes when the pin is durable; if it is done before, the walk is given up
     */
    void pin(Pin pin, CompletableFuture<Void> result) {
        Cid cid = pin.cid();
        int depth = pin.maxDepth();
        if (!pins.status(cid, depth).isPinned(depth)) {
            walk(pin, cid, depth, result);
        }
        sync.request(result); // also for one that was there: who put it may still wait for the disk
    }

    private void walk(Pin pin, Cid cid, int depth, CompletableFuture<Void> result) {
        int deep = depth;
        ticks.tick();
        Future<?> dialling = dial(pin.options().origins());
        try (Kept kept = blocks.keep()) {
            PinWalk walk = new PinWalk(blocks, network.exchange(), kept, watch, walks, result::isDone);
            result.whenComplete((none, failure) -> walk.wake());
            walk.run(cid, depth);
            if (pin.type() == PinType.SHARD && depth == 1 && !result.isDone() && isIndex(cid)) {
                // such a shard lists lists of its blocks; the pin says 1 all the same, as in the reference
                deep = 2;
                walk.run(cid, deep);
            }
            // another add may have put some of it
            blocks.settle();
            if (pins.put(cid, deep, result::isDone)) {
                LOG.debug("pinned cid={} depth={}", cid, deep);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new ClusterException(
                    ErrorCode.UNAVAILABLE, "pinning " + cid + " was stopped: the IPFS node is closing", stopped);
        } finally {
            dialling.cancel(false);
            ticks.tick();
        }
    }

    /** Whether a shard has so many blocks that its links are in nodes of their own. */
    private boolean isIndex(Cid shard) {
        byte[] root = blocks.get(shard);
        if (root == null || shard.codec() != Cid.DAG_CBOR) {
            return false;
        }
        Iterator<Cid> links = DagCbor.links(root).iterator();
        Cid first = links.hasNext() ? links.next() : shard;
        byte[] below = first.codec() == Cid.DAG_CBOR && !first.equals(shard) ? blocks.get(first) : null;
        if (below == null) {
            return false;
        }
        try {
            return DagCbor.decodeLinks(below).size() == SHARD_NODE_LINKS;
        } catch (IllegalArgumentException otherData) {
            return false;
        }
    }

    private Future<?> dial(List<Multiaddr> origins) {
        return network.connect(origins.subList(0, Math.min(origins.size(), MAX_ORIGINS)));
    }
}
