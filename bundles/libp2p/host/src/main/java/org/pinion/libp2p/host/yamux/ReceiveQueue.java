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
package org.pinion.libp2p.host.yamux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Received bytes that wait for their reader. Bytes of small frames are put together, so that memory follows the bytes
 * and not the number of frames. Not thread-safe.
 */
final class ReceiveQueue {
    private static final int CHUNK_BYTES = 16 * 1024;

    private final ArrayDeque<ByteBuffer> chunks = new ArrayDeque<>(2);

    boolean isEmpty() {
        return chunks.isEmpty();
    }

    /** Copies {@code count} bytes; chunks are filled from position on, and handed out flipped. */
    void add(ByteBuf in, int count) {
        int left = count;
        ByteBuffer tail = chunks.peekLast();
        if (tail != null && tail.hasRemaining()) {
            left -= copy(in, tail, left);
        }
        if (left > 0) {
            // a lone small message takes what it needs; more of them take whole chunks
            ByteBuffer chunk = ByteBuffer.allocate(tail == null ? left : Math.max(left, CHUNK_BYTES));
            copy(in, chunk, left);
            chunks.add(chunk);
        }
    }

    /** The oldest bytes, or null. */
    @Nullable
    ByteBuffer poll() {
        ByteBuffer head = chunks.poll();
        return head == null ? null : head.flip();
    }

    /** Forgets everything; returns the number of bytes. */
    int clear() {
        int bytes = 0;
        for (ByteBuffer chunk : chunks) {
            bytes += chunk.position();
        }
        chunks.clear();
        return bytes;
    }

    /** The next bytes for a reader; without copying when they are most of an array that nobody uses again. */
    static ByteBuffer take(ByteBuf in, int count) {
        if (in.hasArray() && in.alloc() == UnpooledByteBufAllocator.DEFAULT && count > in.array().length / 2) {
            ByteBuffer data = ByteBuffer.wrap(in.array(), in.arrayOffset() + in.readerIndex(), count)
                    .slice();
            in.skipBytes(count);
            return data;
        }
        ByteBuffer data = ByteBuffer.allocate(count);
        in.readBytes(data);
        return data.flip();
    }

    private static int copy(ByteBuf in, ByteBuffer chunk, int most) {
        int n = Math.min(most, chunk.remaining());
        int limit = chunk.limit();
        chunk.limit(chunk.position() + n);
        in.readBytes(chunk);
        chunk.limit(limit);
        return n;
    }
}
