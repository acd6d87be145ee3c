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
package org.pinion.adder;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.ErrorCode;
import org.pinion.spi.flow.Cursor;
import org.pinion.spi.rpc.NodeWithMeta;

/**
 * Blocks between the builder of a DAG and one destination. The builder waits while too much is queued, the destination
 * while nothing is. Each side may give up; the other one hears of it at its next call.
 */
final class BlockQueue implements Cursor<NodeWithMeta> {
    private final long maxBytes;
    private final Queue<NodeWithMeta> queued = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long bytes;
    private boolean ended;
    private boolean aborted;
    private boolean abandoned;

    /** A queue of that many bytes; a larger block passes alone. */
    BlockQueue(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Queues a block, waiting for room; false when the destination has given up. */
    boolean put(NodeWithMeta block) throws InterruptedException {
        lock.lock();
        try {
            while (!abandoned && bytes > 0 && bytes + block.data().length > maxBytes) {
                changed.await();
            }
            if (abandoned) {
                return false;
            }
            queued.add(block);
            // small blocks cost memory too
            bytes += block.data().length + 256;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** No more blocks will come. */
    void end() {
        set(() -> ended = true);
    }

    /** The blocks so far are not all there should be: the destination fails. */
    void abort() {
        set(() -> aborted = true);
    }

    private void set(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable NodeWithMeta next() {
        lock.lock();
        try {
            while (queued.isEmpty() && !ended && !aborted && !abandoned) {
                changed.await();
            }
            if (aborted || abandoned) {
                throw new ClusterException(ErrorCode.UNAVAILABLE, "the add was given up");
            }
            NodeWithMeta block = queued.poll();
            if (block != null) {
                bytes -= block.data().length + 256;
                changed.signalAll();
            }
            return block;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException(ErrorCode.UNAVAILABLE, "the add was interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    /** The destination takes no more. */
    @Override
    public void close() {
        set(() -> {
            abandoned = true;
            queued.clear();
            bytes = 0;
        });
    }
}
