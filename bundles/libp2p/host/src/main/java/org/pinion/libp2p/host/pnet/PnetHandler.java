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

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.NetworkException;
import org.pinion.libp2p.api.NetworkException.Reason;
import org.pinion.libp2p.api.NetworkSecret;
import org.pinion.libp2p.host.multistream.Tokens;

/**
 * Encrypts everything on a socket with the network secret. Both sides send a nonce in clear before their first byte.
 *
 * <pre>
 * | nonce (24) | XSalsa20(secret, nonce) xor data ... |
 * </pre>
 */
public final class PnetHandler extends ChannelDuplexHandler {
    /** What every peer without a secret sends first. */
    private static final byte[] PLAIN = Tokens.encode(Tokens.HEADER);

    private final NetworkSecret secret;
    private final SecureRandom random;
    private final byte[] remoteNonce = new byte[PnetCipher.NONCE_BYTES];
    private int remoteNonceBytes;
    private @Nullable PnetCipher decryptor;
    private @Nullable PnetCipher encryptor;

    public PnetHandler(NetworkSecret secret, SecureRandom random) {
        this.secret = secret;
        this.random = random;
    }

    /** True if the peer began to send, but less than a nonce: it is in no private network. On the event loop. */
    public boolean sawLessThanNonce() {
        return remoteNonceBytes > 0 && remoteNonceBytes < remoteNonce.length;
    }

    /** True if what should be the peer's nonce is the start of a connection in clear. On the event loop. */
    public boolean sawPlainText() {
        return remoteNonceBytes >= PLAIN.length && Arrays.equals(remoteNonce, 0, PLAIN.length, PLAIN, 0, PLAIN.length);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf in = (ByteBuf) msg;
        try {
            PnetCipher cipher = decryptor;
            if (cipher == null) {
                int n = Math.min(in.readableBytes(), remoteNonce.length - remoteNonceBytes);
                in.readBytes(remoteNonce, remoteNonceBytes, n);
                remoteNonceBytes += n;
                if (sawPlainText()) {
                    // at once: the other side may wait for the rest of what it takes for a length
                    ctx.fireExceptionCaught(
                            new NetworkException(Reason.SECRET_DIFFERS, "the other side has no network secret"));
                    return;
                }
                if (remoteNonceBytes < remoteNonce.length) {
                    return;
                }
                cipher = new PnetCipher(secret, remoteNonce);
                decryptor = cipher;
            }
            if (in.isReadable()) {
                byte[] data = new byte[in.readableBytes()];
                in.readBytes(data);
                cipher.apply(data, 0, data, 0, data.length);
                ctx.fireChannelRead(Unpooled.wrappedBuffer(data));
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        ByteBuf data = (ByteBuf) msg;
        if (!data.isReadable()) {
            ctx.write(data, promise);
            return;
        }
        PnetCipher cipher = encryptor;
        if (cipher == null) {
            byte[] nonce = new byte[PnetCipher.NONCE_BYTES];
            random.nextBytes(nonce);
            cipher = new PnetCipher(secret, nonce);
            encryptor = cipher;
            ctx.write(Unpooled.wrappedBuffer(nonce));
        }
        if (data.hasArray() && !data.isReadOnly() && data.refCnt() == 1) {
            // what is written belongs to the connection
            int offset = data.arrayOffset() + data.readerIndex();
            cipher.apply(data.array(), offset, data.array(), offset, data.readableBytes());
            ctx.write(data, promise);
            return;
        }
        byte[] encrypted = new byte[data.readableBytes()];
        data.readBytes(encrypted);
        data.release();
        cipher.apply(encrypted, 0, encrypted, 0, encrypted.length);
        ctx.write(Unpooled.wrappedBuffer(encrypted), promise);
    }
}
