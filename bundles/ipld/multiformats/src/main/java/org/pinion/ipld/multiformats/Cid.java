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
import java.util.Arrays;

/**
 * Content identifier, version 0 or 1. Ordered by the unsigned order of {@link #bytes()}. Two versions of one multihash
 * are different values. Immutable; any thread.
 *
 * <pre>
 * version 0: | 0x12 | 0x20 | 32 bytes of SHA-256 |          (always dag-pb)
 * version 1: | varint 1 | varint codec | multihash |
 * </pre>
 *
 * <p>Specification: multiformats "CID".
 */
public final class Cid implements Comparable<Cid> {
    /** Bytes without structure. */
    public static final long RAW = 0x55;
    /** MerkleDAG protobuf, used by UnixFS. */
    public static final long DAG_PB = 0x70;
    /** MerkleDAG CBOR. */
    public static final long DAG_CBOR = 0x71;
    /** Public key of a peer; the codec of peer ids written as CIDs. */
    public static final long LIBP2P_KEY = 0x72;

    private static final int V0_BYTES = 34;
    private static final int V0_CHARS = 46;

    private final byte[] bytes;
    private final Multihash multihash;
    private final long codec;
    private final int version;
    private int hash;

    /** Shares {@code bytes}, which nobody may change afterwards. */
    private Cid(int version, long codec, byte[] bytes, Multihash multihash) {
        this.version = version;
        this.codec = codec;
        this.bytes = bytes;
        this.multihash = multihash;
    }

    /**
     * Reads the text of a CID: 46 characters from {@code Qm} on are version 0, all else is multibase.
     *
     * @throws IllegalArgumentException if the text is no CID
     */
    public static Cid parse(String text) {
        if (text.length() < 2) {
            throw new IllegalArgumentException("CID is too short: \"" + text + "\"");
        }
        try {
            boolean v0 = text.length() == V0_CHARS && text.startsWith("Qm");
            return owning(v0 ? Multibase.base58(text) : Multibase.decode(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a CID: \"" + text + "\": " + e.getMessage(), e);
        }
    }

    /**
     * Reads the bytes of a CID.
     *
     * @throws IllegalArgumentException if they are no CID or more bytes follow
     */
    public static Cid ofBytes(byte[] bytes) {
        return owning(bytes.clone());
    }

    /**
     * Reads exactly one CID and moves the position behind it.
     *
     * @throws IllegalArgumentException if there is no CID; the position is then undefined
     */
    public static Cid read(ByteBuffer in) {
        int begin = in.position();
        if (in.remaining() >= 2 && in.get(begin) == 0x12 && in.get(begin + 1) == 0x20) {
            if (in.remaining() < V0_BYTES) {
                throw new IllegalArgumentException("CID is cut off after " + in.remaining() + " bytes");
            }
            return owning(take(in, begin, V0_BYTES));
        }
        readHead(in);
        Varint.read(in);
        int length = Varint.readInt(in, Integer.MAX_VALUE);
        if (length > in.remaining()) {
            throw new IllegalArgumentException(
                    "CID says " + length + " digest bytes, but " + in.remaining() + " follow");
        }
        return owning(take(in, begin, in.position() + length - begin));
    }

    /**
     * Version 0 of a SHA-256 multihash.
     *
     * @throws IllegalArgumentException if the multihash is not SHA-256 of 32 bytes
     */
    public static Cid v0(Multihash multihash) {
        if (!multihash.isSha256()) {
            throw new IllegalArgumentException("CID version 0 needs sha2-256 of 32 bytes, got hash code 0x"
                    + Long.toHexString(multihash.code()) + " of " + multihash.digestSize() + " bytes");
        }
        byte[] bytes = multihash.bytes();
        return new Cid(0, DAG_PB, bytes, Multihash.at(bytes, 0));
    }

    /**
     * Version 1.
     *
     * @throws IllegalArgumentException if {@code codec} is negative
     */
    public static Cid v1(long codec, Multihash multihash) {
        if (codec < 0) {
            throw new IllegalArgumentException("codec must not be negative: " + codec);
        }
        int head = 1 + Varint.size(codec);
        ByteBuffer out = ByteBuffer.allocate(head + multihash.size());
        out.put((byte) 1);
        Varint.write(codec, out);
        multihash.writeTo(out);
        return new Cid(1, codec, out.array(), Multihash.at(out.array(), head));
    }

    /** 0 or 1. */
    public int version() {
        return version;
    }

    /** Multicodec of the content; {@link #DAG_PB} for version 0. */
    public long codec() {
        return codec;
    }

    /** The hash of the content. */
    public Multihash multihash() {
        return multihash;
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Length of {@link #bytes()}. */
    public int size() {
        return bytes.length;
    }

    /** Appends the bytes without a copy in between. */
    public void writeTo(ByteBuffer out) {
        out.put(bytes);
    }

    /** The same content as version 1; this object if it is one already. */
    public Cid toV1() {
        return version == 1 ? this : v1(codec, multihash);
    }

    /** Base32 of the bytes, upper case, no padding, no prefix: the spelling of datastore keys. */
    public String base32Upper() {
        return Multibase.base32Upper(bytes);
    }

    @Override
    public int compareTo(Cid other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Cid that && Arrays.equals(bytes, that.bytes));
    }

    @Override
    public int hashCode() {
        int value = hash;
        if (value == 0) {
            value = Arrays.hashCode(bytes);
            hash = value;
        }
        return value;
    }

    /** Base58btc without prefix for version 0, lower-case base32 for version 1. Computed anew on each call. */
    @Override
    public String toString() {
        return version == 0 ? Multibase.base58(bytes) : Multibase.encode('b', bytes);
    }

    /**
     * Text in another base. Version 0 knows only base58btc ({@code z}), which is then written without its prefix.
     *
     * @throws IllegalArgumentException if the prefix names no base, or is not {@code z} for version 0
     */
    public String toString(char multibase) {
        if (version == 1) {
            return Multibase.encode(multibase, bytes);
        }
        if (multibase != 'z') {
            throw new IllegalArgumentException(
                    "CID version 0 is written in base58btc only, not in multibase '" + multibase + "'; use toV1()");
        }
        return Multibase.base58(bytes);
    }

    private static Cid owning(byte[] bytes) {
        if (bytes.length == V0_BYTES && bytes[0] == 0x12 && bytes[1] == 0x20) {
            return new Cid(0, DAG_PB, bytes, Multihash.at(bytes, 0));
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        long codec = readHead(in);
        Multihash multihash = Multihash.at(bytes, in.position());
        if (in.position() + multihash.size() != bytes.length) {
            throw new IllegalArgumentException(
                    "CID is followed by " + (bytes.length - in.position() - multihash.size()) + " more bytes");
        }
        return new Cid(1, codec, bytes, multihash);
    }

    private static long readHead(ByteBuffer in) {
        long version = Varint.read(in);
        if (version != 1) {
            throw new IllegalArgumentException("CID version is " + Long.toUnsignedString(version) + ", expected 1");
        }
        long codec = Varint.read(in);
        if (codec < 0) {
            throw new IllegalArgumentException("CID codec is above 2^63: " + Long.toUnsignedString(codec));
        }
        return codec;
    }

    private static byte[] take(ByteBuffer in, int begin, int size) {
        byte[] all = new byte[size];
        in.position(begin);
        in.get(all);
        return all;
    }
}
