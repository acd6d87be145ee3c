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
package org.pinion.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;

class StoredPinsTest {
    private final MemoryStore store = new MemoryStore();
    private StoredPins pins = StoredPins.open(store, new ProtobufPinCodec());

    @Test
    void aPinIsThereOnceItsBatchIsWritten() {
        Pin pin = pin(1, "one", null);
        WriteBatch batch = new WriteBatch();
        pins.put(batch, pin);
        assertThat(pins.get(pin.cid())).isEmpty();
        assertThat(pins.size()).isZero();

        write(batch);

        assertThat(pins.get(pin.cid())).contains(pin);
        assertThat(pins.contains(pin.cid())).isTrue();
        assertThat(pins.size()).isOne();
    }

    @Test
    void versionZeroAndOneOfOneHashAreDifferentPins() {
        Cid zero = Cid.v0(Multihash.sha256(new byte[] {1}));
        WriteBatch batch = new WriteBatch();
        pins.put(batch, Pin.of(zero, PinOptions.NONE));
        write(batch);

        assertThat(pins.contains(zero.toV1())).isFalse();
    }

    @Test
    void listingIsInTheOrderOfTheCidsAndGoesOnBehindOne() {
        WriteBatch batch = new WriteBatch();
        for (int i = 0; i < 50; i++) {
            pins.put(batch, pin(i, "", null));
        }
        write(batch);

        List<Cid> all = cids(pins.list(null));
        assertThat(all).hasSize(50).isSorted();
        assertThat(cids(pins.list(all.get(20)))).isEqualTo(all.subList(21, 50));
        assertThat(cids(pins.list(all.get(49)))).isEmpty();
    }

    @Test
    void indexesFollowEveryChange() {
        Pin early = pin(1, "a", Instant.ofEpochSecond(100));
        Pin late = pin(2, "a", Instant.ofEpochSecond(200));
        WriteBatch batch = new WriteBatch();
        pins.put(batch, late);
        pins.put(batch, early);
        pins.put(batch, pin(3, "ab", null));
        write(batch);
        assertThat(cids(pins.expiredBefore(Instant.ofEpochSecond(300)))).containsExactly(early.cid(), late.cid());
        assertThat(cids(pins.expiredBefore(Instant.ofEpochSecond(200)))).containsExactly(early.cid());
        assertThat(cids(pins.expiredBefore(Instant.ofEpochSecond(200, 1)))).hasSize(2);
        assertThat(cids(pins.named("a"))).containsExactlyInAnyOrder(early.cid(), late.cid());
        assertThat(cids(pins.named("ab"))).hasSize(1);

        batch = new WriteBatch();
        pins.put(batch, pin(1, "b", Instant.ofEpochSecond(400)));
        pins.remove(batch, late.cid());
        write(batch);

        assertThat(cids(pins.expiredBefore(Instant.ofEpochSecond(300)))).isEmpty();
        assertThat(cids(pins.expiredBefore(Instant.ofEpochSecond(500)))).containsExactly(early.cid());
        assertThat(cids(pins.named("a"))).isEmpty();
        assertThat(cids(pins.named("b"))).containsExactly(early.cid());
        assertThat(store.rows(Space.INDEX)).hasSize(3);
    }

    @Test
    void longNamesAndNamesWithNulAreFound() {
        String shared = "x".repeat(300);
        String[] names = {shared + "1", shared + "2", "a\0", "a", "a\0\0b", "é"};
        WriteBatch batch = new WriteBatch();
        for (int i = 0; i < names.length; i++) {
            pins.put(batch, pin(i, names[i], null));
        }
        pins.put(batch, pin(99, "", null));
        write(batch);

        for (int i = 0; i < names.length; i++) {
            assertThat(cids(pins.named(names[i])))
                    .as(names[i])
                    .containsExactly(pin(i, "", null).cid());
        }
        assertThat(cids(pins.named(""))).containsExactly(pin(99, "", null).cid());
    }

    @Test
    void oneBatchMayChangeAPinManyTimes() {
        Pin pin = pin(1, "one", Instant.ofEpochSecond(5));
        WriteBatch batch = new WriteBatch();
        pins.put(batch, pin);
        pins.put(batch, pin(1, "two", null));
        pins.remove(batch, pin.cid());
        pins.remove(batch, pin.cid());
        pins.put(batch, pin(1, "three", null));
        write(batch);

        assertThat(pins.size()).isOne();
        assertThat(cids(pins.named("three"))).hasSize(1);
        assertThat(store.rows(Space.INDEX)).hasSize(1);
    }

