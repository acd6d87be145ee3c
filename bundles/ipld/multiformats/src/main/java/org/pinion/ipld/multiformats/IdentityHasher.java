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
package org.pinion.ipld.multiformats;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** The function whose digest is the data; bounded, because such a "hash" travels inside every link. */
final class IdentityHasher implements Hasher {
    /** The reference refuses identity CIDs of more digest bytes. */
    private static final int MAX_BYTES = 128;

    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    @Override
    public void update(byte[] more, int offset, int length) {
        if (data.size() + (long) length > MAX_BYTES) {
            throw new IllegalArgumentException("identity hash of " + (data.size() + (long) length) + " bytes, limit "
                    + MAX_BYTES + "; use another hash function");
        }
        data.write(more, offset, length);
    }

    @Override
    public void update(ByteBuffer more) {
        byte[] copy = new byte[Math.min(more.remaining(), MAX_BYTES + 1)];
        more.get(copy);
        update(copy, 0, copy.length);
    }

    @Override
    public Multihash digest() {
        Multihash result = Multihash.identity(data.toByteArray());
        data.reset();
        return result;
    }
}
