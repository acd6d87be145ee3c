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

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.api.Identity;

/**
 * Signatures of messages: every message has one, made with the key of its author.
 *
 * @spec libp2p pubsub "Message Signing", policy StrictSign
 */
final class Signatures {
    private static final byte[] PREFIX = "libp2p-pubsub:".getBytes(StandardCharsets.US_ASCII);

    private Signatures() {}

    /** A signed message of ours. */
    static Message sign(Identity identity, String topic, byte[] data, byte[] seqno) {
        PeerId self = identity.id();
        byte[] key = self.inlineKey().isPresent() ? null : identity.publicKey().marshal();
        Message unsigned = new Message(self.bytes(), data, seqno, topic, null, null);
        byte[] signature = identity.sign(signed(unsigned));
        return new Message(unsigned.from(), data, seqno, topic, signature, key);
    }

    /** What the signature of a message covers. */
    static byte[] signed(Message message) {
        byte[] fields = RpcCodec.encode(message, false);
        byte[] all = Arrays.copyOf(PREFIX, PREFIX.length + fields.length);
        System.arraycopy(fields, 0, all, PREFIX.length, fields.length);
        return all;
    }
}
