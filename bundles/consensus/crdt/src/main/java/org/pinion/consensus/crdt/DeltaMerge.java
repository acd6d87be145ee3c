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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinion.consensus.crdt.Delta.Element;
import org.pinion.consensus.crdt.SetView.StoredElement;
import org.pinion.consensus.crdt.SetView.Winner;
import org.pinion.ipld.multiformats.Multihash;

/**
 * The merge of one delta into the set: pure, the same on every peer and in every order of arrival. Tombstones first, then
 * elements; higher priority wins, then the greater value bytes; a put that a remove had not seen survives it.
 *
 * @spec cluster wire "Merging"
 */
final class DeltaMerge {
    private final Delta delta;
    private final Multihash block;
    private final SetView view;
    private final Map<SetKey, Set<Multihash>> tombstones = new LinkedHashMap<>();
    private final Map<SetKey, Optional<Winner>> uncovered = new HashMap<>();
    private final Set<SetKey> elements = new LinkedHashSet<>();
    private final Map<SetKey, Optional<Winner>> winners = new LinkedHashMap<>();

    private DeltaMerge(Delta delta, Multihash block, SetView view) {
        this.delta = delta;
        this.block = block;
        this.view = view;
    }

    /**
     * What changes in the set.
     *
     * @param tombstones elements to take back, by key
     * @param elements keys of which {@code block} becomes an element
     * @param winners keys whose value changes, and what it comes from now; empty = the key has no value any more
     */
    record Outcome(
            Map<SetKey, Set<Multihash>> tombstones, Set<SetKey> elements, Map<SetKey, Optional<Winner>> winners) {}

    /** Merges the delta of {@code block} into what {@code view} shows. */
    static Outcome merge(Delta delta, Multihash block, SetView view) {
        DeltaMerge merge = new DeltaMerge(delta, block, view);
        merge.applyTombstones();
        merge.applyElements();
        return new Outcome(merge.tombstones, merge.elements, merge.winners);
    }

    private void applyTombstones() {
        for (Element tombstone : delta.tombstones()) {
            Multihash target = tombstone.block();
            if (target != null) {
                tombstones
                        .computeIfAbsent(SetKey.of(tombstone.key()), key -> new LinkedHashSet<>())
                        .add(target);
            }
        }
        tombstones.forEach((key, removed) -> {
            Optional<Winner> best = Optional.ofNullable(best(key, removed, view));
            uncovered.put(key, best);
            if (!best.equals(Optional.ofNullable(view.winner(key)))) {
                winners.put(key, best);
            }
        });
    }

    /** What a key's value would come from without the elements of the {@code without} nodes; null = nothing. */
    static @Nullable Winner best(SetKey key, Set<Multihash> without, SetView view) {
        List<StoredElement> left = new ArrayList<>();
        for (StoredElement element : view.elements(key)) {
            if (without.contains(element.block())) {
                continue;
            }
            int order = left.isEmpty()
                    ? 1
                    : Long.compareUnsigned(element.priority(), left.get(0).priority());
            if (order > 0) {
                left.clear();
            }
            if (order >= 0) {
                left.add(element);
            }
        }
        Winner best = null;
        byte[] bestValue = null;
        for (StoredElement element : left) {
            List<Element> candidates = view.delta(element.block()).elements();
            for (int i = 0; i < candidates.size(); i++) {
                byte[] value = candidates.get(i).value();
                if (key.isText(candidates.get(i).key())
                        && (bestValue == null || Arrays.compareUnsigned(value, bestValue) > 0)) {
                    best = new Winner(element.block(), element.priority(), i);
                    bestValue = value;
                }
            }
        }
        return best;
    }

    private void applyElements() {
        Set<SetKey> dead = new HashSet<>();
        for (int i = 0; i < delta.elements().size(); i++) {
            Element element = delta.elements().get(i);
            SetKey key = SetKey.of(element.key());
            if (elements.add(key) && isTombstoned(key)) {
                dead.add(key);
            }
            // each element is compared with what was there before the delta: of several that win, the last one stays
            if (!dead.contains(key) && beats(element.value(), winnerBefore(key))) {
                winners.put(key, Optional.of(new Winner(block, delta.priority(), i)));
            }
        }
        elements.removeAll(dead);
    }

    private boolean isTombstoned(SetKey key) {
        return tombstones.getOrDefault(key, Set.of()).contains(block) || view.isTombstoned(key, block);
    }

    private @Nullable Winner winnerBefore(SetKey key) {
        Optional<Winner> left = uncovered.computeIfAbsent(key, any -> Optional.ofNullable(view.winner(key)));
        return left.orElse(null);
    }

    private boolean beats(byte[] value, @Nullable Winner before) {
        if (before == null) {
            return true;
        }
        int order = Long.compareUnsigned(delta.priority(), before.priority());
        if (order != 0) {
            return order > 0;
        }
        Element other = view.delta(before.block()).elements().get(before.index());
        return Arrays.compareUnsigned(value, other.value()) > 0;
    }
}
