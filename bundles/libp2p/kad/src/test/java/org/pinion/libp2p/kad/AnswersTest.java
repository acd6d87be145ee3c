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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.kad.KadMessage.Kind;
import org.pinion.libp2p.kad.KadMessage.Link;
import org.pinion.libp2p.kad.KadMessage.Peer;
import org.pinion.libp2p.kad.KadMessage.Value;

class AnswersTest {
    private static final PeerId SELF = TestPeers.peer(0);
    private static final PeerId ASKER = TestPeers.peer(999);
    private static final Multiaddr LOOPBACK = Multiaddr.parse("/ip4/127.0.0.1/tcp/1");
    private static final byte[] BLOCK = {0x12, 0x20, 1, 2, 3};

    private final RoutingTable table = new RoutingTable(KadId.of(SELF), 20);
    private final Map<PeerId, List<Multiaddr>> addresses = new HashMap<>();
    private final Set<PeerId> connected = new HashSet<>();
    private final Answers answers = new Answers(Scope.LAN, 20, new Answers.Known() {
        @Override
        public PeerId self() {
            return SELF;
        }

        @Override
        public List<PeerId> nearest(KadId target, int count) {
            return table.nearest(target, count);
        }

        @Override
        public List<Multiaddr> addresses(PeerId peer) {
            return addresses.getOrDefault(peer, List.of());
        }

        @Override
        public boolean isConnected(PeerId peer) {
            return connected.contains(peer);
        }
    });
    private long now;

    @BeforeEach
    void fill() {
        addresses.put(SELF, List.of(TestPeers.at(0)));
        addresses.put(ASKER, List.of(TestPeers.at(999)));
        table.add(ASKER, 0);
        for (int i = 1; i <= 60; i++) {
            table.add(TestPeers.peer(i), 0);
            addresses.put(TestPeers.peer(i), List.of(TestPeers.at(i), LOOPBACK));
        }
    }

    private KadMessage ask(Kind kind, byte[] key) {
        return ask(new KadMessage(kind, key, null, List.of(), List.of(), 1));
    }

    private KadMessage ask(KadMessage question) {
        return answers.to(question, asker(ASKER)).orElseThrow();
    }

    private Answers.Asker asker(PeerId peer) {
        return new Answers.Asker(peer, false, Instant.parse("2026-01-02T03:04:05.123456Z"), now);
    }

    @Test
    void nearestTwentyAreNamedWithoutAskerAndUs() {
        List<PeerId> named = ask(Kind.GET_VALUE, new byte[] {5}).closer().stream()
                .map(Peer::id)
                .toList();
        List<PeerId> expected = table.nearest(KadId.of(new byte[] {5}), 25).stream()
                .filter(peer -> !peer.equals(ASKER))
                .limit(20)
                .toList();
        assertThat(named).isEqualTo(expected);
    }

    @Test
    void wantedPeerComesFirstWhoeverItIs() {
        PeerId stranger = TestPeers.peer(5000);
        connected.add(stranger);
        assertThat(ask(Kind.FIND_NODE, stranger.bytes()).closer())
                .extracting(Peer::id)
                .doesNotContain(stranger)
                .hasSize(20);
        addresses.put(stranger, List.of(TestPeers.at(5000)));
        KadMessage answer = ask(Kind.FIND_NODE, stranger.bytes());
        assertThat(answer.closer()).hasSize(21);
        assertThat(answer.closer().get(0)).isEqualTo(new Peer(stranger, List.of(TestPeers.at(5000)), Link.CONNECTED));
        assertThat(answer.key()).isEmpty();
        assertThat(ask(Kind.FIND_NODE, SELF.bytes()).closer().get(0).addresses())
                .containsExactly(TestPeers.at(0));
        assertThat(ask(Kind.FIND_NODE, ASKER.bytes()).closer().get(0).id()).isEqualTo(ASKER);
    }

