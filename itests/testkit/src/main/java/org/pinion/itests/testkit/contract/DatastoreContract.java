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
package org.pinion.itests.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.DatastoreFactory.OpenDatastore;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;

/** What every datastore does. */
public abstract class DatastoreContract {
    /** For everything that the test writes. */
    protected Path folder;

    /** The store under test, in {@code store} of the folder. */
    protected OpenDatastore store;

    /** For an implementation's test. */
    protected DatastoreContract() {}

    /** Opens a store in a folder, which is made when missing. */
    protected abstract OpenDatastore open(Path where);

    @BeforeEach
    void openStore(@TempDir Path given) {
        folder = given;
        store = open(folder.resolve("store"));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void aValueIsReadBackInItsSpaceOnly() {
        store.write(new WriteBatch().put(Space.PINS, key(1, 2), key(7)), Durability.SYNC);

        assertThat(store.get(Space.PINS, key(1, 2))).containsExactly(7);
        assertThat(store.contains(Space.PINS, key(1, 2))).isTrue();
        assertThat(store.get(Space.META, key(1, 2))).isNull();
        assertThat(store.contains(Space.META, key(1, 2))).isFalse();
        assertThat(store.get(Space.PINS, key(1))).isNull();
    }

    @Test
    void emptyKeysAndValuesAreValues() {
        store.write(new WriteBatch().put(Space.META, key(), key()), Durability.LATER);

        assertThat(store.get(Space.META, key())).isEmpty();
        assertThat(store.contains(Space.META, key())).isTrue();
        assertThat(keys(store.scan(Space.META, key(), null))).containsExactly("");
    }

    @Test
    void changesOfABatchApplyInOrder() {
        store.write(new WriteBatch().put(Space.META, key(1), key(1)), Durability.SYNC);
        WriteBatch batch = new WriteBatch()
                .delete(Space.META, key(1))
                .put(Space.META, key(2), key(2))
                .put(Space.META, key(2), key(3))
                .put(Space.DAG, key(5), key(5))
                .delete(Space.DAG, key(5))
                .put(Space.INDEX, key(5), key(5))
                .deleteRange(Space.INDEX, key(), key(9))
                .put(Space.INDEX, key(6), key(6));

        store.write(batch, Durability.SYNC);

        assertThat(store.get(Space.META, key(1))).isNull();
        assertThat(store.get(Space.META, key(2))).containsExactly(3);
        assertThat(store.contains(Space.DAG, key(5))).isFalse();
        assertThat(keys(store.scan(Space.INDEX, key(), null))).containsExactly("06");
    }

    @Test
    void scansAreOrderedByUnsignedBytesAndEndBeforeTheirBound() {
        WriteBatch batch = new WriteBatch();
        for (int[] key : new int[][] {{0x7f}, {0x80}, {0xff, 1}, {0xff}, {0}, {0, 0}, {1, 0xff}}) {
            batch.put(Space.ELEMENTS, key(key), key());
        }
        store.write(batch, Durability.LATER);

        assertThat(keys(store.scan(Space.ELEMENTS, key(), null)))
                .containsExactly("00", "0000", "01ff", "7f", "80", "ff", "ff01");
        assertThat(keys(store.scan(Space.ELEMENTS, key(0, 0), key(0x80)))).containsExactly("0000", "01ff", "7f");
        assertThat(keys(store.scan(Space.ELEMENTS, key(0x80), key(0x80)))).isEmpty();
    }

    @Test
    void aScanShowsTheRowsOfItsCallWhateverIsWrittenMeanwhile() {
        store.write(
                new WriteBatch()
                        .put(Space.PINS, key(1), key(1))
                        .put(Space.PINS, key(2), key(2))
                        .put(Space.PINS, key(3), key(3)),
                Durability.SYNC);
        try (Cursor<Row> cursor = store.scan(Space.PINS, key(), null)) {
            store.write(
                    new WriteBatch()
                            .put(Space.PINS, key(1), key(9))
                            .delete(Space.PINS, key(2))
                            .put(Space.PINS, key(4), key(4)),
                    Durability.SYNC);

            List<String> seen = new ArrayList<>();
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                seen.add(hex(row.key()) + "=" + hex(row.value()));
            }
            assertThat(seen).containsExactly("01=01", "02=02", "03=03");
        }
    }