    @Test
    void aDiscardedBatchLeavesNoTrace() {
        WriteBatch batch = new WriteBatch();
        pins.put(batch, pin(1, "one", null));
        pins.discarded(batch);

        batch = new WriteBatch();
        pins.put(batch, pin(1, "two", null));
        write(batch);

        assertThat(pins.size()).isOne();
        assertThat(cids(pins.named("one"))).isEmpty();
    }

    @Test
    void clearingAndRefillingInOneBatchWorks() {
        WriteBatch batch = new WriteBatch();
        pins.put(batch, pin(1, "one", null));
        pins.put(batch, pin(2, "two", null));
        write(batch);

        batch = new WriteBatch();
        pins.clear(batch);
        pins.put(batch, pin(2, "new", null));
        write(batch);

        assertThat(pins.size()).isOne();
        assertThat(cids(pins.list(null))).hasSize(1);
        assertThat(store.rows(Space.INDEX)).hasSize(1);
    }

    @Test
    void theCountIsThatOfTheRowsAlsoAfterReopening() {
        long seed = 42;
        Random random = new Random(seed);
        TreeMap<Integer, String> expected = new TreeMap<>();
        for (int round = 0; round < 100; round++) {
            WriteBatch batch = new WriteBatch();
            TreeMap<Integer, String> next = new TreeMap<>(expected);
            for (int i = 0; i < 10; i++) {
                int number = random.nextInt(60);
                if (random.nextBoolean()) {
                    String name = random.nextInt(3) == 0 ? "" : "n" + random.nextInt(5);
                    pins.put(batch, pin(number, name, null));
                    next.put(number, name);
                } else {
                    pins.remove(batch, pin(number, "", null).cid());
                    next.remove(number);
                }
            }
            if (random.nextInt(4) == 0) {
                pins.discarded(batch);
            } else {
                write(batch);
                expected = next;
            }
        }
        pins = StoredPins.open(store, new ProtobufPinCodec());

        assertThat(pins.size()).as("seed %d", seed).isEqualTo(expected.size());
        assertThat(cids(pins.list(null))).hasSize(expected.size());
        long named = expected.values().stream().filter(name -> !name.isEmpty()).count();
        assertThat(store.rows(Space.INDEX)).hasSize((int) named);
    }

    @Test
    void aRowThatIsNoPinIsLeftOutOfListings() {
        WriteBatch batch = new WriteBatch();
        pins.put(batch, pin(1, "one", null));
        batch.put(Space.PINS, pin(2, "", null).cid().bytes(), "nonsense".getBytes(StandardCharsets.UTF_8));
        write(batch);

        assertThat(cids(pins.list(null))).containsExactly(pin(1, "", null).cid());
        assertThat(pins.get(pin(2, "", null).cid())).isEmpty();
    }

    @Test
    void aHalfDoneImportIsReportedInsteadOfRead() {
        store.write(new WriteBatch().put(Space.META, StoredPins.IMPORTING, new byte[0]), Durability.SYNC);

        assertThatThrownBy(() -> StoredPins.open(store, new ProtobufPinCodec()))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE))
                .hasMessageContaining("state import");
    }

    @Test
    void theComponentFollowsTheDatastoreThatIsThere() {
        PinStateComponent component = new PinStateComponent();
        component.setStore(store);
        WriteBatch batch = new WriteBatch();
        component.put(batch, pin(1, "one", null));
        store.write(batch, Durability.SYNC);
        component.written(batch);
        assertThat(component.size()).isOne();

        MemoryStore other = new MemoryStore();
        component.setStore(other);
        component.unsetStore(store);
        assertThat(component.size()).isZero();

        component.unsetStore(other);
        component.close();
        assertThatThrownBy(component::size)
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    private void write(WriteBatch batch) {
        store.write(batch, Durability.SYNC);
        pins.written(batch);
    }

    private static List<Cid> cids(Cursor<Pin> cursor) {
        List<Cid> cids = new ArrayList<>();
        try (cursor) {
            for (Pin pin = cursor.next(); pin != null; pin = cursor.next()) {
                cids.add(pin.cid());
            }
        }
        return cids;
    }

    private static Pin pin(int number, String name, @Nullable Instant end) {
        Cid cid = Cid.v1(Cid.RAW, Multihash.sha256(new byte[] {(byte) number}));
        return Pin.of(cid, PinOptions.builder().name(name).expireAt(end).build());
    }
}
