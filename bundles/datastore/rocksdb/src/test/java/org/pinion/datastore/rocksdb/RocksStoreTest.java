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
package org.pinion.datastore.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pinion.itests.testkit.contract.DatastoreContract;
import org.pinion.itests.testkit.fakes.TestFolder;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.config.PeerFolder;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.DatastoreFactory;
import org.pinion.spi.datastore.DatastoreFactory.OpenDatastore;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;

class RocksStoreTest extends DatastoreContract {
    @Override
    protected OpenDatastore open(Path where) {
        return RocksStore.open(where, Settings.DEFAULT);
    }

    @Test
    void everyAcknowledgedWriteIsInTheFilesOfAProcessThatNeverClosed() throws Exception {
        for (int i = 0; i < 200; i++) {
            store.write(
                    new WriteBatch().put(Space.PINS, key(i), key(i)).put(Space.ELEMENTS, key(i), key()),
                    Durability.SYNC);
        }
        Path killed = folder.resolve("killed");
        copy(folder.resolve("store"), killed);

        try (OpenDatastore recovered = open(killed)) {
            for (int i = 0; i < 200; i++) {
                assertThat(recovered.get(Space.PINS, key(i))).containsExactly(i);
                assertThat(recovered.contains(Space.ELEMENTS, key(i))).isTrue();
            }
        }
    }

    @Test
    void unloggedWritesAreReadAtOnceAndInTheFilesAfterASync() throws Exception {
        store.write(new WriteBatch().put(Space.BLOCKS, key(1), key(7)), Durability.UNLOGGED);
        assertThat(store.get(Space.BLOCKS, key(1))).containsExactly(7);
        store.sync();
        store.write(new WriteBatch().put(Space.BLOCKS, key(2), key(8)), Durability.UNLOGGED);
        store.write(new WriteBatch().put(Space.NODE, key(3), key(9)), Durability.SYNC);
        Path killed = folder.resolve("killed");
        copy(folder.resolve("store"), killed);

        try (OpenDatastore recovered = open(killed)) {
            assertThat(recovered.get(Space.BLOCKS, key(1))).containsExactly(7);
            assertThat(recovered.contains(Space.BLOCKS, key(2))).isFalse();
            assertThat(recovered.get(Space.NODE, key(3))).containsExactly(9);
        }
    }

    @Test
    void theServiceLoaderFindsTheFactory() {
        List<DatastoreFactory> factories = ServiceLoader.load(DatastoreFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();

        assertThat(factories).extracting(DatastoreFactory::name).containsExactly("rocksdb");
        try (OpenDatastore other = factories.get(0).open(folder.resolve("other"), Map.of("max_open_files", 64))) {
            other.write(new WriteBatch().put(Space.META, key(1), key(2)), Durability.SYNC);
            assertThat(other.get(Space.META, key(1))).containsExactly(2);
        }
    }

    @Test
    void theComponentKeepsItsFilesInThePeersOwnFolder() {
        PeerFolder peer = new TestFolder(folder);
        RocksDatastore component = new RocksDatastore(peer, Map.of("folder", "pebble"));
        component.write(new WriteBatch().put(Space.META, key(1), key(2)), Durability.SYNC);
        component.sync();

        assertThat(folder.resolve("pinion/data/rocksdb/CURRENT")).exists();
        assertThat(folder.resolve("pebble")).doesNotExist();
        component.close();

        RocksDatastore elsewhere = new RocksDatastore(
                peer, Map.of("folder", folder.resolve("elsewhere").toString()));
        elsewhere.close();
        try (OpenDatastore offline = new RocksFactory().open(folder.resolve("elsewhere"), Map.of())) {
            assertThat(offline.get(Space.META, key(1))).isNull();
        }
        assertThat(folder.resolve("elsewhere/rocksdb/CURRENT")).exists();
    }

    @Test
    void aDamagedStoreIsReportedWithItsFolder() throws Exception {
        store.close();
        Files.writeString(folder.resolve("store/CURRENT"), "nonsense\n");

        assertThatThrownBy(() -> open(folder.resolve("store"))).isInstanceOfSatisfying(ClusterException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.STORAGE);
            assertThat(e).hasMessageContaining(folder.resolve("store").toString());
        });
        store = open(folder.resolve("new"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void compactingGivesTheDiskSpaceOfRemovedBlocksBackAndKeepsTheOthers() throws IOException {
        byte[] block = new byte[256 * 1024];
        new Random(1).nextBytes(block);
        for (int i = 0; i < 400; i++) {
            block[0] = (byte) i;
            store.write(
                    new WriteBatch().put(Space.BLOCKS, new byte[] {(byte) (i >> 8), (byte) i}, block.clone()),
                    Durability.LATER);
        }
        store.close();
        store = open(folder.resolve("store"));
        long full = sizeOnDisk();
        for (int i = 0; i < 400; i++) {
            if (i % 10 != 0) {
                store.write(
                        new WriteBatch().delete(Space.BLOCKS, new byte[] {(byte) (i >> 8), (byte) i}),
                        Durability.LATER);
            }
        }
        store.compact(Space.BLOCKS);
        assertThat(store.contains(Space.BLOCKS, new byte[] {0, 10})).isTrue();
        assertThat(store.get(Space.BLOCKS, new byte[] {0, 20})).hasSize(block.length);
        store.close();
        assertThat(sizeOnDisk()).isLessThan(full / 2);
        store = open(folder.resolve("store"));
        assertThat(store.get(Space.BLOCKS, new byte[] {0, 30})).hasSize(block.length);
    }

    private long sizeOnDisk() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
