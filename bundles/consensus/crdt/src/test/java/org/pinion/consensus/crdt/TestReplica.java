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
package org.pinion.consensus.crdt;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.ipld.multiformats.Multibase;
import org.pinion.ipld.multiformats.Multihash;
import org.pinion.ipld.multiformats.Varint;
import org.pinion.spi.Pin;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.flow.Cursor;
import org.pinion.state.PinStateComponent;
import org.pinion.state.ProtobufPinCodec;

/** A replica in memory. */
final class TestReplica {
    final MemoryStore store = new MemoryStore();
    final PinStateComponent pins = new PinStateComponent();
    final ProtobufPinCodec codec = new ProtobufPinCodec();
    final List<PinUpdates.Change> changes = new ArrayList<>();
    Replica replica;

    TestReplica() {
        pins.setStore(store);
        reopen();
    }

    void reopen() {
        replica = new Replica(new Replica.Storage(store, pins, pins, codec));
    }

    /** What a caller does: null values remove. */
    List<Cid> commit(Map<String, byte[]> values) {
        List<Operation> group = new ArrayList<>();
        values.forEach((key, value) -> group.add(new Operation(SetKey.of(key), value, new CompletableFuture<>())));
        Replica.Written written = replica.commit(group);
        changes.addAll(written.changes());
        return written.nodes();
    }

    static Operation put(Pin pin) {
        return new Operation(SetKey.of(pin.cid()), new ProtobufPinCodec().encode(pin), new CompletableFuture<>());
    }

    static Operation remove(Pin pin) {
        return new Operation(SetKey.of(pin.cid()), null, new CompletableFuture<>());
    }

    /** Hears of heads and walks down, asking {@code source} in a random order. */
    void hear(List<Cid> heads, Function<Cid, byte[]> source, Random random) {
        Deque<Cid> wanted = new ArrayDeque<>();
        for (Cid head : heads) {
            if (!replica.has(head.multihash()) && !replica.isWanted(head.multihash())) {
                wanted.addAll(merge(head, source, true));
            }
        }
        while (!wanted.isEmpty()) {
            Cid next = random.nextBoolean() ? wanted.pollFirst() : wanted.pollLast();
            wanted.addAll(merge(next, source, false));
        }
    }

    List<Cid> merge(Cid node, Function<Cid, byte[]> source, boolean announced) {
        DagNode read = DagNode.parse(node.multihash(), source.apply(node));
        Replica.Merged merged = replica.merge(read, announced);
        changes.addAll(merged.changes());
        return merged.wanted();
    }

    byte[] block(Cid cid) {
        return store.get(Space.DAG, cid.multihash().bytes());
    }

    /** The values of all keys. */
    TreeMap<String, String> values() {
        TreeMap<String, String> values = new TreeMap<>();
        StoredSet set = new StoredSet(store);
        store.rows(Space.ELEMENTS).forEach((row, value) -> {
            if (row[0] == 'k') {
                values.put(text(row), new String(set.value(Rows.decodeWinner(value)), StandardCharsets.ISO_8859_1));
            }
        });
        return values;
    }

    /** The pins as they are listed. */
    List<Pin> pinList() {
        List<Pin> list = new ArrayList<>();
        try (Cursor<Pin> cursor = pins.list(null)) {
            for (Pin pin = cursor.next(); pin != null; pin = cursor.next()) {
                list.add(pin);
            }
        }
        return list;
    }

    /** Everything, under the keys of the reference's datastore. */
    TreeMap<String, String> asReferenceKeys() {
        TreeMap<String, String> all = new TreeMap<>();
        all.put("/c/crdt_version", "02");
        store.rows(Space.DAG).forEach((mh, block) -> {
            all.put("/c/b/" + Multibase.base32Upper(mh), "");
            all.put("/c/b/blocks/" + Multibase.base32Upper(mh), hex(block));
        });
        store.rows(Space.META).forEach((row, value) -> {
            if (startsWith(row, Rows.HEADS)) {
                all.put("/c/h/" + Multibase.base32Upper(Rows.suffix(row, Rows.HEADS)), hex(value));
            }
        });
        StoredSet set = new StoredSet(store);
        store.rows(Space.ELEMENTS).forEach((row, value) -> {
            String key = text(row);
            switch (row[0]) {
                case 's' -> all.put("/c/s/s" + key + "/" + Multibase.base32Upper(block(row)), "");
                case 't' -> {
                    // an element that is taken back is not kept here
                    all.put("/c/s/s" + key + "/" + Multibase.base32Upper(block(row)), "");
                    all.put("/c/s/t" + key + "/" + Multibase.base32Upper(block(row)), "");
                }
                default -> {
                    SetView.Winner winner = Rows.decodeWinner(value);
                    all.put("/c/s/k" + key + "/v", hex(set.value(winner)));
                    all.put("/c/s/k" + key + "/p", hex(Varint.encode(winner.priority() + 1)));
                }
            }
        });
        return all;
    }

    private static String text(byte[] row) {
        ByteBuffer in = ByteBuffer.wrap(row, 1, row.length - 1);
        int form = in.get();
        byte[] body = new byte[(int) Varint.read(in)];
        in.get(body);
        return form == 1 ? "/" + Cid.ofBytes(body).base32Upper() : new String(body, StandardCharsets.UTF_8);
    }

    private static byte[] block(byte[] row) {
        ByteBuffer in = ByteBuffer.wrap(row, 2, row.length - 2);
        int keyBytes = (int) Varint.read(in);
        in.position(in.position() + keyBytes);
        byte[] block = new byte[in.remaining()];
        in.get(block);
        return Multihash.ofBytes(block).bytes();
    }

    static boolean startsWith(byte[] row, byte[] prefix) {
        return row.length >= prefix.length && Arrays.equals(row, 0, prefix.length, prefix, 0, prefix.length);
    }

    static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }
}
