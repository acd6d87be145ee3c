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

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/** Finds peers with the help of other peers. Any thread; completions run on a thread of the routing: must not block. */
@ProviderType
public interface Routing extends AutoCloseable {
    /**
     * The addresses of a peer, without {@code /p2p}: those of the peerstore if it is connected, else what others know.
     * They are in the peerstore for a while as well. Calls for the same peer share one search.
     *
     * <p>Fails with a {@link NetworkException}: NO_ADDRESS (nobody who was asked knows the peer), LIMIT (too many
     * searches at once), CLOSED.
     */
    CompletionStage<List<Multiaddr>> findPeer(PeerId peer);

    /**
     * The peers nearest to a key (a peer id in bytes, or any other) that answered, the nearest first, at most as many as
     * a bucket holds; empty when no peer is known. Fails with a {@link NetworkException}: LIMIT, CLOSED.
     */
    CompletionStage<List<PeerAddresses>> closestPeers(byte[] key);

    /**
     * Checks the known peers and looks for more, connecting to them; completes when done. Calls made while one runs are
     * served together by the next one. Runs by itself at the interval of the settings, and when the first peers are met.
     */
    CompletionStage<Void> refresh();

    /** The peers that are asked now. */
    Set<PeerId> peers();

    /** Stops to answer and to ask; what waits fails with CLOSED. Returns when its threads are gone. */
    @Override
    void close();
}
