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

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.PubSubSettings;
import org.pinion.libp2p.gossipsub.Rpc.Control;
import org.pinion.libp2p.gossipsub.Rpc.Have;
import org.pinion.libp2p.gossipsub.Rpc.OtherPeer;
import org.pinion.libp2p.gossipsub.Rpc.Prune;
import org.pinion.libp2p.gossipsub.Rpc.Subscription;

class RouterTest {
    private static final String TOPIC = "topic";
    private static final PubSubSettings SMALL = new PubSubSettings(
            Duration.ofSeconds(1),
            new PubSubSettings.Mesh(6, 5, 12, 4, 2, 6),
            0.25,
            5,
            3,
            Duration.ofMinutes(2),
            false,
            true,
            1 << 20,
            32);

    private final Router router = new Router(SMALL, new SplittableRandom(1));
    private long now = 1_000_000_000_000L;

    private static PeerId peer(int number) {
        return PeerId.ofBytes(Multihash.sha256(("peer" + number).getBytes(StandardCharsets.UTF_8))
                .bytes());
    }

    private void advance(Duration time) {
        now += time.toNanos();
    }

    private List<Effect> connect(int number, Dialect dialect, boolean outbound) {
        List<Effect> effects = new ArrayList<>(router.opened(peer(number), dialect, outbound, now));
        effects.addAll(router.onSubscriptions(peer(number), List.of(new Subscription(true, TOPIC)), now));
        return effects;
    }

    private List<Effect> connect(int number) {
        return connect(number, Dialect.MESH_1_2, false);
    }

    private void connectMany(int count) {
        IntStream.range(0, count).forEach(this::connect);
    }

    private static Message message(int number, int bytes) {
        byte[] seqno = ByteBuffer.allocate(8).putLong(number).array();
        return new Message(peer(99).bytes(), new byte[bytes], seqno, TOPIC, new byte[64], null);
    }

    private static MessageId id(int number) {
        return MessageId.of(
                peer(99).bytes(), ByteBuffer.allocate(8).putLong(number).array());
    }

    private static List<Effect.Send> sends(List<Effect> effects) {
        return effects.stream()
                .filter(Effect.Send.class::isInstance)
                .map(Effect.Send.class::cast)
                .toList();
    }

    private static <T> List<T> controls(List<Effect> effects, PeerId to, Function<Control, List<T>> part) {
        return sends(effects).stream()
                .filter(send -> send.to().contains(to))
                .flatMap(send -> part.apply(send.rpc().control()).stream())
                .toList();
    }

    private static List<PeerId> receivers(List<Effect> effects) {
        return sends(effects).stream()
                .filter(send -> !send.rpc().publish().isEmpty())
                .flatMap(send -> send.to().stream())
                .toList();
    }

    @Test
    void aPeerWithATopicThatIsNotOursCanGoAndComeBack() {
        connect(1); // it subscribes, we do not

        assertThat(router.gone(peer(1))).containsExactly(new Effect.Left(TOPIC, peer(1)));
        assertThat(router.gone(peer(1))).isEmpty();
        connect(1);
        assertThat(router.gone(peer(1))).containsExactly(new Effect.Left(TOPIC, peer(1)));
    }

    @Test
    void aNewPeerGetsOurSubscriptionsFirstAndIsGraftedAtOnce() {
        router.subscribe(TOPIC, now);

        List<Effect> effects = connect(1);

        assertThat(sends(effects).get(0).rpc().subscriptions()).containsExactly(new Subscription(true, TOPIC));
        assertThat(effects).contains(new Effect.Joined(TOPIC, peer(1)));
        assertThat(controls(effects, peer(1), Control::graft)).containsExactly(TOPIC);
        assertThat(router.meshOf(TOPIC)).containsExactly(peer(1));
    }

    @Test
    void subscribingTellsAllPeersAndGraftsUpToD() {
        connectMany(10);

        List<Effect> effects = router.subscribe(TOPIC, now);

        assertThat(sends(effects).get(0).to()).hasSize(10);
        assertThat(router.meshOf(TOPIC)).hasSize(6);
        assertThat(sends(effects).stream()
                        .filter(send -> !send.rpc().control().graft().isEmpty()))
                .hasSize(6);
    }

