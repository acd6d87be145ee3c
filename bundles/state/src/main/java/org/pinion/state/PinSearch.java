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

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;
import org.pinion.spi.Pin;
import org.pinion.spi.PinType;
import org.pinion.spi.datastore.Datastore;
import org.pinion.spi.datastore.Datastore.Row;
import org.pinion.spi.datastore.Space;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.state.PinQuery;
import org.pinion.spi.state.PinState;

/**
 * Answers queries in the order of the CIDs. Of the conditions that have an index, the one that the fewest pins meet leads,
 * and the others are looked at in the pins themselves. A condition on a range (a prefix, a time) gives CIDs in another
 * order: it leads only when its matches can be sorted in memory; when they are more, they are frequent in the pin set, which
 * is read instead.
 */
final class PinSearch {
    /** Most rows of an index that are counted, or sorted in memory. */
    static final int MAX_SORTED = 10_000;

    private final Datastore store;
    private final PinState pins;
    private final int maxSorted;

    PinSearch(Datastore store, PinState pins, int maxSorted) {
        this.store = store;
        this.pins = pins;
        this.maxSorted = maxSorted;
    }

    /**
     * Rows of one index.
     *
     * @param from first key of each part
     * @param to end of each part
     * @param cid the CID in a key
     * @param ordered whether the keys of a part are in the order of the CIDs
     */
    private record Lead(List<byte[]> from, List<byte[]> to, Function<byte[], Cid> cid, boolean ordered) {
        static Lead ordered(byte[] prefix) {
            return new Lead(
                    List.of(prefix), List.of(IndexRows.endOf(prefix)), key -> IndexRows.cidBehind(prefix, key), true);
        }
    }

    Cursor<Pin> find(PinQuery query, @Nullable Cid after) {
        Lead best = null;
        int fewest = maxSorted;
        for (Lead lead : leads(query)) {
            int rows = count(lead, fewest);
            if (rows < fewest || best == null && lead.ordered) {
                best = lead;
                fewest = rows;
            }
        }
        if (best == null) {
            return pins.list(after).filter(query::matches);
        }
        return best.ordered ? inOrder(best, query, after) : sorted(best, query, after);
    }

    private static List<Lead> leads(PinQuery query) {
        List<Lead> leads = new ArrayList<>();
        String name = query.name();
        if (name != null && !name.isEmpty()) {
            leads.add(Lead.ordered(IndexRows.name(name)));
        }
        for (Map.Entry<String, String> entry : query.metadata().entrySet()) {
            leads.add(Lead.ordered(IndexRows.metadata(entry.getKey(), entry.getValue())));
        }
        Set<PinType> types = query.types();
        if (types.size() == 1 && !types.contains(PinType.DATA)) {
            leads.add(Lead.ordered(IndexRows.type(types.iterator().next())));
        } else if (!types.isEmpty() && !types.contains(PinType.DATA)) {
            List<byte[]> prefixes =
                    EnumSet.copyOf(types).stream().map(IndexRows::type).toList();
            leads.add(new Lead(
                    prefixes,
                    prefixes.stream().map(IndexRows::endOf).toList(),
                    key -> IndexRows.cidBehind(prefixes.get(0), key),
                    false));
        }
        if (!query.namePrefix().isEmpty()) {
            byte[] prefix = IndexRows.namePrefix(query.namePrefix());
            leads.add(new Lead(List.of(prefix), List.of(IndexRows.endOf(prefix)), IndexRows::cidOfName, false));
        }
        Instant from = query.createdFrom();
        Instant before = query.createdBefore();
        if (from != null || before != null) {
            byte[] first = IndexRows.created(from == null ? 0 : Math.max(0, from.getEpochSecond()));
            byte[] end = IndexRows.created(before == null ? Long.MAX_VALUE : endSecond(before));
            if (Arrays.compareUnsigned(first, end) >= 0) {
                end = first;
            }
            leads.add(new Lead(List.of(first), List.of(end), IndexRows::cidOfTime, false));
        }
        return leads;
    }

    private static long endSecond(Instant before) {
        return Math.max(0, before.getEpochSecond() + (before.getNano() > 0 ? 1 : 0));
    }

    /** How many rows there are, up to {@code limit}. */
    private int count(Lead lead, int limit) {
        int rows = 0;
        for (int i = 0; i < lead.from.size() && rows < limit; i++) {
            try (Cursor<Row> cursor = store.scan(Space.INDEX, lead.from.get(i), lead.to.get(i))) {
                while (rows < limit && cursor.next() != null) {
                    rows++;
                }
            }
        }
        return rows;
    }

    private Cursor<Pin> inOrder(Lead lead, PinQuery query, @Nullable Cid after) {
        byte[] prefix = lead.from.get(0);
        byte[] from = prefix;
        if (after != null) {
            byte[] last = IndexRows.join(prefix, after.bytes());
            from = Arrays.copyOf(last, last.length + 1);
        }
        return pins(store.scan(Space.INDEX, from, lead.to.get(0)).map(row -> lead.cid.apply(row.key())), query);
    }

    private Cursor<Pin> sorted(Lead lead, PinQuery query, @Nullable Cid after) {
        TreeSet<Cid> cids = new TreeSet<>();
        for (int i = 0; i < lead.from.size(); i++) {
            try (Cursor<Row> cursor = store.scan(Space.INDEX, lead.from.get(i), lead.to.get(i))) {
                for (Row row = cursor.next(); row != null; row = cursor.next()) {
                    Cid cid = lead.cid.apply(row.key());
                    if (after == null || cid.compareTo(after) > 0) {
                        cids.add(cid);
                    }
                }
            }
        }
        return pins(Cursor.of(cids), query);
    }

    /** The pins as they are now: they may have changed since the row was read. */
    private Cursor<Pin> pins(Cursor<Cid> cids, PinQuery query) {
        return new Cursor<>() {
            @Override
            public @Nullable Pin next() {
                for (Cid cid = cids.next(); cid != null; cid = cids.next()) {
                    Pin pin = pins.get(cid).filter(query::matches).orElse(null);
                    if (pin != null) {
                        return pin;
                    }
                }
                return null;
            }

            @Override
            public void close() {
                cids.close();
            }
        };
    }
}
