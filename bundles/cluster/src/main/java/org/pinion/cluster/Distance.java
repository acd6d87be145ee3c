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
package org.pinion.cluster;

import java.util.Arrays;
import java.util.Collection;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Hashes;
import org.pinion.ipld.multiformats.PeerId;

/**
 * How far a peer is from a CID: the one that is closest does what only one peer should do. Pure.
 *
 * @spec cluster logic "Alerts and automatic repinning"
 */
final class Distance {
    private static final long BLAKE2B_256 = 0xb220;

    private Distance() {}

    /** The distance as a big-endian number. */
    static byte[] between(PeerId peer, Cid cid) {
        byte[] distance = hash(peer.bytes());
        byte[] other = hash(cid.bytes());
        for (int i = 0; i < distance.length; i++) {
            distance[i] = (byte) (distance[i] ^ other[i]);
        }
        return distance;
    }

    /** Whether none of the others is closer; equally close counts. */
    static boolean isClosest(Cid cid, PeerId self, Collection<PeerId> others) {
        byte[] own = between(self, cid);
        return others.stream().noneMatch(other -> Arrays.compareUnsigned(between(other, cid), own) < 0);
    }

    private static byte[] hash(byte[] data) {
        return Hashes.sum(BLAKE2B_256, data).digest();
    }
}
