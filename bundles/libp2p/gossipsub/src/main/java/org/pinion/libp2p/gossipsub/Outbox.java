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
package org.pinion.libp2p.gossipsub;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.pinion.libp2p.api.Stream;

/**
 * Frames that wait for one peer, and the stream they leave by, one at a time. Bounded in frames and bytes; half of the
 * frames are kept free for those that must not be dropped. Used inside the loop only.
 */
final class Outbox {
    private final Loop loop;
    private final Stream stream;
    private final int maxDroppable;
    private final long maxBytes;
    private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
    private long bytes;
    private boolean writing;
    private boolean closed;

    Outbox(Loop loop, Stream stream, int maxDroppable, long maxBytes) {
        this.loop = loop;
        this.stream = stream;
        this.maxDroppable = maxDroppable;
        this.maxBytes = maxBytes;
    }

    Stream stream() {
        return stream;
    }

    /** Queues a frame; false if there is no room. The buffer may be shared: it is not changed. */
    boolean offer(ByteBuffer frame, boolean droppable) {
        int maxFrames = droppable ? maxDroppable : 2 * maxDroppable;
        if (closed || waiting.size() >= maxFrames || bytes + frame.remaining() > maxBytes && !waiting.isEmpty()) {
            return false;
        }
        waiting.add(frame.duplicate());
        bytes += frame.remaining();
        pump();
        return true;
    }

    private void pump() {
        ByteBuffer next = writing || closed ? null : waiting.poll();
        if (next == null) {
            return;
        }
        writing = true;
        int size = next.remaining();
        stream.write(next)
                .whenComplete((done, error) -> loop.execute(() -> {
                    writing = false;
                    bytes -= size;
                    if (error != null) {
                        close();
                        stream.reset(Stream.RESET_NONE);
                    } else {
                        pump();
                    }
                }));
    }

    /** Sends what waits, which is bounded, then ends the stream. */
    void finish() {
        while (!waiting.isEmpty()) {
            stream.write(waiting.poll()).exceptionally(error -> null);
        }
        close();
        stream.close();
    }

    /** Drops what waits. */
    void close() {
        closed = true;
        waiting.clear();
    }
}
