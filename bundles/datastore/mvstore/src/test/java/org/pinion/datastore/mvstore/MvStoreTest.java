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
package org.pinion.datastore.mvstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;
import org.pinion.itests.testkit.contract.DatastoreContract;
import org.pinion.itests.testkit.fakes.TestFolder;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.DatastoreFactory;
import org.pinion.spi.datastore.DatastoreFactory.OpenDatastore;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;
import org.slf4j.Logger;

class MvStoreTest extends DatastoreContract {
    private static final String FILE = "pinion.mv";

    @Override
    protected OpenDatastore open(Path where) {
        return MvStore.open(where);
    }

    @Test
    void everyAcknowledgedBatchIsThereAndWholeAfterItsProcessWasKilled() throws Exception {
        Path where = folder.resolve("killed");
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        classPath(),
                        Writer.class.getName(),
                        where.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int acknowledged = -1;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                acknowledged = Integer.parseInt(line);
                if (acknowledged == 300) {
                    writer.toHandle().destroyForcibly(); // it goes on writing: the kill comes in the middle
                }
            }
        }
        writer.waitFor();
        assertThat(acknowledged).isGreaterThanOrEqualTo(300);

        try (OpenDatastore recovered = open(where)) {
            for (int i = 0; i <= acknowledged; i++) {
                assertThat(recovered.get(Space.PINS, Writer.number(i)))
                        .as("pin %d", i)
                        .isNotNull();
            }
            assertThat(count(recovered, Space.PINS)).isEqualTo(count(recovered, Space.ELEMENTS));
            recovered.write(new WriteBatch().put(Space.META, key(1), key(1)), Durability.SYNC);
        }
    }

    private static String classPath() {
        return Stream.of(Writer.class, MvStore.class, WriteBatch.class, MVStore.class, Logger.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                .map(location -> Path.of(location.getPath()).toString())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static int count(OpenDatastore store, Space space) {
        return keys(store.scan(space, key(), null)).size();
    }

    /** Writes synced batches over two spaces and says so after each, until it is killed. */
    static final class Writer {
        private Writer() {}

        /** The argument is the folder. */
        public static void main(String[] args) {
            Random random = new Random(7);
            try (OpenDatastore store = MvStore.open(Path.of(args[0]))) {
                for (int i = 0; i < 1_000_000; i++) {
                    byte[] value = new byte[random.nextInt(2_000)];
                    random.nextBytes(value);
                    store.write(
                            new WriteBatch().put(Space.PINS, number(i), value).put(Space.ELEMENTS, number(i), value),
                            Durability.SYNC);
                    System.out.println(i);
                }
            }
        }

        static byte[] number(int number) {
            return ByteBuffer.allocate(4).putInt(number).array();
        }
    }

    @Test
    void aScanThatTakesLongReadsItsOwnRowsWhileEverythingIsReplacedAndCompacted() {
        for (int round = 0; round < 20; round++) {
            fill(round);
        }
        store.sync();
        try (Cursor<Row> cursor = store.scan(Space.BLOCKS, key(), null)) {
            int seen = 0;
            for (Row row = cursor.next(); row != null; row = cursor.next()) {
                assertThat(row.value()[0]).isEqualTo((byte) 19);
                if (seen++ % 50 == 0) {
                    fill(20 + seen);
                    store.sync();
                    store.compact(Space.BLOCKS);
                }
            }
            assertThat(seen).isEqualTo(250);
        }
    }

    private void fill(int round) {
        for (int i = 0; i < 250; i++) {
            byte[] value = new byte[4_000];
            new Random((long) round * i).nextBytes(value);
            value[0] = (byte) round;
            store.write(new WriteBatch().put(Space.BLOCKS, key(i), value), Durability.LATER);
        }
    }

    @Test
    void theFileStaysBoundedWhileTheSameRowsAreWrittenAgainAndAgain() throws IOException {
        Random random = new Random(3);
        byte[] value = new byte[1_000];
        for (int i = 0; i < 100_000; i++) {
            random.nextBytes(value);
            byte[] key = key(random.nextInt(16), random.nextInt(256));
            store.write(new WriteBatch().put(Space.NODE, key, value.clone()), Durability.LATER);
        }
        store.compact(Space.NODE);
        assertThat(Files.size(folder.resolve("store").resolve(FILE))).isLessThan(40L << 20);
    }

    @Test
    void compactingGivesTheDiskSpaceOfRemovedRowsBack() throws IOException {
        byte[] block = new byte[256 * 1024];
        for (int i = 0; i < 200; i++) {
            new Random(i).nextBytes(block);
            store.write(new WriteBatch().put(Space.BLOCKS, key(i), block.clone()), Durability.LATER);
        }
        store.sync();
        long full = Files.size(folder.resolve("store").resolve(FILE));
        store.write(new WriteBatch().deleteRange(Space.BLOCKS, key(), key(180)), Durability.SYNC);

        store.compact(Space.BLOCKS);

        assertThat(Files.size(folder.resolve("store").resolve(FILE))).isLessThan(full / 2);
        assertThat(keys(store.scan(Space.BLOCKS, key(), null))).hasSize(20);
        reopen();
        assertThat(keys(store.scan(Space.BLOCKS, key(), null))).hasSize(20);
    }

    @Test
    void theServiceLoaderFindsTheFactory() {
        List<DatastoreFactory> factories = ServiceLoader.load(DatastoreFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();

        assertThat(factories).extracting(DatastoreFactory::name).containsExactly("mvstore");
        try (OpenDatastore other = factories.get(0).open(folder.resolve("other"), Map.of())) {
            other.write(new WriteBatch().put(Space.META, key(1), key(2)), Durability.SYNC);
            assertThat(other.get(Space.META, key(1))).containsExactly(2);
        }
        assertThat(folder.resolve("other/mvstore/" + FILE)).exists();
    }

    @Test
    void theComponentKeepsItsFileInThePeersOwnFolder() {
        PeerFolder peer = new TestFolder(folder);
        MvDatastore component = new MvDatastore(peer, Map.of());
        component.write(new WriteBatch().put(Space.META, key(1), key(2)), Durability.SYNC);
        component.sync();
        component.close();

        assertThat(folder.resolve("pinion/data/mvstore/" + FILE)).exists();
    }

    @Test
    void aDamagedStoreIsReportedWithItsFile() throws Exception {
        store.close();
        Path file = folder.resolve("store").resolve(FILE);
        Files.write(file, new byte[20_000]);

        assertThatThrownBy(() -> open(folder.resolve("store"))).isInstanceOfSatisfying(ClusterException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.STORAGE);
            assertThat(e).hasMessageContaining(file.toString()).hasMessageContaining("damaged");
        });
        store = open(folder.resolve("new"));
    }
}
