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
package org.pinion.ipld.dag.chunk;

/** A chunk inside an array that has exactly the room its frame wants; the array belongs to whoever gets the chunk. */
public final class Chunk {
    private final byte[] array;
    private final int offset;
    private final int length;

    private Chunk(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** An array for a chunk of this length, to be filled by the caller. */
    static Chunk allocate(int length, Frame frame) {
        int head = frame.headBytes(length);
        return new Chunk(new byte[head + length + frame.tailBytes(length)], head, length);
    }

    static Chunk copyOf(byte[] from, int start, int length, Frame frame) {
        Chunk chunk = allocate(length, frame);
        System.arraycopy(from, start, chunk.array, chunk.offset, length);
        return chunk;
    }

    /** Head room, chunk, tail room. */
    public byte[] array() {
        return array;
    }

    /** Where the chunk begins. */
    public int offset() {
        return offset;
    }

    /** Bytes of the chunk, at least 1. */
    public int length() {
        return length;
    }
}
