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

import java.nio.ByteBuffer;
import org.bouncycastle.crypto.Digest;

/** A hash function that the JDK does not have. */
final class BouncyHasher implements Hasher {
    private static final int COPY_BYTES = 8192;

    private final long code;
    private final Digest digest;

    BouncyHasher(long code, Digest digest) {
        this.code = code;
        this.digest = digest;
    }

    @Override
    public void update(byte[] data, int offset, int length) {
        digest.update(data, offset, length);
    }

    @Override
    public void update(ByteBuffer data) {
        if (data.hasArray()) {
            digest.update(data.array(), data.arrayOffset() + data.position(), data.remaining());
            data.position(data.limit());
            return;
        }
        byte[] copy = new byte[Math.min(COPY_BYTES, data.remaining())];
        while (data.hasRemaining()) {
            int length = Math.min(copy.length, data.remaining());
            data.get(copy, 0, length);
            digest.update(copy, 0, length);
        }
    }

    @Override
    public Multihash digest() {
        byte[] result = new byte[digest.getDigestSize()];
        digest.doFinal(result, 0);
        return Multihash.of(code, result);
    }
}
