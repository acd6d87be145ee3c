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
package org.pinion.libp2p.kad;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Which peers a search asks, and when it ends: it goes to the nearest peers it heard of, some at once, until the nearest
 * few that are reachable have all answered. No clock, no I/O; one thread.
 *
 * @spec libp2p "Kademlia DHT", peer routing
 */
final class Lookup {
    /** Peers that are remembered; beyond it the farthest that were not asked are forgotten. */
    static final int MAX_PEERS = 1024;

    /**
     * How a search goes.
     *
     * @param width peers of the result
     * @param concurrency peers that are asked at once
     * @param resiliency nearest peers that must have answered
     */
    record Shape(int width, int concurrency, int resiliency) {}

    private enum State {
        HEARD,
        WAITING,
        ANSWERED,
        FAILED
    }

    private final Shape shape;
    private final Map<PeerId, State> states = new HashMap<>();
    private final TreeSet<Candidate> order;
    private int waiting;

    private record Candidate(KadId point, PeerId peer) {}

    Lookup(KadId target, Shape shape) {
        this.shape = shape;
        order = new TreeSet<>(Comparator.comparing(Candidate::point, target::compareDistance));
    }

    /** Somebody named these peers. */
    void heard(Collection<PeerId> peers) {
        for (PeerId peer : peers) {
            if (states.putIfAbsent(peer, State.HEARD) == null) {
                order.add(new Candidate(KadId.of(peer), peer));
            }
        }
        forgetFarthest();
    }

    private void forgetFarthest() {
        if (states.size() <= MAX_PEERS) {
            return;
        }
        List<Candidate> surplus = new ArrayList<>();
        int excess = states.size() - MAX_PEERS;
        for (Candidate each : order.descendingSet()) {
            if (surplus.size() == excess) {
                break;
            }
            if (states.get(each.peer) == State.HEARD) {
                surplus.add(each);
            }
        }
        for (Candidate each : surplus) {
            order.remove(each);
            states.remove(each.peer);
        }
    }

    /** The peers to ask now; empty when enough are being asked, or the search is over. */
    List<PeerId> next() {
        return done() ? List.of() : take(shape.concurrency - waiting);
    }

    /** The peers of the result that were not asked when the search was over: those are asked last. */
    List<PeerId> followUp() {
        List<PeerId> unasked = nearest(shape.width, false).stream()
                .filter(peer -> states.get(peer) == State.HEARD)
                .toList();
        unasked.forEach(this::ask);
        return unasked;
    }

    private List<PeerId> take(int count) {
        List<PeerId> taken = new ArrayList<>();
        for (Candidate each : order) {
            if (taken.size() >= count) {
                break;
            }
            if (states.get(each.peer) == State.HEARD) {
                ask(each.peer);
                taken.add(each.peer);
            }
        }
        return taken;
    }

    private void ask(PeerId peer) {
        states.put(peer, State.WAITING);
        waiting++;
    }

    void answered(PeerId peer) {
        settle(peer, State.ANSWERED);
    }

    void failed(PeerId peer) {
        settle(peer, State.FAILED);
    }

    private void settle(PeerId peer, State state) {
        if (states.replace(peer, State.WAITING, state)) {
            waiting--;
        }
    }

    /** True while answers are outstanding. */
    boolean waits() {
        return waiting > 0;
    }

    /** True if the nearest have answered, or nobody is left. */
    boolean done() {
        boolean nearestAnswered =
                nearest(shape.resiliency, false).stream().allMatch(peer -> states.get(peer) == State.ANSWERED);
        return nearestAnswered || (waiting == 0 && !states.containsValue(State.HEARD));
    }

    /** The nearest peers that answered, the nearest first. */
    List<PeerId> result() {
        return nearest(shape.width, true);
    }

    private List<PeerId> nearest(int count, boolean answeredOnly) {
        return order.stream()
                .map(Candidate::peer)
                .filter(peer -> answeredOnly ? states.get(peer) == State.ANSWERED : states.get(peer) != State.FAILED)
                .limit(count)
                .toList();
    }
}
