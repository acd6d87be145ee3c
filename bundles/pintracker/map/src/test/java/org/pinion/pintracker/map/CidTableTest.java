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

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.flow.Cursor;

class CidTableTest {
    private final CidTable table = new CidTable();

    @Test
    void randomChangesLeaveTheSameAsASortedMap() {
        long seed = 7_2026;
        Random random = new Random(seed);
        TreeMap<Cid, String> expected = new TreeMap<>();
        for (int i = 0; i < 60_000; i++) {
            Cid cid = cid(random.nextInt(6_000), 1 + random.nextInt(3));
            byte phase = (byte) random.nextInt(4);
            if (random.nextInt(3) == 0) {
                table.remove(cid);
                expected.remove(cid);
            } else {
                table.put(cid, phase, i);
                expected.put(cid, phase + "@" + i);
            }
        }
        TreeMap<Cid, String> found = new TreeMap<>();
        all(null).forEach(entry -> found.put(entry.cid(), entry.phase() + "@" + entry.sinceMillis()));
        assertThat(found).as("seed %d", seed).isEqualTo(expected);
        for (byte phase = 0; phase < 4; phase++) {
            String start = phase + "@";
            assertThat(table.count(phase))
                    .isEqualTo(expected.values().stream()
                            .filter(text -> text.startsWith(start))
                            .count());
        }
        expected.forEach((cid, text) -> {
            CidTable.Entry entry = table.get(cid);
            assertThat(entry).isNotNull();
            assertThat(entry.phase() + "@" + entry.sinceMillis()).isEqualTo(text);
        });
        Cid middle = expected.floorKey(cid(3_000, 2));
        assertThat(all(middle)).hasSize(expected.tailMap(middle, false).size());
    }

    @Test
    void everythingCanBeRemovedAndAddedAgain() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 1_000; i++) {
                table.put(cid(i, 1), (byte) 0, i);
            }
            assertThat(all(null)).hasSize(1_000);
            for (int i = 0; i < 1_000; i++) {
                table.remove(cid(i, 1));
                table.remove(cid(i, 1));
            }
            assertThat(all(null)).isEmpty();
            assertThat(table.count((byte) 0)).isZero();
            assertThat(table.get(cid(5, 1))).isNull();
        }
    }

    @Test
    void readersSeeEveryCidThatStaysWhileOthersComeAndGo() throws Exception {
        for (int i = 0; i < 5_000; i += 2) {
            table.put(cid(i, 1), (byte) 0, i);
        }
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(1);
        try {
            CompletableFuture<Void> reader = CompletableFuture.runAsync(
                    () -> {
                        do {
                            List<CidTable.Entry> seen = all(null);
                            assertThat(seen.stream()
                                            .filter(entry -> entry.sinceMillis() % 2 == 0)
                                            .count())
                                    .isEqualTo(2_500);
                            assertThat(table.get(cid(2_222, 1))).isNotNull();
                        } while (!done.get());
                    },
                    pool);
            for (int round = 0; round < 5; round++) {
                for (int i = 1; i < 5_000; i += 2) {
                    table.put(cid(i, 1), (byte) 1, i);
                }
                for (int i = 1; i < 5_000; i += 2) {
                    table.remove(cid(i, 1));
                }
            }
            done.set(true);
            reader.get();
        } finally {
            pool.shutdownNow();
        }
    }

    private List<CidTable.Entry> all(Cid after) {
        List<CidTable.Entry> all = new ArrayList<>();
        try (Cursor<CidTable.Entry> cursor = table.list(after)) {
            for (CidTable.Entry next = cursor.next(); next != null; next = cursor.next()) {
                all.add(next);
            }
        }
        return all;
    }

    /** CIDs of different lengths. */
    private static Cid cid(int number, int extra) {
        byte[] digest = new byte[2 + extra];
        digest[0] = (byte) (number >> 8);
        digest[1] = (byte) number;
        return Cid.v1(Cid.RAW, Multihash.identity(digest));
    }
}
