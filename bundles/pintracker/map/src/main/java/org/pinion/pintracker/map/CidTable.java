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
package org.pinion.pintracker.map;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.flow.Cursor;

/**
 * CIDs in the order of their bytes, each with a phase and a time, as arrays of primitives: a CID costs its bytes, 13
 * more, and about 2 for its share of a leaf and of the index, where objects would cost some 200. One thread changes
 * it, any number read meanwhile: leaves are never changed but replaced.
 *
 * <pre>
 * index: first key -> leaf of up to 128 CIDs | keys, one behind the other | ends of the keys | phases | times |
 * </pre>
 */
final class CidTable {
    /** Each change copies a leaf, some 6 KB. */
    static final int MOST_OF_A_LEAF = 128;

    private static final int PHASES = 8;

    private final ConcurrentSkipListMap<byte[], Leaf> leaves = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    private final AtomicLongArray counts = new AtomicLongArray(PHASES);

    /** An empty table. */
    CidTable() {
        leaves.put(new byte[0], new Leaf(new byte[0], new int[0], new byte[0], new long[0]));
    }

    /**
     * One CID.
     *
     * @param key its bytes
     * @param phase from 0 to 7
     * @param sinceMillis since when, milliseconds since 1970
     */
    @SuppressWarnings("ArrayRecordComponent") // read once and never compared
    record Entry(byte[] key, byte phase, long sinceMillis) {
        Cid cid() {
            return Cid.ofBytes(key);
        }
    }

    @Nullable
    Entry get(Cid cid) {
        byte[] key = cid.bytes();
        Leaf leaf = leaves.floorEntry(key).getValue();
        int at = leaf.find(key);
        return at < 0 ? null : new Entry(key, leaf.phases[at], leaf.times[at]);
    }

    /** CIDs in a phase. */
    long count(byte phase) {
        return counts.get(phase);
    }

    /** Sets phase and time of a CID. */
    void put(Cid cid, byte phase, long sinceMillis) {
        byte[] key = cid.bytes();
        Map.Entry<byte[], Leaf> place = leaves.floorEntry(key);
        Leaf leaf = place.getValue();
        int at = leaf.find(key);
        counts.incrementAndGet(phase);
        if (at >= 0) {
            counts.decrementAndGet(leaf.phases[at]);
            leaves.put(place.getKey(), leaf.with(at, phase, sinceMillis));
            return;
        }
        Leaf grown = leaf.inserted(-at - 1, key, phase, sinceMillis);
        int size = grown.size();
        if (size <= MOST_OF_A_LEAF) {
            leaves.put(place.getKey(), grown);
            return;
        }
        // whoever fills it in order leaves full leaves behind; readers may see both halves twice, never neither
        int cut = -at - 1 == size - 1 ? size - 1 : size / 2;
        Leaf right = grown.part(cut, size);
        leaves.put(right.key(0), right);
        leaves.put(place.getKey(), grown.part(0, cut));
    }

    /** Forgets a CID; harmless when it is not there. */
    void remove(Cid cid) {
        byte[] key = cid.bytes();
        Map.Entry<byte[], Leaf> place = leaves.floorEntry(key);
        Leaf leaf = place.getValue();
        int at = leaf.find(key);
        if (at < 0) {
            return;
        }
        counts.decrementAndGet(leaf.phases[at]);
        if (leaf.size() == 1 && place.getKey().length > 0) {
            leaves.remove(place.getKey());
        } else {
            leaves.put(place.getKey(), leaf.without(at));
        }
    }

    /** All behind a CID in order, null = from the start; changes meanwhile may or may not show. */
    Cursor<Entry> list(@Nullable Cid after) {
        byte[] from = after == null ? new byte[0] : after.bytes();
        byte[] first = leaves.floorKey(from);
        return new Walk(leaves.tailMap(first, true).values().iterator(), after == null ? null : from);
    }

    private static final class Walk implements Cursor<Entry> {
        private final Iterator<Leaf> rest;
        private @Nullable Leaf leaf;
        private int at;
        private byte @Nullable [] last;

