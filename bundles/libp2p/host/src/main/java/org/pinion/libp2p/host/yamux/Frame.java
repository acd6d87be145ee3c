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
package org.pinion.libp2p.host.yamux;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.pinion.libp2p.api.ProtocolException;

/**
 * The head of a yamux frame.
 *
 * <pre>
 * | version 0 (1) | type (1) | flags (2) | stream id (4) | length (4) |   big-endian; data frames: length bytes follow
 * </pre>
 *
 * @param type one of {@link #DATA}, {@link #WINDOW}, {@link #PING}, {@link #GO_AWAY}
 * @param flags sum of {@link #SYN}, {@link #ACK}, {@link #FIN}, {@link #RST}
 * @param id the stream; 0 for the session
 * @param length bytes, window delta, ping value or code: unsigned 32 bits
 * @spec yamux "Framing"
 */
public record Frame(int type, int flags, int id, long length) {
    public static final int DATA = 0;
    public static final int WINDOW = 1;
    public static final int PING = 2;
    public static final int GO_AWAY = 3;

    public static final int SYN = 1;
    public static final int ACK = 2;
    public static final int FIN = 4;
    public static final int RST = 8;

    /** Length of a head. */
    public static final int BYTES = 12;

    /** Largest value of an unsigned 32-bit field. */
    static final long MAX_U32 = 0xffff_ffffL;

    /** True if the flag is set. */
    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Writes the 12 bytes. */
    public void encode(ByteBuf out) {
        out.writeByte(0).writeByte(type).writeShort(flags).writeInt(id).writeInt((int) length);
    }

    /**
     * Reads 12 bytes.
     *
     * @throws ProtocolException for an unknown version or type; the connection must be closed
     */
    public static Frame decode(ByteBuffer in) {
        int version = in.get();
        int type = in.get() & 0xff;
        int flags = in.getShort() & 0xffff;
        int id = in.getInt();
        long length = in.getInt() & MAX_U32;
        if (version != 0) {
            throw ProtocolException.closeConnection("yamux version " + version);
        }
        if (type > GO_AWAY) {
            throw ProtocolException.closeConnection("yamux frame of type " + type);
        }
        return new Frame(type, flags, id, length);
    }
}
