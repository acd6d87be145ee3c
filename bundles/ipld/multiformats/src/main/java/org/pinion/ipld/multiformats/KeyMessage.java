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
package org.pinion.ipld.multiformats;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The protobuf of public and private keys alike: field 1 the type, field 2 the data; both always present.
 *
 * <pre>
 * | 08 | type | 12 | varint length | data |
 * </pre>
 */
record KeyMessage(KeyType type, byte[] data) {
    private static final int MAX_BYTES = 64 * 1024;

    static KeyMessage decode(byte[] message) {
        if (message.length > MAX_BYTES) {
            throw new IllegalArgumentException("key of " + message.length + " bytes, limit " + MAX_BYTES);
        }
        ByteBuffer in = ByteBuffer.wrap(message);
        @Nullable KeyType type = null;
        byte @Nullable [] data = null;
        while (in.hasRemaining()) {
            long tag = Varint.read(in);
            if (tag == 0x08) {
                type = KeyType.of(Varint.read(in));
            } else if (tag == 0x12) {
                data = new byte[readLength(in)];
                in.get(data);
            } else {
                skip(in, tag);
            }
        }
        if (type == null || data == null) {
            throw new IllegalArgumentException("key message lacks its " + (type == null ? "type" : "data"));
        }
        return new KeyMessage(type, data);
    }

    static byte[] encode(KeyType type, byte[] data) {
        ByteBuffer out = ByteBuffer.allocate(3 + Varint.size(data.length) + data.length);
        out.put((byte) 0x08).put((byte) type.number()).put((byte) 0x12);
        Varint.write(data.length, out);
        out.put(data);
        return out.array();
    }

    private static void skip(ByteBuffer in, long tag) {
        int wireType = (int) (tag & 7);
        int length = 0;
        switch (wireType) {
            case 0 -> Varint.read(in);
            case 1 -> length = 8;
            case 2 -> length = readLength(in);
            case 5 -> length = 4;
            default -> throw new IllegalArgumentException("key message has wire type " + wireType);
        }
        if (length > in.remaining()) {
            throw new IllegalArgumentException("key message is cut off");
        }
        in.position(in.position() + length);
    }

    private static int readLength(ByteBuffer in) {
        int length = Varint.readInt(in, MAX_BYTES);
        if (length > in.remaining()) {
            throw new IllegalArgumentException(
                    "key message says " + length + " bytes, but " + in.remaining() + " follow");
        }
        return length;
    }
}
