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

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Decides whom to ask for which block. No clock, no I/O, no threads; {@code now} is a monotonic time in nanoseconds. What
 * is to be sent piles up in the {@link WantPeer}s.
 *
 * <p>Peers that delivered are asked for blocks directly, the least busy first, so that a DAG comes from all who have it.
 * When there are none, all peers are asked whether they have the block, and the first that says so is asked for it. A
 * peer that has not keeps the want and answers when it gets the block.
 */
final class WantTable {
    static final Duration STALLED = Duration.ofSeconds(10);
    static final Duration REPEAT = Duration.ofSeconds(30);
    /** Peers that are asked whether they have a block. */
    static final int MAX_ASKED = 64;
    /** Wants that are looked at for one that fits the room that came free. */
    private static final int MAX_SCAN = 32;
    /** One want in so many is also shown to a peer that has not delivered yet, to find more sources. */
    private static final int EXPLORE = 16;

    private final Map<Multihash, Wanted> wants = new LinkedHashMap<>();
    private final Map<PeerId, WantPeer> peers = new HashMap<>();
    private final Deque<Wanted> queue = new ArrayDeque<>();
    private int nextPriority = Integer.MAX_VALUE;
    private int untilExplore = EXPLORE;

    // ---- wants ----

    /** Wants a block; nothing happens if it is wanted already. */
    void add(Cid cid, long now) {
        add(cid, null, now);
    }

    /** Wants a block that a peer likely has: that one is asked first. */
    void add(Cid cid, @Nullable PeerId likely, long now) {
        Multihash hash = cid.multihash();
        if (wants.containsKey(hash)) {
            return;
        }
        Wanted want = new Wanted(cid, nextPriority, likely, now);
        nextPriority = nextPriority == 1 ? Integer.MAX_VALUE : nextPriority - 1;
        wants.put(hash, want);
        place(want, now);
    }

    /** The block is not wanted any more: peers are told. */
    void cancel(Multihash hash, long now) {
        Wanted want = wants.remove(hash);
        if (want != null) {
            want.asked.forEach(peer -> peer.drop(want, true));
            want.asked.clear();
            fill(now);
        }
    }

    /** A peer delivered a block. False if it was not wanted. */
    boolean onBlock(PeerId from, Multihash hash, long now) {
        Wanted want = wants.remove(hash);
        WantPeer sender = peers.get(from);
        if (want == null) {
            if (sender != null) {
                sender.heard(now);
            }
            return false;
        }
        if (sender != null) {
            sender.delivered(now);
        }
        for (WantPeer peer : want.asked) {
            peer.drop(want, peer != sender);
        }
        want.asked.clear();
        fill(now);
        return true;
    }

    /** A peer has a block. */
    void onHave(PeerId from, Multihash hash, long now) {
        Wanted want = wants.get(hash);
        WantPeer peer = peers.get(from);
        if (peer == null) {
            return;
        }
        peer.heard(now);
        if (want == null || !want.asked.contains(peer)) {
            return;
        }
        want.missing.remove(peer);
        peer.promising();
        if (want.from == null && peer.hasRoom()) {
            askForBlock(want, peer, now);
        } else if (want.from != peer && !want.holders.contains(peer)) {
            want.holders.add(peer);
            enqueue(want);
        }
    }

    /** A peer does not have a block. */
    void onDontHave(PeerId from, Multihash hash, long now) {
        Wanted want = wants.get(hash);
        WantPeer peer = peers.get(from);
        if (want == null || peer == null || !want.asked.contains(peer)) {
            return;
        }
        peer.disappointed(now);
        peer.park(hash);
        want.missing.add(peer);
        want.holders.remove(peer);
        if (want.from == peer) {
            want.from = null;
            place(want, now);
            fill(now);
        }
    }

    // ---- peers ----

    /** A peer can be asked from now on. */
    void addPeer(PeerId id, boolean presences, long now) {
        if (peers.containsKey(id)) {
            return;
        }
        WantPeer peer = new WantPeer(id, presences, now);
        peers.put(id, peer);
        for (Wanted want : wants.values()) {
            WantPeer from = want.from;
            if (from == null && !want.queued) {
                place(want, now);
            } else if (from != null && !from.good() && peer.hasRoomForHave()) {
                // who was asked because there was nobody else may not have it
                want.asked.add(peer);
                peer.ask(want, false);
            }
        }
    }

    /** A peer is gone, or could not be sent to. */
    void removePeer(PeerId id, long now) {
        WantPeer peer = peers.remove(id);
        if (peer == null) {
            return;
        }
        for (Multihash hash : List.copyOf(peer.hashes())) {
            Wanted want = wants.get(hash);
            if (want == null) {
                continue;
            }
            want.asked.remove(peer);
            want.missing.remove(peer);
            want.holders.remove(peer);
            if (want.from == peer) {
                want.from = null;
                place(want, now);
            }
        }
        fill(now);
    }

