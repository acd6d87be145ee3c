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
package org.pinion.libp2p.host.autonat;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.libp2p.host.identify.Proto;

/**
 * The answer to a {@link DialRequest}.
 *
 * @param status one of the constants
 * @param text why not; null when it worked
 * @param address the address that worked; null otherwise
 * @spec libp2p "AutoNAT" v1, Message
 */
record DialAnswer(
        int status, @Nullable String text, @Nullable Multiaddr address) {
    static final int OK = 0;
    static final int DIAL_ERROR = 100;
    static final int DIAL_REFUSED = 101;
    static final int BAD_REQUEST = 200;

    private static final int TYPE_RESPONSE = 1;

    static DialAnswer reached(Multiaddr address) {
        return new DialAnswer(OK, null, address);
    }

    static DialAnswer no(int status, String text) {
        return new DialAnswer(status, text, null);
    }

    /** The protobuf message. */
    byte[] encode() {
        byte[] response = Proto.write(out -> {
            out.writeEnum(1, status);
            if (text != null) {
                out.writeString(2, text);
            }
            if (address != null) {
                out.writeByteArray(3, address.bytes());
            }
        });
        return Proto.write(out -> {
            out.writeEnum(1, TYPE_RESPONSE);
            out.writeByteArray(3, response);
        });
    }

    /**
     * Reads a message; an unreadable address in it is left out.
     *
     * @throws IOException if it is malformed or no answer
     */
    static DialAnswer decode(byte[] message) throws IOException {
        int[] numbers = {-1, -1};
        String[] text = {null};
        byte[][] address = {new byte[0]};
        Proto.read(message, (tag, in) -> {
            if (tag == Proto.varint(1)) {
                numbers[0] = in.readEnum();
            } else if (tag == Proto.bytes(3)) {
                Proto.read(in.readByteArray(), (innerTag, inner) -> {
                    if (innerTag == Proto.varint(1)) {
                        numbers[1] = inner.readEnum();
                    } else if (innerTag == Proto.bytes(2)) {
                        text[0] = inner.readString();
                    } else if (innerTag == Proto.bytes(3)) {
                        address[0] = inner.readByteArray();
                    } else {
                        inner.skipField(innerTag);
                    }
                });
            } else {
                in.skipField(tag);
            }
        });
        if (numbers[0] != TYPE_RESPONSE || numbers[1] < 0) {
            throw new IOException("no autonat answer, but a message of type " + numbers[0]);
        }
        return new DialAnswer(numbers[1], text[0], parse(address[0]));
    }

    private static @Nullable Multiaddr parse(byte[] address) {
        try {
            return address.length == 0 ? null : Multiaddr.ofBytes(address);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
