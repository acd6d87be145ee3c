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
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A digest with the code of its hash function. Ordered by the unsigned order of {@link #bytes()}. Immutable; any thread.
 *
 * <pre>
 * | varint code | varint digest length | digest |
 * </pre>
 *
 * <p>Specification: multiformats "multihash".
 */
public final class Multihash implements Comparable<Multihash> {
    /** The digest is the data itself. */
    public static final long IDENTITY = 0x00;
    /** SHA-1. */
    public static final long SHA1 = 0x11;
    /** SHA-256, the default everywhere. */
    public static final long SHA2_256 = 0x12;
    /** SHA-512. */
    public static final long SHA2_512 = 0x13;

    /** A cut digest of fewer bytes could be forged. */
    private static final int MIN_CUT_BYTES = 20;

    private final byte[] array;
    private final int start;
    private final int digestStart;
    private final int end;
    private final long code;
    private int hash;

    /** Shares {@code array}, which nobody may change afterwards. */
    private Multihash(byte[] array, int start, int digestStart, int end, long code) {
        this.array = array;
        this.start = start;
        this.digestStart = digestStart;
        this.end = end;
        this.code = code;
    }

    /**
     * A multihash of a digest that was computed elsewhere.
     *
     * @throws IllegalArgumentException if {@code code} is negative
     */
    public static Multihash of(long code, byte[] digest) {
        if (code < 0) {
            throw new IllegalArgumentException("multihash code must not be negative: " + code);
        }
        int digestStart = Varint.size(code) + Varint.size(digest.length);
        ByteBuffer out = ByteBuffer.allocate(digestStart + digest.length);
        Varint.write(code, out);
        Varint.write(digest.length, out);
        out.put(digest);
        return new Multihash(out.array(), 0, digestStart, out.capacity(), code);
    }

    /**
     * Reads a whole multihash.
     *
     * @throws IllegalArgumentException if it is malformed, cut off or followed by more bytes
     */
    public static Multihash ofBytes(byte[] all) {
        Multihash multihash = at(all.clone(), 0);
        if (multihash.end != all.length) {
            throw new IllegalArgumentException("multihash is followed by " + (all.length - multihash.end)
                    + " more bytes: " + Multibase.encode('f', all));
        }
        return multihash;
    }

    /**
     * Reads exactly one multihash and moves the position behind it.
     *
     * @throws IllegalArgumentException if it is malformed or cut off; the position is then undefined
     */
    public static Multihash read(ByteBuffer in) {
        int begin = in.position();
        readCode(in);
        int length = readLength(in);
        int size = in.position() + length - begin;
        byte[] all = new byte[size];
        in.position(begin);
        in.get(all);
        return at(all, 0);
    }

    /** Reads a multihash inside {@code array}, which is shared and must never change. */
    static Multihash at(byte[] array, int start) {
        ByteBuffer in = ByteBuffer.wrap(array);
        in.position(start);
        long code = readCode(in);
        int length = readLength(in);
        return new Multihash(array, start, in.position(), in.position() + length, code);
    }

    /** SHA-256 over the parts, one after the other. */
    public static Multihash sha256(byte[]... parts) {
        MessageDigest digest = Hashes.jdkDigest("SHA-256");
        for (byte[] part : parts) {
            digest.update(part);
        }
        return sha256(digest);
    }

    /** SHA-256 over the remaining bytes, which are consumed. */
    public static Multihash sha256(ByteBuffer data) {
        MessageDigest digest = Hashes.jdkDigest("SHA-256");
        digest.update(data);
        return sha256(digest);
    }

    private static Multihash sha256(MessageDigest digest) {
        byte[] all = new byte[34];
        all[0] = (byte) SHA2_256;
        all[1] = 32;
        System.arraycopy(digest.digest(), 0, all, 2, 32);
        return new Multihash(all, 0, 2, 34, SHA2_256);
    }

    /** The multihash that carries {@code data} itself. */
    public static Multihash identity(byte[] data) {
        return of(IDENTITY, data);
    }

    /** Code of the hash function, see {@link Hashes#name(long)}. */
    public long code() {
        return code;
    }

    /** A copy of the digest. */
    public byte[] digest() {
        return Arrays.copyOfRange(array, digestStart, end);
    }

    /** Length of the digest in bytes. */
    public int digestSize() {
        return end - digestStart;
    }

    /** A copy of the whole multihash. */
    public byte[] bytes() {
        return Arrays.copyOfRange(array, start, end);
    }

    /** Length of the whole multihash in bytes. */
    public int size() {
        return end - start;
    }

    /** Appends the whole multihash without a copy in between. */
    public void writeTo(ByteBuffer out) {
        out.put(array, start, end - start);
    }

    /**
     * True when the digest is what this hash function gives for {@code data}. A digest may be cut to 20 bytes at least;
     * shorter ones and unknown functions never match.
     */
    public boolean matches(byte[] data) {
        if (code == IDENTITY) {
            return Arrays.equals(array, digestStart, end, data, 0, data.length);
        }
        if (Hashes.name(code).isEmpty()) {
            return false;
        }
        Multihash whole = Hashes.sum(code, data);
        int size = digestSize();
        return size == whole.digestSize()
                ? whole.equals(this)
                : size >= MIN_CUT_BYTES
                        && size < whole.digestSize()
                        && Arrays.equals(
                                array, digestStart, end, whole.array, whole.digestStart, whole.digestStart + size);
    }

    /** Base58btc text of the whole multihash. */
    public String base58() {
        return Multibase.base58(array, start, end);
    }

    boolean isSha256() {
        return code == SHA2_256 && end - digestStart == 32;
    }

    @Override
    public int compareTo(Multihash other) {
        return Arrays.compareUnsigned(array, start, end, other.array, other.start, other.end);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Multihash that && Arrays.equals(array, start, end, that.array, that.start, that.end);
    }

    @Override
    public int hashCode() {
        int value = hash;
        if (value == 0) {
            for (int i = start; i < end; i++) {
                value = 31 * value + array[i];
            }
            hash = value;
        }
        return value;
    }

    /** Base58btc text. */
    @Override
    public String toString() {
        return base58();
    }

    private static long readCode(ByteBuffer in) {
        long code = Varint.read(in);
        if (code < 0) {
            throw new IllegalArgumentException("multihash code is above 2^63: " + Long.toUnsignedString(code));
        }
        return code;
    }

    private static int readLength(ByteBuffer in) {
        long length = Varint.read(in);
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("multihash says " + Long.toUnsignedString(length) + " digest bytes, but "
                    + in.remaining() + " follow");
        }
        return (int) length;
    }
}
