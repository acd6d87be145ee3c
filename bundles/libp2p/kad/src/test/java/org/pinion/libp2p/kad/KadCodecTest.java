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

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.ProtocolException;
import org.pinion.libp2p.kad.KadMessage.Kind;
import org.pinion.libp2p.kad.KadMessage.Link;
import org.pinion.libp2p.kad.KadMessage.Peer;
import org.pinion.libp2p.kad.KadMessage.Value;

class KadCodecTest {
    private static final String LIVE = "live: kad FIND_NODE on /ipfs/lan/kad/1.0.0";
    private static final int ROUNDS = Boolean.getBoolean("pinion.long") ? 400_000 : 20_000;

    @Test
    void everyMessageOfTheReferenceIsWrittenAsItWasRead() {
        assertThat(Vectors.messages())
                .hasSize(8)
                .allSatisfy(message ->
                        assertThat(KadCodec.encode(KadCodec.decode(message))).isEqualTo(message));
    }

    @Test
    void questionForAPeerHasItsIdAsKey() {
        KadMessage read = KadCodec.decode(Vectors.message("FIND_NODE request"));
        assertThat(read.kind()).isEqualTo(Kind.FIND_NODE);
        PeerId wanted = PeerId.ofBytes(read.key());
        KadMessage plain = new KadMessage(Kind.FIND_NODE, wanted.bytes(), null, List.of(), List.of(), 0);
        assertThat(KadCodec.encode(plain)).isEqualTo(Vectors.message("FIND_NODE request"));
        assertThat(KadMessage.findNode(wanted.bytes()).level()).isEqualTo(1);
    }

    @Test
    void answerNamesPeersWithAddressesAndConnections() {
        KadMessage read = KadCodec.decode(Vectors.message("FIND_NODE response"));
        assertThat(read.key()).isEmpty();
        assertThat(read.closer()).extracting(Peer::link).containsExactly(Link.CONNECTED, Link.NOT_CONNECTED);
        assertThat(read.closer().get(0).addresses()).containsExactly(Multiaddr.parse("/ip4/10.0.0.6/tcp/9096"));
        assertThat(read.closer().get(1).addresses()).containsExactly(Multiaddr.parse("/ip4/10.0.0.7/tcp/9096"));
    }

    @Test
    void liveAnswerHasTheWantedPeerFirst() {
        KadMessage asked = KadCodec.decode(
                Vectors.withoutLength(Vectors.hex(Vectors.live(LIVE).get("sent"))));
        KadMessage answer = KadCodec.decode(
                Vectors.withoutLength(Vectors.hex(Vectors.live(LIVE).get("received"))));
        assertThat(answer.closer()).hasSize(2);
        assertThat(answer.closer().get(0).id().bytes()).isEqualTo(asked.key());
        assertThat(answer.level()).isEqualTo(KadMessage.USUAL_LEVEL);
        assertThat(KadCodec.encode(asked.answer(null, answer.closer(), List.of())))
                .isEqualTo(Vectors.withoutLength(Vectors.hex(Vectors.live(LIVE).get("received"))));
    }

    @Test
    void providersAndValuesAreRead() {
        KadMessage provider = KadCodec.decode(Vectors.message("ADD_PROVIDER"));
        assertThat(provider.kind()).isEqualTo(Kind.ADD_PROVIDER);
        assertThat(provider.providers()).hasSize(1);
        assertThat(provider.key())
                .isEqualTo(KadCodec.decode(Vectors.message("GET_PROVIDERS request"))
                        .key());

        KadMessage value = KadCodec.decode(Vectors.message("PUT_VALUE"));
        assertThat(value.kind()).isEqualTo(Kind.PUT_VALUE);
        assertThat(new String(value.key(), StandardCharsets.ISO_8859_1)).startsWith("/pk/");
        assertThat(value.value()).isNotNull();
        assertThat(value.value().key()).isEqualTo(value.key());
        assertThat(value.value().value()).containsExactly(1, 2, 3);
        assertThat(KadCodec.decode(Vectors.message("PING")).kind()).isEqualTo(Kind.PING);
    }

    @Test
    void pointOfAPeerIsTheHashOfItsId() {
        PeerId peer = PeerId.parse(
                Vectors.kad("kademlia id of peer seed01").at("/decoded/peer_id").asText());
        assertThat(KadId.of(peer))
                .hasToString(
                        Vectors.kad("kademlia id of peer seed01").get("hex").asText());
    }

