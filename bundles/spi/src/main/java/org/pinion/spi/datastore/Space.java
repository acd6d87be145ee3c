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
package org.pinion.spi.datastore;

/** The separate, ordered key spaces of a datastore. One batch may write to all of them, atomically. */
public enum Space {
    /** Small rows of any component, each under its own prefix, for example {@code pubsubmon/}. */
    META,
    /** The current pin set: CID bytes to pin. */
    PINS,
    /** Elements, tombstones, values and priorities of the CRDT set. */
    ELEMENTS,
    /** Secondary indexes: every row can be made again from another space. */
    INDEX,
    /** Nodes of the CRDT's DAG, by multihash. */
    DAG,
    /** Blocks of the embedded IPFS node, by multihash. */
    BLOCKS,
    /** Pins, reference counts and other rows of the embedded IPFS node. */
    NODE,
    /** Rows of the pin tracker. */
    TRACKER
}
