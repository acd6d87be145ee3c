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
package org.pinion.libp2p.host.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pinion.libp2p.host.Vectors.hex;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.host.Vectors;
import org.pinion.libp2p.host.secure.SecureOutcome;
import org.pinion.libp2p.host.secure.SecureSettings;
import org.pinion.libp2p.host.secure.Secured;

class NoiseTest {
    private static final List<String> YAMUX = List.of("/yamux/1.0.0");

    private static String vector(String name) {
        return Vectors.vector("noise", "XX transcript").at("/decoded/" + name).asText();
    }

    private static X25519PrivateKeyParameters key(String name) {
        return new X25519PrivateKeyParameters(hex(vector(name)));
    }

    private static String framed(byte[] message) {
        return String.format("%04x", message.length) + hex(message);
    }

    private static String sealed(CipherState cipher, String plain) {
        byte[] in = hex(plain);
        byte[] out = new byte[in.length + CipherState.TAG_BYTES];
        cipher.encrypt(in, 0, in.length, out, 0);
        return framed(out);
    }

    @Test
    void theTranscriptIsThatOfTheReference() throws GeneralSecurityException {
        NoiseHandshake initiator =
                new NoiseHandshake(true, key("initiator_static_private"), key("initiator_ephemeral_private"));
        NoiseHandshake responder =
                new NoiseHandshake(false, key("responder_static_private"), key("responder_ephemeral_private"));

        byte[] first = initiator.writeFirst();
        assertThat(framed(first)).isEqualTo(vector("msg1_framed"));
        responder.readFirst(first);
        byte[] second = responder.writeSecond(hex(vector("responder_payload_plain")));
        assertThat(framed(second)).isEqualTo(vector("msg2_framed"));
        assertThat(hex(initiator.readSecond(second))).isEqualTo(vector("responder_payload_plain"));
        byte[] third = initiator.writeThird(hex(vector("initiator_payload_plain")));
        assertThat(framed(third)).isEqualTo(vector("msg3_framed"));
        assertThat(hex(responder.readThird(third))).isEqualTo(vector("initiator_payload_plain"));
        assertThat(hex(initiator.hash())).isEqualTo(vector("handshake_hash"));
        assertThat(hex(responder.hash())).isEqualTo(vector("handshake_hash"));
        assertThat(hex(initiator.remoteStaticKey())).isEqualTo(vector("responder_static_public"));

        CipherState[] atInitiator = initiator.split();
        assertThat(sealed(atInitiator[0], vector("initiator_first_transport_plain")))
                .isEqualTo(vector("initiator_first_transport_framed"));
        assertThat(sealed(atInitiator[0], vector("initiator_second_transport_plain")))
                .isEqualTo(vector("initiator_second_transport_framed"));
        CipherState[] atResponder = responder.split();
        assertThat(sealed(atResponder[0], vector("responder_first_transport_plain")))
                .isEqualTo(vector("responder_first_transport_framed"));
        byte[] wire = hex(vector("initiator_first_transport_framed"));
        byte[] plain = new byte[wire.length - 2 - CipherState.TAG_BYTES];
        atResponder[1].decrypt(wire, 2, wire.length - 2, plain, 0);
        assertThat(hex(plain)).isEqualTo(vector("initiator_first_transport_plain"));
    }

    @Test
    void payloadsAreThoseOfTheReference() throws GeneralSecurityException {
        PrivateKey identity = PrivateKey.ofEd25519Seed(hex(vector("initiator_identity_seed")));
        byte[] noiseKey = hex(vector("initiator_static_public"));

        NoisePayload made = NoisePayload.create(identity, noiseKey, YAMUX);
        assertThat(hex(made.encode())).isEqualTo(vector("initiator_payload_plain"));
        NoisePayload read = NoisePayload.decode(hex(vector("responder_payload_plain")));
        assertThat(read.muxers()).isEqualTo(YAMUX);
        assertThat(PeerId.of(read.verify(hex(vector("responder_static_public")))))
                .hasToString(vector("responder_peer_id"));
        assertThatThrownBy(() -> read.verify(noiseKey)).hasMessageContaining("signature");
    }

    @Test
    void brokenPayloadsAreRefused() {
        for (String bad : new String[] {"0a", "0a05", "ffffffff", "0a020102", "2204120cff"}) {
            assertThatThrownBy(() -> NoisePayload.decode(hex(bad)).verify(new byte[32]))
                    .as(bad)
                    .isInstanceOf(GeneralSecurityException.class);
        }
    }

    /** What a handler reported. */
    private static final class Result implements SecureOutcome {
        private Secured secured;
        private NetworkException error;

        @Override
        public void secured(ChannelHandlerContext ctx, Secured done) {
            secured = done;
        }

        @Override
        public void failed(NetworkException failed) {
            error = failed;
        }
    }

    private static EmbeddedChannel end(
            boolean initiator, PrivateKey identity, Optional<PeerId> expected, List<String> muxers, Result result) {
        return new EmbeddedChannel(new NoiseHandshakeHandler(
                new SecureSettings(initiator, identity, expected, muxers), new SecureRandom(), result));
    }

