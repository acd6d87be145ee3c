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
import org.pinion.libp2p.host.identify.Proto;

/**
 * What a relay allows a connection.
 *
 * @param seconds its life; 0 = any
 * @param bytes in each direction; 0 = any
 * @spec libp2p "circuit relay v2", Limit
 */
record RelayLimit(long seconds, long bytes) {
    byte[] encode() {
        return Proto.write(out -> {
            out.writeUInt32(1, (int) seconds);
            out.writeUInt64(2, bytes);
        });
    }

    static RelayLimit decode(byte[] message) throws IOException {
        long[] values = new long[2];
        Proto.read(message, (tag, in) -> {
            if (tag == Proto.varint(1)) {
                values[0] = Integer.toUnsignedLong(in.readUInt32());
            } else if (tag == Proto.varint(2)) {
                values[1] = in.readUInt64();
            } else {
                in.skipField(tag);
            }
        });
        return new RelayLimit(values[0], values[1]);
    }
}
