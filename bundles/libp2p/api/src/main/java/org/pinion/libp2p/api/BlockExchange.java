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
package org.pinion.libp2p.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.PeerId;

/** Fetches blocks from connected peers, and gives them ours. Any thread. */
@ProviderType
public interface BlockExchange extends AutoCloseable {
    /**
     * Asks peers for a block; its bytes were checked against the CID. It is not put into the blockstore: the caller
     * does that. Calls for the same block share one request; cancelling the future withdraws it. Fails with {@link
     * NetworkException} TIMEOUT after {@code timeout}, LIMIT when too many blocks are wanted, CLOSED.
     */
    CompletableFuture<byte[]> get(Cid cid, Duration timeout);

    /**
     * As {@link #get(Cid, Duration)}, with a connected peer that is asked first because it likely has the block; when it
     * has not, or is not there, the others are asked.
     */
    default CompletableFuture<byte[]> get(Cid cid, Duration timeout, PeerId likely) {
        return get(cid, timeout);
    }

    /** Tells that a block is in the blockstore now: peers that wait for it get it, and so do waiting calls of get. */
    void haveNewBlock(Cid cid);

    /** Counters since the start. */
    ExchangeStats stats();

    /** Fails what waits and closes the streams. */
    @Override
    void close();
}
