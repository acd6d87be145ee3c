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

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.libp2p.api.Identity;

class SignaturesTest {
    private static final JsonNode VECTOR = Vectors.pubsub("signed message (metric)");
    private static final JsonNode DECODED = VECTOR.get("decoded");
    private static final byte[] SEQNO = seqno(DECODED.get("seqno").asLong());

    record KeyIdentity(PrivateKey key) implements Identity {
        @Override
        public PeerId id() {
            return PeerId.of(key);
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

    static byte[] seqno(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }

    private static Identity author() {
        byte[] seed = new byte[32];
        Arrays.fill(seed, (byte) 1);
        return new KeyIdentity(PrivateKey.ofEd25519Seed(seed));
    }

    private static Message vector() {
        return RpcCodec.decode(Vectors.frame("publish RPC")).publish().get(0);
    }

    @Test
    void aSignedMessageIsThatOfTheReference() {
        Message message =
                Signatures.sign(author(), DECODED.get("topic").asText(), Vectors.hex(DECODED.get("data")), SEQNO);

        assertThat(RpcCodec.encode(message, true)).isEqualTo(Vectors.hex(VECTOR.get("hex")));
        assertThat(message.key()).isNull();
        byte[] signInput = Vectors.hex(DECODED.get("sign_input"));
        assertThat(RpcCodec.encode(message, false))
                .isEqualTo(Arrays.copyOfRange(signInput, "libp2p-pubsub:".length(), signInput.length));
    }

    @Test
    void theIdIsTheBeginOfTheAuthorAndTheSequenceNumber() {
        assertThat(MessageId.of(author().id().bytes(), SEQNO).toString())
                .isEqualTo(DECODED.get("message_id_24_bytes").asText());
    }

    @Test
    void theAuthorOfAGoodMessageIsFound() {
        assertThat(new Authors().of(vector()))
                .contains(PeerId.parse(DECODED.get("from").asText()));
    }

    @Test
    void anyChangedFieldMakesTheSignatureBad() {
        Message m = vector();
        byte[] other = {1, 2, 3};
        List<Message> forged = List.of(
                new Message(m.from(), other, m.seqno(), m.topic(), m.signature(), m.key()),
                new Message(m.from(), null, m.seqno(), m.topic(), m.signature(), m.key()),
                new Message(m.from(), m.data(), seqno(1), m.topic(), m.signature(), m.key()),
                new Message(m.from(), m.data(), m.seqno(), "other", m.signature(), m.key()),
                new Message(m.from(), m.data(), m.seqno(), m.topic(), other, m.key()),
                new Message(m.from(), m.data(), m.seqno(), m.topic(), null, m.key()),
                new Message(null, m.data(), m.seqno(), m.topic(), m.signature(), m.key()),
                new Message(other, m.data(), m.seqno(), m.topic(), m.signature(), m.key()));

        assertThat(forged)
                .allSatisfy(message -> assertThat(new Authors().of(message)).isEmpty());
    }

    @Test
    void aKeyThatIsNotTheAuthorsIsRefused() {
        Message m = vector();
        byte[] otherKey = PrivateKey.generate(KeyType.ED25519).publicKey().marshal();
        assertThat(new Authors().of(new Message(m.from(), m.data(), m.seqno(), m.topic(), m.signature(), otherKey)))
                .isEmpty();
    }

    @Test
    void idsThatDoNotHoldTheKeyTravelWithIt() {
        Identity rsa = new KeyIdentity(PrivateKey.generate(KeyType.RSA));
        Message message = Signatures.sign(rsa, "t", new byte[] {1}, SEQNO);

        assertThat(message.key()).isEqualTo(rsa.publicKey().marshal());
        assertThat(new Authors().of(message)).contains(rsa.id());
    }

    @Test
    void emptyDataIsPresentAndSigned() {
        Message message = Signatures.sign(author(), "t", new byte[0], SEQNO);
        Message read =
                RpcCodec.decode(RpcCodec.encode(Rpc.publish(message))).publish().get(0);

        assertThat(read.data()).isEmpty();
        assertThat(new Authors().of(read)).contains(author().id());
    }
}
