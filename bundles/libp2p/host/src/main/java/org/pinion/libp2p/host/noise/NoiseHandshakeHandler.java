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

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PublicKey;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.host.secure.SecureOutcome;
import org.pinion.libp2p.host.secure.SecureSettings;
import org.pinion.libp2p.host.secure.Secured;

/**
 * Runs the Noise handshake on a connection, then puts {@link NoiseDecoder} and {@link NoiseEncoder} in its place.
 *
 * <pre>
 * | length (2, big-endian) | handshake message |
 * </pre>
 */
public final class NoiseHandshakeHandler extends ByteToMessageDecoder {
    private final SecureSettings settings;
    private final NoiseHandshake handshake;
    private final SecureOutcome outcome;
    private boolean firstDone;
    private boolean done;

    public NoiseHandshakeHandler(SecureSettings settings, SecureRandom random, SecureOutcome outcome) {
        this.settings = settings;
        this.handshake = new NoiseHandshake(settings.initiator(), random);
        this.outcome = outcome;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (settings.initiator()) {
            send(ctx, handshake.writeFirst());
            firstDone = true;
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (done || in.readableBytes() < 2) {
            return;
        }
        int length = in.getUnsignedShort(in.readerIndex());
        if (in.readableBytes() < 2 + length) {
            return;
        }
        byte[] message = new byte[length];
        in.skipBytes(2).readBytes(message);
        try {
            step(ctx, message);
        } catch (GeneralSecurityException e) {
            fail(new NetworkException(Reason.HANDSHAKE_FAILED, "noise: " + e.getMessage(), e));
        }
    }

    private void step(ChannelHandlerContext ctx, byte[] message) throws GeneralSecurityException {
        if (settings.initiator()) {
            NoisePayload theirs = NoisePayload.decode(handshake.readSecond(message));
            PublicKey key = theirs.verify(handshake.remoteStaticKey());
            PeerId peer = PeerId.of(key);
            if (settings.expected().isPresent() && !settings.expected().get().equals(peer)) {
                fail(new NetworkException(Reason.WRONG_PEER, "the peer is " + peer));
                return;
            }
            send(ctx, handshake.writeThird(payload()));
            finish(ctx, new Secured(peer, key, common(settings.muxers(), theirs.muxers())));
        } else if (!firstDone) {
            handshake.readFirst(message);
            send(ctx, handshake.writeSecond(payload()));
            firstDone = true;
        } else {
            NoisePayload theirs = NoisePayload.decode(handshake.readThird(message));
            PublicKey key = theirs.verify(handshake.remoteStaticKey());
            finish(ctx, new Secured(PeerId.of(key), key, common(theirs.muxers(), settings.muxers())));
        }
    }

    private byte[] payload() {
        return NoisePayload.create(settings.identity(), handshake.localStaticKey(), settings.muxers())
                .encode();
    }

    /** The initiator's first choice that the responder has. */
    private static Optional<String> common(List<String> initiator, List<String> responder) {
        return initiator.stream().filter(responder::contains).findFirst();
    }

    private void finish(ChannelHandlerContext ctx, Secured secured) {
        done = true;
        CipherState[] ciphers = handshake.split();
        ctx.pipeline().addAfter(ctx.name(), "noise-encoder", new NoiseEncoder(ciphers[0]));
        ctx.pipeline().addAfter(ctx.name(), "noise-decoder", new NoiseDecoder(ciphers[1]));
        outcome.secured(ctx.pipeline().context("noise-encoder"), secured);
        ctx.pipeline().remove(this);
    }

    private void fail(NetworkException error) {
        done = true;
        outcome.failed(error);
    }

    private static void send(ChannelHandlerContext ctx, byte[] message) {
        ByteBuf out = Unpooled.buffer(2 + message.length);
        ctx.writeAndFlush(out.writeShort(message.length).writeBytes(message));
    }
}
