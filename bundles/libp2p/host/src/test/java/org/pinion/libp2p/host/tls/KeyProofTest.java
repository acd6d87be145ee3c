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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.KeyType;
import org.pinion.ipld.multiformats.PeerId;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.libp2p.host.Vectors;

class KeyProofTest {
    private static final JsonNode VECTOR = Vectors.vector("tls", "certificate extension value");
    private static final byte[] DER = Vectors.hex(VECTOR.get("hex").asText());
    private static final byte[] CERTIFICATE_KEY =
            Vectors.hex(VECTOR.get("decoded").get("cert_spki_der").asText());

    @Test
    void theExtensionOfAGoPeerProvesItsIdentity() throws CertificateException {
        KeyProof proof = KeyProof.decode(DER);

        assertThat(PeerId.of(proof.verify(CERTIFICATE_KEY)).toString())
                .isEqualTo(VECTOR.get("decoded").get("peer_id").asText());
        assertThat(KeyProof.OID).isEqualTo(VECTOR.get("decoded").get("oid").asText());
    }

    @Test
    void ourExtensionHasTheBytesOfAGoPeer() {
        PrivateKey identity = PrivateKey.ofEd25519Seed(
                Vectors.hex(VECTOR.get("decoded").get("identity_seed").asText()));

        assertThat(KeyProof.create(identity, CERTIFICATE_KEY).encode()).isEqualTo(DER);
    }

    @Test
    void aLongKeyIsEncodedAndRead() throws CertificateException {
        PrivateKey identity = PrivateKey.generate(KeyType.RSA);
        KeyProof proof =
                KeyProof.decode(KeyProof.create(identity, CERTIFICATE_KEY).encode());

        assertThat(proof.verify(CERTIFICATE_KEY)).isEqualTo(identity.publicKey());
    }

    @Test
    void aProofForAnotherCertificateIsRefused() throws CertificateException {
        byte[] other = CERTIFICATE_KEY.clone();
        other[40] ^= 1;
        KeyProof proof = KeyProof.decode(DER);

        assertThatThrownBy(() -> proof.verify(other)).hasMessage("the signature of the identity key is bad");
    }

    @Test
    void damagedExtensionsFailAndNothingElse() {
        Random random = new Random(20_260_101);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = Arrays.copyOf(DER, random.nextInt(DER.length + 4));
            for (int n = random.nextInt(4); n >= 0 && bad.length > 0; n--) {
                bad[random.nextInt(Math.min(bad.length, i % 2 == 0 ? 48 : bad.length))] = (byte) random.nextInt();
            }
            try {
                KeyProof.decode(bad);
            } catch (CertificateException expected) {
                assertThat(expected).hasMessageContaining("key extension");
            }
        }
        assertThatThrownBy(() -> KeyProof.decode(new byte[9000])).hasMessageContaining("limit 8192");
    }

    @Test
    void aCertificateOfOursIsGood() throws CertificateException {
        PrivateKey identity = PrivateKey.generate(KeyType.ED25519);
        HostCertificate own = HostCertificate.create(identity, new SecureRandom(), Clock.systemUTC());

        assertThat(HostCertificate.verify(new X509Certificate[] {own.certificate()}))
                .isEqualTo(identity.publicKey());
        assertThat(own.certificate().getCriticalExtensionOIDs()).isEmpty();
        assertThatThrownBy(() -> HostCertificate.verify(new X509Certificate[0])).hasMessageContaining("instead of one");
    }

    @Test
    void aCertificateOfTheFutureIsRefused() {
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(2));
        HostCertificate own = HostCertificate.create(PrivateKey.generate(KeyType.ED25519), new SecureRandom(), later);

        assertThat(own.certificate().getNotBefore()).isAfter(Instant.now());
        assertThatThrownBy(() -> HostCertificate.verify(new X509Certificate[] {own.certificate()}))
                .isInstanceOf(CertificateException.class);
    }
}
