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

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Chunks of one size, the last one shorter. Whole chunks are read into the array they leave in: no copy. */
final class SizeChunker implements Chunker {
    /** A small file is tried in this much first, so that a folder of them does not allocate whole chunks. */
    private static final int FIRST_TRY_BYTES = 8 << 10;

    private final InputStream in;
    private final int size;
    private final Frame frame;
    private boolean started;
    private boolean ended;

    SizeChunker(InputStream in, int size, Frame frame) {
        this.in = in;
        this.size = size;
        this.frame = frame;
    }

    @Override
    public @Nullable Chunk next() throws IOException {
        if (ended) {
            return null;
        }
        byte[] first = new byte[0];
        if (!started && size > FIRST_TRY_BYTES) {
            started = true;
            first = in.readNBytes(FIRST_TRY_BYTES);
            if (first.length < FIRST_TRY_BYTES) {
                return last(first, 0, first.length);
            }
        }
        Chunk chunk = Chunk.allocate(size, frame);
        System.arraycopy(first, 0, chunk.array(), chunk.offset(), first.length);
        int length = first.length + in.readNBytes(chunk.array(), chunk.offset() + first.length, size - first.length);
        return length == size ? chunk : last(chunk.array(), chunk.offset(), length);
    }

    private @Nullable Chunk last(byte[] bytes, int start, int length) {
        ended = true;
        return length == 0 ? null : Chunk.copyOf(bytes, start, length, frame);
    }
}
