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
package org.pinion.libp2p.bitswap;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Hashes;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.Varint;

/**
 * A CID without its digest.
 *
 * <pre>
 * | version | codec | hash code | digest length |   all varints
 * </pre>
 *
 * @param version 0 or 1
 * @param codec of the content
 * @param hashFunction of the multihash
 * @param digestBytes length of the digest
 */
record CidPrefix(int version, long codec, long hashFunction, int digestBytes) {
    /** That of blocks without one. */
    static final CidPrefix V0 = new CidPrefix(0, Cid.DAG_PB, Multihash.SHA2_256, 32);

    private static final int MAX_DIGEST_BYTES = 128;
    /** A shorter digest could be forged. */
    private static final int MIN_DIGEST_BYTES = 20;

    static CidPrefix of(Cid cid) {
        Multihash hash = cid.multihash();
        return new CidPrefix(cid.version(), cid.codec(), hash.code(), hash.digestSize());
    }

    /**
     * Reads a prefix.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    static CidPrefix parse(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int version = Varint.readInt(in, 1);
        CidPrefix prefix =
                new CidPrefix(version, Varint.read(in), Varint.read(in), Varint.readInt(in, MAX_DIGEST_BYTES));
        if (in.hasRemaining()) {
            throw new IllegalArgumentException(in.remaining() + " bytes follow the prefix of a CID");
        }
        return prefix;
    }

    byte[] bytes() {
        ByteBuffer out =
                ByteBuffer.allocate(1 + Varint.size(codec) + Varint.size(hashFunction) + Varint.size(digestBytes));
        Varint.write(version, out);
        Varint.write(codec, out);
        Varint.write(hashFunction, out);
        Varint.write(digestBytes, out);
        return out.array();
    }

    /**
     * The multihash of data under this prefix.
     *
     * @throws IllegalArgumentException if the hash function is unknown, or is none, or does not give such a digest
     */
    Multihash hash(byte[] data) {
        if (hashFunction == Multihash.IDENTITY || digestBytes < MIN_DIGEST_BYTES) {
            throw new IllegalArgumentException("blocks are not taken by hash 0x" + Long.toHexString(hashFunction)
                    + " of " + digestBytes + " bytes");
        }
        Multihash whole = Hashes.sum(hashFunction, data);
        if (whole.digestSize() == digestBytes) {
            return whole;
        }
        if (whole.digestSize() < digestBytes) {
            throw new IllegalArgumentException("hash 0x" + Long.toHexString(hashFunction) + " gives "
                    + whole.digestSize() + " bytes, not " + digestBytes);
        }
        return Multihash.of(hashFunction, Arrays.copyOf(whole.digest(), digestBytes));
    }
}
