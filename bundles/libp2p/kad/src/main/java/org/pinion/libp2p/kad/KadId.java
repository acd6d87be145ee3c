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

import java.util.Arrays;
import java.util.HexFormat;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.PeerId;

/**
 * A point of the key space: the SHA-256 of a key. Distance is the exclusive or. Immutable.
 *
 * @spec libp2p "Kademlia DHT", key space
 */
final class KadId {
    /** Bits of a point. */
    static final int BITS = 256;

    private final byte[] point;

    private KadId(byte[] point) {
        this.point = point;
    }

    /** The point of a key of any form. */
    static KadId of(byte[] key) {
        return new KadId(Multihash.sha256(key).digest());
    }

    /** The point of a peer. */
    static KadId of(PeerId peer) {
        return of(peer.bytes());
    }

    /** How many leading bits both share; {@link #BITS} when they are equal. */
    int commonPrefix(KadId other) {
        int at = Arrays.mismatch(point, other.point);
        if (at < 0) {
            return BITS;
        }
        return 8 * at + Integer.numberOfLeadingZeros((point[at] ^ other.point[at]) & 0xff) - 24;
    }

    /** Negative if {@code a} is nearer to this point than {@code b}, 0 if they are the same. */
    int compareDistance(KadId a, KadId b) {
        int at = Arrays.mismatch(a.point, b.point);
        return at < 0 ? 0 : Integer.compare((a.point[at] ^ point[at]) & 0xff, (b.point[at] ^ point[at]) & 0xff);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KadId that && Arrays.equals(point, that.point);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(point);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(point);
    }
}
