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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.pinion.libp2p.api.Stream;

/**
 * Frames that wait for one peer, and the stream they leave by, a few at a time. Bounded in frames and bytes; half of the
 * frames are kept free for those that must not be dropped. Used inside the loop only.
 */
final class Outbox {
    /** Bytes that the stream is given before it has sent them; the last frame may pass it. */
    private static final int MAX_WRITING = 64 * 1024;

    private final Loop loop;
    private final Stream stream;
    private final int maxDroppable;
    private final long maxBytes;
    private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
    private long waitingBytes;
    /** Bytes that the stream was given and has not sent; any thread. */
    private final AtomicInteger writing = new AtomicInteger();
    /** Whether frames wait for those bytes; any thread. */
    private final AtomicBoolean stalled = new AtomicBoolean();

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
        if (closed
                || waiting.size() >= maxFrames
                || waitingBytes + writing.get() + frame.remaining() > maxBytes && !waiting.isEmpty()) {
            return false;
        }
        waiting.add(frame.duplicate());
        waitingBytes += frame.remaining();
        pump();
        return true;
    }

    private void pump() {
        while (!closed && hasRoom()) {
            ByteBuffer next = waiting.poll();
            if (next == null) {
                return;
            }
            write(next);
        }
    }

    /** Whether a frame waits and can be written; if it cannot yet, {@link #pump} is called again when it can. */
    private boolean hasRoom() {
        if (waiting.isEmpty()) {
            return false;
        }
        if (writing.get() >= MAX_WRITING) {
            stalled.set(true);
            // what was written meanwhile calls nobody any more
            return writing.get() < MAX_WRITING && stalled.getAndSet(false);
        }
        return true;
    }

    private void write(ByteBuffer frame) {
        int size = frame.remaining();
        waitingBytes -= size;
        writing.addAndGet(size);
        stream.write(frame).whenComplete((done, error) -> {
            int left = writing.addAndGet(-size);
            if (error != null) {
                loop.execute(this::fail);
            } else if (left < MAX_WRITING && stalled.getAndSet(false)) {
                loop.execute(this::pump);
            }
        });
    }

    private void fail() {
        close();
        stream.reset(Stream.RESET_NONE);
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
