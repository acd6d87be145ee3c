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
package org.pinion.libp2p.kad;

import java.nio.ByteBuffer;
import org.pinion.ipld.multiformats.Multiaddr;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;

/** Peers by number. */
final class TestPeers {
    private TestPeers() {}

    static PeerId peer(int number) {
        byte[] seed = ByteBuffer.allocate(4).putInt(number).array();
        return PeerId.ofBytes(Multihash.sha256(seed).bytes());
    }

    static Multiaddr at(int number) {
        return Multiaddr.parse("/ip4/10.0." + (number >> 8) + "." + (number & 0xff) + "/tcp/9096");
    }
}
