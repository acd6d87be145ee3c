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
import java.util.List;
import org.pinion.consensus.crdt.Delta.Element;

/** What goes into the next nodes, cut into deltas that other peers can fetch. */
final class Draft {
    /** Longest delta that is written; a block exchange carries one or two mebibytes at most. */
    static final int MAX_DELTA_BYTES = 512 << 10;

    private final List<Element> elements = new ArrayList<>();
    private final List<Element> tombstones = new ArrayList<>();
    private final List<SetKey> unknown = new ArrayList<>();

    void put(Element element) {
        elements.add(element);
    }

    /** Removes a key by tombstones for all its elements. */
    void remove(SetKey key, List<Element> all) {
        tombstones.addAll(all);
        if (all.isEmpty()) {
            unknown.add(key);
        }
    }

    /** Removed keys without elements: imported pins that are not adopted yet, with nothing to take back in the DAG. */
    List<SetKey> unknown() {
        return unknown;
    }

    /** The deltas in the order they are to be written, the first one with priority {@code priority}, each one higher. */
    List<Delta> deltas(long priority) {
        List<Delta> deltas = new ArrayList<>();
        List<Element> puts = new ArrayList<>();
        List<Element> removals = new ArrayList<>();
        int bytes = 0;
        for (int i = 0; i < elements.size() + tombstones.size(); i++) {
            boolean put = i < elements.size();
            Element next = put ? elements.get(i) : tombstones.get(i - elements.size());
            int size = DeltaCodec.sizeIn(next);
            if (bytes > 0 && bytes + size > MAX_DELTA_BYTES) {
                deltas.add(new Delta(puts, removals, priority + deltas.size()));
                puts.clear();
                removals.clear();
                bytes = 0;
            }
            (put ? puts : removals).add(next);
            bytes += size;
        }
        if (bytes > 0) {
            deltas.add(new Delta(puts, removals, priority + deltas.size()));
        }
        return deltas;
    }
}
