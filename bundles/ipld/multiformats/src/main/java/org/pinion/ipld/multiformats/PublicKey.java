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

import java.util.Arrays;

/**
 * Public identity key of a peer. Immutable; any thread.
 *
 * <p>Specification: libp2p "Peer Ids and Keys".
 */
public abstract sealed class PublicKey permits Ed25519.Public, Secp256k1.Public, JdkKeys.Public {
    private final KeyType type;
    private final byte[] raw;

    /** Owns {@code raw}. */
    PublicKey(KeyType type, byte[] raw) {
        this.type = type;
        this.raw = raw;
    }

    /**
     * Reads the libp2p protobuf of a public key.
     *
     * @throws IllegalArgumentException if it is malformed or of an unknown type
     */
    public static PublicKey unmarshal(byte[] message) {
        KeyMessage key = KeyMessage.decode(message);
        return of(key.type(), key.data());
    }

    /**
     * A key from the data of its kind, see {@link #raw()}.
     *
     * @throws IllegalArgumentException if the data is no such key
     */
    public static PublicKey of(KeyType type, byte[] raw) {
        return switch (type) {
            case ED25519 -> Ed25519.publicKey(raw);
            case SECP256K1 -> Secp256k1.publicKey(raw);
            case RSA -> Rsa.publicKey(raw);
            case ECDSA -> Ecdsa.publicKey(raw);
        };
    }

    /** Kind of the key. */
    public final KeyType type() {
        return type;
    }

    /** A copy of the key data: 32 bytes for Ed25519, 33 (compressed) for secp256k1, PKIX DER for RSA and ECDSA. */
    public final byte[] raw() {
        return raw.clone();
    }

    /** The libp2p protobuf. */
    public final byte[] marshal() {
        return KeyMessage.encode(type, raw);
    }

    /** Whether {@code signature} was made for {@code data} by the private half; false too when it is malformed. */
    public abstract boolean verify(byte[] data, byte[] signature);

    final byte[] rawShared() {
        return raw;
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof PublicKey that && type == that.type && Arrays.equals(raw, that.raw);
    }

    @Override
    public final int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(raw);
    }

    /** Type and peer id. */
    @Override
    public final String toString() {
        return type + " " + PeerId.of(this);
    }
}
