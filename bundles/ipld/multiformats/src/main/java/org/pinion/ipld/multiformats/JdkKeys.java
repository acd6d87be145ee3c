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

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;

/** What RSA and ECDSA share: keys whose signatures the JDK's providers make and verify. */
final class JdkKeys {
    private JdkKeys() {}

    static KeyFactory factory(String algorithm) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm);
    }

    /** Verifies with {@code algorithm}. */
    static final class Public extends PublicKey {
        private final java.security.PublicKey key;
        private final String algorithm;

        Public(KeyType type, byte[] raw, java.security.PublicKey key, String algorithm) {
            super(type, raw);
            this.key = key;
            this.algorithm = algorithm;
        }

        @Override
        public boolean verify(byte[] data, byte[] signature) {
            try {
                Signature verifier = Signature.getInstance(algorithm);
                verifier.initVerify(key);
                verifier.update(data);
                return verifier.verify(signature);
            } catch (GeneralSecurityException e) {
                return false; // malformed, so not a signature of these bytes
            }
        }
    }

    /** Signs with {@code algorithm}. */
    static final class Private extends PrivateKey {
        private final java.security.PrivateKey key;
        private final String algorithm;

        Private(byte[] raw, PublicKey publicKey, java.security.PrivateKey key, String algorithm) {
            super(raw, publicKey);
            this.key = key;
            this.algorithm = algorithm;
        }

        @Override
        public byte[] sign(byte[] data) {
            try {
                Signature signer = Signature.getInstance(algorithm);
                signer.initSign(key);
                signer.update(data);
                return signer.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(algorithm + " signature cannot be made", e);
            }
        }
    }
}
