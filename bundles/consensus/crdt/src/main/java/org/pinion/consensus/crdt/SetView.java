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

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multihash;

/** The set as merged so far, for the merge to look at. */
interface SetView {
    /** What a key's value comes from, or null when the key has none. */
    @Nullable
    Winner winner(SetKey key);

    /** The elements of a key that are not taken back, in any order. */
    List<StoredElement> elements(SetKey key);

    /** Whether the element that {@code block} made of {@code key} is taken back, also when it was never seen. */
    boolean isTombstoned(SetKey key, Multihash block);

    /** The delta of a merged node. */
    Delta delta(Multihash block);

    /**
     * An element of a key.
     *
     * @param block the node that set it
     * @param priority that node's priority
     */
    record StoredElement(Multihash block, long priority) {}

    /**
     * The element that gives a key its value.
     *
     * @param block the node that set it
     * @param priority that node's priority
     * @param index which of the elements of the node's delta it is
     */
    record Winner(Multihash block, long priority, int index) {}
}