    @Test
    void loopbackIsToldOnThisMachineOnly() {
        KadMessage question = KadMessage.findNode(TestPeers.peer(1).bytes());
        assertThat(ask(question).closer())
                .allSatisfy(peer -> assertThat(peer.addresses()).doesNotContain(LOOPBACK));
        Answers.Asker here = new Answers.Asker(ASKER, true, Instant.EPOCH, 0);
        assertThat(answers.to(question, here).orElseThrow().closer().get(0).addresses())
                .contains(LOOPBACK);
    }

    @Test
    void peersWithoutAnAddressAreNotNamed() {
        table.peers().forEach(addresses::remove);
        assertThat(ask(Kind.FIND_NODE, TestPeers.peer(1).bytes()).closer()).isEmpty();
    }

    @Test
    void keyThatIsNoPeerIsAnsweredToo() {
        assertThat(ask(Kind.FIND_NODE, new byte[] {1, 2, 3}).closer()).hasSize(20);
    }

    @Test
    void providersAreToldUntilTheyAreTooOld() {
        addProvider(ASKER, TestPeers.at(999));
        KadMessage answer = ask(Kind.GET_PROVIDERS, BLOCK);
        assertThat(answer.key()).isEqualTo(BLOCK);
        assertThat(answer.closer()).hasSize(20);
        assertThat(answer.providers()).containsExactly(new Peer(ASKER, List.of(TestPeers.at(999)), Link.NOT_CONNECTED));

        addresses.remove(ASKER);
        now = Limits.PROVIDER_ADDRESS_TTL.toNanos() + 1;
        assertThat(ask(Kind.GET_PROVIDERS, BLOCK).providers().get(0).addresses())
                .isEmpty();
        now = Limits.PROVIDER_TTL.toNanos() + 1;
        assertThat(ask(Kind.GET_PROVIDERS, BLOCK).providers()).isEmpty();
        answers.expire(now);
    }

    @Test
    void nobodyProvidesInTheNameOfAnother() {
        KadMessage question = new KadMessage(
                Kind.ADD_PROVIDER,
                BLOCK,
                null,
                List.of(),
                List.of(new Peer(TestPeers.peer(1), List.of(TestPeers.at(1)), Link.NOT_CONNECTED)),
                0);
        assertThatThrownBy(() -> answers.to(question, asker(ASKER))).isInstanceOf(Refusal.class);
        assertThat(ask(Kind.GET_PROVIDERS, BLOCK).providers()).isEmpty();
    }

    @Test
    void keysHaveTheirLengths() {
        assertThatThrownBy(() -> ask(Kind.FIND_NODE, new byte[0])).hasMessageContaining("0 bytes");
        assertThatThrownBy(() -> ask(Kind.GET_VALUE, new byte[0])).hasMessageContaining("0 bytes");
        assertThatThrownBy(() -> ask(Kind.GET_PROVIDERS, new byte[81])).hasMessageContaining("81 bytes");
        assertThatThrownBy(() -> ask(Kind.ADD_PROVIDER, new byte[0])).isInstanceOf(ProtocolException.class);
    }

