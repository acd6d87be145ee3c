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

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.bitswap.BitswapMessage.Want;

class LedgerTest {
    private final Ledger ledger = new Ledger(3);

    private static Cid cid(int number) {
        return Cid.v1(Cid.RAW, Multihash.sha256(("block" + number).getBytes(StandardCharsets.UTF_8)));
    }

    private static Want block(int number) {
        return new Want(cid(number), 1, false, false, true);
    }

    private static Want have(int number) {
        return new Want(cid(number), 1, false, true, false);
    }

    @Test
    void wantsAreRememberedUntilSettledAndOnlySoMany() {
        ledger.receive(IntStream.range(0, 5).mapToObj(LedgerTest::block).toList(), false);
        assertThat(ledger.wants()).containsExactlyInAnyOrder(cid(0), cid(1), cid(2));
        Ledger.Entry first = Objects.requireNonNull(ledger.next());
        ledger.settled(first);
        assertThat(ledger.wants()).hasSize(2);
        assertThat(ledger.available(first.cid)).isFalse();
    }

    @Test
    void aWantThatCouldNotBeAnsweredComesBackWhenTheBlockDoes() {
        ledger.receive(List.of(block(1)), false);
        ledger.next();
        assertThat(ledger.next()).isNull();
        assertThat(ledger.available(cid(1))).isTrue();
        assertThat(ledger.next()).isNotNull();
    }

    @Test
    void aWantThatCameBackMeanwhileIsNotSettled() {
        ledger.receive(List.of(block(1)), false);
        Ledger.Entry entry = Objects.requireNonNull(ledger.next());
        ledger.available(cid(1));
        ledger.settled(entry);
        assertThat(ledger.next()).isSameAs(entry);
    }

    @Test
    void cancelAndFullListRemoveWants() {
        ledger.receive(List.of(block(1), block(2)), false);
        ledger.receive(List.of(Want.cancel(cid(1))), false);
        assertThat(ledger.wants()).containsExactly(cid(2));
        ledger.receive(List.of(block(3)), true);
        assertThat(Objects.requireNonNull(ledger.next()).cid).isEqualTo(cid(3));
        assertThat(ledger.next()).isNull();
    }

    @Test
    void askingForTheBlockReplacesAskingWhetherItIsThereButNotTheOtherWayRound() {
        ledger.receive(List.of(have(1)), false);
        ledger.receive(List.of(block(1)), false);
        ledger.receive(List.of(have(1)), false);
        Ledger.Entry entry = Objects.requireNonNull(ledger.next());
        assertThat(entry.haveOnly).isFalse();
        assertThat(ledger.next()).isNull();
    }

    @Test
    void memoryForMessagesIsGrantedInOrderAndNeverBeyondTheLimits() {
        PeerId a = PeerId.ofBytes(cid(1).multihash().bytes());
        PeerId b = PeerId.ofBytes(cid(2).multihash().bytes());
        ReceiveBudget budget = new ReceiveBudget(100, 60);
        assertThat(budget.acquire(a, 50)).isDone();
        CompletableFuture<Void> second = budget.acquire(a, 20);
        assertThat(second).isNotDone();
        assertThat(budget.acquire(b, 40)).isDone();
        CompletableFuture<Void> third = budget.acquire(b, 20);
        assertThat(third).isNotDone();
        budget.release(a, 50);
        assertThat(second).isDone();
        assertThat(third).isDone();
        assertThat(budget.total()).isEqualTo(80);
    }
}
