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
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** ECDSA keys on the curves that the JDK has; public PKIX DER, private SEC1 DER. */
final class Ecdsa {
    private static final String SIGNATURE = "SHA256withECDSA";

    private Ecdsa() {}

    static PublicKey publicKey(byte[] pkix) {
        try {
            return publicKey(JdkKeys.factory("EC").generatePublic(new X509EncodedKeySpec(pkix)), pkix.clone());
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("ECDSA public key cannot be read: " + e.getMessage(), e);
        }
    }

    private static PublicKey publicKey(java.security.PublicKey key, byte[] pkix) {
        return new JdkKeys.Public(KeyType.ECDSA, pkix, key, SIGNATURE);
    }

    static PrivateKey privateKey(byte[] sec1) {
        try {
            ECPrivateKey parsed = ECPrivateKey.getInstance(ASN1Sequence.fromByteArray(sec1));
            ASN1Encodable curve = parsed.getParametersObject();
            if (!(curve instanceof ASN1ObjectIdentifier)) {
                throw new IllegalArgumentException("ECDSA private key does not name its curve");
            }
            AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve);
            byte[] pkcs8 = new PrivateKeyInfo(algorithm, parsed).getEncoded("DER");
            byte[] pkix = new SubjectPublicKeyInfo(algorithm, publicPoint(parsed, (ASN1ObjectIdentifier) curve))
                    .getEncoded("DER");
            java.security.PrivateKey key = JdkKeys.factory("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            return new JdkKeys.Private(sec1.clone(), publicKey(pkix), key, SIGNATURE);
        } catch (GeneralSecurityException | IOException | IllegalStateException e) {
            throw new IllegalArgumentException("ECDSA private key cannot be read: " + e.getMessage(), e);
        }
    }

    /** Computed, never taken from the message: a foreign public key would give a foreign peer id. */
    private static byte[] publicPoint(ECPrivateKey key, ASN1ObjectIdentifier name) {
        X9ECParameters curve = ECNamedCurveTable.getByOID(name);
        if (curve == null) {
            throw new IllegalArgumentException("ECDSA private key is on the unknown curve " + name);
        }
        if (key.getKey().signum() <= 0 || key.getKey().compareTo(curve.getN()) >= 0) {
            throw new IllegalArgumentException("ECDSA private key is not between 1 and the order of the curve");
        }
        return new FixedPointCombMultiplier()
                .multiply(curve.getG(), key.getKey())
                .normalize()
                .getEncoded(false);
    }

    static PrivateKey generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            byte[] pkix = pair.getPublic().getEncoded();
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded());
            ASN1BitString point = SubjectPublicKeyInfo.getInstance(pkix).getPublicKeyData();
            ECPrivateKey inner = ECPrivateKey.getInstance(info.parsePrivateKey());
            byte[] sec1 = new ECPrivateKey(
                            256,
                            inner.getKey(),
                            new DERBitString(point.getBytes()),
                            info.getPrivateKeyAlgorithm().getParameters())
                    .getEncoded("DER");
            return new JdkKeys.Private(sec1, publicKey(pair.getPublic(), pkix), pair.getPrivate(), SIGNATURE);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("ECDSA key cannot be made", e);
        }
    }
}
