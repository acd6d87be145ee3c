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

/** Kinds of identity keys, with their numbers in the libp2p key protobuf. */
public enum KeyType {
    /** RSA of 2048 to 8192 bits; signatures PKCS#1 v1.5 over SHA-256. */
    RSA(0),
    /** Ed25519, the kind of every new identity. */
    ED25519(1),
    /** ECDSA on secp256k1 over SHA-256, signatures in DER. */
    SECP256K1(2),
    /** ECDSA on a NIST curve over SHA-256, signatures in DER. */
    ECDSA(3);

    private final int number;

    KeyType(int number) {
        this.number = number;
    }

    /** Number in the key protobuf. */
    public int number() {
        return number;
    }

    /**
     * The type with a number of the key protobuf.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static KeyType of(long number) {
        for (KeyType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "key type " + number + " is unknown; 0 RSA, 1 Ed25519, 2 secp256k1, 3 ECDSA");
    }
}
