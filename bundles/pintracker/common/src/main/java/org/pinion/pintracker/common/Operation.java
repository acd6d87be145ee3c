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
package org.pinion.pintracker.common;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pinion.ipld.multiformats.Cid;

/** Something to do on the IPFS node, waiting or running. Changed by the tracker's lane only; read by any thread. */
final class Operation {
    private final Cid cid;
    private final Kind kind;
    private final boolean priority;
    private volatile boolean running;
    private volatile int attempts;
    private volatile long sinceMillis;
    private boolean cancelled;
    private @Nullable CompletableFuture<Void> work;

    /** What is to be done. */
    enum Kind {
        /** Pin it. */
        PIN,
        /** Unpin what left the pin set. */
        UNPIN,
        /** Unpin what other peers hold. */
        REMOTE
    }

    Operation(Cid cid, Kind kind, boolean priority, int attempts, long sinceMillis) {
        this.cid = cid;
        this.kind = kind;
        this.priority = priority;
        this.attempts = attempts;
        this.sinceMillis = sinceMillis;
    }

    Cid cid() {
        return cid;
    }

    Kind kind() {
        return kind;
    }

    boolean priority() {
        return priority;
    }

    boolean isRunning() {
        return running;
    }

    int attempts() {
        return attempts;
    }

    long sinceMillis() {
        return sinceMillis;
    }

    boolean isCancelled() {
        return cancelled;
    }

    void start(long nowMillis) {
        running = true;
        attempts++;
        sinceMillis = nowMillis;
    }

    /** What stops when this is cancelled. */
    void work(CompletableFuture<Void> future) {
        work = future;
    }

    void cancel() {
        cancelled = true;
        CompletableFuture<Void> current = work;
        if (current != null) {
            current.cancel(true);
        }
    }
}
