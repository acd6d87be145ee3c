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
package org.pinion.libp2p.gossipsub;

import java.util.Collection;
import java.util.List;
import org.pinion.ipld.multiformats.PeerId;

/** What the router wants done; the caller does it in order. */
sealed interface Effect {
    /**
     * Send a frame to peers.
     *
     * @param droppable whether it may be left out for a peer whose queue is full
     */
    record Send(Collection<PeerId> to, Rpc rpc, boolean droppable) implements Effect {
        public Send {
            to = List.copyOf(to);
        }
    }

    /** A peer subscribed and can be sent to. */
    record Joined(String topic, PeerId peer) implements Effect {}

    /** A peer left a topic or is gone. */
    record Left(String topic, PeerId peer) implements Effect {}

    /** A peer does what no peer in its right mind does. */
    record Offence(PeerId peer, String reason) implements Effect {}

    /** Connect to peers that another one named. */
    record Connect(List<Rpc.OtherPeer> peers) implements Effect {
        public Connect {
            peers = List.copyOf(peers);
        }
    }
}
