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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pinion.libp2p.api.MessageReader;

/**
 * Reads the frames of one peer on the event loop of its connection and brings them to the loop of pubsub, all that came
 * meanwhile at once. Reads a few frames ahead of the loop and then waits for it, so that the peer waits too.
 */
final class Inflow {
    private static final int MAX_FRAMES = 64;
    private static final int MAX_BYTES = 256 * 1024;

    /** Takes frames, inside the loop. */
    interface Sink {
        /** Takes the next frame; false when no more is wanted. */
        boolean received(byte[] frame);

        /** There are no more: the stream ended, or failed with an error. */
        void ended(@Nullable Throwable error);
    }

    /** What was read: a frame, or the end. */
    private static final class Item {
        final byte @Nullable [] frame;
        final @Nullable Throwable error;

        Item(byte @Nullable [] frame, @Nullable Throwable error) {
            this.frame = frame;
            this.error = error;
        }
    }

    private final Loop loop;
    private final MessageReader reader;
    private final Sink sink;
    // guarded by this
    private final ArrayDeque<Item> items = new ArrayDeque<>(4);
    private int bytes;
    private boolean scheduled;
    private boolean full;
    private boolean over;

    Inflow(Loop loop, MessageReader reader, Sink sink) {
        this.loop = loop;
        this.reader = reader;
        this.sink = sink;
    }

    /** Reads as long as there is room. Iterates while frames are at hand, so that tiny ones cannot exhaust the stack. */
    void read() {
        boolean more = true;
        while (more) {
            CompletableFuture<Optional<byte[]>> next = reader.read().toCompletableFuture();
            CompletableFuture<Boolean> added = next.handle((frame, error) -> add(item(frame, error)));
            if (!added.isDone()) {
                added.thenAccept(room -> {
                    if (room) {
                        read();
                    }
                });
                return;
            }
            more = added.getNow(false);
        }
    }

    private static Item item(@Nullable Optional<byte[]> frame, @Nullable Throwable error) {
        return new Item(frame == null ? null : frame.orElse(null), error);
    }

    /** True if there is room for another frame; else the loop goes on with reading. */
    private boolean add(Item item) {
        boolean wake;
        boolean room;
        synchronized (this) {
            if (over) {
                return false;
            }
            items.add(item);
            bytes += item.frame == null ? 0 : item.frame.length;
            wake = !scheduled;
            scheduled = true;
            full = item.frame != null && (items.size() >= MAX_FRAMES || bytes >= MAX_BYTES);
            room = item.frame != null && !full;
        }
        if (wake) {
            loop.execute(this::drain);
        }
        return room;
    }

    /** Takes what is there; what comes meanwhile takes its turn behind the other tasks of the loop. */
    private void drain() {
        List<Item> batch;
        boolean resume;
        synchronized (this) {
            batch = new ArrayList<>(items);
            items.clear();
            bytes = 0;
            resume = full;
            full = false;
        }
        if (!deliver(batch)) {
            return;
        }
        if (resume) {
            read();
        }
        synchronized (this) {
            scheduled = !items.isEmpty();
            if (!scheduled) {
                return;
            }
        }
        loop.execute(this::drain);
    }

    private boolean deliver(List<Item> batch) {
        for (Item item : batch) {
            byte[] frame = item.frame;
            if (frame == null) {
                sink.ended(item.error);
                return false;
            }
            if (!sink.received(frame)) {
                end();
                return false;
            }
        }
        return true;
    }

    private synchronized void end() {
        over = true;
        items.clear();
    }
}
