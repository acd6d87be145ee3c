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
package org.pinion.api.server;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.http.HttpSettings;

/** Certificates and keys in PEM files. */
final class PemFiles {
    private static final long MAX_BYTES = 1 << 20;
    /** What PKCS#8 puts around an RSA key: version 0, algorithm rsaEncryption. */
    private static final byte[] RSA_HEAD = {
        0x02,
        0x01,
        0x00,
        0x30,
        0x0d,
        0x06,
        0x09,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xf7,
        0x0d,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };

    private PemFiles() {}

    /**
     * Reads certificate chain and key.
     *
     * @param password what the entry is kept under, in memory
     * @throws IOException if they cannot be read or do not belong together; the message names the file
     */
    static KeyStore keyStore(HttpSettings.Tls files, char[] password) throws IOException {
        try {
            Certificate[] chain = chain(files.certificate());
            PrivateKey key = key(files.key());
            if (!belongTogether(key, chain[0].getPublicKey())) {
                throw new IOException("error loading TLS certificate/key: the key in " + files.key()
                        + " is not that of the first certificate in " + files.certificate());
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, password);
            store.setKeyEntry("api", key, password, chain);
            return store;
        } catch (GeneralSecurityException e) {
            throw new IOException("error loading TLS certificate/key: " + e.getMessage(), e);
        }
    }

    private static boolean belongTogether(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        if (!key.getAlgorithm()
                .replace("Ed25519", "EdDSA")
                .equals(certified.getAlgorithm().replace("Ed25519", "EdDSA"))) {
            return false;
        }
        Signature signature = Signature.getInstance(
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                });
        byte[] sample = "sample".getBytes(StandardCharsets.US_ASCII);
        signature.initSign(key);
        signature.update(sample);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(sample);
        return signature.verify(signed);
    }

    private static Certificate[] chain(Path file) throws IOException, GeneralSecurityException {
        Collection<? extends Certificate> all =
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(read(file)));
        if (all.isEmpty()) {
            throw new IOException("error loading TLS certificate/key: no certificate in " + file);
        }
        return all.toArray(Certificate[]::new);
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        String text = new String(read(file), StandardCharsets.US_ASCII);
        byte[] pkcs8 = section(text, "PRIVATE KEY");
        if (pkcs8 == null) {
            byte[] rsa = section(text, "RSA PRIVATE KEY");
            if (rsa == null) {
                throw new IOException(
                        "error loading TLS certificate/key: " + file
                                + " holds neither a PRIVATE KEY nor an RSA PRIVATE KEY; convert it with 'openssl pkcs8 -topk8'");
            }
            pkcs8 = wrapRsa(rsa);
        }
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs8);
        for (String algorithm : new String[] {"RSA", "EC", "Ed25519"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException next) {
                continue;
            }
        }
        throw new IOException("error loading TLS certificate/key: kind of key not known in " + file);
    }

    private static byte[] read(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("error loading TLS certificate/key: cannot read " + file);
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("error loading TLS certificate/key: " + file + " is larger than 1 MiB");
        }
        return Files.readAllBytes(file);
    }

    private static byte @Nullable [] section(String text, String name) {
        String begin = "-----BEGIN " + name + "-----";
        int from = text.indexOf(begin);
        int to = from < 0 ? -1 : text.indexOf("-----END " + name + "-----", from);
        return to < 0 ? null : Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
    }

    private static byte[] wrapRsa(byte[] key) {
        byte[] octets = der(0x04, key);
        byte[] inner = new byte[RSA_HEAD.length + octets.length];
        System.arraycopy(RSA_HEAD, 0, inner, 0, RSA_HEAD.length);
        System.arraycopy(octets, 0, inner, RSA_HEAD.length, octets.length);
        return der(0x30, inner);
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 5);
        out.write(tag);
        int size = content.length;
        if (size < 128) {
            out.write(size);
        } else if (size < 256) {
            out.write(0x81);
            out.write(size);
        } else {
            out.write(0x82);
            out.write(size >> 8);
            out.write(size);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
