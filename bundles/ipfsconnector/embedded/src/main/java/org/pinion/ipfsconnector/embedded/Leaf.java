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
package org.pinion.ipfsconnector.embedded;

import java.nio.ByteBuffer;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Varint;

/** Tells leaves from inner nodes without decoding them, so that walks need not read what they only have to hold. */
final class Leaf {
    private static final long DATA = 1 << 3 | 2;

    private Leaf() {}

    /** Whether a dag-pb block surely has no links; false for other codecs and for malformed blocks. */
    static boolean is(Cid cid, byte[] block) {
        if (cid.codec() != Cid.DAG_PB) {
            return false;
        }
        ByteBuffer in = ByteBuffer.wrap(block);
        try {
            while (in.hasRemaining()) {
                if (Varint.read(in) != DATA) {
                    return false;
                }
                int length = Varint.readInt(in, in.remaining());
                in.position(in.position() + length);
            }
            return true;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }
}
