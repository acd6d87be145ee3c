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

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One direction of a Noise channel: ChaCha20-Poly1305 with a counter as nonce. Not thread-safe.
 *
 * @spec Noise "The CipherState object"
 */
public final class CipherState {
    /** Bytes that encryption adds. */
    public static final int TAG_BYTES = 16;

    private static final int NONCE_BYTES = 12;

    private final Cipher cipher;
    private final SecretKeySpec key;
    private long counter;

    CipherState(byte[] key) {
        this.key = new SecretKeySpec(key, "ChaCha20");
        try {
            this.cipher = Cipher.getInstance("ChaCha20-Poly1305");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks ChaCha20-Poly1305", e);
        }
    }

    /** Encrypts into {@code target}, which needs room for {@link #TAG_BYTES} more; returns the bytes written. */
    public int encrypt(byte[] source, int offset, int count, byte[] target, int targetOffset) {
        try {
            return run(Cipher.ENCRYPT_MODE, new byte[0], source, offset, count, target, targetOffset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("encryption failed", e);
        }
    }

    /**
     * Decrypts into {@code target}; returns the bytes written.
     *
     * @throws GeneralSecurityException if the data was changed or is not for this channel
     */
    public int decrypt(byte[] source, int offset, int count, byte[] target, int targetOffset)
            throws GeneralSecurityException {
        return run(Cipher.DECRYPT_MODE, new byte[0], source, offset, count, target, targetOffset);
    }

    byte[] encryptWithAd(byte[] ad, byte[] plain) {
        byte[] out = new byte[plain.length + TAG_BYTES];
        try {
            run(Cipher.ENCRYPT_MODE, ad, plain, 0, plain.length, out, 0);
            return out;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("encryption failed", e);
        }
    }

    byte[] decryptWithAd(byte[] ad, byte[] encrypted) throws GeneralSecurityException {
        if (encrypted.length < TAG_BYTES) {
            throw new GeneralSecurityException("encrypted part of " + encrypted.length + " bytes");
        }
        byte[] out = new byte[encrypted.length - TAG_BYTES];
        run(Cipher.DECRYPT_MODE, ad, encrypted, 0, encrypted.length, out, 0);
        return out;
    }

    private int run(int mode, byte[] ad, byte[] source, int offset, int count, byte[] target, int targetOffset)
            throws GeneralSecurityException {
        // -1 is reserved by Noise; 2^64 messages are never reached, but a wrapped counter would repeat a nonce
        if (counter == -1) {
            throw new GeneralSecurityException("the counter of the secure channel is used up");
        }
        byte[] nonce = new byte[NONCE_BYTES];
        ByteBuffer.wrap(nonce).order(ByteOrder.LITTLE_ENDIAN).putLong(4, counter);
        cipher.init(mode, key, new IvParameterSpec(nonce));
        if (ad.length > 0) {
            cipher.updateAAD(ad);
        }
        int written = cipher.doFinal(source, offset, count, target, targetOffset);
        counter++;
        return written;
    }
}
