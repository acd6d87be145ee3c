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

import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Identity of a peer: the multihash of its public key message, which holds the key itself when that is at most 42 bytes
 * long. Ordered by the unsigned order of {@link #bytes()}. Immutable; any thread.
 *
 * <p>Specification: libp2p "Peer Ids and Keys".
 */
public final class PeerId implements Comparable<PeerId> {
    private static final int MAX_INLINE_BYTES = 42;

    private final Multihash multihash;
    private @Nullable String text;

    private PeerId(Multihash multihash) {
        this.multihash = multihash;
    }

    /**
     * Reads base58btc text without prefix ({@code 12D3KooW…}, {@code Qm…}) or a CID of codec libp2p-key in any base.
     *
     * @throws IllegalArgumentException if the text is no peer id
     */
    public static PeerId parse(String text) {
        try {
            if (text.startsWith("Qm") || text.startsWith("1")) {
                return new PeerId(Multihash.ofBytes(Multibase.base58(text)));
            }
            Cid cid = Cid.parse(text);
            if (cid.codec() != Cid.LIBP2P_KEY) {
                throw new IllegalArgumentException("codec is 0x" + Long.toHexString(cid.codec()) + ", expected 0x72");
            }
            return new PeerId(cid.multihash());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a peer id: \"" + text + "\": " + e.getMessage(), e);
        }
    }

    /**
     * Reads the binary form, a multihash.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static PeerId ofBytes(byte[] bytes) {
        return new PeerId(Multihash.ofBytes(bytes));
    }

    /** The id of a public key. */
    public static PeerId of(PublicKey key) {
        byte[] message = key.marshal();
        return new PeerId(message.length <= MAX_INLINE_BYTES ? Multihash.identity(message) : Multihash.sha256(message));
    }

    /** The id of a key pair. */
    public static PeerId of(PrivateKey key) {
        return of(key.publicKey());
    }

    /** The multihash of the key message. */
    public Multihash multihash() {
        return multihash;
    }

    /** A copy of the binary form. */
    public byte[] bytes() {
        return multihash.bytes();
    }

    /** Length of {@link #bytes()}. */
    public int size() {
        return multihash.size();
    }

    /** Appends the binary form without a copy in between. */
    public void writeTo(ByteBuffer out) {
        multihash.writeTo(out);
    }

    /** The public key if the id carries it, which is so for Ed25519 and secp256k1; empty also when that is malformed. */
    public Optional<PublicKey> inlineKey() {
        if (multihash.code() != Multihash.IDENTITY) {
            return Optional.empty();
        }
        try {
            return Optional.of(PublicKey.unmarshal(multihash.digest()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether this is the id of {@code key}. */
    public boolean matches(PublicKey key) {
        return of(key).equals(this);
    }

    /** The id as a CID of version 1 with codec libp2p-key. */
    public Cid toCid() {
        return Cid.v1(Cid.LIBP2P_KEY, multihash);
    }

    @Override
    public int compareTo(PeerId other) {
        return multihash.compareTo(other.multihash);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof PeerId that && multihash.equals(that.multihash));
    }

    @Override
    public int hashCode() {
        return multihash.hashCode();
    }

    /** Base58btc text; remembered, so later calls are free. */
    @Override
    public String toString() {
        String value = text;
        if (value == null) {
            value = multihash.base58();
            text = value;
        }
        return value;
    }
}
