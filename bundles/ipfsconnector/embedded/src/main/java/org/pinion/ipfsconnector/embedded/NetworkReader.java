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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.pinion.ipld.dag.Block;
import org.pinion.ipld.dag.BlockSource;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Blocks from here, else from connected nodes; those are kept. Blocks: worker threads only. */
final class NetworkReader implements BlockSource {
    private static final Logger LOG = LoggerFactory.getLogger("org.pinion.ipfsconnector.embedded");

    private final Blockstore store;
    private final Network network;
    private final Duration timeout;

    NetworkReader(Blockstore store, Network network, Duration timeout) {
        this.store = store;
        this.network = network;
        this.timeout = timeout;
    }

    /** The block's bytes; {@code TIMEOUT} if no connected node has it. */
    @Override
    public byte[] get(Cid cid) {
        byte[] here = store.get(cid);
        if (here != null) {
            return here;
        }
        CompletableFuture<byte[]> want = network.exchange().get(cid, timeout);
        try {
            byte[] data = want.get();
            keep(store, new Block(cid, data));
            return data;
        } catch (ExecutionException e) {
            throw notFetched(cid, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            want.cancel(false);
            throw new ClusterException(ErrorCode.UNAVAILABLE, "fetching block " + cid + " was stopped", e);
        }
    }

    static ClusterException notFetched(Cid cid, Throwable failure) {
        return new ClusterException(
                ErrorCode.TIMEOUT,
                "block " + cid + " is not here and could not be fetched: "
                        + ClusterException.of(failure).getMessage(),
                failure);
    }

    /** Stores a fetched block as long as there is room. */
    static void keep(Blockstore store, Block block) {
        try {
            store.put(List.of(block), null);
        } catch (ClusterException full) {
            LOG.debug("fetched block {} is not kept: {}", block.cid(), full.getMessage());
        }
    }
}
