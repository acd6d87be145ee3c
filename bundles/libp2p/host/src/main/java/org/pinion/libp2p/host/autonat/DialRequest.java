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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.host.identify.Proto;

/**
 * The question whether a peer can be dialed.
 *
 * @param complete false if the part with the peer is missing
 * @param peer the peer id; empty when absent
 * @param addresses where it believes to listen; unreadable ones were skipped
 * @spec libp2p "AutoNAT" v1, Message
 */
@SuppressWarnings("ArrayRecordComponent")
record DialRequest(boolean complete, byte[] peer, List<Multiaddr> addresses) {
    private static final int TYPE_DIAL = 0;
    private static final int MAX_ADDRESSES = 64;

    DialRequest {
        addresses = List.copyOf(addresses);
    }

    /** The protobuf message. */
    static byte[] encode(PeerId peer, List<Multiaddr> addresses) {
        byte[] info = Proto.write(out -> {
            out.writeByteArray(1, peer.bytes());
            for (Multiaddr address : addresses) {
                out.writeByteArray(2, address.bytes());
            }
        });
        byte[] dial = Proto.write(out -> out.writeByteArray(1, info));
        return Proto.write(out -> {
            out.writeEnum(1, TYPE_DIAL);
            out.writeByteArray(2, dial);
        });
    }

    /**
     * Reads a message.
     *
     * @throws IOException if it is malformed or no question
     */
    static DialRequest decode(byte[] message) throws IOException {
        int[] type = {-1};
        byte[][] info = {null};
        Proto.read(message, (tag, in) -> {
            if (tag == Proto.varint(1)) {
                type[0] = in.readEnum();
            } else if (tag == Proto.bytes(2)) {
                byte[] peer = field(in.readByteArray(), 1);
                info[0] = peer == null ? info[0] : peer;
            } else {
                in.skipField(tag);
            }
        });
        if (type[0] != TYPE_DIAL) {
            throw new IOException("autonat message of type " + type[0]);
        }
        return info[0] == null ? new DialRequest(false, new byte[0], List.of()) : decodePeer(info[0]);
    }

    private static byte @Nullable [] field(byte[] message, int field) throws IOException {
        byte[][] found = {null};
        Proto.read(message, (tag, in) -> {
            if (tag == Proto.bytes(field)) {
                found[0] = in.readByteArray();
            } else {
                in.skipField(tag);
            }
        });
        return found[0];
    }

    private static DialRequest decodePeer(byte[] message) throws IOException {
        byte[] id = field(message, 1);
        List<Multiaddr> addresses = new ArrayList<>();
        Proto.read(message, (tag, in) -> {
            if (tag != Proto.bytes(2)) {
                in.skipField(tag);
                return;
            }
            byte[] address = in.readByteArray();
            if (addresses.size() < MAX_ADDRESSES) {
                try {
                    addresses.add(Multiaddr.ofBytes(address));
                } catch (IllegalArgumentException e) {
                    return;
                }
            }
        });
        return new DialRequest(true, id == null ? new byte[0] : id, addresses);
    }
}
