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
package org.pinion.libp2p.bitswap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.pinion.ipld.multiformats.PeerId;

/**
 * Memory for messages that are being received, of one peer and of all. Who asks for more waits: its stream is not read
 * meanwhile, so the peer waits too. Any thread.
 */
final class ReceiveBudget {
    private final long maxBytes;
    private final long maxBytesPerPeer;
    private final Map<PeerId, Long> used = new HashMap<>();
    private final List<Waiter> waiters = new LinkedList<>();
    private long total;

    private record Waiter(PeerId peer, int bytes, CompletableFuture<Void> granted) {}

    /** Both limits must hold the largest message. */
    ReceiveBudget(long maxBytes, long maxBytesPerPeer) {
        this.maxBytes = maxBytes;
        this.maxBytesPerPeer = maxBytesPerPeer;
    }

    /** Completes when the bytes are there; they are given back by {@link #release}. */
    synchronized CompletableFuture<Void> acquire(PeerId peer, int bytes) {
        if (take(peer, bytes)) {
            return CompletableFuture.completedFuture(null);
        }
        Waiter waiter = new Waiter(peer, bytes, new CompletableFuture<>());
        waiters.add(waiter);
        return waiter.granted;
    }

    void release(PeerId peer, int bytes) {
        List<CompletableFuture<Void>> granted = new ArrayList<>();
        synchronized (this) {
            total -= bytes;
            used.computeIfPresent(peer, (p, sum) -> sum == bytes ? null : Long.valueOf(sum - bytes));
            for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
                Waiter waiter = all.next();
                if (take(waiter.peer, waiter.bytes)) {
                    all.remove();
                    granted.add(waiter.granted);
                }
            }
        }
        granted.forEach(future -> future.complete(null));
    }

    synchronized long total() {
        return total;
    }

    private boolean take(PeerId peer, int bytes) {
        long ofPeer = used.getOrDefault(peer, 0L) + bytes;
        if (total + bytes > maxBytes || ofPeer > maxBytesPerPeer) {
            return false;
        }
        total += bytes;
        if (bytes > 0) {
            used.put(peer, ofPeer);
        }
        return true;
    }
}
