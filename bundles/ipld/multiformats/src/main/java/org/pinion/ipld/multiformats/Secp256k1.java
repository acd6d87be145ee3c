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
import java.security.SecureRandom;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.util.BigIntegers;

/** Keys on secp256k1, which the JDK no longer has; signatures are deterministic (RFC 6979) with the low half of S. */
final class Secp256k1 {
    private static final int PRIVATE_SIZE = 32;
    private static final ECDomainParameters CURVE = curve();

    private Secp256k1() {}

    private static ECDomainParameters curve() {
        X9ECParameters named = SECNamedCurves.getByName("secp256k1");
        return new ECDomainParameters(named.getCurve(), named.getG(), named.getN(), named.getH());
    }

    static PublicKey publicKey(byte[] raw) {
        if (raw.length != 33 && raw.length != 65) {
            throw new IllegalArgumentException("secp256k1 public key has " + raw.length + " bytes, expected 33");
        }
        try {
            return new Public(CURVE.validatePublicPoint(CURVE.getCurve().decodePoint(raw)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("secp256k1 public key is no point of the curve: " + e.getMessage(), e);
        }
    }

    static PrivateKey privateKey(byte[] raw) {
        if (raw.length != PRIVATE_SIZE) {
            throw new IllegalArgumentException("secp256k1 private key has " + raw.length + " bytes, expected 32");
        }
        return ofScalar(new BigInteger(1, raw));
    }

    static PrivateKey generate() {
        SecureRandom random = new SecureRandom();
        BigInteger last = CURVE.getN().subtract(BigInteger.ONE);
        return ofScalar(BigIntegers.createRandomInRange(BigInteger.ONE, last, random));
    }

    private static PrivateKey ofScalar(BigInteger scalar) {
        if (scalar.signum() == 0 || scalar.compareTo(CURVE.getN()) >= 0) {
            throw new IllegalArgumentException("secp256k1 private key is not between 1 and the order of the curve");
        }
        return new Private(scalar);
    }

    private static byte[] sha256(byte[] data) {
        return Multihash.sha256(data).digest();
    }

    static final class Public extends PublicKey {
        private final ECPublicKeyParameters parameters;

        Public(ECPoint point) {
            super(KeyType.SECP256K1, point.getEncoded(true));
            this.parameters = new ECPublicKeyParameters(point, CURVE);
        }

        @Override
        public boolean verify(byte[] data, byte[] signature) {
            try {
                BigInteger[] rs = StandardDSAEncoding.INSTANCE.decode(CURVE.getN(), signature);
                ECDSASigner signer = new ECDSASigner();
                signer.init(false, parameters);
                return signer.verifySignature(sha256(data), rs[0], rs[1]);
            } catch (IOException | RuntimeException e) {
                return false; // malformed, so not a signature of these bytes
            }
        }
    }

    static final class Private extends PrivateKey {
        private final BigInteger scalar;

        Private(BigInteger scalar) {
            super(
                    BigIntegers.asUnsignedByteArray(PRIVATE_SIZE, scalar),
                    new Public(new FixedPointCombMultiplier()
                            .multiply(CURVE.getG(), scalar)
                            .normalize()));
            this.scalar = scalar;
        }

        @Override
        public byte[] sign(byte[] data) {
            ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
            signer.init(true, new ECPrivateKeyParameters(scalar, CURVE));
            BigInteger[] rs = signer.generateSignature(sha256(data));
            BigInteger n = CURVE.getN();
            BigInteger s = rs[1].compareTo(n.shiftRight(1)) > 0 ? n.subtract(rs[1]) : rs[1];
            try {
                return StandardDSAEncoding.INSTANCE.encode(n, rs[0], s);
            } catch (IOException e) {
                throw new IllegalStateException("secp256k1 signature cannot be written", e);
            }
        }
    }
}
