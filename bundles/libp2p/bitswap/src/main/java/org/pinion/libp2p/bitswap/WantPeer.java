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

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.bitswap.BitswapMessage.Want;

/** What a peer was asked for, and what it has still to be told. One thread. */
final class WantPeer {
    /** Blocks asked for at once. */
    static final int MAX_BLOCKS = 512;
    /** Wants that the reference remembers of a peer are 1024; more would be lost. */
    static final int MAX_WANTS = 1000;

    private static final double GOOD = 0.5;

    final PeerId id;
    /** Whether it answers with have and don't-have. */
    final boolean presences;
    /** Wants that the peer knows or will be told; true if it was asked for the block itself. */
    private final Map<Multihash, Boolean> wants = new LinkedHashMap<>();
    /** Those of {@link #wants} that it has not. */
    private final Set<Multihash> parked = new LinkedHashSet<>();

    private final Map<Multihash, Want> outgoing = new LinkedHashMap<>();
    private int blocks;
    private double score;
    private long heardAt;

    WantPeer(PeerId id, boolean presences, long now) {
        this.id = id;
        this.presences = presences;
        this.heardAt = now;
    }

    // ---- room and quality ----

    /** Whether a block can be asked for. */
    boolean hasRoom() {
        return blocks < MAX_BLOCKS && (wants.size() < MAX_WANTS || !parked.isEmpty());
    }

    boolean hasRoomForHave() {
        return wants.size() < MAX_WANTS || !parked.isEmpty();
    }

    int blocks() {
        return blocks;
    }

    /** Whether it mostly had what it was asked for. */
    boolean good() {
        return score >= GOOD;
    }

    void delivered(long now) {
        score = Math.max(GOOD, score * 0.9 + 0.1);
        heardAt = now;
    }

    /** It has something that we want. */
    void promising() {
        score = Math.max(GOOD, score);
    }

    void disappointed(long now) {
        score *= 0.8;
        heardAt = now;
    }

    void stalled() {
        score = 0;
    }

    void heard(long now) {
        heardAt = now;
    }

    long heardAt() {
        return heardAt;
    }

    // ---- wants ----

    /** Asks for a block, or whether the peer has it. Forgets a parked want if there is no room else. */
    void ask(Wanted want, boolean block) {
        if (wants.size() >= MAX_WANTS && !wants.containsKey(want.hash)) {
            forgetParked();
        }
        boolean asBlock = block || !presences;
        parked.remove(want.hash);
        count(wants.put(want.hash, asBlock), asBlock);
        outgoing.put(want.hash, new Want(want.cid, want.priority, false, !asBlock, presences && asBlock));
    }

    /** Says the same again, in case it was lost. */
    void askAgain(Wanted want) {
        Boolean asBlock = wants.get(want.hash);
        if (asBlock != null) {
            outgoing.put(want.hash, new Want(want.cid, want.priority, false, !asBlock, presences && asBlock));
        }
    }

    /** The peer has it not; it keeps the want and answers when the block comes. */
    void park(Multihash hash) {
        Boolean was = wants.get(hash);
        if (was != null) {
            count(wants.put(hash, false), false);
            parked.add(hash);
        }
    }

    /** The want is void; the peer is told unless it settled it itself or does not know of it yet. */
    void drop(Wanted want, boolean tell) {
        Boolean was = wants.remove(want.hash);
        if (was == null) {
            return;
        }
        count(was, false);
        parked.remove(want.hash);
        Want unsent = outgoing.remove(want.hash);
        if (tell && (unsent == null || unsent.cancel())) {
            outgoing.put(want.hash, Want.cancel(want.cid));
        }
    }

    Set<Multihash> hashes() {
        return wants.keySet();
    }

    private void forgetParked() {
        Iterator<Multihash> oldest = parked.iterator();
        if (oldest.hasNext()) {
            Multihash hash = oldest.next();
            oldest.remove();
            wants.remove(hash);
        }
    }

    private void count(@Nullable Boolean before, boolean after) {
        if (before != null && before) {
            blocks--;
        }
        if (after) {
            blocks++;
        }
    }

    // ---- sending ----

    boolean hasOutgoing() {
        return !outgoing.isEmpty();
    }

    /** Takes what has to be sent, up to a number of entries. */
    List<Want> take(int max) {
        List<Want> taken = new ArrayList<>(Math.min(max, outgoing.size()));
        Iterator<Want> all = outgoing.values().iterator();
        while (all.hasNext() && taken.size() < max) {
            taken.add(all.next());
            all.remove();
        }
        return taken;
    }
}
