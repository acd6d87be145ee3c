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
package org.pinion.libp2p.bitswap;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;

/** A block that we want, and who was asked for it. One thread. */
final class Wanted {
    final Cid cid;
    final Multihash hash;
    final int priority;
    /** Peers that know that we want it, or will be told. */
    final Set<WantPeer> asked = new HashSet<>(4);
    /** Peers that said they have it and were not asked for the block yet. */
    final Deque<WantPeer> holders = new ArrayDeque<>(2);
    /** Peers that said they do not have it. */
    final Set<WantPeer> missing = new HashSet<>(2);
    /** The peer that was asked for the block itself. */
    @Nullable
    WantPeer from;
    /** Who is asked first, when it is there; null = nobody more than others. */
    @Nullable
    PeerId likely;
    /** When something was last asked. */
    long askedAt;
    /** Whether it waits for a peer with room. */
    boolean queued;

    Wanted(Cid cid, int priority, @Nullable PeerId likely, long now) {
        this.cid = cid;
        this.hash = cid.multihash();
        this.priority = priority;
        this.likely = likely;
        this.askedAt = now;
    }
}
