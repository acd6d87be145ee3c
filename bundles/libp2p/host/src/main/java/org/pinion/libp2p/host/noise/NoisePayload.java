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

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.pinion.ipld.multiformats.PrivateKey;
import org.pinion.ipld.multiformats.PublicKey;

/**
 * What each side tells inside the Noise handshake: its identity key, a signature over its Noise key, its multiplexers.
 *
 * @param identityKey the marshalled public key
 * @param signature over {@code noise-libp2p-static-key:} and the Noise static key
 * @param muxers multiplexer protocol ids in order of preference
 * @spec libp2p "noise-libp2p", NoiseHandshakePayload
 */
@SuppressWarnings("ArrayRecordComponent")
public record NoisePayload(byte[] identityKey, byte[] signature, List<String> muxers) {
    private static final byte[] DOMAIN = "noise-libp2p-static-key:".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_MUXERS = 32;

    public NoisePayload {
        muxers = List.copyOf(muxers);
    }

    /** Signs our Noise key. */
    public static NoisePayload create(PrivateKey identity, byte[] noiseKey, List<String> muxers) {
        return new NoisePayload(identity.publicKey().marshal(), identity.sign(signed(noiseKey)), muxers);
    }

    /**
     * Checks the signature.
     *
     * @return the proved identity key
     * @throws GeneralSecurityException if key or signature are bad
     */
    public PublicKey verify(byte[] noiseKey) throws GeneralSecurityException {
        PublicKey key;
        boolean good;
        try {
            key = PublicKey.unmarshal(identityKey);
            good = key.verify(signed(noiseKey), signature);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("unusable identity key: " + e.getMessage(), e);
        }
        if (!good) {
            throw new GeneralSecurityException("the signature of the identity key is bad");
        }
        return key;
    }

    private static byte[] signed(byte[] noiseKey) {
        byte[] data = new byte[DOMAIN.length + noiseKey.length];
        System.arraycopy(DOMAIN, 0, data, 0, DOMAIN.length);
        System.arraycopy(noiseKey, 0, data, DOMAIN.length, noiseKey.length);
        return data;
    }

    /** The protobuf message. */
    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        ByteArrayOutputStream extensions = new ByteArrayOutputStream(64);
        try {
            CodedOutputStream inner = CodedOutputStream.newInstance(extensions);
            for (String muxer : muxers) {
                inner.writeString(2, muxer);
            }
            inner.flush();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeByteArray(1, identityKey);
            out.writeByteArray(2, signature);
            if (!muxers.isEmpty()) {
                out.writeByteArray(4, extensions.toByteArray());
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads the protobuf message; unknown fields are skipped.
     *
     * @throws GeneralSecurityException if it is malformed
     */
    public static NoisePayload decode(byte[] message) throws GeneralSecurityException {
        byte[] key = new byte[0];
        byte[] signature = new byte[0];
        List<String> muxers = new ArrayList<>();
        try {
            CodedInputStream in = CodedInputStream.newInstance(message);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case (1 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED -> key = in.readByteArray();
                    case (2 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED -> signature = in.readByteArray();
                    case (4 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED -> readExtensions(in.readByteArray(), muxers);
                    default -> in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw new GeneralSecurityException("malformed handshake payload: " + e.getMessage(), e);
        }
        return new NoisePayload(key, signature, muxers);
    }

    private static void readExtensions(byte[] message, List<String> muxers) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(message);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == ((2 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                String muxer = in.readString();
                if (muxers.size() < MAX_MUXERS) {
                    muxers.add(muxer);
                }
            } else {
                in.skipField(tag);
            }
        }
    }
}
