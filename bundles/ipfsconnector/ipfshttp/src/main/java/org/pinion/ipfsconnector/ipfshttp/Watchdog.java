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
package org.pinion.ipfsconnector.ipfshttp;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinion.spi.ClusterException;
import org.pinion.spi.exec.Cancellable;
import org.pinion.spi.exec.Executors;
import org.pinion.spi.exec.Lane;

/** Ends a call that does not go on for some time. {@link #progress} and {@link #rest} are of one thread. */
final class Watchdog implements AutoCloseable {
    private static final long RESTS = Long.MIN_VALUE;

    private final Executors executors;
    private final Lane timers;
    private final KuboRpc.Call call;
    private final Duration limit;
    private final Supplier<ClusterException> reason;
    private volatile long lastNanos;
    private volatile @Nullable Cancellable timer;
    private volatile boolean closed;

    /**
     * Watches from now on.
     *
     * @param limit of the time without progress; zero = none
     * @param reason what the reader of the call gets
     */
    Watchdog(Executors executors, Lane timers, KuboRpc.Call call, Duration limit, Supplier<ClusterException> reason) {
        this.executors = executors;
        this.timers = timers;
        this.call = call;
        this.limit = limit;
        this.reason = reason;
        lastNanos = executors.nanoTime();
        if (!limit.isZero()) {
            plan(limit);
        }
    }

    /** It went on. */
    void progress() {
        lastNanos = executors.nanoTime();
    }

    /** Nothing is expected until the next progress. */
    void rest() {
        lastNanos = RESTS;
    }

    private void plan(Duration delay) {
        timer = timers.schedule(delay, this::look);
    }

    private void look() {
        if (closed) {
            return;
        }
        long last = lastNanos;
        Duration idle = last == RESTS ? Duration.ZERO : Duration.ofNanos(executors.nanoTime() - last);
        if (idle.compareTo(limit) < 0) {
            plan(limit.minus(idle));
            return;
        }
        call.abort(reason.get());
    }

    @Override
    public void close() {
        closed = true;
        Cancellable planned = timer;
        if (planned != null) {
            planned.cancel();
        }
    }
}
