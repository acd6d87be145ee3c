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

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.kad.Lookup.Shape;

class LookupTest {
    private static final Shape SHAPE = new Shape(20, 10, 3);
    private static final KadId TARGET = KadId.of(TestPeers.peer(0));

    private final Lookup lookup = new Lookup(TARGET, SHAPE);

    @Test
    void withoutPeersItIsOver() {
        assertThat(lookup.done()).isTrue();
        assertThat(lookup.next()).isEmpty();
        assertThat(lookup.result()).isEmpty();
    }

    @Test
    void nearestAreAskedFirstAndSoManyAtOnce() {
        List<PeerId> peers = peers(1, 30);
        lookup.heard(peers);
        List<PeerId> asked = lookup.next();
        assertThat(asked).isEqualTo(peers.subList(0, 10));
        assertThat(lookup.next()).isEmpty();
        lookup.failed(asked.get(4));
        assertThat(lookup.next()).containsExactly(peers.get(10));
        assertThat(lookup.waits()).isTrue();
    }

    @Test
    void itEndsWhenTheNearestReachableHaveAnswered() {
        List<PeerId> peers = peers(1, 30);
        lookup.heard(peers);
        List<PeerId> asked = lookup.next();
        lookup.failed(asked.get(0));
        lookup.answered(asked.get(1));
        lookup.answered(asked.get(2));
        assertThat(lookup.done()).isFalse();
        lookup.answered(asked.get(3));
        assertThat(lookup.done()).isTrue();
        assertThat(lookup.next()).isEmpty();
        assertThat(lookup.followUp()).isEqualTo(peers.subList(10, 21));
        assertThat(lookup.result()).isEqualTo(peers.subList(1, 4));
    }

    @Test
    void nearerPeerThatIsNamedLaterIsAskedNext() {
        List<PeerId> peers = peers(1, 30);
        lookup.heard(peers.subList(10, 30));
        List<PeerId> asked = lookup.next();
        lookup.answered(asked.get(0));
        lookup.heard(peers.subList(0, 2));
        assertThat(lookup.next()).containsExactly(peers.get(0));
    }

    @Test
    void answerOfSomebodyWhoWasNotAskedCountsNothing() {
        lookup.heard(peers(1, 5));
        lookup.answered(TestPeers.peer(3));
        lookup.failed(TestPeers.peer(4));
        assertThat(lookup.waits()).isFalse();
        assertThat(lookup.next()).hasSize(5);
    }

    @Test
    void peersAreBoundedAndTheNearestAreKept() {
        List<PeerId> peers = peers(1, Lookup.MAX_PEERS + 500);
        lookup.heard(peers.subList(400, peers.size()));
        lookup.heard(peers.subList(0, 400));
        Set<PeerId> seen = new HashSet<>();
        for (List<PeerId> next = lookup.next(); !next.isEmpty(); next = lookup.next()) {
            seen.addAll(next);
            next.forEach(lookup::failed);
        }
        assertThat(seen).hasSize(Lookup.MAX_PEERS).containsAll(peers.subList(0, Lookup.MAX_PEERS));
    }

    @Test
    void networkOfManyIsSearchedByFewQuestions() {
        Random random = new Random(11);
        List<PeerId> network = peers(1, 1000);
        List<RoutingTable> tables = network.stream()
                .map(peer -> {
                    RoutingTable table = new RoutingTable(KadId.of(peer), 20);
                    List<PeerId> others = new ArrayList<>(network);
                    java.util.Collections.shuffle(others, random);
                    others.forEach(other -> table.add(other, 0));
                    return table;
                })
                .toList();
        lookup.heard(tables.get(random.nextInt(1000)).nearest(TARGET, 20));
        int questions = 0;
        while (!lookup.done()) {
            for (PeerId peer : lookup.next()) {
                questions++;
                lookup.answered(peer);
                lookup.heard(tables.get(network.indexOf(peer)).nearest(TARGET, 20));
            }
        }
        lookup.followUp().forEach(lookup::answered);
        assertThat(lookup.result().subList(0, 3)).isEqualTo(network.subList(0, 3));
        assertThat(lookup.result()).hasSize(20);
        assertThat(questions).isLessThan(100);
    }

    /** Peers in order of their distance to the target. */
    private static List<PeerId> peers(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(TestPeers::peer)
                .sorted(Comparator.comparing(KadId::of, TARGET::compareDistance))
                .toList();
    }
}
