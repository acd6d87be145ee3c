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
package org.pinion.ipld.dag;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** The content that the recorded CIDs were made of: SHA-256 of seed and counter, one after another. */
public final class Content {
    private Content() {}

    /** The first {@code size} bytes for a seed. */
    public static byte[] of(String seed, int size) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] prefix = seed.getBytes(StandardCharsets.UTF_8);
            ByteBuffer content = ByteBuffer.allocate(size + 31 & ~31);
            for (long counter = 0; content.hasRemaining(); counter++) {
                digest.update(prefix);
                content.put(digest.digest(
                        ByteBuffer.allocate(Long.BYTES).putLong(counter).array()));
            }
            return Arrays.copyOf(content.array(), size);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
