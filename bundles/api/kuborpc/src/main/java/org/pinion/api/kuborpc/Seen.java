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
package org.pinion.api.kuborpc;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;

/**
 * What a walk has met: 16 bytes of each block's hash, so two blocks are not told apart once in 2^64 pairs. At most 32 MiB;
 * beyond that leaves are met as often as they occur, and inner nodes end the walk. For one thread.
 */
final class Seen {
    private static final int MAX_ENTRIES = 1_000_000;

    private long[] table = new long[2048];
    private int size;

    /** Adds a block; returns whether it was not there yet. */
    boolean add(Cid cid) {
        if (size >= MAX_ENTRIES) {
            if (contains(cid)) {
                return false;
            }
            if (cid.codec() == Cid.RAW) {
                return true;
            }
            throw new KuboException("the DAG has more than " + MAX_ENTRIES
                    + " different blocks, which is more than one request may keep in memory; ask for its parts");
        }
        if (size * 4 >= table.length) {
            grow();
        }
        long[] key = key(cid);
        int at = find(table, key[0], key[1]);
        if (table[at] != 0 || table[at + 1] != 0) {
            return false;
        }
        table[at] = key[0];
        table[at + 1] = key[1];
        size++;
        return true;
    }

    /** Whether a block was added. */
    boolean contains(Cid cid) {
        long[] key = key(cid);
        int at = find(table, key[0], key[1]);
        return table[at] != 0 || table[at + 1] != 0;
    }

    int size() {
        return size;
    }

    private static long[] key(Cid cid) {
        Multihash hash = cid.multihash();
        byte[] digest = hash.digestSize() >= 16 && hash.code() != Multihash.IDENTITY
                ? hash.digest()
                : Multihash.sha256(hash.bytes()).digest();
        ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(digest, 16));
        long high = bytes.getLong();
        long low = bytes.getLong();
        return new long[] {high, high == 0 && low == 0 ? 1 : low};
    }

    private static int find(long[] table, long high, long low) {
        int mask = table.length - 1;
        int at = ((int) (high ^ (high >>> 32)) << 1) & mask;
        while ((table[at] != 0 || table[at + 1] != 0) && (table[at] != high || table[at + 1] != low)) {
            at = (at + 2) & mask;
        }
        return at;
    }

    private void grow() {
        long[] larger = new long[table.length * 2];
        for (int i = 0; i < table.length; i += 2) {
            if (table[i] != 0 || table[i + 1] != 0) {
                int at = find(larger, table[i], table[i + 1]);
                larger[at] = table[i];
                larger[at + 1] = table[i + 1];
            }
        }
        table = larger;
    }
}
