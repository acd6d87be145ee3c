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
import java.security.MessageDigest;

/** A hash function of the JDK, which has processor support for SHA-1 and SHA-2. */
final class JdkHasher implements Hasher {
    private final long code;
    private final MessageDigest digest;
    private final boolean twice;

    JdkHasher(long code, MessageDigest digest, boolean twice) {
        this.code = code;
        this.digest = digest;
        this.twice = twice;
    }

    @Override
    public void update(byte[] data, int offset, int length) {
        digest.update(data, offset, length);
    }

    @Override
    public void update(ByteBuffer data) {
        digest.update(data);
    }

    @Override
    public Multihash digest() {
        byte[] result = digest.digest();
        return Multihash.of(code, twice ? digest.digest(result) : result);
    }
}
