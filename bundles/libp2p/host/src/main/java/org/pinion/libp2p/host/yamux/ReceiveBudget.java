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

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that all connections of a host together may hold for readers that do not take them. The windows of the streams
 * bound each stream, this bounds their sum. Any thread.
 */
public final class ReceiveBudget {
    private final long maxBytes;
    private final AtomicLong held = new AtomicLong();

    public ReceiveBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** An eighth of the heap, at least 8 MiB. */
    public static ReceiveBudget ofHeap() {
        return new ReceiveBudget(Math.max(8L << 20, Runtime.getRuntime().maxMemory() / 8));
    }

    /** Takes bytes, or refuses. */
    boolean acquire(int bytes) {
        if (held.addAndGet(bytes) <= maxBytes) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    void release(int bytes) {
        held.addAndGet(-bytes);
    }

    /** True while less than half is held, so that windows may grow. */
    boolean relaxed() {
        return held.get() < maxBytes / 2;
    }

    /** Bytes held now. */
    public long heldBytes() {
        return held.get();
    }
}