    // ---- placing ----

    /** Asks somebody for a want that nobody was asked to deliver, or queues it. */
    private void place(Wanted want, long now) {
        WantPeer likely = want.likely == null ? null : peers.get(want.likely);
        want.likely = null;
        if (likely != null && likely.hasRoom() && !want.asked.contains(likely)) {
            askForBlock(want, likely, now);
            return;
        }
        WantPeer holder = holder(want);
        if (holder != null) {
            askForBlock(want, holder, now);
            return;
        }
        boolean goodButFull = false;
        WantPeer best = null;
        for (WantPeer peer : peers.values()) {
            if ((peer.good() || peers.size() == 1) && !want.missing.contains(peer) && !want.asked.contains(peer)) {
                goodButFull |= !peer.hasRoom();
                if (peer.hasRoom() && (best == null || peer.blocks() < best.blocks())) {
                    best = peer;
                }
            }
        }
        if (best != null) {
            askForBlock(want, best, now);
            explore(want);
        } else if (goodButFull || !want.holders.isEmpty()) {
            enqueue(want);
        } else {
            search(want, now);
        }
    }

    private void explore(Wanted want) {
        if (peers.size() == 1 || --untilExplore > 0) {
            return;
        }
        untilExplore = EXPLORE;
        for (WantPeer peer : peers.values()) {
            if (!peer.good() && peer.presences && peer.hasRoomForHave() && want.asked.add(peer)) {
                peer.ask(want, false);
                return;
            }
        }
    }

    private static @Nullable WantPeer holder(Wanted want) {
        for (WantPeer peer : want.holders) {
            if (peer.hasRoom()) {
                want.holders.remove(peer);
                return peer;
            }
        }
        return null;
    }

    private static void askForBlock(Wanted want, WantPeer peer, long now) {
        want.from = peer;
        want.asked.add(peer);
        want.holders.remove(peer);
        want.askedAt = now;
        peer.ask(want, true);
    }

    private void search(Wanted want, long now) {
        want.askedAt = now;
        int left = MAX_ASKED - want.asked.size();
        for (WantPeer peer : peers.values()) {
            if (left > 0 && !want.asked.contains(peer) && peer.hasRoomForHave()) {
                want.asked.add(peer);
                peer.ask(want, false);
                left--;
            }
        }
    }

    private void enqueue(Wanted want) {
        if (!want.queued && want.from == null) {
            want.queued = true;
            queue.add(want);
            if (queue.size() > 2 * wants.size() + MAX_SCAN) {
                queue.removeIf(old -> wants.get(old.hash) != old);
            }
        }
    }

    /** Gives queued wants to peers that have room again. */
    private void fill(long now) {
        int failures = 0;
        int left = queue.size();
        while (failures < MAX_SCAN && left-- > 0 && peers.values().stream().anyMatch(WantPeer::hasRoom)) {
            Wanted want = queue.poll();
            if (want == null) {
                return;
            }
            want.queued = false;
            if (wants.get(want.hash) != want || want.from != null) {
                continue;
            }
            place(want, now);
            failures += want.queued ? 1 : 0;
        }
    }

    // ---- time ----

    /** Gives up peers that do not answer, and repeats what may be lost. To be called about once a second. */
    void tick(long now) {
        List<Wanted> stalled = new ArrayList<>();
        for (Wanted want : wants.values()) {
            WantPeer from = want.from;
            long age = now - want.askedAt;
            if (from != null && age > STALLED.toNanos() && now - from.heardAt() > STALLED.toNanos()) {
                stalled.add(want);
            } else if (!want.queued && age > REPEAT.toNanos()) {
                want.askedAt = now;
                want.asked.forEach(peer -> peer.askAgain(want));
                search(want, now);
            }
        }
        for (Wanted want : stalled) {
            WantPeer from = want.from;
            if (from == null) {
                continue;
            }
            from.stalled();
            if (peers.size() == 1) {
                want.askedAt = now;
                from.askAgain(want);
            } else {
                want.from = null;
                from.park(want.hash);
                place(want, now);
            }
        }
        fill(now);
    }

    /** Something came from a peer, if only a part of a message. */
    void heard(PeerId id, long now) {
        WantPeer peer = peers.get(id);
        if (peer != null) {
            peer.heard(now);
        }
    }

    // ---- what there is ----

    boolean wants(Multihash hash) {
        return wants.containsKey(hash);
    }

    int size() {
        return wants.size();
    }

    Collection<WantPeer> peers() {
        return peers.values();
    }

    @Nullable
    WantPeer peer(PeerId id) {
        return peers.get(id);
    }

    Set<Multihash> hashes() {
        return wants.keySet();
    }
}