    @Test
    void leavingPrunesTheMeshWithTheShortBackOff() {
        connectMany(3);
        router.subscribe(TOPIC, now);

        List<Effect> effects = router.unsubscribe(TOPIC, now);

        assertThat(sends(effects).get(0).rpc().subscriptions()).containsExactly(new Subscription(false, TOPIC));
        assertThat(controls(effects, peer(1), Control::prune)).containsExactly(new Prune(TOPIC, List.of(), 10));
        assertThat(router.meshOf(TOPIC)).isEmpty();
        assertThat(router.subscribe(TOPIC, now))
                .noneMatch(effect -> effect instanceof Effect.Send send
                        && !send.rpc().control().graft().isEmpty());
    }

    @Test
    void aGraftIsAcceptedUntilTheMeshIsFull() {
        router.subscribe(TOPIC, now);
        connectMany(13);
        IntStream.range(0, 13)
                .filter(i -> !router.meshOf(TOPIC).contains(peer(i)))
                .limit(6)
                .forEach(i -> router.onControl(peer(i), Control.mesh(List.of(TOPIC), List.of()), now));
        assertThat(router.meshOf(TOPIC)).hasSize(12);
        int last = IntStream.range(0, 13)
                .filter(i -> !router.meshOf(TOPIC).contains(peer(i)))
                .findFirst()
                .orElseThrow();

        List<Effect> effects = router.onControl(peer(last), Control.mesh(List.of(TOPIC), List.of()), now);

        List<Prune> prunes = controls(effects, peer(last), Control::prune);
        assertThat(prunes).hasSize(1);
        assertThat(prunes.get(0).backOffSeconds()).isEqualTo(60);
        assertThat(prunes.get(0).peers()).hasSize(12);
        assertThat(router.meshOf(TOPIC)).hasSize(12);
    }

    @Test
    void aGraftDuringTheBackOffIsRefusedAndTheHeartbeatWaitsForItsEnd() {
        router.subscribe(TOPIC, now);
        connect(1);
        router.onControl(peer(1), Control.mesh(List.of(), List.of(new Prune(TOPIC, List.of(), 60))), now);
        assertThat(router.meshOf(TOPIC)).isEmpty();

        advance(Duration.ofSeconds(30));
        List<Effect> refused = router.onControl(peer(1), Control.mesh(List.of(TOPIC), List.of()), now);
        assertThat(controls(refused, peer(1), Control::prune)).hasSize(1);
        assertThat(controls(router.heartbeat(now), peer(1), Control::graft)).isEmpty();

        // the refused graft started the back-off anew
        advance(Duration.ofSeconds(59));
        assertThat(controls(router.heartbeat(now), peer(1), Control::graft)).isEmpty();
        advance(Duration.ofSeconds(3));
        assertThat(controls(router.heartbeat(now), peer(1), Control::graft)).containsExactly(TOPIC);
    }

    @Test
    void anEndlessBackOffIsCut() {
        router.subscribe(TOPIC, now);
        connect(1);
        router.onControl(peer(1), Control.mesh(List.of(), List.of(new Prune(TOPIC, List.of(), -1L))), now);

        advance(Duration.ofHours(1).plusSeconds(2));

        assertThat(controls(router.heartbeat(now), peer(1), Control::graft)).containsExactly(TOPIC);
    }

    @Test
    void theHeartbeatShrinksALargeMeshToDAndKeepsOutboundPeers() {
        router.subscribe(TOPIC, now);
        IntStream.range(0, 20).forEach(i -> connect(i, Dialect.MESH_1_1, i >= 17));
        IntStream.range(0, 20).forEach(i -> router.onControl(peer(i), Control.mesh(List.of(TOPIC), List.of()), now));
        assertThat(router.meshOf(TOPIC)).hasSizeGreaterThan(12);

        List<Effect> effects = router.heartbeat(now);

        assertThat(router.meshOf(TOPIC)).hasSize(6);
        assertThat(router.meshOf(TOPIC))
                .filteredOn(id -> List.of(peer(17), peer(18), peer(19)).contains(id))
                .hasSizeGreaterThanOrEqualTo(2);
        assertThat(sends(effects).stream()
                        .filter(send -> !send.rpc().control().prune().isEmpty()))
                .isNotEmpty()
                .allSatisfy(send ->
                        assertThat(send.rpc().control().prune().get(0).peers()).hasSize(16));
    }

