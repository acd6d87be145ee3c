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
package org.pinion.ipfsconnector.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.pinion.spi.ClusterException;
import org.pinion.spi.datastore.Datastore;

/** Brings what several callers wrote to the disk with one sync. Any thread. */
final class SharedSync {
    private final Datastore datastore;
    /** Bounded by the pins that run. */
    private List<CompletableFuture<Void>> waiting = new ArrayList<>();

    private boolean running;

    SharedSync(Datastore datastore) {
        this.datastore = datastore;
    }

    /**
     * Completes {@code durable} once everything that the caller wrote before is on disk, or fails it as the sync does. The
     * caller syncs itself, for all who come meanwhile too, unless another one is at it.
     */
    void request(CompletableFuture<Void> durable) {
        synchronized (this) {
            waiting.add(durable);
            if (running) {
                return;
            }
            running = true;
        }
        for (List<CompletableFuture<Void>> group = take(); !group.isEmpty(); group = take()) {
            try {
                datastore.sync();
                group.forEach(each -> each.complete(null));
            } catch (RuntimeException failure) {
                group.forEach(each -> each.completeExceptionally(ClusterException.of(failure)));
            }
        }
    }

    private synchronized List<CompletableFuture<Void>> take() {
        List<CompletableFuture<Void>> group = waiting;
        waiting = new ArrayList<>();
        running = !group.isEmpty();
        return group;
    }
}