    @Test
    void aNarrowRangeOfLongKeysIsScannedWhole() {
        byte[] prefix = "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        WriteBatch batch = new WriteBatch();
        for (int i = 0; i < 100; i++) {
            byte[] key = Arrays.copyOf(prefix, prefix.length + 1);
            key[prefix.length] = (byte) i;
            batch.put(Space.ELEMENTS, key, key());
        }
        store.write(batch, Durability.SYNC);
        byte[] end = prefix.clone();
        end[end.length - 1]++;

        assertThat(keys(store.scan(Space.ELEMENTS, prefix, end))).hasSize(100);
    }

    @Test
    void randomBatchesLeaveTheSameRowsAsASortedMapAlsoAfterReopening() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        TreeMap<String, String> expected = new TreeMap<>();
        for (int i = 0; i < 200; i++) {
            WriteBatch batch = new WriteBatch();
            for (int j = 0; j < 20; j++) {
                byte[] key = key(random.nextInt(256), random.nextInt(4));
                if (random.nextInt(3) == 0) {
                    batch.delete(Space.NODE, key);
                    expected.remove(hex(key));
                } else {
                    byte[] value = new byte[random.nextInt(9000)];
                    random.nextBytes(value);
                    batch.put(Space.NODE, key, value);
                    expected.put(hex(key), hex(value));
                }
            }
            store.write(batch, random.nextBoolean() ? Durability.SYNC : Durability.LATER);
        }
        assertThat(rows(Space.NODE)).as("seed %d", seed).isEqualTo(expected);

        reopen();

