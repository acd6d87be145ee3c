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

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.ProtocolException;

/**
 * Reads tokens byte by byte, so that never a byte behind a token is taken. The first token has to be the header; it is
 * compared while it comes in, because the garbage of a wrong network secret may announce a length that never arrives.
 * Not thread-safe.
 */
public final class TokenReader {
    private static final byte[] HEADER = Tokens.encode(Tokens.HEADER);

    private int headerBytes;
    private int length;
    private int lengthBytes;
    private byte @Nullable [] text;
    private int filled;

    /** True until the whole header was seen. */
    public boolean expectsHeader() {
        return headerBytes < HEADER.length;
    }

    /**
     * Takes the next byte.
     *
     * @return the token it completes, without newline, or null
     * @throws ProtocolException if the byte cannot belong to a token; the connection or stream is of no more use
     */
    public @Nullable String feed(byte b) {
        if (expectsHeader()) {
            if (b != HEADER[headerBytes]) {
                throw ProtocolException.closeConnection("no multistream header");
            }
            headerBytes++;
            return expectsHeader() ? null : Tokens.HEADER;
        }
        byte[] target = text;
        if (target == null) {
            feedLength(b);
            return null;
        }
        target[filled++] = b;
        if (filled < target.length) {
            return null;
        }
        if (b != '\n') {
            throw ProtocolException.resetStream("multistream token does not end in a newline");
        }
        text = null;
        filled = 0;
        return new String(target, 0, target.length - 1, StandardCharsets.UTF_8);
    }

    private void feedLength(byte b) {
        length |= (b & 0x7f) << (7 * lengthBytes);
        lengthBytes++;
        if (length > Tokens.MAX_BYTES || (b < 0 && lengthBytes == 2)) {
            throw ProtocolException.resetStream("multistream token of " + length + " bytes, limit " + Tokens.MAX_BYTES);
        }
        if (b >= 0) {
            if (length == 0) {
                throw ProtocolException.resetStream("empty multistream token");
            }
            text = new byte[length];
            length = 0;
            lengthBytes = 0;
        }
    }
}
