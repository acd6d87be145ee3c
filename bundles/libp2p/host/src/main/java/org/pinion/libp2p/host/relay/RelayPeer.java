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
package org.pinion.libp2p.host.relay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.libp2p.host.identify.Proto;

/**
 * A peer in a message of the relay protocols.
 *
 * @param id who it is
 * @param addresses where it is; unreadable ones were skipped
 * @spec libp2p "circuit relay v2", Peer
 */
record RelayPeer(PeerId id, List<Multiaddr> addresses) {
    /** Addresses that are taken from one message. */
    static final int MAX_ADDRESSES = 16;

    RelayPeer {
        addresses = List.copyOf(addresses);
    }

    byte[] encode() {
        return Proto.write(out -> {
            out.writeByteArray(1, id.bytes());
            for (Multiaddr address : addresses) {
                out.writeByteArray(2, address.bytes());
            }
        });
    }

    static RelayPeer decode(byte[] message) throws IOException {
        byte[][] id = {new byte[0]};
        List<Multiaddr> addresses = new ArrayList<>();
        Proto.read(message, (tag, in) -> {
            if (tag == Proto.bytes(1)) {
                id[0] = in.readByteArray();
            } else if (tag == Proto.bytes(2)) {
                add(in.readByteArray(), addresses);
            } else {
                in.skipField(tag);
            }
        });
        try {
            return new RelayPeer(PeerId.ofBytes(id[0]), addresses);
        } catch (IllegalArgumentException e) {
            throw new IOException("malformed peer id in a relay message: " + e.getMessage(), e);
        }
    }

    /** Takes a binary address; others may know more of them than we do. */
    static void add(byte[] address, List<Multiaddr> addresses) {
        Multiaddr parsed = parse(address);
        if (parsed != null && addresses.size() < MAX_ADDRESSES) {
            addresses.add(parsed);
        }
    }

    private static @Nullable Multiaddr parse(byte[] address) {
        try {
            return Multiaddr.ofBytes(address);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