        assertThat(rows(Space.NODE)).as("seed %d", seed).isEqualTo(expected);
    }

    @Test
    void everySpaceSurvivesReopening() {
        byte[] big = new byte[300_000];
        new Random(1).nextBytes(big);
        for (Space space : Space.values()) {
            store.write(new WriteBatch().put(space, key(1), big), Durability.LATER);
        }
        store.sync();

        reopen();

        for (Space space : Space.values()) {
            assertThat(store.get(space, key(1))).as(space.name()).isEqualTo(big);
            assertThat(store.approximateBytes(space)).as(space.name()).isPositive();
        }
    }

    @Test
    void writersOfManyThreadsAreAllKept() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int thread = t;
                writers.add(pool.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        store.write(new WriteBatch().put(Space.TRACKER, key(thread, i), key(i)), Durability.SYNC);
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(keys(store.scan(Space.TRACKER, key(), null))).hasSize(400);
    }

    @Test
    void aCursorThatIsOpenWhenTheStoreClosesFailsAndCanStillBeClosed() {
        store.write(new WriteBatch().put(Space.PINS, key(1), key(1)).put(Space.PINS, key(2), key(2)), Durability.SYNC);
        Cursor<Row> started = store.scan(Space.PINS, key(), null);
        Cursor<Row> untouched = store.scan(Space.PINS, key(), null);
        assertThat(started.next()).isNotNull();

        store.close();

        for (Cursor<Row> cursor : List.of(started, untouched)) {
            assertThatThrownBy(cursor::next).satisfies(DatastoreContract::saysClosed);
            cursor.close();
            cursor.close();
        }
    }

    @Test
    void everyCallAfterCloseFailsClearlyAndClosingAgainIsHarmless() {
        store.close();
        store.close();

        assertThatThrownBy(() -> store.get(Space.META, key(1))).satisfies(DatastoreContract::saysClosed);
        assertThatThrownBy(() -> store.contains(Space.META, key(1))).satisfies(DatastoreContract::saysClosed);
        assertThatThrownBy(() -> store.scan(Space.META, key(1), null)).satisfies(DatastoreContract::saysClosed);
        assertThatThrownBy(() -> store.write(new WriteBatch().delete(Space.META, key(1)), Durability.SYNC))
                .satisfies(DatastoreContract::saysClosed);
        assertThatThrownBy(store::sync).satisfies(DatastoreContract::saysClosed);
        assertThatThrownBy(() -> store.approximateBytes(Space.META)).satisfies(DatastoreContract::saysClosed);
    }

    @Test
    void closingWhileOthersReadAndWriteEndsThemWithAClearError() throws Exception {
        WriteBatch rows = new WriteBatch();
        for (int i = 0; i < 256; i++) {
            rows.put(Space.PINS, key(i), new byte[100]);
        }
        store.write(rows, Durability.SYNC);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        CountDownLatch busy = new CountDownLatch(4);
        try {
            List<Future<?>> users = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                boolean writes = t % 2 == 0;
                users.add(pool.submit(() -> useUntilClosed(writes, busy)));
            }
            busy.await();
            store.close();
            for (Future<?> user : users) {
                user.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private void useUntilClosed(boolean writes, CountDownLatch busy) {
        try {
            for (int round = 0; ; round++) {
                if (writes) {
                    store.write(new WriteBatch().put(Space.META, key(round & 255), key(1)), Durability.LATER);
                } else {
                    keys(store.scan(Space.PINS, key(), null));
                }
                if (round == 0) {
                    busy.countDown();
                }
            }
        } catch (ClusterException e) {
            saysClosed(e);
        }
    }

    @Test
    void anInterruptedThreadHarmsNobody() {
        store.write(new WriteBatch().put(Space.META, key(1), new byte[50_000]), Durability.SYNC);
        Thread.currentThread().interrupt();
        try {
            store.write(new WriteBatch().put(Space.META, key(2), key(2)), Durability.SYNC);
            assertThat(store.get(Space.META, key(1))).hasSize(50_000);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        store.write(new WriteBatch().put(Space.META, key(3), key(3)), Durability.SYNC);

        reopen();

        assertThat(keys(store.scan(Space.META, key(), null))).containsExactly("01", "02", "03");
    }

    @Test
    void aBatchIsSeenWholeOrNotAtAll() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(1);
        try {
            CountDownLatch started = new CountDownLatch(1);
            Future<?> writer = pool.submit(() -> {
                for (int round = 0; round < 200; round++) {
                    WriteBatch batch = new WriteBatch();
                    for (int i = 0; i < 50; i++) {
                        batch.put(Space.PINS, key(i), key(round));
                    }
                    store.write(batch, Durability.LATER);
                    started.countDown();
                }
            });
            started.await();
            while (!writer.isDone()) {
                assertThat(new java.util.HashSet<>(rows(Space.PINS).values())).hasSize(1);
            }
            writer.get();
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aSecondOpeningIsRefusedAndHarmsNothing() {
        store.write(new WriteBatch().put(Space.META, key(1), key(1)), Durability.SYNC);

        assertThatThrownBy(() -> open(folder.resolve("store"))).isInstanceOfSatisfying(ClusterException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.STORAGE);
            assertThat(e)
                    .hasMessageContaining(folder.resolve("store").toString())
                    .hasMessageContaining("in use");
        });
        assertThat(store.get(Space.META, key(1))).containsExactly(1);
    }

    @Test
    void aFileInPlaceOfTheFolderIsReported() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");

        assertThatThrownBy(() -> open(file))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining(file.toString());
    }

    /** Closes the store and opens it again. */
    protected final void reopen() {
        store.close();
        store = open(folder.resolve("store"));
    }

    /** All rows of a space in hexadecimal digits. */
    protected final TreeMap<String, String> rows(Space space) {
        TreeMap<String, String> rows = new TreeMap<>();
        try (Cursor<Datastore.Row> cursor = store.scan(space, key(), null)) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                rows.put(hex(row.key()), hex(row.value()));
            }
        }
        return rows;
    }

    /** Whether a failure says that the store was closed. */
    protected static void saysClosed(Throwable failure) {
        assertThat(failure).isInstanceOf(ClusterException.class).hasMessageContaining("closed");
        assertThat(((ClusterException) failure).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    /** The keys that are left, in hexadecimal digits. */
    protected static List<String> keys(Cursor<Row> cursor) {
        List<String> keys = new ArrayList<>();
        try (cursor) {
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                keys.add(hex(row.key()));
            }
        }
        return keys;
    }

    /** The bytes with these values. */
    protected static byte[] key(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** Hexadecimal digits. */
    protected static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }
}
