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
package org.pinion.libp2p.host.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.ProtocolException;

/**
 * Carries a byte stream in the data frames of a WebSocket. Frames of any length pass through piece by piece; their
 * borders mean nothing.
 *
 * <pre>
 * | fin, opcode (1) | mask, length (1) | longer length (0, 2 or 8) | mask (4, from clients only) | payload |
 * </pre>
 *
 * @spec RFC 6455, section 5
 */
final class WebSocketFrames extends ChannelDuplexHandler {
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int MAX_CONTROL_BYTES = 125;
    private static final int NORMAL_CLOSURE = 1000;

    private final boolean client;
    private final SecureRandom random;
    private final byte[] head = new byte[14];
    private final byte[] mask = new byte[4];
    private int headBytes;
    private int opcode;
    private boolean inFrame;
    private long left;
    private int maskPosition;
    private @Nullable ByteBuf control;
    private boolean ended;

    WebSocketFrames(boolean client, SecureRandom random) {
        this.client = client;
        this.random = random;
    }

    // ---- receiving ----

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf in = (ByteBuf) msg;
        try {
            while (!ended && (in.isReadable() || (inFrame && left == 0))) {
                if (inFrame) {
                    readPayload(ctx, in);
                } else {
                    readHead(in);
                }
            }
        } catch (ProtocolException e) {
            ended = true;
            throw e;
        } finally {
            in.release();
        }
    }

    private void readHead(ByteBuf in) {
        head[headBytes++] = in.readByte();
        if (headBytes < 2) {
            return;
        }
        int length = head[1] & 0x7f;
        int longer = length < 126 ? 0 : length == 126 ? 2 : 8;
        boolean masked = (head[1] & MASKED) != 0;
        if (headBytes < 2 + longer + (masked ? 4 : 0)) {
            return;
        }
        left = length;
        if (longer > 0) {
            left = 0;
            for (int i = 0; i < longer; i++) {
                left = left << 8 | head[2 + i] & 0xff;
            }
        }
        opcode = head[0] & 0x0f;
        check(masked);
        if (masked) {
            System.arraycopy(head, 2 + longer, mask, 0, mask.length);
        }
        headBytes = 0;
        maskPosition = 0;
        inFrame = true;
        control = opcode >= CLOSE ? Unpooled.buffer((int) left, MAX_CONTROL_BYTES) : null;
    }

    private void check(boolean masked) {
        boolean known = opcode <= BINARY || (opcode >= CLOSE && opcode <= PONG);
        if ((head[0] & 0x70) != 0 || !known) {
            throw ProtocolException.closeConnection("websocket frame of type 0x" + Integer.toHexString(head[0] & 0xff));
        }
        if (masked == client) {
            throw ProtocolException.closeConnection("websocket frame " + (masked ? "with" : "without") + " a mask");
        }
        if (left < 0 || (opcode >= CLOSE && (left > MAX_CONTROL_BYTES || (head[0] & FIN) == 0))) {
            throw ProtocolException.closeConnection("websocket frame of a bad length");
        }
    }

    private void readPayload(ChannelHandlerContext ctx, ByteBuf in) {
        int n = (int) Math.min(in.readableBytes(), left);
        byte[] data = new byte[n];
        in.readBytes(data);
        left -= n;
        if (!client) {
            unmask(data);
        }
        if (left == 0) {
            inFrame = false;
        }
        ByteBuf collecting = control;
        if (collecting != null) {
            collecting.writeBytes(data);
            if (!inFrame) {
                control = null;
                onControl(ctx, collecting);
            }
        } else if (n > 0) {
            ctx.fireChannelRead(Unpooled.wrappedBuffer(data));
        }
    }

    private void unmask(byte[] data) {
        for (int i = 0; i < data.length; i++) {
            data[i] ^= mask[maskPosition + i & 3];
        }
        maskPosition = maskPosition + data.length & 3;
    }

    private void onControl(ChannelHandlerContext ctx, ByteBuf payload) {
        // a peer that does not read gets no answers
        if (opcode == PING && ctx.channel().isWritable()) {
            byte[] data = new byte[payload.readableBytes()];
            payload.readBytes(data);
            ctx.writeAndFlush(frame(PONG, data));
        } else if (opcode == CLOSE) {
            ended = true;
            ctx.channel().close();
        }
    }

    // ---- sending ----

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ByteBuf data = (ByteBuf) msg;
        if (!data.isReadable()) {
            ctx.write(data, promise);
            return;
        }
        byte[] bytes = new byte[data.readableBytes()];
        data.readBytes(bytes);
        data.release();
        ctx.write(frame(BINARY, bytes), promise);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (ctx.channel().isActive()) {
            byte[] code = {(byte) (NORMAL_CLOSURE >>> 8), (byte) NORMAL_CLOSURE};
            ctx.writeAndFlush(frame(CLOSE, code));
        }
        ctx.close(promise);
    }

    /** One whole frame around bytes that belong to it. */
    private ByteBuf frame(int type, byte[] data) {
        int count = data.length;
        int flag = client ? MASKED : 0;
        ByteBuf out = Unpooled.buffer(14 + count);
        out.writeByte(FIN | type);
        if (count < 126) {
            out.writeByte(flag | count);
        } else if (count < 1 << 16) {
            out.writeByte(flag | 126).writeShort(count);
        } else {
            out.writeByte(flag | 127).writeLong(count);
        }
        if (client) {
            byte[] own = new byte[mask.length];
            random.nextBytes(own);
            out.writeBytes(own);
            for (int i = 0; i < count; i++) {
                data[i] ^= own[i & 3];
            }
        }
        return out.writeBytes(data);
    }
}
