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
package org.pinion.libp2p.host.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.libp2p.host.Vectors.hex;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.ipld.multiformats.Varint;
import org.pinion.libp2p.api.Identity;
import org.pinion.libp2p.host.Vectors;

class IdentifyTest {
    private static final String RECORD = "signed peer record envelope";
    private static final List<Multiaddr> ADDRESSES =
            List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/9096"), Multiaddr.parse("/ip4/10.0.0.5/tcp/9096"));

    /** The identity of a key. */
    private record Key(PrivateKey key) implements Identity {
        @Override
        public PeerId id() {
            return PeerId.of(key.publicKey());
        }

        @Override
        public PublicKey publicKey() {
            return key.publicKey();
        }

        @Override
        public byte[] sign(byte[] data) {
            return key.sign(data);
        }
    }

    private static Key identity() {
        return new Key(PrivateKey.ofEd25519Seed(hex(
                Vectors.vector("identify", RECORD).at("/decoded/identity_seed").asText())));
    }

    private static byte[] unframed(byte[] framed) {
        ByteBuffer in = ByteBuffer.wrap(framed);
        long length = Varint.read(in);
        assertThat(length).isEqualTo(in.remaining());
        return Arrays.copyOfRange(framed, in.position(), framed.length);
    }

    @Test
    void theSignedRecordIsThatOfTheReference() throws IOException {
        JsonNode vector = Vectors.vector("identify", RECORD);
        long seq = vector.at("/decoded/seq").asLong();
        PeerRecord made = new PeerRecord(identity().id(), seq, ADDRESSES);
        assertThat(hex(made.seal(identity()))).isEqualTo(vector.get("hex").asText());
        assertThat(PeerRecord.open(hex(vector.get("hex").asText()))).isEqualTo(made);
    }

    @Test
    void aChangedOrBorrowedRecordIsRefused() {
        byte[] good = Vectors.bytes("identify", RECORD);
        for (int at : new int[] {10, 60, 90, good.length - 1}) {
            byte[] changed = good.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> PeerRecord.open(changed)).isInstanceOf(IOException.class);
        }
        Key other = new Key(PrivateKey.ofEd25519Seed(new byte[32]));
        byte[] borrowed = new PeerRecord(identity().id(), 1, ADDRESSES).seal(other);
        assertThatThrownBy(() -> PeerRecord.open(borrowed)).hasMessageContaining("signed by another peer");
    }

    @Test
    void theMessageIsThatOfTheReference() throws IOException {
        byte[] golden = unframed(Vectors.bytes("identify", "identify message (length-delimited)"));
        IdentifyMessage message = IdentifyMessage.decode(golden);
        assertThat(message.listenAddresses()).isEqualTo(ADDRESSES);
        assertThat(message.protocols())
                .containsExactly("/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0", "/ipfscluster/1.0/rpc");
        assertThat(message.observedAddress()).hasToString("/ip4/127.0.0.1/tcp/51234");
        assertThat(message.protocolVersion()).isEmpty();
        assertThat(message.agentVersion()).isEqualTo("github.com/ipfs-cluster/ipfs-cluster@");
        assertThat(message.publicKey()).isEqualTo(identity().publicKey().marshal());
        assertThat(hex(message.encode())).isEqualTo(hex(golden));
    }

    @Test
    void theAnswerOfALiveGoPeerIsRead() throws IOException {
        byte[] live = unframed(hex(Vectors.vector("live-streams", "live: identify response")
                .get("received")
                .asText()));
        IdentifyMessage message = IdentifyMessage.decode(live);
        assertThat(message.protocols()).hasSize(16).contains("/ipfscluster/1.0/rpc", "/meshsub/1.2.0");
        PeerRecord signed = PeerRecord.open(message.signedPeerRecord());
        assertThat(signed.addresses()).isEqualTo(message.listenAddresses());
        assertThat(hex(message.encode())).isEqualTo(hex(live));
    }

    @Test
    void unreadableAddressesAndUnknownFieldsAreSkipped() throws IOException {
        IdentifyMessage message = IdentifyMessage.decode(hex("1203ffffff" + "12047f000001" + "7a0161" + "1a022f61"));
        assertThat(message.listenAddresses()).isEmpty();
        assertThat(message.protocols()).containsExactly("/a");
        assertThat(message.observedAddress()).isNull();
    }

    @Test
    void laterMessagesCompleteEarlierOnes() {
        IdentifyMessage first =
                new IdentifyMessage(new byte[0], ADDRESSES, List.of("/a"), null, "p", "old", new byte[0]);
        IdentifyMessage second =
                new IdentifyMessage(new byte[0], List.of(), List.of("/b"), null, null, "new", new byte[1]);
        IdentifyMessage merged = first.merge(second);
        assertThat(merged.protocols()).containsExactly("/a", "/b");
        assertThat(merged.agentVersion()).isEqualTo("new");
        assertThat(merged.protocolVersion()).isEqualTo("p");
        assertThat(merged.signedPeerRecord()).hasSize(1);
    }

    @Test
    void garbageIsRefusedOrSkippedButNothingElseIsThrown() {
        Random random = new Random(5);
        byte[] golden = unframed(Vectors.bytes("identify", "identify message (length-delimited)"));
        for (int round = 0; round < 3000; round++) {
            byte[] changed = golden.clone();
            for (int i = 0; i < 4; i++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            try {
                byte[] signed = IdentifyMessage.decode(changed).signedPeerRecord();
                if (signed.length > 0) {
                    PeerRecord.open(signed);
                }
            } catch (IOException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }
}
