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

import java.security.MessageDigest;

/**
 * Private identity key of a peer. Immutable; any thread. Its text form never shows the secret.
 *
 * <p>Specification: libp2p "Peer Ids and Keys".
 */
public abstract sealed class PrivateKey permits Ed25519.Private, Secp256k1.Private, JdkKeys.Private {
    private final byte[] raw;
    private final PublicKey publicKey;

    /** Owns {@code raw}. */
    PrivateKey(byte[] raw, PublicKey publicKey) {
        this.raw = raw;
        this.publicKey = publicKey;
    }

    /**
     * Makes a new key from the system's secure random numbers: RSA of 2048 bits, ECDSA on P-256.
     */
    public static PrivateKey generate(KeyType type) {
        return switch (type) {
            case ED25519 -> Ed25519.generate();
            case SECP256K1 -> Secp256k1.generate();
            case RSA -> Rsa.generate();
            case ECDSA -> Ecdsa.generate();
        };
    }

    /**
     * Reads the libp2p protobuf of a private key.
     *
     * @throws IllegalArgumentException if it is malformed or of an unknown type
     */
    public static PrivateKey unmarshal(byte[] message) {
        KeyMessage key = KeyMessage.decode(message);
        return of(key.type(), key.data());
    }

    /**
     * A key from the data of its kind, see {@link #raw()}. Ed25519 also takes the old 96-byte form.
     *
     * @throws IllegalArgumentException if the data is no such key
     */
    public static PrivateKey of(KeyType type, byte[] raw) {
        return switch (type) {
            case ED25519 -> Ed25519.privateKey(raw);
            case SECP256K1 -> Secp256k1.privateKey(raw);
            case RSA -> Rsa.privateKey(raw);
            case ECDSA -> Ecdsa.privateKey(raw);
        };
    }

    /**
     * The Ed25519 key of a 32-byte seed.
     *
     * @throws IllegalArgumentException if the seed is not 32 bytes
     */
    public static PrivateKey ofEd25519Seed(byte[] seed) {
        return Ed25519.ofSeed(seed);
    }

    /** Kind of the key. */
    public final KeyType type() {
        return publicKey.type();
    }

    /** The public half. */
    public final PublicKey publicKey() {
        return publicKey;
    }

    /** A copy of the key data: 64 bytes (seed and public key) for Ed25519, 32 for secp256k1, PKCS#1 DER for RSA, SEC1 DER for ECDSA. */
    public final byte[] raw() {
        return raw.clone();
    }

    /** The libp2p protobuf. */
    public final byte[] marshal() {
        return KeyMessage.encode(type(), raw);
    }

    /** Signature of {@code data}: 64 bytes for Ed25519, DER for secp256k1 and ECDSA, PKCS#1 v1.5 for RSA. */
    public abstract byte[] sign(byte[] data);

    final byte[] rawShared() {
        return raw;
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof PrivateKey that && type() == that.type() && MessageDigest.isEqual(raw, that.raw);
    }

    @Override
    public final int hashCode() {
        return publicKey.hashCode();
    }

    /** Type and peer id, never the secret. */
    @Override
    public final String toString() {
        return "private key " + publicKey;
    }
}