    @Test
    void peersOfFloodsubGetMessagesButNoControl() {
        router.subscribe(TOPIC, now);
        List<Effect> effects = connect(1, Dialect.FLOOD, false);
        effects.addAll(router.heartbeat(now));

        assertThat(sends(effects))
                .allSatisfy(send -> assertThat(send.rpc().control().isEmpty()).isTrue());
        assertThat(receivers(router.publish(id(1), TOPIC, message(1, 10), now))).containsExactly(peer(1));
        assertThat(receivers(router.forward(peer(2), peer(99), id(2), message(2, 10))))
                .containsExactly(peer(1));
    }

    @Test
    void oldPeersGetAPruneWithoutBackOff() {
        router.subscribe(TOPIC, now);
        connect(1, Dialect.MESH_1_0, false);

        assertThat(controls(router.unsubscribe(TOPIC, now), peer(1), Control::prune))
                .containsExactly(new Prune(TOPIC, List.of(), 0));
    }

    @Test
    void aMessageIsForwardedToTheMeshButNotToSenderAndAuthor() {
        router.subscribe(TOPIC, now);
        connectMany(4);
        router.opened(peer(99), Dialect.MESH_1_2, false, now);
        router.onSubscriptions(peer(99), List.of(new Subscription(true, TOPIC)), now);

        assertThat(receivers(router.forward(peer(0), peer(99), id(1), message(1, 10))))
                .containsExactlyInAnyOrder(peer(1), peer(2), peer(3));
    }

    @Test
    void aMessageOfOursReachesSubscribersAlsoWhileTheMeshIsEmpty() {
        router.subscribe(TOPIC, now);
        connect(1);
        router.onControl(peer(1), Control.mesh(List.of(), List.of(new Prune(TOPIC, List.of(), 60))), now);

        assertThat(receivers(router.publish(id(1), TOPIC, message(1, 10), now))).containsExactly(peer(1));
    }

    @Test
    void publishingWithoutSubscribingKeepsTheSamePeersForAWhile() {
        connectMany(20);
        List<PeerId> first = receivers(router.publish(id(1), TOPIC, message(1, 10), now));
        assertThat(first).hasSize(6);
        assertThat(receivers(router.publish(id(2), TOPIC, message(2, 10), now)))
                .containsExactlyInAnyOrderElementsOf(first);

        advance(Duration.ofSeconds(61));
        router.heartbeat(now);
        assertThat(receivers(router.publish(id(3), TOPIC, message(3, 10), now))).hasSize(6);
    }

    @Test
    void peersOutsideTheMeshAreToldWhatThereIsAndGetItOnRequest() {
        router.subscribe(TOPIC, now);
        connectMany(9);
        PeerId outsider = IntStream.range(0, 9)
                .mapToObj(RouterTest::peer)
                .filter(id -> !router.meshOf(TOPIC).contains(id))
                .findFirst()
                .orElseThrow();
        router.forward(peer(98), peer(99), id(1), message(1, 10));

        List<Effect> effects = router.heartbeat(now);

        assertThat(controls(effects, outsider, Control::have)).containsExactly(new Have(TOPIC, List.of(id(1))));
        for (int i = 0; i < 3; i++) {
            assertThat(receivers(router.onControl(outsider, Control.want(List.of(id(1))), now)))
                    .containsExactly(outsider);
        }
        assertThat(router.onControl(outsider, Control.want(List.of(id(1))), now))
                .isEmpty();
    }

