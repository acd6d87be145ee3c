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

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multibase;
import org.pinion.ipld.multiformats.Multihash;

/**
 * The changes that one node of the DAG carries.
 *
 * @param elements keys that are set; their ids are empty and mean the node itself
 * @param tombstones elements of other nodes that are taken back; their values are empty
 * @param priority height of the node in the DAG, from 1; unsigned
 */
record Delta(List<Element> elements, List<Element> tombstones, long priority) {
    Delta {
        elements = List.copyOf(elements);
        tombstones = List.copyOf(tombstones);
    }

    boolean isEmpty() {
        return elements.isEmpty() && tombstones.isEmpty();
    }

    /**
     * One key in a delta.
     *
     * @param key the key, with a leading slash
     * @param id {@code "/" base32(multihash)} of the node that set it, or empty
     * @param value the bytes it is set to, or empty
     */
    record Element(String key, String id, byte[] value) {
        private static final byte[] NO_VALUE = {};

        static Element put(SetKey key, byte[] value) {
            return new Element(key.text(), "", value);
        }

        static Element tombstone(SetKey key, Multihash block) {
            return new Element(key.text(), "/" + Multibase.base32Upper(block.bytes()), NO_VALUE);
        }

        /** The node that a tombstone names, or null when its id is none: then nothing can ever match it. */
        @Nullable
        Multihash block() {
            if (!id.startsWith("/")) {
                return null;
            }
            try {
                return Multihash.ofBytes(Multibase.base32Upper(id.substring(1)));
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Element that
                    && key.equals(that.key)
                    && id.equals(that.id)
                    && Arrays.equals(value, that.value);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * key.hashCode() + id.hashCode()) + Arrays.hashCode(value);
        }
    }
}
