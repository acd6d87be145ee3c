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
package org.pinion.consensus.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;

class FairQueueTest {
    private static final Optional<PeerId> ONE = Optional.of(TestPeer.newId());
    private static final Optional<PeerId> TWO = Optional.of(TestPeer.newId());

    private static Cid cid(int number) {
        return DagNode.cidOf(Multihash.sha256(new byte[] {(byte) number, (byte) (number >> 8)}));
    }

    private static List<Cid> drain(FairQueue queue) {
        List<Cid> cids = new ArrayList<>();
        for (FairQueue.Entry next = queue.poll(any -> true); next != null; next = queue.poll(any -> true)) {
            cids.add(next.cid());
        }
        return cids;
    }

    @Test
    void originsTakeTurns() {
        FairQueue queue = new FairQueue(10, false);
        for (int i = 0; i < 5; i++) {
            queue.add(cid(i), ONE);
        }
        queue.add(cid(100), TWO);
        queue.add(cid(101), TWO);

        assertThat(drain(queue)).containsExactly(cid(0), cid(100), cid(1), cid(101), cid(2), cid(3), cid(4));
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void aFullQueueDropsItsOldestOrRefuses() {
        FairQueue newest = new FairQueue(3, true);
        FairQueue oldest = new FairQueue(3, false);
        for (int i = 0; i < 4; i++) {
            assertThat(newest.add(cid(i), ONE)).isEqualTo(i < 3);
            assertThat(oldest.add(cid(i), ONE)).isEqualTo(i < 3);
        }
        assertThat(newest.add(cid(9), TWO)).isTrue();

        assertThat(newest.size()).isEqualTo(4);
        assertThat(drain(newest)).containsExactly(cid(3), cid(9), cid(2), cid(1));
        assertThat(drain(oldest)).containsExactly(cid(0), cid(1), cid(2));
    }

    @Test
    void aNodeWaitsOnceWhoeverLeadsToIt() {
        FairQueue queue = new FairQueue(3, true);
        assertThat(queue.add(cid(1), ONE)).isTrue();
        assertThat(queue.add(cid(1), TWO)).isTrue();

        assertThat(drain(queue)).containsExactly(cid(1));
        queue.add(cid(1), TWO);
        assertThat(queue.poll(any -> true)).isEqualTo(new FairQueue.Entry(cid(1), TWO));
    }

    @Test
    void whoHasNoRoomIsPassedOver() {
        FairQueue queue = new FairQueue(3, false);
        queue.add(cid(1), ONE);
        queue.add(cid(2), TWO);

        assertThat(queue.poll(TWO::equals)).isEqualTo(new FairQueue.Entry(cid(2), TWO));
        assertThat(queue.poll(TWO::equals)).isNull();
        assertThat(queue.size()).isOne();
    }

    @Test
    void memoryHasABoundForAnyNumberOfOrigins() {
        FairQueue queue = new FairQueue(3, true);
        for (int i = 0; i < 2000; i++) {
            queue.add(cid(i), Optional.of(TestPeer.newId()));
        }

        assertThat(queue.size()).isLessThanOrEqualTo(256 * 3);
    }
}