    @Test
    void messagesAreAdvertisedForSomeHeartbeatsAndThenForgotten() {
        router.subscribe(TOPIC, now);
        connectMany(9);
        router.forward(peer(98), peer(99), id(1), message(1, 10));
        for (int i = 0; i < 3; i++) {
            assertThat(router.heartbeat(now)).isNotEmpty();
        }
        assertThat(router.heartbeat(now)).isEmpty();
        assertThat(receivers(router.onControl(peer(1), Control.want(List.of(id(1))), now)))
                .hasSize(1);
        router.heartbeat(now);
        assertThat(router.onControl(peer(2), Control.want(List.of(id(1))), now)).isEmpty();
    }

    @Test
    void unknownMessagesAreAskedForWithinLimits() {
        router.subscribe(TOPIC, now);
        connect(1);
        router.verified(peer(1), id(1), message(1, 10), now);

        List<Effect> effects = router.onControl(peer(1), Control.have(new Have(TOPIC, List.of(id(1), id(2)))), now);
        assertThat(controls(effects, peer(1), Control::want)).containsExactly(id(2));
        assertThat(router.onControl(peer(1), Control.have(new Have("other", List.of(id(3)))), now))
                .isEmpty();

        for (int i = 0; i < 8; i++) {
            router.onControl(peer(1), Control.have(new Have(TOPIC, List.of())), now);
        }
        Control eleventh = Control.have(new Have(TOPIC, List.of(id(4))));
        assertThat(router.onControl(peer(1), eleventh, now)).isEmpty();
        router.heartbeat(now);
        assertThat(router.onControl(peer(1), eleventh, now)).hasSize(1);
    }

    @Test
    void largeMessagesAreAnnouncedAsNotWantedAndNotSentToThoseWhoDoNotWantThem() {
        router.subscribe(TOPIC, now);
        connectMany(3);
        connect(3, Dialect.MESH_1_1, false);

        List<Effect> effects = router.verified(peer(0), id(1), message(1, 1024), now);
        assertThat(sends(effects)).hasSize(1);
        assertThat(sends(effects).get(0).to()).containsExactlyInAnyOrder(peer(1), peer(2));
        assertThat(router.verified(peer(0), id(2), message(2, 1023), now)).isEmpty();

        router.onControl(peer(1), Control.dontWant(id(1)), now);
        assertThat(receivers(router.forward(peer(0), peer(99), id(1), message(1, 1024))))
                .containsExactlyInAnyOrder(peer(2), peer(3));

        for (int i = 0; i < 4; i++) {
            router.heartbeat(now);
        }
        assertThat(receivers(router.forward(peer(0), peer(99), id(1), message(1, 1024))))
                .contains(peer(1));
    }

    @Test
    void seenMessagesAreIgnoredUntilTheirTimeIsOver() {
        connect(1);
        router.verified(peer(1), id(1), message(1, 1), now);
        assertThat(router.ignores(peer(1), id(1), now)).isTrue();
        advance(Duration.ofMinutes(2));
        assertThat(router.ignores(peer(1), id(1), now)).isFalse();
    }

    @Test
    void theSeenCacheIsBounded() {
        SeenCache cache = new SeenCache(Duration.ofMinutes(1), 3);
        IntStream.range(0, 5).forEach(i -> assertThat(cache.add(id(i), i)).isTrue());
        assertThat(cache.size()).isEqualTo(3);
        assertThat(cache.contains(id(1), 5)).isFalse();
        assertThat(cache.add(id(4), 5)).isFalse();
        cache.expire(Duration.ofMinutes(1).toNanos() + 3);
        assertThat(cache.size()).isEqualTo(1);
    }

    @Test
    void aPeerThatSendsBadSignaturesIsNotHeardUntilTheNextHeartbeat() {
        connect(1);
        IntStream.range(1, Limits.BAD_MESSAGES)
                .forEach(i -> assertThat(router.bad(peer(1))).isEmpty());
        assertThat(router.bad(peer(1))).singleElement().isInstanceOf(Effect.Offence.class);
        assertThat(router.bad(peer(1))).isEmpty();
        assertThat(router.ignores(peer(1), id(1), now)).isTrue();
        router.heartbeat(now);
        assertThat(router.ignores(peer(1), id(1), now)).isFalse();
    }

