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
package org.pinion.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.Stream;
import org.pinion.libp2p.host.identify.IdentifyMessage;
import org.pinion.libp2p.host.identify.PeerRecord;
import org.pinion.libp2p.host.multistream.TokenReader;
import org.pinion.libp2p.host.multistream.Tokens;
import org.pinion.libp2p.host.noise.NoisePayload;
import org.pinion.libp2p.host.pnet.PnetHandler;
import org.pinion.libp2p.host.yamux.ReceiveBudget;
import org.pinion.libp2p.host.yamux.YamuxSession;
import org.pinion.libp2p.host.yamux.YamuxStream;

/** Everything that reads bytes of strangers reads damaged ones too; see also the tests of relay, AutoNAT and WebSocket. */
class DecodersFuzzTest {
    private static final byte[] RECORD = Vectors.bytes("identify", "signed peer record envelope");

    private static List<byte[]> identifyMessages() {
        byte[] framed = Vectors.bytes("identify", "identify message (length-delimited)");
        byte[] plain = new byte[framed.length - 2];
        System.arraycopy(framed, 2, plain, 0, plain.length);
        return List.of(plain, RECORD);
    }

    @Test
    void identifyAnswers() {
        Fuzz.damage(identifyMessages(), message -> {
            IdentifyMessage read = IdentifyMessage.decode(message);
            assertThat(read.listenAddresses()).hasSizeLessThanOrEqualTo(128);
            assertThat(read.merge(read).protocols()).hasSizeLessThanOrEqualTo(512);
            IdentifyMessage.decode(read.encode());
        });
    }

    @Test
    void signedPeerRecords() {
        Fuzz.damage(List.of(RECORD), PeerRecord::open);
    }

    @Test
    void noisePayloads() {
        byte[] key = new byte[32];
        byte[] good = Vectors.bytes("noise", "handshake payload (initiator)");
        Fuzz.damage(List.of(good), message -> NoisePayload.decode(message).verify(key));
    }

    @Test
    void multistreamTokens() {
        byte[] good = Tokens.encode(Tokens.HEADER, "/noise", "na");
        Fuzz.damage(List.of(good), message -> {
            TokenReader reader = new TokenReader();
            for (byte b : message) {
                String token = reader.feed(b);
                assertThat(token == null ? 0 : token.length()).isLessThan(Tokens.MAX_BYTES);
            }
        });
    }

    @Test
    void yamuxFrames() {
        List<byte[]> good = new ArrayList<>();
        Vectors.group("yamux").forEach(vector -> {
            if (vector.has("hex")) {
                good.add(Vectors.hex(vector.get("hex").asText()));
            }
        });
        assertThat(good).hasSizeGreaterThan(8);
        ReceiveBudget budget = new ReceiveBudget(1 << 20);
        Fuzz.damage(good, message -> {
            List<YamuxStream> opened = new ArrayList<>();
            YamuxSession session = new YamuxSession(false, 8, budget, new YamuxSession.Listener() {
                @Override
                public void opened(YamuxStream stream) {
                    opened.add(stream);
                    stream.write(ByteBuffer.wrap(new byte[] {1}));
                }

                @Override
                public void closed(NetworkException reason) {}
            });
            EmbeddedChannel channel = new EmbeddedChannel(session);
            channel.writeInbound(Unpooled.wrappedBuffer(message));
            if (channel.isOpen()) {
                channel.writeInbound(Unpooled.wrappedBuffer(message));
            }
            assertThat(session.streamCount()).isLessThanOrEqualTo(8);
            channel.finishAndReleaseAll();
            opened.forEach(stream -> stream.reset(Stream.RESET_NONE));
            assertThat(budget.heldBytes()).isZero();
        });
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void privateNetworks() {
        byte[] good = new byte[64];
        SecureRandom random = new SecureRandom();
        Fuzz.damage(List.of(good), message -> {
            EmbeddedChannel channel = new EmbeddedChannel(new PnetHandler(TestHosts.SECRET, random));
            channel.writeInbound(Unpooled.wrappedBuffer(message));
            channel.checkException();
            assertThat(channel.isOpen()).isTrue();
            channel.finishAndReleaseAll();
        });
    }

    @Test
    void ourOwnRecordsSurviveTheirFuzzing() throws Exception {
        PrivateKey key = PrivateKey.generate(KeyType.ECDSA);
        try (TestHosts hosts = new TestHosts()) {
            var host = hosts.open(org.pinion.libp2p.api.HostSettings.of(key));
            byte[] sealed = new PeerRecord(host.id(), 7, List.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/5"))).seal(host);
            assertThat(PeerRecord.open(sealed).addresses()).hasSize(1);
        }
    }
}
