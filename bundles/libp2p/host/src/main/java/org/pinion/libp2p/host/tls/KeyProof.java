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

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.ipld.multiformats.PublicKey;

/**
 * The certificate extension that ties a certificate to an identity key.
 *
 * <pre>
 * SEQUENCE { OCTET STRING public key message, OCTET STRING signature }
 * </pre>
 *
 * @param identityKey the marshalled public key
 * @param signature over {@code libp2p-tls-handshake:} and the certificate's SubjectPublicKeyInfo
 * @spec libp2p "TLS handshake", Peer Authentication
 */
@SuppressWarnings("ArrayRecordComponent")
record KeyProof(byte[] identityKey, byte[] signature) {
    /** Object identifier of the extension. */
    static final String OID = "1.3.6.1.4.1.53594.1.1";

    private static final byte[] DOMAIN = "libp2p-tls-handshake:".getBytes(StandardCharsets.US_ASCII);
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    /** A four thousand bit RSA key and its signature need a quarter of it. */
    private static final int MAX_BYTES = 8192;

    /** Signs the key of a certificate. */
    static KeyProof create(PrivateKey identity, byte[] certificateKey) {
        return new KeyProof(identity.publicKey().marshal(), identity.sign(signed(certificateKey)));
    }

    /**
     * Checks the signature.
     *
     * @return the proved identity key
     * @throws CertificateException if key or signature are bad
     */
    PublicKey verify(byte[] certificateKey) throws CertificateException {
        PublicKey key;
        boolean good;
        try {
            key = PublicKey.unmarshal(identityKey);
            good = key.verify(signed(certificateKey), signature);
        } catch (IllegalArgumentException e) {
            throw new CertificateException("unusable identity key: " + e.getMessage(), e);
        }
        if (!good) {
            throw new CertificateException("the signature of the identity key is bad");
        }
        return key;
    }

    private static byte[] signed(byte[] certificateKey) {
        return ByteBuffer.allocate(DOMAIN.length + certificateKey.length)
                .put(DOMAIN)
                .put(certificateKey)
                .array();
    }

    /** The DER value of the extension. */
    byte[] encode() {
        ByteArrayOutputStream content = new ByteArrayOutputStream(256);
        write(content, OCTET_STRING, identityKey);
        write(content, OCTET_STRING, signature);
        ByteArrayOutputStream all = new ByteArrayOutputStream(256);
        write(all, SEQUENCE, content.toByteArray());
        return all.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, int tag, byte[] content) {
        out.write(tag);
        int length = content.length;
        if (length > 0xff) {
            out.write(0x82);
            out.write(length >>> 8);
        } else if (length > 0x7f) {
            out.write(0x81);
        }
        out.write(length);
        out.writeBytes(content);
    }

    /**
     * Reads the DER value of the extension.
     *
     * @throws CertificateException if it is malformed
     */
    static KeyProof decode(byte[] der) throws CertificateException {
        if (der.length > MAX_BYTES) {
            throw new CertificateException("key extension of " + der.length + " bytes, limit " + MAX_BYTES);
        }
        ByteBuffer all = ByteBuffer.wrap(der);
        ByteBuffer content = ByteBuffer.wrap(read(all, SEQUENCE));
        KeyProof proof = new KeyProof(read(content, OCTET_STRING), read(content, OCTET_STRING));
        if (all.hasRemaining() || content.hasRemaining()) {
            throw new CertificateException("bytes behind the end of the key extension");
        }
        return proof;
    }

    private static byte[] read(ByteBuffer in, int tag) throws CertificateException {
        if (in.remaining() < 2 || (in.get() & 0xff) != tag) {
            throw new CertificateException("malformed key extension");
        }
        int length = in.get() & 0xff;
        if (length > 0x7f) {
            int bytes = length & 0x7f;
            if (bytes < 1 || bytes > 2 || in.remaining() < bytes) {
                throw new CertificateException("malformed key extension");
            }
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << 8 | in.get() & 0xff;
            }
        }
        if (length > in.remaining()) {
            throw new CertificateException("truncated key extension");
        }
        byte[] content = new byte[length];
        in.get(content);
        return content;
    }
}
