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

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.spi.Pin;
import org.pinion.spi.PinOptions;
import org.pinion.spi.PinType;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Durability;
import org.pinion.spi.datastore.ForwardingDatastore;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.datastore.WriteBatch;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.state.PinQuery;

class PinSearchTest {
    private static final int PINS = 600;
    private static final String[] NAMES = {"", "a", "ab", "abc", "b", "a\0", "a\0b", "é", "x".repeat(300) + "1"};

    private final Random random = new Random(7);
    private final MemoryStore store = new MemoryStore();
    private StoredPins pins = StoredPins.open(store, new ProtobufPinCodec());

    @BeforeEach
    void fill() {
        WriteBatch batch = new WriteBatch();
        for (int i = 0; i < PINS; i++) {
            pins.put(batch, any(i));
        }
        store.write(batch, Durability.LATER);
        pins.written(batch);
    }

    private Pin any(int number) {
        Map<String, String> metadata = new TreeMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            metadata.put(NAMES[random.nextInt(NAMES.length)] + "k", NAMES[random.nextInt(NAMES.length)]);
        }
        PinType[] types = {PinType.DATA, PinType.DATA, PinType.DATA, PinType.META, PinType.SHARD, PinType.CLUSTER_DAG};
        return new Pin(
                cid(number),
                types[random.nextInt(types.length)],
                List.of(),
                -1,
                null,
                random.nextInt(8) == 0 ? null : Instant.ofEpochSecond(1 + random.nextInt(1000)),
                PinOptions.builder()
                        .name(NAMES[random.nextInt(NAMES.length)])
                        .metadata(new TreeMap<>(metadata))
                        .build());
    }

    private static Cid cid(int number) {
        Multihash hash = Multihash.sha256(new byte[] {(byte) (number >> 8), (byte) number});
        return number % 3 == 0 ? Cid.v0(hash) : Cid.v1(Cid.RAW, hash);
    }

    private PinQuery anyQuery() {
        PinQuery query = PinQuery.ALL;
        if (random.nextInt(3) == 0) {
            query = query.withName(NAMES[random.nextInt(NAMES.length)]);
        }
        if (random.nextInt(3) == 0) {
            query = query.withNamePrefix(NAMES[random.nextInt(NAMES.length)]);
        }
        if (random.nextInt(3) == 0) {
            query = query.withMetadata(
                    Map.of(NAMES[random.nextInt(NAMES.length)] + "k", NAMES[random.nextInt(NAMES.length)]));
        }
        if (random.nextInt(3) == 0) {
            query = query.withCreated(anyTime(), anyTime());
        }
        if (random.nextInt(3) == 0) {
            query = query.withTypes(
                    random.nextBoolean() ? Set.of(PinType.META) : Set.of(PinType.SHARD, PinType.CLUSTER_DAG));
        }
        return query;
    }

    private @Nullable Instant anyTime() {
        return random.nextInt(4) == 0 ? null : Instant.ofEpochSecond(random.nextInt(1100) - 50, random.nextInt(2));
    }

    @Test
    void everyQueryFindsWhatLookingAtAllPinsFinds() {
        for (int round = 0; round < 400; round++) {
            PinSearch search = new PinSearch(store, pins, round % 2 == 0 ? PinSearch.MAX_SORTED : 20);
            PinQuery query = anyQuery();
            Cid after = random.nextBoolean() ? null : cid(random.nextInt(PINS + 50));
            List<Pin> expected = all(pins.list(after).filter(query::matches));
            assertThat(all(search.find(query, after)))
                    .as("round %d: %s after %s", round, query, after)
                    .isEqualTo(expected);
        }
    }

    @Test
    void pagesTogetherAreTheWhole() {
        PinQuery query = PinQuery.ALL.withNamePrefix("a");
        List<Pin> whole = all(pins.find(query, null));
        List<Pin> pages = new ArrayList<>();
        Cid after = null;
        for (boolean more = true; more; ) {
            List<Pin> page = new ArrayList<>();
            try (Cursor<Pin> cursor = pins.find(query, after)) {
                for (Pin pin = cursor.next(); pin != null && page.size() < 7; pin = cursor.next()) {
                    page.add(pin);
                }
            }
            more = page.size() == 7;
            pages.addAll(page);
            after = page.isEmpty() ? after : page.get(page.size() - 1).cid();
        }
        assertThat(whole).hasSizeGreaterThan(100);
        assertThat(pages).isEqualTo(whole);
    }

    @Test
    void aRareConditionReadsNoOtherPins() {
        int[] reads = new int[1];
        Datastore counting = new ForwardingDatastore(store) {
            @Override
            public byte @Nullable [] get(Space space, byte[] key) {
                reads[0]++;
                return super.get(space, key);
            }

            @Override
            public Cursor<Row> scan(Space space, byte[] from, byte @Nullable [] to) {
                assertThat(space).isEqualTo(Space.INDEX);
                return super.scan(space, from, to);
            }
        };
        Pin rare = pins.get(cid(5)).orElseThrow().withTimestamp(Instant.ofEpochSecond(5000));
        WriteBatch batch = new WriteBatch();
        pins.put(batch, rare);
        store.write(batch, Durability.LATER);
        pins.written(batch);
        StoredPins watched = StoredPins.openForImport(counting, new ProtobufPinCodec());
        reads[0] = 0;

        assertThat(all(watched.find(PinQuery.ALL.withCreated(Instant.ofEpochSecond(2000), null), null)))
                .containsExactly(rare);
        assertThat(reads[0]).isOne();
    }

    @Test
    void indexesOfAnEarlierVersionAreMadeAgain() {
        TreeMap<byte[], byte[]> rows = store.rows(Space.INDEX);
        List<String> before = keys(rows);
        rows.clear();
        rows.put(new byte[] {'x'}, new byte[0]);
        store.rows(Space.META).remove(StoredPins.INDEXES);

        pins = StoredPins.open(store, new ProtobufPinCodec());

        assertThat(keys(rows)).isEqualTo(before);
        assertThat(store.rows(Space.META)).containsKey(StoredPins.INDEXES);
    }

    @Test
    void removingAllPinsLeavesNoRows() {
        WriteBatch batch = new WriteBatch();
        for (int i = 0; i < PINS; i++) {
            pins.remove(batch, cid(i));
        }
        store.write(batch, Durability.LATER);
        pins.written(batch);

        assertThat(store.rows(Space.INDEX)).isEmpty();
    }

    private static List<String> keys(TreeMap<byte[], byte[]> rows) {
        return rows.keySet().stream()
                .map(key -> java.util.HexFormat.of().formatHex(key))
                .toList();
    }

    private static List<Pin> all(Cursor<Pin> cursor) {
        List<Pin> all = new ArrayList<>();
        try (cursor) {
            for (Pin pin = cursor.next(); pin != null; pin = cursor.next()) {
                all.add(pin);
            }
        }
        return all;
    }
}
