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
package org.pinion.libp2p.host.multistream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.ProtocolException;

/**
 * Agrees on the protocol of a whole connection. The dialer proposes in order; the listener sends its header at once and
 * lets the dialer try again after each refusal. When it is done it takes itself out of the pipeline and passes on what
 * came behind the last token.
 */
public final class ConnectionNegotiation extends ByteToMessageDecoder {
    /** Hears the end of a negotiation; called on the event loop. */
    public interface Outcome {
        /** Both sides agreed. Handlers added here, behind the negotiation, see all following bytes. */
        void agreed(ChannelHandlerContext ctx, String protocol);

        /** There is no agreement. SECRET_DIFFERS if the other side sent no multistream at all. */
        void failed(NetworkException error);
    }

    /** Refused proposals before a listener gives up. */
    private static final int MAX_REFUSALS = 16;

    private final boolean dialer;
    private final List<String> protocols;
    private final Outcome outcome;
    private final TokenReader tokens = new TokenReader();
    private int tried;
    private boolean started;
    private boolean done;

    public ConnectionNegotiation(boolean dialer, List<String> protocols, Outcome outcome) {
        this.dialer = dialer;
        this.protocols = List.copyOf(protocols);
        this.outcome = outcome;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            start(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        start(ctx);
        super.channelActive(ctx);
    }

    private void start(ChannelHandlerContext ctx) {
        if (started) {
            return;
        }
        started = true;
        send(ctx, dialer ? Tokens.encode(Tokens.HEADER, protocols.get(0)) : Tokens.encode(Tokens.HEADER));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        try {
            while (!done && in.isReadable()) {
                String token = tokens.feed(in.readByte());
                if (token != null && !token.equals(Tokens.HEADER)) {
                    onToken(ctx, token);
                }
            }
        } catch (ProtocolException e) {
            in.skipBytes(in.readableBytes());
            fail(
                    tokens.expectsHeader()
                            ? new NetworkException(Reason.SECRET_DIFFERS, "secret differs", e)
                            : new NetworkException(
                                    Reason.HANDSHAKE_FAILED, "protocol negotiation: " + e.getMessage(), e));
        }
    }

    private void onToken(ChannelHandlerContext ctx, String token) {
        if (dialer) {
            onAnswer(ctx, token);
        } else if (protocols.contains(token)) {
            send(ctx, Tokens.encode(token));
            finish(ctx, token);
        } else if (++tried > MAX_REFUSALS) {
            fail(new NetworkException(Reason.HANDSHAKE_FAILED, "more than " + MAX_REFUSALS + " refused proposals"));
        } else {
            send(ctx, Tokens.encode(Tokens.NOT_AVAILABLE));
        }
    }

    private void onAnswer(ChannelHandlerContext ctx, String token) {
        if (token.equals(protocols.get(tried))) {
            finish(ctx, token);
        } else if (!token.equals(Tokens.NOT_AVAILABLE)) {
            fail(new NetworkException(
                    Reason.HANDSHAKE_FAILED, "proposed " + protocols.get(tried) + ", the answer was " + token));
        } else if (++tried == protocols.size()) {
            fail(new NetworkException(Reason.HANDSHAKE_FAILED, "the peer speaks none of " + protocols));
        } else {
            send(ctx, Tokens.encode(protocols.get(tried)));
        }
    }

    private void finish(ChannelHandlerContext ctx, String protocol) {
        done = true;
        outcome.agreed(ctx, protocol);
        ctx.pipeline().remove(this);
    }

    private void fail(NetworkException error) {
        done = true;
        outcome.failed(error);
    }

    private static void send(ChannelHandlerContext ctx, byte[] bytes) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes));
    }
}
