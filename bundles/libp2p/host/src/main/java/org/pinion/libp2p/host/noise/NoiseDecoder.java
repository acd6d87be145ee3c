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
import java.util.List;
import org.pinion.libp2p.api.ProtocolException;

/**
 * Decrypts transport messages. A message that does not decrypt ends the connection.
 *
 * <pre>
 * | length (2, big-endian) | ciphertext and tag |
 * </pre>
 */
final class NoiseDecoder extends ByteToMessageDecoder {
    private final CipherState cipher;

    NoiseDecoder(CipherState cipher) {
        this.cipher = cipher;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < 2) {
            return;
        }
        int length = in.getUnsignedShort(in.readerIndex());
        if (length < CipherState.TAG_BYTES) {
            throw ProtocolException.closeConnection("noise message of " + length + " bytes");
        }
        if (in.readableBytes() < 2 + length) {
            return;
        }
        in.skipBytes(2);
        byte[] encrypted = new byte[length];
        in.readBytes(encrypted);
        byte[] plain = new byte[length - CipherState.TAG_BYTES];
        try {
            cipher.decrypt(encrypted, 0, length, plain, 0);
        } catch (GeneralSecurityException e) {
            throw ProtocolException.closeConnection("noise message does not decrypt: " + e.getMessage());
        }
        if (plain.length > 0) {
            out.add(Unpooled.wrappedBuffer(plain));
        }
    }
}