    @Test
    void publicKeysAreStoredAndGivenAndNothingElseIs() {
        PrivateKey key = PrivateKey.ofEd25519Seed(new byte[32]);
        byte[] name = pk(PeerId.of(key));
        byte[] value = key.publicKey().marshal();
        KadMessage put = new KadMessage(Kind.PUT_VALUE, name, new Value(name, value, "x"), List.of(), List.of(), 0);
        assertThat(ask(put)).isEqualTo(put);
        Value stored = ask(Kind.GET_VALUE, name).value();
        assertThat(stored).isNotNull();
        assertThat(stored.value()).isEqualTo(value);
        assertThat(stored.received()).isEqualTo("2026-01-02T03:04:05.123456Z");
        now = Limits.VALUE_TTL.toNanos() + 1;
        assertThat(ask(Kind.GET_VALUE, name).value()).isNull();

        byte[] other = pk(TestPeers.peer(1));
        byte[] ipns = "/ipns/x".getBytes(StandardCharsets.UTF_8);
        for (Value bad : List.of(
                new Value(other, value, ""),
                new Value(ipns, value, ""),
                new Value(new byte[] {1}, value, ""),
                new Value(name, new byte[] {1}, ""),
                new Value(name, new byte[Limits.VALUE_BYTES + 1], ""))) {
            byte[] under = bad.key().length == 1 ? name : bad.key();
            KadMessage question = new KadMessage(Kind.PUT_VALUE, under, bad, List.of(), List.of(), 0);
            assertThatThrownBy(() -> ask(question)).isInstanceOfAny(ProtocolException.class, Refusal.class);
        }
        KadMessage nothing = new KadMessage(Kind.PUT_VALUE, name, null, List.of(), List.of(), 0);
        assertThatThrownBy(() -> ask(nothing)).hasMessageContaining("nothing");
    }

    @Test
    void arbitraryQuestionsAreAnsweredWithinBoundsOrRefused() {
        Random random = new Random(13);
        List<byte[]> seeds = Vectors.messages();
        int answered = 0;
        for (int round = 0; round < 5_000; round++) {
            byte[] question = KadCodecTest.mutate(seeds.get(random.nextInt(seeds.size())), random);
            try {
                Optional<KadMessage> answer = answers.to(KadCodec.decode(question), asker(ASKER));
                answered += answer.isPresent() ? 1 : 0;
                assertThat(answer.map(KadCodec::encode)
                                .map(bytes -> bytes.length)
                                .orElse(0))
                        .as("round %d", round)
                        .isLessThan(Limits.ANSWER_BYTES);
            } catch (ProtocolException | Refusal refused) {
                assertThat(refused.getMessage()).isNotBlank();
            }
        }
        assertThat(answered).isGreaterThan(500);
    }

    @Test
    void providersAreBounded() {
        Providers providers = new Providers();
        for (int i = 0; i < Limits.PROVIDERS_PER_KEY + 10; i++) {
            providers.add(BLOCK, TestPeers.peer(i), List.of(), 0);
        }
        assertThat(providers.size()).isEqualTo(providers.peers()).isEqualTo(Limits.PROVIDERS_PER_KEY);
        assertThat(providers.get(BLOCK, 0)).hasSize(Limits.PROVIDERS_TOLD);
        assertThat(providers.get(BLOCK, 0).get(0).id()).isEqualTo(TestPeers.peer(Limits.PROVIDERS_PER_KEY + 9));
        for (int i = 0; i < Limits.PROVIDERS + 10; i++) {
            providers.add(new byte[] {(byte) (i >> 16), (byte) (i >> 8), (byte) i}, SELF, List.of(), 1);
        }
        assertThat(providers.size()).isEqualTo(Limits.PROVIDERS);
        assertThat(providers.peers()).isOne();
        assertThat(providers.get(BLOCK, 1)).isEmpty();
        providers.expire(Limits.PROVIDER_TTL.toNanos() + 2);
        assertThat(providers.size()).isEqualTo(providers.peers()).isZero();
    }

    private void addProvider(PeerId peer, Multiaddr address) {
        KadMessage question = new KadMessage(
                Kind.ADD_PROVIDER,
                BLOCK,
                null,
                List.of(),
                List.of(new Peer(peer, List.of(address, LOOPBACK), Link.NOT_CONNECTED)),
                0);
        assertThat(answers.to(question, asker(peer))).isEmpty();
    }

    private static byte[] pk(PeerId peer) {
        byte[] id = peer.bytes();
        byte[] name = new byte[4 + id.length];
        System.arraycopy("/pk/".getBytes(StandardCharsets.US_ASCII), 0, name, 0, 4);
        System.arraycopy(id, 0, name, 4, id.length);
        return name;
    }
}
