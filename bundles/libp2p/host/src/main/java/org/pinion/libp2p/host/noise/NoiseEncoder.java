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
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.Arrays;

/**
 * Encrypts what is sent. Small writes between two flushes share one transport message. A promise succeeds when its
 * bytes are taken; that of an empty buffer when all bytes before it were sent.
 */
final class NoiseEncoder extends ChannelOutboundHandlerAdapter {
    private static final int MAX_MESSAGE_BYTES = 65535;
    private static final int MAX_PLAIN_BYTES = MAX_MESSAGE_BYTES - CipherState.TAG_BYTES;

    private final CipherState cipher;
    /** Grows with the traffic, so that idle connections stay small. */
    private byte[] plain = new byte[1024];

    private int filled;

    NoiseEncoder(CipherState cipher) {
        this.cipher = cipher;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ByteBuf data = (ByteBuf) msg;
        if (!data.isReadable()) {
            seal(ctx);
            ctx.write(data, promise);
            return;
        }
        try {
            while (data.isReadable()) {
                if (filled == 0 && data.readableBytes() >= MAX_PLAIN_BYTES && data.hasArray()) {
                    seal(ctx, data.array(), data.arrayOffset() + data.readerIndex(), MAX_PLAIN_BYTES);
                    data.skipBytes(MAX_PLAIN_BYTES);
                    continue;
                }
                int n = Math.min(data.readableBytes(), MAX_PLAIN_BYTES - filled);
                reserve(filled + n);
                data.readBytes(plain, filled, n);
                filled += n;
                if (filled == MAX_PLAIN_BYTES) {
                    seal(ctx);
                }
            }
        } finally {
            data.release();
        }
        promise.trySuccess();
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        seal(ctx);
        ctx.flush();
    }

    private void reserve(int bytes) {
        if (bytes > plain.length) {
            plain = Arrays.copyOf(plain, Math.min(MAX_PLAIN_BYTES, Math.max(bytes, 2 * plain.length)));
        }
    }

    private void seal(ChannelHandlerContext ctx) {
        if (filled > 0) {
            seal(ctx, plain, 0, filled);
            filled = 0;
        }
    }

    private void seal(ChannelHandlerContext ctx, byte[] source, int offset, int count) {
        int length = count + CipherState.TAG_BYTES;
        byte[] message = new byte[2 + length];
        message[0] = (byte) (length >>> 8);
        message[1] = (byte) length;
        cipher.encrypt(source, offset, count, message, 2);
        ctx.write(Unpooled.wrappedBuffer(message));
    }
}
