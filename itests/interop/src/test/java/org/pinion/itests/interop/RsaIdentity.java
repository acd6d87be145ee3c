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
package org.pinion.itests.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

/** Identity files with RSA keys, as the earliest clusters have them; no program makes them any more. */
final class RsaIdentity {
    private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final BigInteger BASE = BigInteger.valueOf(58);
    /** In PKCS #8, for keys of 2048 bits: version, algorithm and the head of the octets, which are PKCS #1. */
    private static final int PKCS8_HEAD = 26;

    private RsaIdentity() {}

    /** Makes a key of 2048 bits and writes it over an identity file. */
    static void writeTo(Path file) throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        byte[] pkcs8 = pair.getPrivate().getEncoded();
        byte[] hash = MessageDigest.getInstance("SHA-256")
                .digest(message(pair.getPublic().getEncoded()));
        byte[] multihash = new byte[hash.length + 2];
        multihash[0] = 0x12;
        multihash[1] = 0x20;
        System.arraycopy(hash, 0, multihash, 2, hash.length);
        ObjectNode json = Member.JSON.createObjectNode();
        json.put("id", base58(multihash));
        json.put(
                "private_key",
                Base64.getEncoder().encodeToString(message(Arrays.copyOfRange(pkcs8, PKCS8_HEAD, pkcs8.length))));
        Files.writeString(file, json.toPrettyString());
    }

    /** The key protobuf: type 0, then the bytes. */
    private static byte[] message(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x08, 0x00, 0x12});
        int length = data.length;
        for (; length > 0x7f; length >>>= 7) {
            out.write(length & 0x7f | 0x80);
        }
        out.write(length);
        out.writeBytes(data);
        return out.toByteArray();
    }

    /** Of bytes that do not begin with zero. */
    private static String base58(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (BigInteger rest = new BigInteger(1, bytes); rest.signum() > 0; rest = rest.divide(BASE)) {
            text.append(BASE58.charAt(rest.mod(BASE).intValue()));
        }
        return text.reverse().toString();
    }
}
