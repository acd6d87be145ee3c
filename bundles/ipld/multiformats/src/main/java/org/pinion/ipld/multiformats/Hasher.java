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

/** A running hash, see {@link Hashes}. For one thread at a time; may be used again after {@link #digest()}. */
public interface Hasher {
    /** Takes {@code length} bytes of {@code data} from {@code offset} on. */
    void update(byte[] data, int offset, int length);

    /** Takes all of {@code data}. */
    default void update(byte[] data) {
        update(data, 0, data.length);
    }

    /** Takes the remaining bytes and consumes them. */
    void update(ByteBuffer data);

    /** The multihash of what was taken; the hasher is empty again afterwards. */
    Multihash digest();
}