        Walk(Iterator<Leaf> rest, byte @Nullable [] after) {
            this.rest = rest;
            last = after;
        }

        @Override
        public @Nullable Entry next() {
            while (true) {
                Leaf current = leaf;
                if (current == null || at >= current.size()) {
                    if (!rest.hasNext()) {
                        return null;
                    }
                    current = rest.next();
                    leaf = current;
                    at = 0;
                    continue;
                }
                byte[] key = current.key(at);
                Entry entry = new Entry(key, current.phases[at], current.times[at]);
                at++;
                byte[] before = last;
                if (before == null || Arrays.compareUnsigned(key, before) > 0) {
                    last = key;
                    return entry;
                }
            }
        }

        @Override
        public void close() {}
    }

    /** Some CIDs side by side. Never changed. */
    private static final class Leaf {
        private final byte[] keys;
        private final int[] ends;
        private final byte[] phases;
        private final long[] times;

        Leaf(byte[] keys, int[] ends, byte[] phases, long[] times) {
            this.keys = keys;
            this.ends = ends;
            this.phases = phases;
            this.times = times;
        }

        int size() {
            return phases.length;
        }

        private int begin(int at) {
            return at == 0 ? 0 : ends[at - 1];
        }

        byte[] key(int at) {
            return Arrays.copyOfRange(keys, begin(at), ends[at]);
        }

        /** As {@link Arrays#binarySearch(int[], int)}. */
        int find(byte[] key) {
            int low = 0;
            int high = size() - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int order = Arrays.compareUnsigned(keys, begin(middle), ends[middle], key, 0, key.length);
                if (order == 0) {
                    return middle;
                }
                if (order < 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return -low - 1;
        }

        Leaf with(int at, byte phase, long time) {
            byte[] newPhases = phases.clone();
            long[] newTimes = times.clone();
            newPhases[at] = phase;
            newTimes[at] = time;
            return new Leaf(keys, ends, newPhases, newTimes);
        }

        Leaf inserted(int at, byte[] key, byte phase, long time) {
            int size = size();
            int begin = begin(at);
            byte[] newKeys = new byte[keys.length + key.length];
            System.arraycopy(keys, 0, newKeys, 0, begin);
            System.arraycopy(key, 0, newKeys, begin, key.length);
            System.arraycopy(keys, begin, newKeys, begin + key.length, keys.length - begin);
            int[] newEnds = new int[size + 1];
            byte[] newPhases = new byte[size + 1];
            long[] newTimes = new long[size + 1];
            for (int i = 0; i <= size; i++) {
                int old = i > at ? i - 1 : i;
                newEnds[i] = i < at ? ends[i] : (i == at ? begin : ends[old]) + key.length;
                newPhases[i] = i == at ? phase : phases[old];
                newTimes[i] = i == at ? time : times[old];
            }
            return new Leaf(newKeys, newEnds, newPhases, newTimes);
        }

        Leaf without(int at) {
            int size = size();
            int begin = begin(at);
            int cut = ends[at] - begin;
            byte[] newKeys = new byte[keys.length - cut];
            System.arraycopy(keys, 0, newKeys, 0, begin);
            System.arraycopy(keys, ends[at], newKeys, begin, keys.length - ends[at]);
            int[] newEnds = new int[size - 1];
            byte[] newPhases = new byte[size - 1];
            long[] newTimes = new long[size - 1];
            for (int i = 0; i < size - 1; i++) {
                int old = i < at ? i : i + 1;
                newEnds[i] = ends[old] - (i < at ? 0 : cut);
                newPhases[i] = phases[old];
                newTimes[i] = times[old];
            }
            return new Leaf(newKeys, newEnds, newPhases, newTimes);
        }

        Leaf part(int from, int to) {
            int begin = begin(from);
            int[] newEnds = new int[to - from];
            for (int i = from; i < to; i++) {
                newEnds[i - from] = ends[i] - begin;
            }
            return new Leaf(
                    Arrays.copyOfRange(keys, begin, ends[to - 1]),
                    newEnds,
                    Arrays.copyOfRange(phases, from, to),
                    Arrays.copyOfRange(times, from, to));
        }
    }
}
