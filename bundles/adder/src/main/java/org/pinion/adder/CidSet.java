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
package org.pinion.adder;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;

/**
 * The CIDs that an add has seen, 16 bytes of hash each: a set of millions fits into memory. CIDs whose hash is too short
 * for that are kept whole. For one thread.
 */
final class CidSet {
    /** Keeps the table, twice while it grows, to a part of the heap. */
    private static final int MAX_ENTRIES =
            (int) Math.min(1 << 24, Runtime.getRuntime().maxMemory() / 100);

    private static final int MIN_DIGEST_BYTES = 20;
    private static final int FIRST_SLOTS = 256;

    private final Set<Cid> whole = new HashSet<>();
    /** Pairs of longs; two zeros = free. */
    private long[] table = new long[2 * FIRST_SLOTS];

    private int size;

    boolean isFull() {
        return size + whole.size() >= MAX_ENTRIES;
    }

    /** Adds a CID; false if it was there. */
    boolean add(Cid cid) {
        if (isFull()) {
            throw new ClusterException(
                    ErrorCode.TOO_LARGE,
                    "content has more than " + MAX_ENTRIES
                            + " blocks, the most that this heap allows for sharding; add it in parts");
        }
        byte[] digest = cid.multihash().digest();
        if (isWhole(cid, digest)) {
            return whole.add(cid);
        }
        if (!insert(table, high(cid, digest), low(digest))) {
            return false;
        }
        size++;
        if (size * 3L > table.length) {
            grow();
        }
        return true;
    }

    boolean contains(Cid cid) {
        byte[] digest = cid.multihash().digest();
        return isWhole(cid, digest)
                ? whole.contains(cid)
                : table[2 * slot(table, high(cid, digest), low(digest)) + 1] != 0;
    }

    private static boolean isWhole(Cid cid, byte[] digest) {
        return cid.multihash().code() == Multihash.IDENTITY || digest.length < MIN_DIGEST_BYTES;
    }

    private static long high(Cid cid, byte[] digest) {
        long kind = cid.version() + cid.codec() * 31 + cid.multihash().code() * 1009;
        return ByteBuffer.wrap(digest).getLong(digest.length - 2 * Long.BYTES) ^ kind * 0x9E3779B97F4A7C15L;
    }

    private static long low(byte[] digest) {
        return ByteBuffer.wrap(digest).getLong(digest.length - Long.BYTES) | 1; // never free
    }

    private static boolean insert(long[] table, long high, long low) {
        int slot = slot(table, high, low);
        if (table[2 * slot + 1] != 0) {
            return false;
        }
        table[2 * slot] = high;
        table[2 * slot + 1] = low;
        return true;
    }

    /** Where that entry is, or is to be. */
    private static int slot(long[] table, long high, long low) {
        int mask = table.length / 2 - 1;
        int slot = (int) high & mask;
        while (table[2 * slot + 1] != 0 && (table[2 * slot] != high || table[2 * slot + 1] != low)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] larger = new long[table.length * 2];
        for (int i = 0; i < table.length; i += 2) {
            if (table[i + 1] != 0) {
                insert(larger, table[i], table[i + 1]);
            }
        }
        table = larger;
    }
}
