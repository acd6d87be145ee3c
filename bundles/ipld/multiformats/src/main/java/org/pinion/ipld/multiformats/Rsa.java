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

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.NoSuchElementException;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;

/** RSA keys of old clusters; public PKIX DER, private PKCS#1 DER, arithmetic by the JDK. */
final class Rsa {
    private static final String SIGNATURE = "SHA256withRSA";
    private static final int MIN_BITS = 2048;
    private static final int MAX_BITS = 8192;

    private Rsa() {}

    static PublicKey publicKey(byte[] pkix) {
        try {
            RSAPublicKey key = (RSAPublicKey) JdkKeys.factory("RSA").generatePublic(new X509EncodedKeySpec(pkix));
            return publicKey(key, pkix.clone());
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("RSA public key cannot be read: " + e.getMessage(), e);
        }
    }

    private static PublicKey publicKey(RSAPublicKey key, byte[] pkix) {
        int bits = key.getModulus().bitLength();
        if (bits < MIN_BITS || bits > MAX_BITS) {
            throw new IllegalArgumentException(
                    "RSA key has " + bits + " bits, allowed are " + MIN_BITS + " to " + MAX_BITS);
        }
        return new JdkKeys.Public(KeyType.RSA, pkix, key, SIGNATURE);
    }

    static PrivateKey privateKey(byte[] pkcs1) {
        try {
            RSAPrivateKey parsed = RSAPrivateKey.getInstance(ASN1Sequence.fromByteArray(pkcs1));
            check(parsed);
            RSAPublicKey publicKey = (RSAPublicKey) JdkKeys.factory("RSA")
                    .generatePublic(new RSAPublicKeySpec(parsed.getModulus(), parsed.getPublicExponent()));
            PublicKey checked = publicKey(publicKey, publicKey.getEncoded());
            java.security.PrivateKey key = JdkKeys.factory("RSA")
                    .generatePrivate(new RSAPrivateCrtKeySpec(
                            parsed.getModulus(),
                            parsed.getPublicExponent(),
                            parsed.getPrivateExponent(),
                            parsed.getPrime1(),
                            parsed.getPrime2(),
                            parsed.getExponent1(),
                            parsed.getExponent2(),
                            parsed.getCoefficient()));
            return new JdkKeys.Private(pkcs1.clone(), checked, key, SIGNATURE);
        } catch (GeneralSecurityException | IOException | NoSuchElementException e) {
            throw new IllegalArgumentException("RSA private key cannot be read: " + e.getMessage(), e);
        }
    }

    /** A key whose numbers do not belong together would fail later, at its first signature. */
    private static void check(RSAPrivateKey key) {
        BigInteger p = key.getPrime1();
        BigInteger q = key.getPrime2();
        if (p.compareTo(BigInteger.ONE) <= 0
                || q.compareTo(BigInteger.ONE) <= 0
                || !p.multiply(q).equals(key.getModulus())
                || !isInverse(key.getPublicExponent(), key.getExponent1(), p.subtract(BigInteger.ONE))
                || !isInverse(key.getPublicExponent(), key.getExponent2(), q.subtract(BigInteger.ONE))
                || !isInverse(key.getPublicExponent(), key.getPrivateExponent(), p.subtract(BigInteger.ONE))
                || !isInverse(key.getPublicExponent(), key.getPrivateExponent(), q.subtract(BigInteger.ONE))
                || !isInverse(q, key.getCoefficient(), p)) {
            throw new IllegalArgumentException("RSA private key is damaged: its numbers do not belong together");
        }
    }

    private static boolean isInverse(BigInteger a, BigInteger b, BigInteger modulus) {
        return a.multiply(b).mod(modulus).equals(BigInteger.ONE);
    }

    static PrivateKey generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(MIN_BITS);
            KeyPair pair = generator.generateKeyPair();
            RSAPrivateCrtKey key = (RSAPrivateCrtKey) pair.getPrivate();
            byte[] pkcs1 = new RSAPrivateKey(
                            key.getModulus(),
                            key.getPublicExponent(),
                            key.getPrivateExponent(),
                            key.getPrimeP(),
                            key.getPrimeQ(),
                            key.getPrimeExponentP(),
                            key.getPrimeExponentQ(),
                            key.getCrtCoefficient())
                    .getEncoded("DER");
            RSAPublicKey publicKey = (RSAPublicKey) pair.getPublic();
            return new JdkKeys.Private(pkcs1, publicKey(publicKey, publicKey.getEncoded()), key, SIGNATURE);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("RSA key cannot be made", e);
        }
    }
}
