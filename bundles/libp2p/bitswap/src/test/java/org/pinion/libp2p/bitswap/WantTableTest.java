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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.bitswap.BitswapMessage.Want;

class WantTableTest {
    private static final PeerId A = peer("a");
    private static final PeerId B = peer("b");
    private static final PeerId C = peer("c");

    private final WantTable table = new WantTable();
    private long now = 5_000_000_000L;

    private static PeerId peer(String name) {
        return PeerId.ofBytes(
                Multihash.sha256(name.getBytes(StandardCharsets.UTF_8)).bytes());
    }

    private static Cid cid(int number) {
        return Cid.v1(Cid.RAW, Multihash.sha256(("block" + number).getBytes(StandardCharsets.UTF_8)));
    }

    private static Multihash hash(int number) {
        return cid(number).multihash();
    }

    private void advance(Duration time) {
        now += time.toNanos();
    }

    private List<Want> sent(PeerId peer) {
        return Objects.requireNonNull(table.peer(peer)).take(100_000);
    }

    private void connect(PeerId... peers) {
        for (PeerId peer : peers) {
            table.addPeer(peer, true, now);
        }
    }

    private void want(int... numbers) {
        for (int number : numbers) {
            table.add(cid(number), now);
        }
    }

    @Test
    void theOnlyPeerIsAskedForTheBlockDirectly() {
        connect(A);
        want(1);

        assertThat(sent(A)).containsExactly(new Want(cid(1), Integer.MAX_VALUE, false, false, true));
    }

    @Test
    void severalUnknownPeersAreAskedWhetherTheyHaveItAndTheFirstThatHasIsAsked() {
        connect(A, B, C);
        want(1);
        for (PeerId peer : List.of(A, B, C)) {
            assertThat(sent(peer)).containsExactly(new Want(cid(1), Integer.MAX_VALUE, false, true, false));
        }

        table.onHave(B, hash(1), now);
        assertThat(sent(B)).containsExactly(new Want(cid(1), Integer.MAX_VALUE, false, false, true));
        table.onHave(A, hash(1), now);
        assertThat(sent(A)).isEmpty();

        assertThat(table.onBlock(B, hash(1), now)).isTrue();
        assertThat(sent(A)).containsExactly(Want.cancel(cid(1)));
        assertThat(sent(B)).isEmpty();
        assertThat(sent(C)).containsExactly(Want.cancel(cid(1)));
        assertThat(table.onBlock(B, hash(1), now)).isFalse();
        assertThat(table.size()).isZero();
    }

    @Test
    void whoDeliveredIsAskedDirectlyNextTime() {
        connect(A, B);
        want(1);
        table.onHave(B, hash(1), now);
        table.onBlock(B, hash(1), now);
        sent(A);
        sent(B);

        want(2, 3);

        assertThat(sent(B)).extracting(Want::haveOnly).containsExactly(false, false);
        assertThat(sent(A)).isEmpty();
    }

    @Test
    void blocksAreSpreadOverAllThatHaveThem() {
        connect(A, B);
        want(1, 2);
        table.onHave(A, hash(1), now);
        table.onHave(B, hash(2), now);
        table.onBlock(A, hash(1), now);
        table.onBlock(B, hash(2), now);
        sent(A);
        sent(B);

        IntStream.range(10, 30).forEach(this::want);

        assertThat(sent(A)).hasSize(10);
        assertThat(sent(B)).hasSize(10);
    }

    @Test
    void newSourcesAreFoundWhileAnotherDelivers() {
        connect(A, B);
        want(1);
        table.onHave(A, hash(1), now);
        table.onBlock(A, hash(1), now);
        sent(B);
        IntStream.range(10, 40).forEach(this::want);
        List<Want> shown = sent(B);
        assertThat(shown).isNotEmpty().allMatch(Want::haveOnly);

        table.onHave(B, shown.get(0).cid().multihash(), now);
        IntStream.range(40, 50).forEach(this::want);
        assertThat(sent(B)).hasSize(10).noneMatch(Want::haveOnly);
    }

    @Test
    void whoLikelyHasItIsAskedAloneAndTheOthersOnlyWhenItHasNot() {
        connect(A, B, C);
        table.add(cid(1), C, now);
        assertThat(sent(C)).extracting(Want::haveOnly).containsExactly(false);
        assertThat(sent(A)).isEmpty();
        assertThat(sent(B)).isEmpty();

        table.onDontHave(C, hash(1), now);

        assertThat(sent(A)).extracting(Want::haveOnly).containsExactly(true);
        assertThat(sent(B)).extracting(Want::haveOnly).containsExactly(true);
        table.add(cid(2), peer("not connected"), now);
        assertThat(sent(A)).hasSize(1);
    }

    @Test
    void whoLikelyHasItAndIsSilentIsGivenUp() {
        connect(A, B);
        table.add(cid(1), A, now);
        sent(A);
        advance(WantTable.STALLED.plusSeconds(1));
        table.tick(now);

        assertThat(sent(B)).hasSize(1);
    }

