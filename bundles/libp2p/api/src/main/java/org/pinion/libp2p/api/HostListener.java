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

import org.osgi.annotation.versioning.ConsumerType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;

/** Hears about peers. Called on event loops, for one peer in order: must not block. */
@ConsumerType
public interface HostListener {
    /** The first connection to a peer is up. */
    default void peerConnected(PeerId peer) {}

    /** The last connection to a peer is gone. */
    default void peerDisconnected(PeerId peer) {}

    /** A peer told about itself: once per connection, and again when it pushes changes. */
    default void peerIdentified(PeerInfo info) {}

    /**
     * A dial of a peer failed at all of its addresses, whoever asked for it; the reason is SECRET_DIFFERS when the peer
     * has another network secret. Not called for dials that were not tried (BACK_OFF, NO_ADDRESS) or ended with the host.
     */
    default void dialFailed(PeerId peer, NetworkException error) {}

    /**
     * Somebody connected to us, but the set-up failed; who it was is not known, so no peer id is told. SECRET_DIFFERS
     * stands for another network secret, or none, on their side. May be called often: strangers can cause it.
     *
     * @param remote the address from which they came
     */
    default void inboundFailed(Multiaddr remote, NetworkException error) {}

    /** What is known of our being reachable from the public network has changed; see {@link Host#reachability}. */
    default void reachabilityChanged(Reachability reachability) {}
}