    @Test
    void everythingSurvivesTheWayThere() {
        KadMessage message = new KadMessage(
                Kind.GET_VALUE,
                new byte[] {1},
                new Value(new byte[] {1}, new byte[] {2}, "2026-01-02T03:04:05Z"),
                List.of(new Peer(TestPeers.peer(1), List.of(TestPeers.at(1), TestPeers.at(2)), Link.CANNOT_CONNECT)),
                List.of(new Peer(TestPeers.peer(2), List.of(), Link.CAN_CONNECT)),
                7);
        KadMessage back = KadCodec.decode(KadCodec.encode(message));
        assertThat(back).usingRecursiveComparison().isEqualTo(message);
    }

    @Test
    void unreadablePeersAndAddressesAreSkippedAndTheOthersKept() throws IOException {
        byte[] good = fields(out -> {
            out.writeByteArray(1, TestPeers.peer(1).bytes());
            out.writeByteArray(2, new byte[] {(byte) 0xff, 0x7f, 1});
            out.writeByteArray(2, TestPeers.at(1).bytes());
            out.writeByteArray(2, new byte[2000]);
            out.writeEnum(3, 99);
            out.writeString(77, "unknown");
        });
        byte[] message = fields(out -> {
            out.writeEnum(1, 4);
            out.writeByteArray(8, fields(peer -> peer.writeByteArray(1, new byte[] {9})));
            out.writeByteArray(8, new byte[0]);
            out.writeByteArray(8, fields(peer -> peer.writeByteArray(1, new byte[500])));
            out.writeByteArray(8, good);
        });
        assertThat(KadCodec.decode(message).closer())
                .containsExactly(new Peer(TestPeers.peer(1), List.of(TestPeers.at(1)), Link.NOT_CONNECTED));
    }

    @Test
    void whatCannotBeReadIsTheFaultOfTheSender() throws IOException {
        byte[] valid = Vectors.message("FIND_NODE response");
        List<byte[]> bad = List.of(
                new byte[] {8},
                new byte[] {8, 6},
                new byte[] {8, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 15},
                new byte[] {0},
                new byte[] {0x13, 0x14},
                Arrays.copyOf(valid, valid.length - 1),
                new byte[] {0x12, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7},
                fields(out -> out.writeByteArray(8, new byte[] {0x0a, 50, 1})));
        assertThat(bad)
                .allSatisfy(message -> assertThatThrownBy(() -> KadCodec.decode(message))
                        .isInstanceOf(ProtocolException.class)
                        .hasMessageContaining("malformed DHT message"));
    }

    @Test
    void elementsAreBounded() throws IOException {
        byte[] peer = fields(out -> out.writeByteArray(1, TestPeers.peer(1).bytes()));
        byte[] many = fields(out -> {
            for (int i = 0; i <= KadCodec.MAX_ELEMENTS; i++) {
                out.writeByteArray(8, peer);
            }
        });
        assertThatThrownBy(() -> KadCodec.decode(many)).hasMessageContaining("more than " + KadCodec.MAX_ELEMENTS);
    }

    @Test
    void arbitraryBytesEndInAMessageOrInItsRefusal() {
        Random random = new Random(7);
        List<byte[]> seeds = Vectors.messages();
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutate(seeds.get(random.nextInt(seeds.size())), random);
            try {
                KadMessage read = KadCodec.decode(bytes);
                assertThat(KadCodec.decode(KadCodec.encode(read)))
                        .as("round %d", round)
                        .usingRecursiveComparison()
                        .isEqualTo(read);
            } catch (ProtocolException refused) {
                assertThat(refused.action()).isEqualTo(ProtocolException.Action.RESET_STREAM);
            }
        }
    }

    static byte[] mutate(byte[] seed, Random random) {
        if (random.nextInt(8) == 0) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            return noise;
        }
        byte[] bytes = Arrays.copyOf(seed, random.nextInt(3) == 0 ? random.nextInt(seed.length + 8) : seed.length);
        for (int i = random.nextInt(6); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    /** Writes fields. */
    private interface Writing {
        void to(CodedOutputStream out) throws IOException;
    }

    private static byte[] fields(Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        writing.to(out);
        out.flush();
        return bytes.toByteArray();
    }
}
