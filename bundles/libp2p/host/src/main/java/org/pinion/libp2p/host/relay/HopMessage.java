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
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.host.identify.Proto;

/**
 * A message between a relay and its client.
 *
 * @param type one of the constants
 * @param peer whom to reach; null unless asked for
 * @param reservation what was granted; null unless it was
 * @param limit of connections; null when there is none
 * @param status outcome; 0 when absent
 * @spec libp2p "circuit relay v2", HopMessage
 */
record HopMessage(
        int type,
        @Nullable RelayPeer peer,
        @Nullable Reservation reservation,
        @Nullable RelayLimit limit,
        int status) {
    static final int RESERVE = 0;
    static final int CONNECT = 1;
    static final int STATUS = 2;

    static HopMessage reserve() {
        return new HopMessage(RESERVE, null, null, null, 0);
    }

    static HopMessage connect(RelayPeer peer) {
        return new HopMessage(CONNECT, peer, null, null, 0);
    }

    byte[] encode() {
        return Proto.write(out -> {
            out.writeEnum(1, type);
            if (peer != null) {
                out.writeByteArray(2, peer.encode());
            }
            if (reservation != null) {
                out.writeByteArray(3, reservation.encode());
            }
            if (limit != null) {
                out.writeByteArray(4, limit.encode());
            }
            if (status != 0) {
                out.writeEnum(5, status);
            }
        });
    }

    /**
     * Reads a message; unknown fields are skipped.
     *
     * @throws IOException if it is malformed or has no type
     */
    static HopMessage decode(byte[] message) throws IOException {
        int[] numbers = {-1, 0};
        RelayPeer[] peer = {null};
        Reservation[] reservation = {null};
        RelayLimit[] limit = {null};
        Proto.read(message, (tag, in) -> {
            if (tag == Proto.varint(1)) {
                numbers[0] = in.readEnum();
            } else if (tag == Proto.bytes(2)) {
                peer[0] = RelayPeer.decode(in.readByteArray());
            } else if (tag == Proto.bytes(3)) {
                reservation[0] = Reservation.decode(in.readByteArray());
            } else if (tag == Proto.bytes(4)) {
                limit[0] = RelayLimit.decode(in.readByteArray());
            } else if (tag == Proto.varint(5)) {
                numbers[1] = in.readEnum();
            } else {
                in.skipField(tag);
            }
        });
        if (numbers[0] < 0) {
            throw new IOException("relay message without a type");
        }
        return new HopMessage(numbers[0], peer[0], reservation[0], limit[0], numbers[1]);
    }
}
