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
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.libp2p.host.identify.Proto;

/**
 * A place at a relay. Its voucher is not kept: nothing of ours shows it to anybody.
 *
 * @param expireSeconds when it ends, in Unix seconds
 * @param addresses of the relay; unreadable ones were skipped
 * @spec libp2p "circuit relay v2", Reservation
 */
record Reservation(long expireSeconds, List<Multiaddr> addresses) {
    Reservation {
        addresses = List.copyOf(addresses);
    }

    byte[] encode() {
        return Proto.write(out -> {
            out.writeUInt64(1, expireSeconds);
            for (Multiaddr address : addresses) {
                out.writeByteArray(2, address.bytes());
            }
        });
    }

    static Reservation decode(byte[] message) throws IOException {
        long[] expire = {0};
        List<Multiaddr> addresses = new ArrayList<>();
        Proto.read(message, (tag, in) -> {
            if (tag == Proto.varint(1)) {
                expire[0] = in.readUInt64();
            } else if (tag == Proto.bytes(2)) {
                RelayPeer.add(in.readByteArray(), addresses);
            } else {
                in.skipField(tag);
            }
        });
        return new Reservation(expire[0], addresses);
    }
}
