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
package org.pinion.libp2p.host.pnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pinion.libp2p.host.Vectors.hex;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.pinion.libp2p.api.NetworkSecret;
import org.pinion.libp2p.host.Vectors;

class PnetTest {
    private static final String WIRE = "wire bytes: nonce then three writes (20, 8, 100 bytes)";

    private static final class FixedRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final byte[] next;

        private FixedRandom(byte[] next) {
            this.next = next.clone();
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(next, 0, bytes, 0, bytes.length);
        }
    }

    private static byte[] drain(EmbeddedChannel channel, boolean inbound) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuf next = inbound ? channel.readInbound() : channel.readOutbound();
                next != null;
                next = inbound ? channel.readInbound() : channel.readOutbound()) {
            all.writeBytes(ByteBufUtil.getBytes(next));
            next.release();
        }
        return all.toByteArray();
    }

    @Test
    void theKeyStreamIsThatOfTheReference() {
        JsonNode vector = Vectors.vector("pnet", "xsalsa20 keystream, first 256 bytes");
        NetworkSecret secret =
                NetworkSecret.ofHex(vector.at("/decoded/cluster_secret_hex").asText());
        PnetCipher cipher =
                new PnetCipher(secret, hex(vector.at("/decoded/nonce").asText()));
        byte[] stream = new byte[256];
        cipher.apply(stream, 0, stream, 0, 100);
        cipher.apply(stream, 100, stream, 100, 156);
        assertThat(hex(stream)).isEqualTo(vector.get("hex").asText());
    }

    @Test
    void theNonceGoesFirstAndTheStreamRunsOnOverWrites() {
        JsonNode vector = Vectors.vector("pnet", WIRE);
        byte[] wire = hex(vector.get("hex").asText());
        byte[] plain = hex(vector.at("/decoded/plaintext").asText());
        NetworkSecret secret =
                NetworkSecret.ofHex(vector.at("/decoded/cluster_secret_hex").asText());
        EmbeddedChannel channel =
                new EmbeddedChannel(new PnetHandler(secret, new FixedRandom(Arrays.copyOf(wire, 24))));

        channel.writeOutbound(Unpooled.copiedBuffer(plain, 0, 20));
        channel.writeOutbound(Unpooled.copiedBuffer(plain, 20, 8));
        channel.writeOutbound(Unpooled.copiedBuffer(plain, 28, 100));
        assertThat(hex(drain(channel, false))).isEqualTo(hex(wire));
        channel.finishAndReleaseAll();
    }

    @Test
    void receivedBytesMayComeInAnyPieces() {
        JsonNode vector = Vectors.vector("pnet", WIRE);
        byte[] wire = hex(vector.get("hex").asText());
        NetworkSecret secret =
                NetworkSecret.ofHex(vector.at("/decoded/cluster_secret_hex").asText());
        for (int piece : new int[] {1, 7, 23, 24, 25, 1000}) {
            EmbeddedChannel channel = new EmbeddedChannel(new PnetHandler(secret, new SecureRandom()));
            for (int at = 0; at < wire.length; at += piece) {
                channel.writeInbound(Unpooled.copiedBuffer(wire, at, Math.min(piece, wire.length - at)));
            }
            assertThat(hex(drain(channel, true)))
                    .isEqualTo(vector.at("/decoded/plaintext").asText());
            channel.finishAndReleaseAll();
        }
    }
}
