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
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.pinion.libp2p.api.ProtocolException;

/**
 * Decrypts transport messages. A message that does not decrypt ends the connection. The buffers that are passed on hold
 * plain arrays of their own, which a reader may keep.
 *
 * <pre>
 * | length (2, big-endian) | ciphertext and tag |
 * </pre>
 */
final class NoiseDecoder extends ChannelInboundHandlerAdapter {
    private static final int FIRST_BYTES = 4096;
    private static final byte[] NONE = {};

    private final CipherState cipher;
    private final byte[] head = new byte[2];
    private int headBytes;
    private int length;
    /** The message that comes in; grows with what came, as the length is only a promise. */
    private byte[] message = NONE;

    private int filled;
    private boolean failed;

    NoiseDecoder(CipherState cipher) {
        this.cipher = cipher;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf in = (ByteBuf) msg;
        try {
            while (!failed && in.isReadable()) {
                read(ctx, in);
            }
        } catch (ProtocolException e) {
            failed = true;
            throw e;
        } finally {
            in.release();
        }
    }

    private void read(ChannelHandlerContext ctx, ByteBuf in) {
        if (headBytes < head.length) {
            head[headBytes++] = in.readByte();
            if (headBytes == head.length) {
                length = (head[0] & 0xff) << 8 | head[1] & 0xff;
                if (length < CipherState.TAG_BYTES) {
                    throw ProtocolException.closeConnection("noise message of " + length + " bytes");
                }
            }
            return;
        }
        int n = Math.min(in.readableBytes(), length - filled);
        if (filled + n > message.length) {
            int size = Math.max(filled + n, Math.max(FIRST_BYTES, 2 * message.length));
            message = Arrays.copyOf(message, Math.min(length, size));
        }
        in.readBytes(message, filled, n);
        filled += n;
        if (filled == length) {
            byte[] whole = message;
            message = NONE;
            filled = 0;
            headBytes = 0;
            open(ctx, whole);
        }
    }

    private void open(ChannelHandlerContext ctx, byte[] whole) {
        int count = length - CipherState.TAG_BYTES;
        try {
            cipher.decrypt(whole, 0, length, whole, 0);
        } catch (GeneralSecurityException e) {
            throw ProtocolException.closeConnection("noise message does not decrypt: " + e.getMessage());
        }
        if (count > 0) {
            ctx.fireChannelRead(Unpooled.wrappedBuffer(whole, 0, count));
        }
    }
}