    /** Carries bytes between two ends, in pieces, until both are silent. */
    private static void exchange(EmbeddedChannel a, EmbeddedChannel b, int piece) {
        boolean moved = true;
        while (moved) {
            moved = move(a, b, piece) | move(b, a, piece);
        }
    }

    private static boolean move(EmbeddedChannel from, EmbeddedChannel to, int piece) {
        boolean moved = false;
        for (ByteBuf next = from.readOutbound(); next != null; next = from.readOutbound()) {
            while (next.isReadable()) {
                to.writeInbound(next.readBytes(Math.min(piece, next.readableBytes())));
                moved = true;
            }
            next.release();
        }
        return moved;
    }

    private final PrivateKey alice = PrivateKey.generate(KeyType.ED25519);
    private final PrivateKey bob = PrivateKey.generate(KeyType.ED25519);
    private final Result atAlice = new Result();
    private final Result atBob = new Result();

    @Test
    void twoEndsAgreeOnMuxerAndTalkInPiecesOfAnySize() {
        for (int piece : new int[] {1, 100, 100_000}) {
            EmbeddedChannel a =
                    end(true, alice, Optional.of(PeerId.of(bob.publicKey())), List.of("/a", "/yamux/1.0.0"), atAlice);
            EmbeddedChannel b = end(false, bob, Optional.empty(), List.of("/yamux/1.0.0", "/b"), atBob);
            exchange(a, b, piece);
            assertThat(atAlice.secured.muxer()).contains("/yamux/1.0.0");
            assertThat(atBob.secured.muxer()).contains("/yamux/1.0.0");
            assertThat(atBob.secured.peer()).isEqualTo(PeerId.of(alice.publicKey()));

            byte[] data = new byte[150_000];
            Arrays.fill(data, (byte) 3);
            a.writeOutbound(Unpooled.wrappedBuffer(data));
            exchange(a, b, piece);
            int received = 0;
            for (ByteBuf next = b.readInbound(); next != null; next = b.readInbound()) {
                assertThat(next.readableBytes()).isLessThanOrEqualTo(65519);
                received += next.readableBytes();
                next.release();
            }
            assertThat(received).isEqualTo(data.length);
            a.finishAndReleaseAll();
            b.finishAndReleaseAll();
        }
    }

    @Test
    void withoutCommonMuxerTheHandshakeLeavesItOpen() {
        EmbeddedChannel a = end(true, alice, Optional.empty(), List.of("/a"), atAlice);
        EmbeddedChannel b = end(false, bob, Optional.empty(), YAMUX, atBob);
        exchange(a, b, 1000);
        assertThat(atAlice.secured.muxer()).isEmpty();
        assertThat(atBob.secured.muxer()).isEmpty();
    }

    @Test
    void anUnexpectedPeerIsNamed() {
        EmbeddedChannel a = end(true, alice, Optional.of(PeerId.of(alice.publicKey())), YAMUX, atAlice);
        EmbeddedChannel b = end(false, bob, Optional.empty(), YAMUX, atBob);
        exchange(a, b, 1000);
        assertThat(atAlice.error.reason()).isEqualTo(Reason.WRONG_PEER);
        assertThat(atAlice.error)
                .hasMessageContaining(PeerId.of(bob.publicKey()).toString());
        assertThat(atBob.secured).isNull();
    }

    @Test
    void aChangedByteEndsHandshakeAndTransport() {
        EmbeddedChannel a = end(true, alice, Optional.empty(), YAMUX, atAlice);
        EmbeddedChannel b = end(false, bob, Optional.empty(), YAMUX, atBob);
        move(a, b, 1000);
        byte[] second = ByteBufUtil.getBytes(b.<ByteBuf>readOutbound());
        second[60] ^= 1;
        a.writeInbound(Unpooled.wrappedBuffer(second));
        assertThat(atAlice.error.reason()).isEqualTo(Reason.HANDSHAKE_FAILED);

        EmbeddedChannel c = end(true, alice, Optional.empty(), YAMUX, new Result());
        EmbeddedChannel d = end(false, bob, Optional.empty(), YAMUX, new Result());
        exchange(c, d, 1000);
        c.writeOutbound(Unpooled.wrappedBuffer(new byte[10]));
        byte[] sealed = ByteBufUtil.getBytes(c.<ByteBuf>readOutbound());
        sealed[5] ^= 1;
        assertThatThrownBy(() -> d.writeInbound(Unpooled.wrappedBuffer(sealed)))
                .hasMessageContaining("does not decrypt");
    }

    @Test
    void keysOfLowOrderAreRefused() {
        EmbeddedChannel b = end(false, bob, Optional.empty(), YAMUX, atBob);
        byte[] first = new byte[34];
        first[1] = 32;
        b.writeInbound(Unpooled.wrappedBuffer(first));
        assertThat(atBob.error).hasMessageContaining("low order");
    }
}