    @Test
    void afterADontHaveTheOthersAreAsked() {
        connect(A, B);
        want(1);
        table.onHave(A, hash(1), now);
        table.onHave(B, hash(1), now);
        sent(A);
        sent(B);

        table.onDontHave(A, hash(1), now);

        assertThat(sent(B)).containsExactly(new Want(cid(1), Integer.MAX_VALUE, false, false, true));
    }

    @Test
    void whenNobodyHasItAPeerThatGetsItLaterDelivers() {
        connect(A);
        want(1);
        sent(A);
        table.onDontHave(A, hash(1), now);
        assertThat(sent(A)).isEmpty();

        assertThat(table.onBlock(A, hash(1), now)).isTrue();
    }

    @Test
    void aPeerThatConnectsIsAskedForWhatIsMissing() {
        want(1, 2);
        connect(A);
        assertThat(sent(A)).hasSize(2).noneMatch(Want::haveOnly);
        table.onDontHave(A, hash(1), now);
        connect(B);
        assertThat(sent(B)).extracting(Want::cid).containsExactly(cid(1), cid(2));
    }

    @Test
    void whatAGonePeerWasAskedForIsAskedElsewhere() {
        connect(A);
        want(1);
        connect(B);
        assertThat(sent(B)).containsExactly(new Want(cid(1), Integer.MAX_VALUE, false, true, false));
        table.removePeer(A, now);
        table.onHave(B, hash(1), now);

        assertThat(sent(B)).containsExactly(new Want(cid(1), Integer.MAX_VALUE, false, false, true));
        table.removePeer(B, now);
        connect(C);
        assertThat(sent(C)).extracting(Want::cid).containsExactly(cid(1));
    }

    @Test
    void onlySoManyBlocksAreAskedAtOnceAndTheRestFollows() {
        connect(A);
        IntStream.range(0, 2000).forEach(this::want);
        assertThat(sent(A)).hasSize(WantPeer.MAX_BLOCKS);

        IntStream.range(0, 100).forEach(i -> table.onBlock(A, hash(i), now));
        assertThat(sent(A)).hasSize(100);
        List<Integer> order = new ArrayList<>();
        for (int i = 100; i < 2000; i++) {
            if (table.onBlock(A, hash(i), now)) {
                order.add(i);
            }
        }
        assertThat(order).hasSize(1900);
        assertThat(table.size()).isZero();
    }

    @Test
    void wantsNobodyHasDoNotKeepOthersFromBeingAsked() {
        connect(A);
        for (int i = 0; i < 3000; i++) {
            want(i);
            sent(A);
            table.onDontHave(A, hash(i), now);
        }
        want(9999);
        assertThat(sent(A)).extracting(Want::cid).containsExactly(cid(9999));
    }

    @Test
    void cancellingTellsThoseWhoKnowAndForgetsWhatWasNotSent() {
        connect(A);
        want(1, 2);
        sent(A);
        want(3);
        table.cancel(hash(1), now);
        table.cancel(hash(3), now);

        assertThat(sent(A)).containsExactly(Want.cancel(cid(1)));
        assertThat(table.wants(hash(2))).isTrue();
        assertThat(table.wants(hash(3))).isFalse();
    }

    @Test
    void aSilentPeerIsGivenUpForAnotherOne() {
        connect(A, B);
        want(1);
        table.onHave(A, hash(1), now);
        table.onHave(B, hash(1), now);
        sent(A);
        sent(B);

        advance(Duration.ofSeconds(9));
        table.tick(now);
        assertThat(sent(B)).isEmpty();
        advance(Duration.ofSeconds(2));
        table.tick(now);
        assertThat(sent(B)).containsExactly(new Want(cid(1), Integer.MAX_VALUE, false, false, true));
    }

    @Test
    void aPeerThatIsSlowButSendsIsNotGivenUp() {
        connect(A, B);
        want(1);
        table.onHave(A, hash(1), now);
        table.onHave(B, hash(1), now);
        sent(B);
        for (int i = 0; i < 20; i++) {
            advance(Duration.ofSeconds(1));
            table.heard(A, now);
            table.tick(now);
        }
        assertThat(sent(B)).isEmpty();
    }

    @Test
    void wantsAreRepeatedAfterAWhile() {
        connect(A, B);
        want(1);
        sent(A);
        sent(B);
        advance(Duration.ofSeconds(31));
        table.tick(now);
        assertThat(sent(A)).extracting(Want::cid).containsExactly(cid(1));
        assertThat(sent(B)).extracting(Want::cid).containsExactly(cid(1));
        table.tick(now);
        assertThat(sent(A)).isEmpty();
    }

    @Test
    void peersWithoutPresencesAreOnlyAskedForBlocks() {
        table.addPeer(A, false, now);
        table.addPeer(B, false, now);
        want(1);
        Want plain = new Want(cid(1), Integer.MAX_VALUE, false, false, false);
        assertThat(sent(A)).containsExactly(plain);
        assertThat(sent(B)).containsExactly(plain);
        assertThat(table.onBlock(B, hash(1), now)).isTrue();
        assertThat(sent(A)).containsExactly(Want.cancel(cid(1)));
    }
}
