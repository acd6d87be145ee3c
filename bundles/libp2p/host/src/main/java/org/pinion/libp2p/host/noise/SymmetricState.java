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
package org.pinion.libp2p.host.noise;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Chaining key and transcript hash of a handshake. Not thread-safe.
 *
 * @spec Noise "The SymmetricState object"
 */
final class SymmetricState {
    private static final String NAME = "Noise_XX_25519_ChaChaPoly_SHA256";

    private byte[] chainingKey;
    private byte[] hash;
    private @Nullable CipherState cipher;

    SymmetricState() {
        // the name has exactly 32 bytes, so it is the hash without hashing
        hash = NAME.getBytes(StandardCharsets.US_ASCII);
        chainingKey = hash.clone();
        mixHash(new byte[0]);
    }

    byte[] handshakeHash() {
        return hash.clone();
    }

    void mixHash(byte[] data) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(hash);
            hash = sha.digest(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
    }

    void mixKey(byte[] input) {
        byte[][] keys = derive(input);
        chainingKey = keys[0];
        cipher = new CipherState(keys[1]);
    }

    byte[] encryptAndHash(byte[] plain) {
        CipherState current = cipher;
        byte[] out = current == null ? plain : current.encryptWithAd(hash, plain);
        mixHash(out);
        return out;
    }

    byte[] decryptAndHash(byte[] data) throws GeneralSecurityException {
        CipherState current = cipher;
        byte[] out = current == null ? data : current.decryptWithAd(hash, data);
        mixHash(data);
        return out;
    }

    /** The two keys of the transport phase: the initiator's, the responder's. */
    CipherState[] split() {
        byte[][] keys = derive(new byte[0]);
        return new CipherState[] {new CipherState(keys[0]), new CipherState(keys[1])};
    }

    /** HKDF with two outputs. */
    private byte[][] derive(byte[] input) {
        byte[] temporary = hmac(chainingKey, input);
        byte[] first = hmac(temporary, new byte[] {1});
        byte[] next = Arrays.copyOf(first, first.length + 1);
        next[first.length] = 2;
        return new byte[][] {first, hmac(temporary, next)};
    }

    private static byte[] hmac(byte[] key, byte[] data) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks HmacSHA256", e);
        }
    }
}
