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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Multihash;

/** Futures that wait for blocks, and their timers. Used inside the loop only. */
final class Waiters {
    private final Map<Multihash, List<Waiter>> waiting = new HashMap<>();

    /** One caller. */
    record Waiter(
            CompletableFuture<byte[]> result, @Nullable Future<?> timer) {}

    void add(Multihash hash, Waiter waiter) {
        waiting.computeIfAbsent(hash, h -> new ArrayList<>(1)).add(waiter);
    }

    /** Takes a caller out whose future is done; true if nobody waits for that block any more. */
    boolean remove(Multihash hash, CompletableFuture<byte[]> result) {
        List<Waiter> list = waiting.get(hash);
        if (list == null) {
            return false;
        }
        list.removeIf(waiter -> {
            if (waiter.result != result) {
                return false;
            }
            stop(waiter);
            return true;
        });
        if (list.isEmpty()) {
            waiting.remove(hash);
            return true;
        }
        return false;
    }

    /** All callers that wait for a block. */
    List<CompletableFuture<byte[]>> take(Multihash hash) {
        List<Waiter> list = waiting.remove(hash);
        if (list == null) {
            return List.of();
        }
        list.forEach(Waiters::stop);
        return list.stream().map(Waiter::result).toList();
    }

    List<Multihash> hashes() {
        return List.copyOf(waiting.keySet());
    }

    private static void stop(Waiter waiter) {
        if (waiter.timer != null) {
            waiter.timer.cancel(false);
        }
    }
}
