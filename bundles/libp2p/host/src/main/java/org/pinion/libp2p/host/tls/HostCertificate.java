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
package org.pinion.libp2p.host.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.pinion.ipld.multiformats.PublicKey;

/**
 * The certificate of a host: self-signed, with a fresh key, and an extension signed by the identity key. Immutable.
 *
 * @param certificate the certificate
 * @param key its private key
 * @spec libp2p "TLS handshake", Peer Authentication
 */
record HostCertificate(X509Certificate certificate, PrivateKey key) {
    private static final Duration PAST = Duration.ofHours(1);
    private static final Duration FUTURE = Duration.ofDays(100 * 365L);
    private static final String SIGNATURE = "SHA256withECDSA";

    /** A new certificate for an identity. */
    static HostCertificate create(org.pinion.ipld.multiformats.PrivateKey identity, SecureRandom random, Clock clock) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair pair = generator.generateKeyPair();
            TBSCertificate content = content(identity, pair, random, clock);
            Signature signer = Signature.getInstance(SIGNATURE);
            signer.initSign(pair.getPrivate(), random);
            signer.update(content.getEncoded(ASN1Encoding.DER));
            ASN1EncodableVector all = new ASN1EncodableVector();
            all.add(content);
            all.add(new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256));
            all.add(new DERBitString(signer.sign()));
            return new HostCertificate(parse(new DERSequence(all).getEncoded(ASN1Encoding.DER)), pair.getPrivate());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot make a TLS certificate: " + e.getMessage(), e);
        }
    }

    private static TBSCertificate content(
            org.pinion.ipld.multiformats.PrivateKey identity, KeyPair pair, SecureRandom random, Clock clock)
            throws IOException {
        byte[] keyInfo = pair.getPublic().getEncoded();
        BigInteger serial = new BigInteger(63, random);
        Instant now = clock.instant();
        X500Name name = new X500Name("SERIALNUMBER=" + serial);
        V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
        generator.setSerialNumber(new ASN1Integer(serial));
        generator.setSignature(new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256));
        generator.setIssuer(name);
        generator.setSubject(name);
        generator.setStartDate(new Time(Date.from(now.minus(PAST))));
        generator.setEndDate(new Time(Date.from(now.plus(FUTURE))));
        generator.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(keyInfo));
        byte[] proof = KeyProof.create(identity, keyInfo).encode();
        generator.setExtensions(new Extensions(new Extension(new ASN1ObjectIdentifier(KeyProof.OID), false, proof)));
        return generator.generateTBSCertificate();
    }

    private static X509Certificate parse(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    /**
     * Checks what a peer presented.
     *
     * @return the proved identity key
     * @throws CertificateException if it is not one valid, self-signed certificate with a good key extension
     */
    static PublicKey verify(X509Certificate[] chain) throws CertificateException {
        if (chain.length != 1) {
            throw new CertificateException("the peer sent " + chain.length + " certificates instead of one");
        }
        X509Certificate certificate = chain[0];
        certificate.checkValidity();
        try {
            certificate.verify(certificate.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new CertificateException("the certificate is not signed by itself: " + e.getMessage(), e);
        }
        Set<String> critical = certificate.getCriticalExtensionOIDs();
        if (critical != null && critical.stream().anyMatch(oid -> !oid.equals(KeyProof.OID) && !known(oid))) {
            throw new CertificateException("the certificate has an unknown critical extension");
        }
        byte[] wrapped = certificate.getExtensionValue(KeyProof.OID);
        if (wrapped == null) {
            throw new CertificateException("the certificate has no key extension");
        }
        byte[] value;
        try {
            value = ASN1OctetString.getInstance(wrapped).getOctets();
        } catch (IllegalArgumentException e) {
            throw new CertificateException("malformed key extension", e);
        }
        return KeyProof.decode(value).verify(certificate.getPublicKey().getEncoded());
    }

    /** Extensions of X.509 itself: they say nothing that matters here. */
    private static boolean known(String oid) {
        return oid.startsWith("2.5.29.");
    }
}