    @Test
    void namedPeersAreConnectedOnlyIfWeWereInTheMesh() {
        router.subscribe(TOPIC, now);
        connect(1);
        OtherPeer other = new OtherPeer(peer(2).bytes(), null);
        Control prune = Control.mesh(List.of(), List.of(new Prune(TOPIC, List.of(other), 60)));

        assertThat(router.onControl(peer(1), prune, now)).contains(new Effect.Connect(List.of(other)));
        assertThat(router.onControl(peer(1), prune, now)).isEmpty();
    }

    @Test
    void aPeerThatIsGoneLeavesItsTopicsAndTheMesh() {
        router.subscribe(TOPIC, now);
        connect(1);
        assertThat(router.gone(peer(1))).containsExactly(new Effect.Left(TOPIC, peer(1)));
        assertThat(router.meshOf(TOPIC)).isEmpty();
        assertThat(router.publish(id(1), TOPIC, message(1, 10), now)).isEmpty();
    }

    @Test
    void aPeerCountsAsJoinedOnlyWhenItCanBeSentTo() {
        router.subscribe(TOPIC, now);
        assertThat(router.onSubscriptions(peer(1), List.of(new Subscription(true, TOPIC)), now))
                .isEmpty();
        assertThat(router.opened(peer(1), Dialect.MESH_1_2, true, now)).contains(new Effect.Joined(TOPIC, peer(1)));
        assertThat(router.closed(peer(1))).containsExactly(new Effect.Left(TOPIC, peer(1)));
        assertThat(router.gone(peer(1))).isEmpty();
    }

    @Test
    void subscriptionsOfOnePeerAreBounded() {
        router.opened(peer(1), Dialect.MESH_1_2, false, now);
        List<Subscription> many = IntStream.range(0, 5000)
                .mapToObj(i -> new Subscription(true, "t" + i))
                .toList();
        List<Effect> effects = router.onSubscriptions(peer(1), many, now);
        assertThat(effects).filteredOn(Effect.Joined.class::isInstance).hasSize(1024);
        assertThat(effects).filteredOn(Effect.Offence.class::isInstance).hasSize(1);
        router.heartbeat(now);
        assertThat(router.onSubscriptions(peer(1), many.subList(0, 10), now)).isEmpty();
    }

    @Test
    void aPeerThatIsTakenOutOfTheMeshIsToldWhereTheOthersAre() {
        Router telling = new Router(
                SMALL,
                new SplittableRandom(1),
                id -> id.equals(peer(3)) ? Optional.of(new byte[] {3}) : Optional.empty());
        telling.subscribe(TOPIC, now);
        IntStream.range(0, 20).forEach(i -> {
            telling.opened(peer(i), Dialect.MESH_1_3, i >= 12, now);
            telling.onSubscriptions(peer(i), List.of(new Subscription(true, TOPIC)), now);
            telling.onControl(peer(i), Control.mesh(List.of(TOPIC), List.of()), now);
        });
        List<Rpc.OtherPeer> named = sends(telling.heartbeat(now)).stream()
                .flatMap(send -> send.rpc().control().prune().stream())
                .flatMap(prune -> prune.peers().stream())
                .toList();
        assertThat(named).isNotEmpty().allSatisfy(other -> {
            byte[] expected = Arrays.equals(other.id(), peer(3).bytes()) ? new byte[] {3} : null;
            assertThat(other.signedRecord()).isEqualTo(expected);
        });
        assertThat(named).anySatisfy(other -> assertThat(other.signedRecord()).isNotNull());
    }

    @Test
    void cachedMessagesAreBoundedInBytes() {
        MessageCache cache = new MessageCache(3, 2, 10_000);
        IntStream.range(0, 10).forEach(i -> cache.put(id(i), TOPIC, message(i, 2000)));
        assertThat(cache.gossip(TOPIC)).containsExactly(id(6), id(7), id(8), id(9));
        assertThat(cache.give(id(0), peer(1), 3)).isEmpty();
        assertThat(cache.give(id(9), peer(1), 3)).isPresent();
    }
}
