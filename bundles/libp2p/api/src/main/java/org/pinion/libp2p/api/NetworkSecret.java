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
package org.pinion.libp2p.api;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** The 32-byte key of a private network (pnet). Its text form hides the key. Immutable. */
public final class NetworkSecret {
    /** Length of a secret. */
    public static final int BYTES = 32;

    private final byte[] key;

    private NetworkSecret(byte[] key) {
        this.key = key;
    }

    /**
     * Copies the key.
     *
     * @throws IllegalArgumentException unless it has 32 bytes
     */
    public static NetworkSecret of(byte[] key) {
        if (key.length != BYTES) {
            throw new IllegalArgumentException("a network secret has " + BYTES + " bytes, this one has " + key.length);
        }
        return new NetworkSecret(key.clone());
    }

    /**
     * Reads 64 hex digits.
     *
     * @throws IllegalArgumentException if the text is not hex of 32 bytes; the message does not hold the text
     */
    public static NetworkSecret ofHex(String hex) {
        byte[] bytes;
        try {
            bytes = HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException e) {
            // without the cause: its message quotes characters of the secret
            throw new IllegalArgumentException("a network secret must be 64 hex digits");
        }
        return of(bytes);
    }

    /** A copy of the key. */
    public byte[] bytes() {
        return key.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NetworkSecret secret && MessageDigest.isEqual(key, secret.key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return "NetworkSecret(hidden)";
    }
}
