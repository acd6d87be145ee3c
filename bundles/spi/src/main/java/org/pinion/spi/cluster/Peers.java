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
package org.pinion.spi.cluster;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.spi.ConnectGraph;
import org.pinion.spi.IpfsId;
import org.pinion.spi.PeerInfo;
import org.pinion.spi.flow.Cursor;

/** The members of the cluster. Any thread; cursors may block. Rules as for {@link Pinset}. */
@ProviderType
public interface Peers {
    /** This peer. */
    CompletionStage<PeerInfo> id();

    /** All members, each asked for its identity; those that fail carry an error. */
    Cursor<PeerInfo> list();

    /** Lets a peer in. */
    CompletionStage<PeerInfo> add(PeerId peer);

    /** Ends a peer's membership after moving its pins. */
    CompletionStage<Void> remove(PeerId peer);

    /** Joins the cluster of the peer at an address that ends in {@code /p2p/<id>}. */
    CompletionStage<Void> join(Multiaddr address);

    /** Who is connected to whom. */
    CompletionStage<ConnectGraph> graph();

    /** The IPFS node of a peer, from its last ping where it is another one. */
    CompletionStage<IpfsId> ipfsId(PeerId peer);
}
