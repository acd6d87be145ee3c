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
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.pinion.libp2p.api.NetworkException;

/** Writes of a stream that wait for window and socket. Not thread-safe. */
final class SendQueue {
    /** Bytes that may wait on one stream. */
    static final long MAX_BYTES = 16L << 20;

    private record Write(ByteBuffer data, CompletableFuture<Void> done) {}

    private final ArrayDeque<Write> writes = new ArrayDeque<>(2);
    private long bytes;

    boolean isEmpty() {
        return writes.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    void add(ByteBuffer data, CompletableFuture<Void> done) {
        writes.add(new Write(data, done));
        bytes += data.remaining();
    }

    /** Moves {@code count} bytes into a frame; returns the writes that are finished by that, to be completed. */
    List<CompletableFuture<Void>> take(int count, ByteBuf out) {
        List<CompletableFuture<Void>> finished = new ArrayList<>(1);
        int left = count;
        bytes -= count;
        for (Write head = writes.peek(); head != null; head = writes.peek()) {
            ByteBuffer data = head.data();
            int n = Math.min(left, data.remaining());
            int limit = data.limit();
            data.limit(data.position() + n);
            out.writeBytes(data);
            data.limit(limit);
            left -= n;
            if (data.hasRemaining()) {
                break;
            }
            finished.add(head.done());
            writes.poll();
        }
        return finished;
    }

    void fail(NetworkException error) {
        List<Write> failed = new ArrayList<>(writes);
        writes.clear();
        bytes = 0;
        failed.forEach(write -> write.done().completeExceptionally(error));
    }
}
